"""Marking what is handed in; what stands as it was handed in before keeps the mark it has."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from quizapp.bank.model import Given, Item, MultipleChoice, Quiz, SingleChoice
from quizapp.bank.public import asked
from quizapp.marking import blank, mark_item
from quizapp.marks import rule_columns
from quizapp.models import Attempt
from quizapp.sittings import Sitting

MOST_CHOICES = 4000
_choices: dict[tuple[int, tuple[str, ...]], tuple[Item, dict[str, Any]]] = {}


def mark_rows(
    attempt: Attempt | Sitting,
    quiz: Quiz,
    entries: Mapping[str, Given],
    handed_in: str | None,
    now: datetime,
) -> list[dict[str, Any]]:
    """Return the rows of the marks that the rules give now.

    `handed_in` is what `pack` kept at the reopening; answers that are still the same get no row.
    """
    before = json.loads(handed_in) if handed_in is not None else None
    return [
        _columns(quiz, item, entries.get(item.id))
        | {"attempt_id": attempt.id, "item_id": item.id, "marked_at": now}
        for item in asked(quiz, attempt.level_ids)
        if before is None or before.get(item.id) != _pack_entry(entries.get(item.id))
    ]


def _columns(quiz: Quiz, item: Item, given: Given | None) -> dict[str, Any]:
    """Return what the rules give for one answer; a choice, which many make, is marked once.

    It rests on nothing but its item, which never changes.
    """
    if given is None:
        return rule_columns(blank(item))
    if not isinstance(item, SingleChoice | MultipleChoice):
        return rule_columns(mark_item(quiz, item, given))
    place = (id(item), given.values)
    known = _choices.get(place)
    if known is not None and known[0] is item:
        return known[1]
    if len(_choices) >= MOST_CHOICES:
        _choices.clear()
    columns = rule_columns(mark_item(quiz, item, given))
    _choices[place] = (item, columns)
    return columns


def pack(entries: Mapping[str, Given]) -> str:
    """Return answers as JSON, to see later which of them changed."""
    packed = {item_id: _pack_entry(entry) for item_id, entry in entries.items()}
    return json.dumps(packed, ensure_ascii=False)


def _pack_entry(entry: Given | None) -> list[Any] | None:
    return None if entry is None or entry.is_blank else [list(entry.values), entry.level]
