"""Single and multiple choice: exact fractions, and no points for ticking everything."""

from dataclasses import replace
from fractions import Fraction
from itertools import chain, combinations

import pytest

from quizapp.bank.model import (
    NO_EVIDENCE,
    Given,
    Item,
    MultipleChoice,
    Option,
    Quiz,
    SingleChoice,
)
from quizapp.marking import mark_item
from quizapp.marking.verdict import Verdict

IDS = ("a", "b", "c", "d", "e")
OPTIONS = tuple(Option(letter, letter.upper(), feedback=f"About {letter}.") for letter in IDS)
SUBSETS = [set(s) for s in chain.from_iterable(combinations(IDS, n) for n in range(6))]

ONE = SingleChoice(
    id="one",
    question="Which?",
    levels=("a2",),
    evidence=NO_EVIDENCE,
    options=OPTIONS,
    answer="b",
)
TWO = MultipleChoice(
    id="two",
    question="Which TWO?",
    levels=("a2",),
    evidence=NO_EVIDENCE,
    options=OPTIONS,
    answers=("a", "b"),
)


def choose(item: Item, *values: str) -> Verdict:
    return mark_item(Quiz("q", "Q", "en", None, (), (item,)), item, Given(values, "a2"))


def expected_net(chosen: set[str]) -> Fraction:
    hits, false_alarms = len(chosen & {"a", "b"}), len(chosen & {"c", "d", "e"})
    by_table = {(2, 0): Fraction(1), (1, 0): Fraction(1, 2), (2, 1): Fraction(1, 2)}
    return by_table.get((hits, false_alarms), Fraction(0))


@pytest.mark.parametrize("chosen", SUBSETS, ids=lambda chosen: "".join(sorted(chosen)))
def test_net_points_are_hits_less_false_alarms(chosen: set[str]) -> None:
    assert choose(TWO, *sorted(chosen)).points == expected_net(chosen)


def test_a_random_pair_earns_a_tenth_on_average() -> None:
    pairs = [choose(TWO, *pair).points or 0 for pair in combinations(IDS, 2)]
    assert sum(pairs, Fraction(0)) / len(pairs) == Fraction(1, 10)


def test_ticking_everything_earns_nothing_even_with_more_keys_than_distractors() -> None:
    item = replace(TWO, answers=("a", "b", "c", "d"))
    assert choose(item, *IDS).points == 0


def test_ticking_everything_is_right_where_everything_is_a_key() -> None:
    assert choose(replace(TWO, answers=IDS), *IDS).outcome == "right"


def test_thirds_stay_exact() -> None:
    item = replace(TWO, answers=("a", "b", "c"), points=2)
    assert choose(item, "a").points == Fraction(2, 3)


@pytest.mark.parametrize(
    ("values", "points"), [(("a", "b"), 1), (("a",), 0), (("a", "b", "c"), 0), (("x", "a", "b"), 0)]
)
def test_exact_scoring_is_all_or_nothing(values: tuple[str, ...], points: int) -> None:
    verdict = choose(replace(TWO, scoring="exact"), *values)
    assert verdict.points == points
    assert verdict.trace.rule == "exact-set"


def test_the_order_and_the_number_of_ticks_do_not_matter() -> None:
    assert choose(TWO, "c", "a", "b", "a") == choose(TWO, "a", "b", "c")


def test_an_unknown_option_is_a_false_alarm() -> None:
    assert choose(TWO, "a", "b", "\ud800").points == Fraction(1, 2)


def test_a_part_of_the_answers_is_counted_for_the_student() -> None:
    verdict = choose(TWO, "a")
    assert verdict.outcome == "partly"
    assert verdict.trace.note == "You found 1 of the 2 right answers."


def test_the_key_is_right() -> None:
    verdict = choose(ONE, "b")
    assert verdict.outcome == "right"
    assert verdict.points == 1
    assert verdict.trace.form == "b"


def test_a_distractor_is_wrong_and_says_its_feedback() -> None:
    verdict = choose(ONE, "c")
    assert (verdict.outcome, verdict.trace.note) == ("wrong", "About c.")


@pytest.mark.parametrize("values", [(), ("",), (" ",), ("nonsense",)])
def test_no_known_option_is_blank(values: tuple[str, ...]) -> None:
    assert choose(ONE, *values).outcome == "blank"


def test_two_options_for_one_answer_are_wrong() -> None:
    verdict = choose(ONE, "b", "c")
    assert (verdict.outcome, verdict.trace.note) == ("wrong", "Choose one answer only.")


def test_an_empty_form_value_is_not_a_tick() -> None:
    assert choose(TWO, "", "a", "b").outcome == "right"
