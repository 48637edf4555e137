"""One small quiz at two levels, and a way to put an item into it and answer it."""

from collections.abc import Callable
from fractions import Fraction

import pytest

from quizapp.bank.model import (
    NO_EVIDENCE,
    Given,
    Idea,
    IdeasAnswer,
    Item,
    Level,
    NumberAnswer,
    Quiz,
    ShortAnswer,
)
from quizapp.marking import mark_item
from quizapp.marking.verdict import Verdict

EASY = (
    "China and Venezuela are now closer. The two presidents met in Beijing.\n\n"
    "They want more trade and tourism. China exports machines and gave a loan."
)
FULL = (
    "China has raised its ties with Venezuela to a higher level. "
    "President Maduro was the guest.\n\n"
    "The two sides agreed on economic cooperation. Around seven million people have left."
)


@pytest.fixture(scope="session")
def quiz() -> Quiz:
    """A quiz without items."""
    levels = (Level("a2", "Easier", EASY), Level("b1", "Standard", FULL))
    return Quiz("ties", "Ties", "en", None, levels, ())


@pytest.fixture(scope="session")
def ask(quiz: Quiz) -> Callable[[Item, str], Verdict]:
    """Put the item into the quiz, give it this text at the easier level, return the verdict."""

    def answer(item: Item, text: str) -> Verdict:
        whole = Quiz(quiz.id, quiz.title, quiz.language, None, quiz.levels, (item,))
        return mark_item(whole, item, Given((text,), "a2"))

    return answer


@pytest.fixture(scope="session")
def area() -> ShortAnswer:
    """A short answer with a name among its forms."""
    return ShortAnswer(
        id="area",
        question="Name ONE area in which the two countries agreed to work together.",
        levels=("a2",),
        evidence=NO_EVIDENCE,
        accept={"a2": ("tourism", "flash tube", "machinery industry", "oil", "Flynt")},
    )


@pytest.fixture(scope="session")
def left() -> NumberAnswer:
    """A number that is an estimate."""
    return NumberAnswer(
        id="left",
        question="How many people does the passage say have left Venezuela?",
        levels=("a2",),
        evidence=NO_EVIDENCE,
        value=Fraction(7_000_000),
        qualifier="about",
    )


@pytest.fixture(scope="session")
def news() -> IdeasAnswer:
    """A sentence with three ideas."""
    return IdeasAnswer(
        id="news",
        question="In one sentence of no more than 25 words, sum up the main news.",
        levels=("a2",),
        evidence=NO_EVIDENCE,
        points=3,
        max_words=25,
        ideas=(
            Idea("who", ("china", "chinese", "beijing")),
            Idea("with", ("venezuela*", "maduro")),
            Idea("what", ("upgrade*", "higher level", "all-weather", "stronger", "closer")),
        ),
    )
