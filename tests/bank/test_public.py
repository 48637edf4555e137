"""What students see: no key in it, and an order of options that does not betray one."""

from dataclasses import fields, is_dataclass, replace
from typing import get_args, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizapp.bank.model import (
    Evidence,
    Item,
    MultipleChoice,
    NumberAnswer,
    Option,
    Quiz,
    ShortAnswer,
    SingleChoice,
    Span,
)
from quizapp.bank.public import (
    PublicItem,
    PublicOption,
    PublicQuiz,
    items_at,
    ordered,
    public,
)
from tests.bank.bank_files import COMMON, item_file, quiz_of
from tests.bank.quizzes import EVIDENCE, MAYBE, QUIZZES, singles

QUIZ = quiz_of(
    item_file(
        COMMON + "id: one, options: {a: x, b: y, c: {text: z, pin: last}}, answer: b, hint: Look.",
        COMMON + "id: some, options: {a: x, b: y, c: z}, answers: [a, b], shuffle: false",
        COMMON + "id: short, accept: [a], points: 2, spelling: strict, levels: [b1]",
        COMMON + "id: number, number: {value: 9, tolerance: 0}",
        COMMON + "id: ideas, ideas: {a: [b]}, max_words: 20",
    )
)


def test_a_question_keeps_what_students_need() -> None:
    one, some, short, number, ideas = public(QUIZ).items
    assert (one.kind, one.question, one.points, one.hint) == ("single", "Why?", 1, "Look.")
    assert one.options[2] == PublicOption("c", "z", pin_last=True)
    assert (some.choose, some.scoring, some.shuffle) == (2, "net", False)
    assert (short.points, short.levels, short.spelling, short.max_words) == (
        2,
        ("b1",),
        "strict",
        12,
    )
    assert (number.kind, number.max_words, number.spelling) == ("number", None, None)
    assert (ideas.max_words, ideas.spelling) == (20, "close")


def test_a_level_keeps_its_text_and_knows_its_paragraphs() -> None:
    level = public(QUIZ).levels[0]
    assert level.text == "The ferry leaves at nine. It is blue."
    assert (level.label, level.bold) == ("Easier", (Span(20, 24),))
    assert level.paragraphs == (Span(0, len(level.text)),)


def _names(kind: object) -> set[str]:
    if isinstance(kind, type) and is_dataclass(kind):
        hints = get_type_hints(kind)
        return {one.name for one in fields(kind)}.union(*map(_names, hints.values()))
    return set().union(*map(_names, get_args(kind)))


def test_no_field_can_hold_a_key() -> None:
    secret = {"answer", "answers", "evidence", "feedback", "why", "error", "accept", "reject"}
    secret |= {"ideas", "value", "tolerance", "qualifier", "examples", "skill", "quotes", "review"}
    assert {"options", "glossary", "term"} <= _names(PublicQuiz)
    assert not secret & _names(PublicQuiz)


def _without_key(item: Item, evidence: Evidence, text: str | None) -> Item:
    """Return the item with another key, and other words around it."""
    item = replace(
        item, evidence=evidence, why=text, feedback_correct=text, feedback_wrong=text, skill=None
    )
    if isinstance(item, SingleChoice | MultipleChoice):
        options = tuple(
            Option(one.id, one.text, None, evidence, text, one.pin_last) for one in item.options
        )
        item = replace(item, options=options)
    if isinstance(item, SingleChoice):
        return replace(item, answer=item.options[0].id)
    if isinstance(item, MultipleChoice):
        return replace(item, answers=tuple(one.id for one in item.options[-len(item.answers) :]))
    if isinstance(item, ShortAnswer):
        return replace(item, accept={}, reject=())
    if isinstance(item, NumberAnswer):
        return replace(item, value=item.value + 1, tolerance=item.tolerance + 1, reject=())
    return replace(item, ideas=item.ideas[:1], reject=())


@settings(deadline=None, max_examples=60)
@given(QUIZZES, EVIDENCE, MAYBE)
def test_two_quizzes_with_other_keys_look_the_same(
    quiz: Quiz, evidence: Evidence, text: str | None
) -> None:
    other = replace(quiz, items=tuple(_without_key(item, evidence, text) for item in quiz.items))
    assert public(other) == public(quiz)


def _public_item(item: Item) -> PublicItem:
    return public(replace(QUIZ, items=(item,))).items[0]


@settings(deadline=None, max_examples=60)
@given(singles(), st.text(st.characters(exclude_categories=["Cs"])))
def test_the_order_depends_on_the_seed_and_the_ids_only(item: SingleChoice, seed: str) -> None:
    turned = replace(item, shuffle=True, options=item.options[::-1])
    straight = replace(item, shuffle=True)
    assert ordered(_public_item(turned), seed) == ordered(_public_item(straight), seed)


@settings(deadline=None, max_examples=60)
@given(singles(), st.text(st.characters(exclude_categories=["Cs"])))
def test_every_option_is_there_once_and_pinned_ones_are_last(item: SingleChoice, seed: str) -> None:
    options = ordered(_public_item(item), seed)
    assert sorted(one.id for one in options) == sorted(one.id for one in item.options)
    pins = [one.pin_last for one in options]
    assert pins == sorted(pins)


def test_each_order_comes_up_for_some_seed() -> None:
    item = public(QUIZ).items[0]
    orders = {"".join(one.id for one in ordered(item, str(seed))) for seed in range(30)}
    assert orders == {"abc", "bac"}


def test_shuffle_false_keeps_the_written_order() -> None:
    item = public(QUIZ).items[1]
    assert all(ordered(item, str(seed)) == item.options for seed in range(20))


@pytest.mark.parametrize(
    ("levels", "count"), [(["a2"], 4), (["b1"], 5), (["a2", "b1"], 4), ([], 5)]
)
def test_items_are_those_valid_at_every_level_offered(levels: list[str], count: int) -> None:
    ids = [item.id for item in items_at(QUIZ, levels)]
    assert len(ids) == count
    assert [item.id for item in items_at(public(QUIZ), levels)] == ids
