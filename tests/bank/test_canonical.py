"""Canonical JSON: exact in both directions, one text for one quiz."""

import json
from dataclasses import replace
from fractions import Fraction
from hashlib import sha256

import pytest
from hypothesis import given, settings
from pydantic import TypeAdapter

from quizapp.bank.canonical import digest, from_json, to_json
from quizapp.bank.model import Defaults, NumberAnswer, Quiz
from tests.bank.bank_files import COMMON, item_file, quiz_of
from tests.bank.quizzes import QUIZZES


@settings(deadline=None, max_examples=60)
@given(QUIZZES)
def test_a_quiz_comes_back_as_it_was(quiz: Quiz) -> None:
    assert from_json(to_json(quiz)) == quiz


def test_the_order_in_which_levels_were_quoted_does_not_matter() -> None:
    one, other = (
        quiz_of(item_file(f"id: q, skill: infer, why: So., accept: [a], evidence: {evidence}"))
        for evidence in ("{a2: x, b1: y}", "{b1: y, a2: x}")
    )
    assert to_json(one) == to_json(other)


def test_a_number_is_written_as_a_fraction() -> None:
    quiz = quiz_of(item_file(COMMON + "id: q, number: {value: 0.1, tolerance: 0}"))
    assert json.loads(to_json(quiz))["items"][0]["value"] == "1/10"
    item = from_json(to_json(quiz)).items[0]
    assert isinstance(item, NumberAnswer)
    assert item.value == Fraction(1, 10)


def test_a_change_of_anything_changes_the_digest() -> None:
    quiz = quiz_of(item_file(COMMON + "id: q, accept: [a]"))
    changed = replace(quiz, items=(replace(quiz.items[0], hint="Look."),))
    assert digest(to_json(quiz)) != digest(to_json(changed))


def test_a_quiz_without_defaults_is_written_as_before_there_were_any() -> None:
    text = to_json(quiz_of(item_file(COMMON + "id: q, accept: [a]")))
    assert "defaults" not in json.loads(text)


def test_the_digest_is_the_sha256_of_the_text() -> None:
    assert digest("é") == sha256("é".encode()).hexdigest()


def test_another_text_is_refused() -> None:
    with pytest.raises(ValueError, match="title"):
        from_json("{}")


@settings(deadline=None, max_examples=60)
@given(QUIZZES)
def test_the_text_is_what_an_independent_library_makes_of_the_quiz(quiz: Quiz) -> None:
    adapter = TypeAdapter(Quiz)
    plain = adapter.dump_python(quiz, mode="json")
    if quiz.defaults == Defaults():
        del plain["defaults"]
    written = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert to_json(quiz) == written
    assert adapter.validate_json(written) == from_json(written)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"title":"', '"title":7,"was":"'),
        ('"points":1', '"points":true'),
        ('"points":1', '"points":"1"'),
        ('"levels":[', '"levels":["x",'),
        ('"kind":"number"', '"kind":"essay"'),
        ('"kind":"number",', ""),
        ('"qualifier":"none"', '"qualifier":"nearly"'),
        ('"value":"7"', '"value":"7/0"'),
        ('"value":"7"', '"value":7'),
        ('"quotes":{', '"quotes":null,"was":{'),
        ('"items":[', '"items":[null,'),
    ],
)
def test_a_text_with_one_wrong_value_is_refused(old: str, new: str) -> None:
    text = to_json(quiz_of(item_file(COMMON + "id: q, number: {value: 7, tolerance: 0}")))
    assert old in text
    with pytest.raises(ValueError, match=r"."):
        from_json(text.replace(old, new))
