"""Numbers: the vectors of the specification, the traps, the qualifiers, the hints."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest

from quizapp.bank.model import NO_EVIDENCE, Given, Item, Level, NumberAnswer, Quiz, Reject
from quizapp.marking import mark_item
from quizapp.marking.verdict import Verdict

Ask = Callable[[Item, str], Verdict]

COUNTRIES = NumberAnswer(
    id="countries",
    question="With how many countries has China signed?",
    levels=("a2",),
    evidence=NO_EVIDENCE,
    value=Fraction(150),
    qualifier="over",
    reject=(Reject("30", "30 is the number of organisations."),),
)


def number(value: str) -> NumberAnswer:
    return replace(COUNTRIES, value=Fraction(value), qualifier="none", reject=())


@pytest.mark.parametrize(
    ("response", "outcome", "rule"),
    [
        ("7 million", "right", "number"),
        ("seven million", "right", "number"),
        ("7m", "right", "number"),
        ("7M", "right", "number"),
        ("7,000,000", "right", "number"),
        ("7 000 000", "right", "number"),
        ("7000000", "right", "exact"),
        ("7.0 million", "right", "number"),
        ("~7 mln", "right", "number"),
        ("about 7 million", "right", "number"),
        ("approximately seven million people", "right", "number"),
        ("nearly 7 million", "right", "number"),
        ("7 millions", "right", "number"),
        ("٧ million", "right", "number"),
        ("over 7 million", "right", "number-qualifier"),
        ("less than 7 million", "waiting", "number-qualifier"),
        ("7 or 8 million", "waiting", "two-numbers"),
        ("7", "wrong", "magnitude"),
        ("seven", "wrong", "magnitude"),
        ("7 thousand", "wrong", "magnitude"),
        ("70 million", "wrong", "other-number"),
        ("six million", "wrong", "other-number"),
        ("", "blank", "blank"),
        ("7.000.000", "right", "number"),
        ("70,00,000", "right", "number"),
        ("7\u202f000\u00a0000", "right", "number"),
        ("7,5", "waiting", "unreadable"),
        ("7.000", "waiting", "unreadable"),
        ("7 million (7,000,000)", "right", "number"),
        ("70 lakh", "right", "number"),
        ("half a million", "waiting", "unreadable"),
        ("hundreds of thousands", "waiting", "unreadable"),
        ("several million", "waiting", "unreadable"),
        ("the 7th", "waiting", "unreadable"),
        ("lots", "waiting", "unreadable"),
        ("not 7 million", "waiting", "negation"),
        ("no more than 7 million", "waiting", "number-qualifier"),
        ("no fewer than 7 million", "right", "number-qualifier"),
        ("9" * 10_000, "waiting", "unreadable"),
    ],
)
def test_an_estimate_is_marked_by_its_value_and_its_qualifier(
    ask: Ask, left: NumberAnswer, response: str, outcome: str, rule: str
) -> None:
    verdict = ask(left, response)
    assert (verdict.outcome, verdict.trace.rule) == (outcome, rule)


@pytest.mark.parametrize(
    ("response", "outcome", "rule"),
    [
        ("150", "right", "exact"),
        ("over 150", "right", "number"),
        ("150+", "right", "number"),
        (">150", "right", "number"),
        ("at least 150", "right", "number"),
        ("more than 150 countries", "right", "number"),
        ("one hundred and fifty", "right", "number"),
        ("a hundred and fifty", "right", "number"),
        ("about 150", "right", "number-qualifier"),
        ("under 150", "waiting", "number-qualifier"),
        ("150 countries and 30 organisations", "waiting", "two-numbers"),
        ("30", "wrong", "reject"),
        ("thirty organisations", "wrong", "reject"),
        ("151", "wrong", "other-number"),
        ("160", "wrong", "other-number"),
        ("150 thousand", "wrong", "magnitude"),
        ("-150", "wrong", "other-number"),
        ("G20 and 150 countries", "right", "number"),
    ],
)
def test_a_lower_bound_is_marked_by_its_value_and_its_qualifier(
    ask: Ask, response: str, outcome: str, rule: str
) -> None:
    verdict = ask(COUNTRIES, response)
    assert (verdict.outcome, verdict.trace.rule) == (outcome, rule)


def test_a_trap_is_answered_with_the_fact_it_belongs_to(ask: Ask) -> None:
    assert ask(COUNTRIES, "30").trace.note == "30 is the number of organisations."


def test_a_bare_mantissa_is_asked_what_it_counts(ask: Ask, left: NumberAnswer) -> None:
    note = ask(left, "seven").trace.note
    assert note == "7 is right, but 7 what? Look for the word after it."


def test_a_wrong_magnitude_word_is_pointed_at(ask: Ask, left: NumberAnswer) -> None:
    note = ask(left, "7 thousand").trace.note
    assert note == "The digits are right, but not the size. Look for the word after the number."


def test_another_qualifier_is_explained(ask: Ask, left: NumberAnswer) -> None:
    note = ask(left, "over 7 million").trace.note
    assert note == "The number is right. The text says “about”, or words like it."


@pytest.mark.parametrize(
    ("response", "outcome"),
    [("about 12", "right"), ("over 12", "waiting"), ("under 12", "waiting")],
)
def test_an_exact_number_forgives_about_but_not_a_bound(
    ask: Ask, response: str, outcome: str
) -> None:
    assert ask(number("12"), response).outcome == outcome


@pytest.mark.parametrize(
    ("response", "outcome"), [("95", "right"), ("105", "right"), ("94", "wrong"), ("106", "wrong")]
)
def test_the_tolerance_holds_its_bounds(ask: Ask, response: str, outcome: str) -> None:
    assert ask(replace(number("100"), tolerance=Fraction(5)), response).outcome == outcome


def test_a_trap_inside_the_tolerance_is_still_a_trap(ask: Ask) -> None:
    item = replace(
        number("100"), tolerance=Fraction(5), reject=(Reject("98", "That is the other one."),)
    )
    assert ask(item, "98").trace.rule == "reject"


@pytest.mark.parametrize("response", ["0", "zero", "none"])
def test_a_key_of_zero_beats_the_non_answers(ask: Ask, response: str) -> None:
    assert ask(number("0"), response).outcome == "right"


def test_a_decimal_key_with_three_places_can_be_typed(ask: Ask) -> None:
    assert ask(number("3.142"), "3.142").trace.rule == "exact"


def test_m_means_metres_where_the_key_is_small(ask: Ask) -> None:
    assert ask(number("30"), "30 m").outcome == "right"


def test_a_miss_waits_where_the_teacher_wants_to_read_it(ask: Ask) -> None:
    assert ask(replace(number("30"), review="on_miss"), "31").outcome == "waiting"


def test_a_wrong_number_that_is_always_reviewed_waits_with_nothing_suggested_for_it(
    ask: Ask,
) -> None:
    verdict = ask(replace(number("30"), review="always"), "31")
    assert verdict.outcome == "waiting"
    assert verdict.suggestion == 0


def test_a_language_without_number_words_is_read_by_its_digits(left: NumberAnswer) -> None:
    quiz = Quiz("q", "Q", "fi", None, (Level("a2", "A", "Teksti."),), (left,))
    assert mark_item(quiz, left, Given(("7 000 000 ihmistä",), "a2")).outcome == "right"


def test_number_words_are_read_in_the_language_of_the_quiz(left: NumberAnswer) -> None:
    quiz = Quiz("q", "Q", "fr-CA", None, (Level("a2", "A", "Un texte."),), (left,))
    assert mark_item(quiz, left, Given(("sept millions",), "a2")).outcome == "right"


def test_a_paragraph_with_the_number_in_it_is_for_a_person(ask: Ask) -> None:
    verdict = ask(number("30"), "The answer is 30 because " + "it says so there " * 3)
    assert (verdict.outcome, verdict.trace.rule) == ("waiting", "too-long")


@pytest.mark.parametrize("text", ["7 millon", "7 milion", "7 milions", "7 thousnad"])
def test_a_misspelt_magnitude_waits_for_a_person(ask: Ask, left: NumberAnswer, text: str) -> None:
    assert ask(left, text).outcome == "waiting"


@pytest.mark.parametrize("text", ["15o", "1s0", "15O countries"])
def test_a_letter_among_the_digits_waits_for_a_person(ask: Ask, text: str) -> None:
    assert ask(number("150"), text).outcome == "waiting"


def test_mio_is_a_million(ask: Ask, left: NumberAnswer) -> None:
    assert ask(left, "7 mio").outcome == "right"
