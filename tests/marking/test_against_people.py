"""Automatic full marks against the verdicts of people, where the shared data is present."""

import json
import sys
from pathlib import Path

import pytest

from quizapp.bank.model import NO_EVIDENCE, Given, Level, Quiz, ShortAnswer
from quizapp.marking import mark_item

DATA = Path(__file__).parents[2] / "../shared/data/short_answers/evouna_NQ_fid_short.jsonl"


def is_accepted(question: str, references: list[str], response: str) -> bool:
    item = ShortAnswer(
        id="q",
        question=question,
        levels=("all",),
        evidence=NO_EVIDENCE,
        accept={"all": tuple(references)},
        spelling="close",
    )
    quiz = Quiz("q", "Q", "en", None, (Level("all", "All", ""),), (item,))
    return mark_item(quiz, item, Given((response,), "all")).outcome == "right"


@pytest.mark.counts
@pytest.mark.skipif(not DATA.exists(), reason="the shared answers are not on this machine")
def test_hardly_any_answer_that_people_refused_gets_full_marks() -> None:
    rows = [json.loads(line) for line in DATA.read_text(encoding="utf-8").splitlines()]
    refused = [row for row in rows if row["human"] == 0]
    wrongly = [r for r in refused if is_accepted(r["question"], r["references"], r["response"])]
    share = len(wrongly) / len(refused)
    said = f"{len(refused)} answers that people refused: {len(wrongly)} got full marks"
    sys.stdout.write(f"{said} ({share:.2%})\n")
    assert len(refused) > 500
    assert share <= 0.02
