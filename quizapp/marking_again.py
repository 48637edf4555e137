"""Marking what is handed in; what stands as it was handed in before keeps the mark it has."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from quizapp.bank.model import Given, Quiz
from quizapp.bank.public import asked
from quizapp.marking import blank, mark
from quizapp.marks import rule_row
from quizapp.models import Attempt
from quizapp.sittings import Sitting


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
    verdicts = mark(quiz, entries)
    before = json.loads(handed_in) if handed_in is not None else None
    return [
        rule_row(attempt.id, item.id, verdicts.get(item.id) or blank(item), now)
        for item in asked(quiz, attempt.level_ids)
        if before is None or before.get(item.id) != _pack_entry(entries.get(item.id))
    ]


def pack(entries: Mapping[str, Given]) -> str:
    """Return answers as JSON, to see later which of them changed."""
    packed = {item_id: _pack_entry(entry) for item_id, entry in entries.items()}
    return json.dumps(packed, ensure_ascii=False)


def _pack_entry(entry: Given | None) -> list[Any] | None:
    return None if entry is None or entry.is_blank else [list(entry.values), entry.level]
