"""Quizzes to check: each of ten questions on a text of its own, in made-up words."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ITEMS_EACH = 10
SYLLABLES = [start + end for start in "bdfgklmnprst" for end in "aeiou"]


def write_quiz(folder: Path, place: int) -> Path:
    """Write a quiz of ten questions on a text of its own, in made-up words, so nothing repeats."""
    chance = random.Random(place)
    words = iter(_words(chance))
    sentences = [[next(words) for _ in range(12)] for _ in range(30)]
    text = "\n\n".join(
        " ".join(f"{' '.join(one).capitalize()}." for one in sentences[start : start + 5])
        for start in range(0, 30, 5)
    )
    questions = [
        _written(number, sentences[number * 3]) if number % 3 else _chosen(number, sentences, words)
        for number in range(ITEMS_EACH)
    ]
    quiz = {
        "title": f"A made-up text, number {place}",
        "language": "en",
        "passage": text,
        "questions": questions,
    }
    path = folder / f"quiz-{place}.yaml"
    path.write_text(yaml.safe_dump(quiz, sort_keys=False, width=100), "utf-8")
    return path


def _words(chance: random.Random) -> list[str]:
    made = {"".join(chance.choices(SYLLABLES, k=4)) for _ in range(900)}
    return sorted(sorted(made), key=lambda _: chance.random())  # the same in each process


def _written(number: int, sentence: list[str]) -> dict[str, Any]:
    return {
        "id": f"word-{number}",
        "skill": "retrieve",
        "question": f"Which word follows “{sentence[3]}” in its sentence?",
        "accept": [sentence[4], f"{sentence[4]} {sentence[5]}"],
        "evidence": " ".join(sentence[2:7]),
        "why": f"The words “{' '.join(sentence[3:5])}” stand there.",
    }


def _chosen(number: int, sentences: list[list[str]], words: Iterator[str]) -> dict[str, Any]:
    here, there = sentences[number * 3], sentences[number * 3 + 1]
    return {
        "id": f"choice-{number}",
        "skill": "infer",
        "question": f"What stands in the sentence with “{here[0]}”?",
        "options": {
            "oak": {"text": f"{here[6]} and {here[9]}"},
            "elm": {
                "text": f"{there[6]} and {there[8]}",
                "error": "elsewhere",
                "evidence": " ".join(there[5:9]),
            },
            "fir": {"text": f"{next(words)} and {next(words)}", "error": "unsupported"},
        },
        "answer": "oak",
        "evidence": " ".join(here[6:11]),
        "why": "Both words stand in the one sentence.",
    }
