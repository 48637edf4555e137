"""Answers that come one at a time, from the page's own script or from a file that it made."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wtforms import ValidationError

from quizapp.bank.model import Given
from quizapp.bank.public import PublicItem
from quizapp.saving import Base
from quizapp.student.forms import is_revision, read_values

FORMAT = "quizapp answers 1"
MOST_UNHEARD = 20


class NotReadable(Exception):
    """What came is not what the page's script sends."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One answer as it was sent; `again` when it is for a second try."""

    given: Given
    base: Base
    again: bool


def read_json(data: bytes) -> dict[str, object]:
    """Return a JSON object. Raises NotReadable for anything else."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        raise NotReadable from None
    if not isinstance(found, dict):
        raise NotReadable
    return found


def read_sent(entry: Mapping[str, object], item: PublicItem, levels: Sequence[str]) -> Sent:
    """Return one answer, cleaned and checked as the form of the page does it.

    Raises NotReadable; ValidationError with the sentence to show.
    """
    level, revision = entry.get("level"), entry.get("revision")
    if level not in levels or not is_revision(revision):
        raise NotReadable
    assert isinstance(level, str)
    assert isinstance(revision, int)
    unheard = entry.get("unheard", [])
    if not isinstance(unheard, list):
        raise NotReadable
    values = read_values(item, _texts(entry.get("values")))
    before = tuple(_known(item, one) for one in unheard[-MOST_UNHEARD:])
    return Sent(Given(values, level), Base(revision, before), entry.get("again") is True)


def _known(item: PublicItem, texts: object) -> tuple[str, ...]:
    """Return values that were sent before; what could not be saved then equals nothing now."""
    try:
        return read_values(item, _texts(texts))
    except ValidationError:
        return ()


def _texts(found: object) -> list[str]:
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise NotReadable
    return found


def read_file(
    data: bytes, attempt: str, items: Mapping[str, PublicItem], levels: Sequence[str]
) -> dict[str, Sent]:
    """Return the answers of a file that the page of this attempt (its public id) made.

    Raises NotReadable for another kind of file, LookupError for one of another attempt,
    ValidationError for an answer that the page would refuse.
    """
    found = read_json(data)
    entries = found.get("answers")
    if found.get("format") != FORMAT or not isinstance(entries, list):
        raise NotReadable
    if found.get("attempt") != attempt:
        raise LookupError(attempt)
    answers = {}
    for entry in entries:
        item = items.get(str(entry.get("item"))) if isinstance(entry, dict) else None
        if item is None:
            raise NotReadable
        answers[item.id] = read_sent(entry, item, levels)
    return answers
