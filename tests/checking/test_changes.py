from dataclasses import replace
from fractions import Fraction

from quizapp.bank.model import (
    Evidence,
    Idea,
    IdeasAnswer,
    Item,
    Level,
    MultipleChoice,
    NumberAnswer,
    Option,
    Quiz,
    ShortAnswer,
    SingleChoice,
)
from quizapp.checking.changes import breaking_changes

WHOLE = Evidence(whole=True)
OPTIONS = (Option("north", "To the north"), Option("south", "To the south"))
WAY = SingleChoice(
    id="way",
    question="Which way did the ferry go?",
    levels=("text",),
    evidence=WHOLE,
    options=OPTIONS,
    answer="north",
)
COLOUR = ShortAnswer(
    id="colour",
    question="What colour was the ferry?",
    levels=("text",),
    evidence=WHOLE,
    accept={"text": ("blue",)},
)
COUNT = NumberAnswer(
    id="count",
    question="How many people were on board?",
    levels=("text",),
    evidence=WHOLE,
    value=Fraction(12),
)


def quiz(*items: Item) -> Quiz:
    return Quiz("ferry", "Ferry", "en", None, (Level("text", "Text", "A blue ferry."),), items)


def messages(old: Item, *new: Item) -> list[str]:
    return [change.message for change in breaking_changes(quiz(old), quiz(*new))]


def test_an_unchanged_quiz_breaks_nothing() -> None:
    assert breaking_changes(quiz(WAY, COLOUR, COUNT), quiz(WAY, COLOUR, COUNT)) == ()


def test_a_new_question_and_a_new_order_break_nothing() -> None:
    assert breaking_changes(quiz(WAY, COLOUR), quiz(COUNT, COLOUR, WAY)) == ()


def test_a_removed_question_is_named() -> None:
    (change,) = breaking_changes(quiz(WAY, COLOUR), quiz(COLOUR))
    assert change.item_id == "way"
    assert "question “way” is gone" in change.message


def test_a_changed_kind_is_named_with_what_to_do() -> None:
    several = MultipleChoice(
        id="way",
        question=WAY.question,
        levels=WAY.levels,
        evidence=WHOLE,
        options=OPTIONS,
        answers=("north", "south"),
    )
    (message,) = messages(WAY, several)
    assert "one right option and now asks for several right options" in message
    assert "give the new question a new id" in message


def test_a_removed_option_is_named() -> None:
    kept = replace(WAY, options=(OPTIONS[0], Option("east", "To the east")))
    (message,) = messages(WAY, kept)
    assert "no longer has the option “south”" in message


def test_a_new_option_and_a_new_key_break_nothing() -> None:
    wider = replace(WAY, options=(*OPTIONS, Option("east", "To the east")), answer="south")
    assert messages(WAY, wider) == []


def test_an_id_used_for_another_question_is_named() -> None:
    reused = replace(COLOUR, question="Who painted the bridge?", accept={"text": ("a sailor",)})
    (message,) = messages(COLOUR, reused)
    assert "now belongs to another question; give the new question a new id" in message


def test_an_id_used_for_another_number_is_named() -> None:
    (message,) = messages(COUNT, replace(COUNT, question="In which year?", value=Fraction(1921)))
    assert "another question" in message


def test_a_reworded_question_with_the_same_answers_breaks_nothing() -> None:
    assert messages(COLOUR, replace(COLOUR, question="Name the paint on its side.")) == []


def test_a_reworded_question_with_the_same_options_breaks_nothing() -> None:
    assert messages(WAY, replace(WAY, question="Name its course.")) == []


def test_a_reworded_question_with_the_same_ideas_breaks_nothing() -> None:
    idea = IdeasAnswer(
        id="why",
        question="Why did nobody see the ferry leave?",
        levels=("text",),
        evidence=WHOLE,
        ideas=(Idea("dark", ("night", "dark")),),
    )
    assert messages(idea, replace(idea, question="Say how it could slip off.")) == []


def test_the_same_question_with_corrected_answers_breaks_nothing() -> None:
    assert messages(COLOUR, replace(COLOUR, accept={"text": ("light green",)})) == []
