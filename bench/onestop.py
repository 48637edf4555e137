"""Convert articles of OneStopQA (CC BY-SA 4.0, not part of this repository) to quiz files.

    python bench/onestop.py FOLDER_OF_JSON FOLDER_FOR_QUIZZES

Each article becomes one quiz at three levels; option `a` is the key, `b` misreads the evidence, `c`
stands elsewhere in the text, `d` is unsupported. Stems and options are taken as they are.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

LEVELS = {"ele": "Elementary", "int": "Intermediate", "adv": "Advanced"}
ERRORS = {"b": "misread", "c": "elsewhere", "d": "unsupported"}
# Neutral option ids: a letter of its own would tell which one is the key.
NAMES = {"a": "oak", "b": "elm", "c": "ash", "d": "fir"}
BETWEEN = "\n\n"


def convert(article: dict[str, Any]) -> dict[str, Any]:
    """Return the quiz file of one article, as plain data in the order of the format."""
    texts = {level: _fold(article["levels"][level]) for level in LEVELS}
    return {
        "title": _line(article["title"]),
        "language": "en",
        "source": "OneStopQA (Berzak, Malmaud, Levy 2020), CC BY-SA 4.0.",
        "passage": {
            level: {"label": label, "text": texts[level]} for level, label in LEVELS.items()
        },
        "questions": list(_questions(article, texts)),
    }


def _fold(paragraphs: Sequence[str]) -> str:
    return BETWEEN.join(_line(paragraph) for paragraph in paragraphs)


def _line(text: str) -> str:
    return " ".join(text.split())


def _questions(article: dict[str, Any], texts: dict[str, str]) -> Iterator[dict[str, Any]]:
    for paragraph in article["paragraphs"]:
        for question in paragraph["questions"]:
            index = paragraph["index"]
            number = f"p{index + 1}-q{question['number']}"
            yield {
                "id": number,
                "question": _line(question["stem"]),
                "options": {
                    NAMES[letter]: _option(letter, text, article, question, texts, index)
                    for letter, text in question["options"].items()
                },
                "answer": NAMES[question["correct"]],
                "evidence": _quotes(question["evidence"], article, texts, index),
                "why": "The marked words decide this question.",
                "skill": "retrieve",
            }


def _option(
    letter: str,
    text: str,
    article: dict[str, Any],
    question: dict[str, Any],
    texts: dict[str, str],
    index: int,
) -> dict[str, Any]:
    option: dict[str, Any] = {"text": _line(text)}
    if letter in ERRORS:
        option["error"] = ERRORS[letter]
    spans = question["distractor_spans"]
    if letter == "c" and all(spans.get(level) for level in LEVELS):
        option["evidence"] = _quotes(spans, article, texts, index)
    return option


def _quotes(
    pieces: dict[str, list[str]], article: dict[str, Any], texts: dict[str, str], index: int
) -> dict[str, list[str]]:
    """Return the pieces of each level as quotes that stand once, widened where they did not."""
    return {
        level: [
            _unique(_line(piece), _line(article["levels"][level][index]), texts[level])
            for piece in pieces[level]
            if piece.strip()
        ]
        for level in LEVELS
    }


def _unique(piece: str, paragraph: str, text: str) -> str:
    """Widen a piece by whole words of its paragraph, first to the right, until it stands once."""
    inside = paragraph if piece in paragraph else _home(piece, text)
    start = inside.find(piece)
    if start < 0:
        return piece
    end = start + len(piece)
    while text.count(inside[start:end]) > 1 and (start > 0 or end < len(inside)):
        if end < len(inside):
            following = inside.find(" ", end + 1)
            end = len(inside) if following < 0 else following
        else:
            start = max(inside.rfind(" ", 0, start - 1) + 1, 0)
    return inside[start:end]


def _home(piece: str, text: str) -> str:
    return next((one for one in text.split(BETWEEN) if piece in one), "")


class _Text(str):
    """A long text, written as a block."""


def _represent(dumper: yaml.SafeDumper, value: _Text) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", str(value), style="|")


class _Dumper(yaml.SafeDumper):
    """Writes equal values twice: a quiz file has no anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


_Dumper.add_representer(_Text, _represent)


def dump(quiz: dict[str, Any]) -> str:
    """Return the text of the quiz file."""
    passage = {
        level: {**entry, "text": _Text(entry["text"])} for level, entry in quiz["passage"].items()
    }
    return yaml.dump(
        {**quiz, "passage": passage}, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100
    )


def main(source: Path, target: Path) -> None:
    """Convert every article of a folder; existing files of the same names are replaced."""
    target.mkdir(parents=True, exist_ok=True)
    for path in sorted(source.glob("*.json")):
        quiz = convert(json.loads(path.read_text(encoding="utf-8")))
        name = path.stem[:40].rstrip("-")
        (target / f"{name}.yaml").write_text(dump(quiz), encoding="utf-8")
        print(f"{name}: {len(quiz['questions'])} questions")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
