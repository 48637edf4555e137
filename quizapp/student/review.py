"""What the review shows for each question. Keys are allowed here: the attempt is submitted."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from quizapp.bank.model import (
    Given,
    IdeasAnswer,
    Item,
    MultipleChoice,
    NumberAnswer,
    Option,
    Quiz,
    ShortAnswer,
    SingleChoice,
)
from quizapp.bank.numerals import say_number
from quizapp.bank.public import asked
from quizapp.marking.verdict import WAITING_NOTE
from quizapp.models import Attempt, Mark
from quizapp.student.passage import Place
from quizapp.student.places import chosen_options, find_places

MISREADING_SAID = {
    "misread": "You may have misread this: close, but not what the text says. "
    "Read again who did what.",
    "elsewhere": "This is in the text, but it is about something else.",
    "unsupported": "The text does not say this.",
}
SPELLING_RULES = frozenset({"spelling"})
FORMS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Card:
    """One question in the review. `rows` are labels with the texts beside them."""

    number: int
    item: Item
    outcome: str
    points: Fraction | None
    level: str
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    notes: tuple[str, ...]
    next_step: str | None
    places: tuple[Place, ...]


def cards(
    quiz: Quiz, given: Mapping[str, Given], marks: Mapping[str, Mark], attempt: Attempt
) -> tuple[Card, ...]:
    """Return a card for every item of the attempt; its level stands in where nothing was given."""
    return tuple(
        card(number, item, given.get(item.id, Given((), attempt.level)), marks[item.id])
        for number, item in enumerate(asked(quiz, attempt.level_ids), start=1)
        if item.id in marks
    )


def card(number: int, item: Item, given: Given, mark: Mark) -> Card:
    """Return the card of one answer and its mark."""
    trace = json.loads(mark.trace)
    places = find_places(item, given.values, given.level)
    return Card(
        number=number,
        item=item,
        outcome=mark.outcome,
        points=mark.points,
        level=given.level,
        rows=(*_given_rows(item, given, trace, mark), *_key_rows(item, given.level, mark.outcome)),
        notes=_notes(item, given, trace, mark),
        next_step=_next_step(item, mark.outcome, places),
        places=places,
    )


def describe(item: Item, given: Given) -> tuple[str, ...]:
    """Return what was answered, to read: the texts of the options chosen, or what was written."""
    if isinstance(item, SingleChoice | MultipleChoice):
        return tuple(option.text for option in chosen_options(item, given.values))
    return given.values


def _given_rows(
    item: Item, given: Given, trace: Mapping[str, Any], mark: Mark
) -> list[tuple[str, tuple[str, ...]]]:
    if given.is_blank:
        return []
    if isinstance(item, SingleChoice | MultipleChoice):
        return [("You chose", describe(item, given))]
    rows = [("You wrote", describe(item, given))]
    form = trace.get("form")
    if (
        isinstance(item, ShortAnswer)
        and mark.outcome == "right"
        and form not in (None, *given.values)
    ):
        slip = " (a small spelling slip)" if trace["rule"] in SPELLING_RULES else ""
        rows.append(("Accepted as", (f"{form}{slip}",)))
    if isinstance(item, IdeasAnswer) and mark.source == "rule" and mark.points is not None:
        rows.append(("Found", tuple(trace["ideas"]) or ("none of the ideas",)))
    return rows


def _key_rows(item: Item, level: str, outcome: str) -> list[tuple[str, tuple[str, ...]]]:
    if outcome == "right" and isinstance(item, SingleChoice | MultipleChoice):
        return []  # what was chosen is the key: it would stand there twice
    label = "A full answer has" if isinstance(item, IdeasAnswer) else "The text says"
    return [(label, _key(item, level))]


def _key(item: Item, level: str) -> tuple[str, ...]:
    if isinstance(item, SingleChoice):
        return tuple(option.text for option in item.options if option.id == item.answer)
    if isinstance(item, MultipleChoice):
        return tuple(option.text for option in item.options if option.id in item.answers)
    if isinstance(item, ShortAnswer):
        return (" or ".join(item.accept[level][:FORMS_SHOWN]),)
    if isinstance(item, NumberAnswer):
        qualifier = "" if item.qualifier == "none" else f"{item.qualifier} "
        return (qualifier + say_number(item.value),)
    return tuple(idea.name for idea in item.ideas)  # keywords are for the marker, not for reading


def _notes(item: Item, given: Given, trace: Mapping[str, Any], mark: Mark) -> tuple[str, ...]:
    """Say what helps: never only right or wrong. Each sentence stands once, in this order."""
    if mark.outcome == "waiting":
        return (WAITING_NOTE,)
    right = mark.outcome == "right"
    said: list[str | None] = [mark.reason if mark.source == "teacher" else trace.get("note")]
    for option in chosen_options(item, given.values):
        said += _option_notes(option, given.level)
    said.append(item.feedback_correct if right else item.feedback_wrong)
    said.append(item.why)
    if item.evidence.whole:
        said.append("This rests on the whole text.")
    return tuple(dict.fromkeys(text for text in said if text))


def _option_notes(option: Option, level: str) -> list[str | None]:
    """The teacher's words first; how the choice goes wrong is said where no mark can show it."""
    shown = bool(option.feedback and option.evidence.spans.get(level))
    return [option.feedback, None if shown else MISREADING_SAID.get(option.error or "")]


def _next_step(item: Item, outcome: str, places: tuple[Place, ...]) -> str | None:
    if outcome in ("right", "waiting"):
        return None
    if any(place.kind == "key" for place in places):
        return "Next: read the marked words in the text once more."
    return "Next: read the whole text once more with this question in mind."
