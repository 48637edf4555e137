"""Canonical JSON: exact in both directions, one text for one quiz."""

import json
from dataclasses import replace
from fractions import Fraction
from hashlib import sha256

import pytest
from hypothesis import given, settings

from quizapp.bank.canonical import digest, from_json, to_json
from quizapp.bank.model import NumberAnswer, Quiz
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
