"""Real articles by others become quizzes that pass the checker (read when present only)."""

import importlib.util
import json
from pathlib import Path

import pytest

from quizapp.checking import check

ROOT = Path(__file__).parents[1]
ARTICLES = sorted((ROOT / "../shared/data/onestop").glob("*.json"))
_spec = importlib.util.spec_from_file_location("onestop", ROOT / "bench" / "onestop.py")
assert _spec is not None
assert _spec.loader is not None
onestop = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(onestop)


@pytest.mark.skipif(not ARTICLES, reason="the articles are not part of this repository")
def test_there_are_twenty_four_articles() -> None:
    assert len(ARTICLES) == 24


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem[:24])
def test_an_article_converts_to_a_quiz_without_a_problem(path: Path) -> None:
    article = json.loads(path.read_text(encoding="utf-8"))
    checked = check("article", onestop.dump(onestop.convert(article)).encode())
    assert [problem.message for problem in checked.problems] == []
    assert checked.quiz is not None
    asked = sum(len(paragraph["questions"]) for paragraph in article["paragraphs"])
    assert len(checked.quiz.items) == asked
    assert len(checked.quiz.levels) == 3


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem[:24])
def test_the_evidence_covers_the_words_that_annotators_marked(path: Path) -> None:
    article = json.loads(path.read_text(encoding="utf-8"))
    quiz = check("article", onestop.dump(onestop.convert(article)).encode()).quiz
    assert quiz is not None
    questions = [one for paragraph in article["paragraphs"] for one in paragraph["questions"]]
    for item, question in zip(quiz.items, questions, strict=True):
        for level in quiz.levels:
            found = " ".join(level.text[s.start : s.end] for s in item.evidence.spans[level.id])
            for piece in question["evidence"][level.id]:
                assert " ".join(piece.split()) in found
