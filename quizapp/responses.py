"""What students entered: read, packed for the database, and kept apart when it came too late."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from quizapp.bank.model import Given
from quizapp.database import db, upsert
from quizapp.models import Attempt, Response, StrayResponse


def responses(attempt: Attempt) -> dict[str, Given]:
    """Return what was saved, by item id, exactly as it was given."""
    return read_given([attempt.id]).get(attempt.id, {})


def read_given(attempt_ids: Sequence[int]) -> dict[int, dict[str, Given]]:
    """Return what was saved in several attempts, by attempt id and item id."""
    rows = db.session.execute(
        select(Response.attempt_id, Response.item_id, Response.given, Response.level).where(
            Response.attempt_id.in_(attempt_ids)
        )
    )
    found: dict[int, dict[str, Given]] = defaultdict(dict)
    for attempt_id, item_id, given, level in rows:
        found[attempt_id][item_id] = unpacked(given, level)
    return dict(found)


def packed(entry: Given) -> str:
    """Return an answer as its column holds it: a JSON list of option ids, or of one text."""
    return json.dumps(list(entry.values), ensure_ascii=False)


def unpacked(given: str, level: str) -> Given:
    """Return the answer that `packed` made a text of, with its level."""
    return Given(tuple(json.loads(given)), level)


def keep_strays(attempt_id: int, changed: Mapping[str, Given], now: datetime) -> None:
    """Keep what came too late, inside the caller's write section; once, however often it came."""
    rows = [
        {
            "attempt_id": attempt_id,
            "item_id": item_id,
            "given": packed(entry),
            "given_hash": hashlib.sha256(packed(entry).encode()).hexdigest(),
            "level": entry.level,
            "received_at": now,
        }
        for item_id, entry in changed.items()
    ]
    upsert(db.session, StrayResponse, rows, ("attempt_id", "item_id", "given_hash"))


def strays(attempt: Attempt) -> list[StrayResponse]:
    """Return what came after the submission, oldest first."""
    return list(
        db.session.scalars(
            select(StrayResponse)
            .where(StrayResponse.attempt_id == attempt.id)
            .order_by(StrayResponse.id)
        )
    )
