"""What holds for every response: no exception, bounds, and no mark for the look of the text."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.bank.model import (
    NO_EVIDENCE,
    Given,
    Idea,
    IdeasAnswer,
    Item,
    Level,
    MultipleChoice,
    NumberAnswer,
    Option,
    Quiz,
    Reject,
    ShortAnswer,
    SingleChoice,
)
from quizapp.marking import RULES, blank, mark_item
from quizapp.marking.verdict import Verdict

OPTIONS = tuple(Option(letter, letter) for letter in "abc")
SHORT = ShortAnswer(
    id="short",
    question="Name ONE area.",
    levels=("a",),
    evidence=NO_EVIDENCE,
    accept={"a": ("tourism", "flash tube")},
    reject=(Reject("war", "Look again."),),
)
NUMBER = NumberAnswer(
    id="number",
    question="How many left?",
    levels=("a",),
    evidence=NO_EVIDENCE,
    points=2,
    value=Fraction(7_000_000),
    qualifier="about",
)
IDEAS = IdeasAnswer(
    id="ideas",
    question="Sum it up.",
    levels=("a",),
    evidence=NO_EVIDENCE,
    points=2,
    ideas=(Idea("who", ("china",)), Idea("what", ("upgrade*", "stronger"))),
)
ONE = SingleChoice(
    id="one",
    question="Which?",
    levels=("a",),
    evidence=NO_EVIDENCE,
    options=OPTIONS,
    answer="a",
)
MANY = MultipleChoice(
    id="many",
    question="Which two?",
    levels=("a",),
    evidence=NO_EVIDENCE,
    options=OPTIONS,
    answers=("a", "b"),
)
ITEMS: tuple[Item, ...] = (SHORT, NUMBER, IDEAS, ONE, MANY)
TYPED: tuple[Item, ...] = (SHORT, NUMBER, IDEAS)
QUIZ = Quiz("q", "Q", "en", None, (Level("a", "A", "China upgraded its ties."),), ITEMS)

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=200)
PIECES = st.sampled_from(
    [
        *("tourism", "Turism", "flash", "tube", "flash-tube", "war", "7", "seven", "million"),
        *("over", "about", "not", "or", "china", "stronger", "strunger", "upgraded", "idk", "no"),
        *("£", "é", "ß", "İ", "ǅ", "30", "1st", "half", "\ud800", "\x00", "<b>", "-", "?", "7,5"),
    ]
)
LIKELY = st.lists(PIECES, max_size=8).map(" ".join)


def answer(item: Item, text: str) -> Verdict:
    return mark_item(QUIZ, item, Given((text,), "a"))


@given(st.sampled_from(ITEMS), st.one_of(ANY_TEXT, LIKELY))
def test_any_text_is_marked_within_bounds(item: Item, text: str) -> None:
    verdict = answer(item, text)
    assert (verdict.points is None) == (verdict.outcome == "waiting")
    assert 0 <= (verdict.points or 0) <= item.points
    assert verdict == answer(item, text)


@given(st.sampled_from(TYPED), LIKELY)
def test_case_and_white_space_do_not_change_a_mark(item: Item, text: str) -> None:
    verdict = answer(item, text)
    spaced = "\n" + text.replace(" ", " \t ") + "\u00a0"
    for changed in (text.upper(), text.lower(), spaced):
        again = answer(item, changed)
        assert (again.outcome, again.points) == (verdict.outcome, verdict.points)


@given(st.permutations(["a", "b", "c", "x", "a"]), st.integers(0, 5))
def test_the_order_of_a_selection_does_not_change_a_mark(values: list[str], size: int) -> None:
    chosen = values[:size]
    backwards = Given(tuple(reversed(chosen)), "a")
    assert mark_item(QUIZ, MANY, Given(tuple(chosen), "a")) == mark_item(QUIZ, MANY, backwards)


@given(st.sampled_from(TYPED), st.one_of(ANY_TEXT, LIKELY), st.integers(2, 7))
def test_points_grow_with_the_points_of_the_item(item: Item, text: str, factor: int) -> None:
    verdict, more = answer(item, text), answer(replace(item, points=item.points * factor), text)
    assert more.points == (None if verdict.points is None else verdict.points * factor)


@pytest.mark.parametrize("item", TYPED, ids=lambda item: item.id)
@pytest.mark.parametrize(
    "piece",
    [
        *("\u0300\u0316", "か\u3099\u094d", "ﷺ", "a ", "a,", "7 ", "111 ", "1,", "seven ", "the '"),
        *("<", "tourism or ", "not china ", "\ud800", "\x00", "-", "x", "👩‍🚀", "i don't "),
    ],
)
def test_ten_thousand_hostile_characters_earn_nothing(item: Item, piece: str) -> None:
    text = (piece * 10_000)[:10_000]
    assert answer(item, text).outcome in ("waiting", "wrong", "blank")


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.id)
def test_an_item_without_a_response_is_blank(item: Item) -> None:
    verdict = blank(item)
    assert verdict.outcome == "blank"
    assert verdict.points == 0


def test_every_rule_that_decides_is_explained_to_the_teacher() -> None:
    short = "|tourism|Tourism|flashtube|turism|war|idk|trade|Name one area|peace or oil|not tourism"
    rare = "|1 or 2|www.a.b|China upgraded its ties.|" + "long " * 13
    typed: list[tuple[Item, str]] = [
        (SHORT, short + rare),
        (NUMBER, "7 million|over 7 million|7|8|some people|7 or 8"),
        (IDEAS, "china"),
    ]
    produced = {answer(item, text).trace.rule for item, forms in typed for text in forms.split("|")}
    chosen: list[Item] = [ONE, MANY, replace(MANY, scoring="exact")]
    produced |= {answer(item, "a").trace.rule for item in chosen}
    assert produced == set(RULES)
