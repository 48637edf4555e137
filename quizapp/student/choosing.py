"""Two pages of one attempt saved different answers to a question: the student says which to use."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from quizapp.bank.model import Given
from quizapp.bank.public import PublicItem
from quizapp.models import Attempt
from quizapp.responses import unsettled
from quizapp.student import pages

USE_MINE, KEEP = "mine", "keep"


@dataclass(frozen=True, slots=True)
class Conflict:
    """In words: the answer that is saved, and the one that lost to it."""

    theirs: str
    mine: str


def conflicts(attempt: Attempt, questions: Sequence[pages.Question]) -> dict[str, Conflict]:
    """Return by item id where the student has to choose; questions that are closed need none."""
    waiting = unsettled(attempt)
    return {
        one.item.id: Conflict(
            pages.said(one.item, one.values), pages.said(one.item, waiting[one.item.id].values)
        )
        for one in questions
        if one.item.id in waiting and waiting[one.item.id].values != one.values and not one.closed
    }


def choose(
    go: str, given: Mapping[str, Given], attempt: Attempt
) -> tuple[dict[str, Given], Collection[str]]:
    """Return the answers and the items settled once the button `go` has been followed.

    "mine:ITEM" takes what the page holds for the item if it was changed there, else the answer that
    lost; "keep:ITEM" leaves what is saved. Any other button settles nothing.
    """
    word, _, item_id = go.partition(":")
    waiting = unsettled(attempt) if word in (USE_MINE, KEEP) else {}
    answers = dict(given)
    if item_id not in waiting:
        return answers, ()
    if word == KEEP:
        answers.pop(item_id, None)
    else:
        answers.setdefault(item_id, waiting[item_id])
    return answers, (item_id,)


def lost_words(lost: Collection[str], items: Sequence[PublicItem]) -> str:
    """Return the sentence on answers that were not taken, by the numbers of the questions."""
    return (
        f"Another tab or device has saved a newer answer to {_where(lost, items)}. "
        "Yours is kept, too: choose at the question which one to use."
    )


def fixed_words(fixed: Collection[str], items: Sequence[PublicItem]) -> str:
    """Return the sentence on answers that came after their question was checked elsewhere."""
    return (
        f"In another tab or on another device you have checked your answer to "
        f"{_where(fixed, items)}. What you sent here is kept for your teacher, but not counted."
    )


def _where(found: Collection[str], items: Sequence[PublicItem]) -> str:
    numbers = [str(number) for number, item in enumerate(items, start=1) if item.id in found]
    return f"question {numbers[0]}" if len(numbers) == 1 else f"questions {', '.join(numbers)}"
