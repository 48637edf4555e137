"""What students entered: read, packed for the database, and kept apart when it was not taken."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, literal_column, select, union_all, update

from quizapp.bank.model import Given
from quizapp.database import db, reading_rows, upsert
from quizapp.models import Attempt, Response, StrayResponse
from quizapp.prepared import Link, Prepared, link_of
from quizapp.sittings import Sitting

_OF_ONE = Prepared(
    select(Response.item_id, Response.given, Response.level).where(
        Response.attempt_id == bindparam("attempt")
    )
)


def responses(attempt: Attempt | Sitting) -> dict[str, Given]:
    """Return what was saved, by item id, exactly as it was given."""
    return read_on(link_of(db.session.connection()), attempt.id)


def read_on(link: Link, attempt_id: int) -> dict[str, Given]:
    """Return what `responses` does, read on a link in its transaction."""
    rows = _OF_ONE.run(link, {"attempt": attempt_id})
    return {item_id: unpacked(given, level) for item_id, given, level in rows}


_PLAIN = Prepared(
    union_all(
        select(
            literal_column("1").label("saved"),
            Response.item_id,
            Response.given,
            Response.level,
            Response.revision,
        ).where(Response.attempt_id == bindparam("attempt")),
        select(
            literal_column("0"),
            StrayResponse.item_id,
            StrayResponse.given,
            StrayResponse.level,
            literal_column("0"),
        ).where(
            StrayResponse.attempt_id == bindparam("attempt"),
            StrayResponse.why == "older",
            StrayResponse.settled_at.is_(None),
        ),
    )
)


def read_plain(attempt_id: int) -> dict[str, tuple[Given, int]] | None:
    """Return the saved answers with their revisions, by item id.

    None where an answer that lost to another page waits for the student's choice.
    """
    with reading_rows() as link:
        rows = _PLAIN.run(link, {"attempt": attempt_id})
    if not all(saved for saved, *_ in rows):
        return None
    return {item: (unpacked(given, level), revision) for _, item, given, level, revision in rows}


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


@dataclass(frozen=True, slots=True)
class Held:
    """An answer as it is saved now: revision 0 and no values when nothing is."""

    values: tuple[str, ...] = ()
    revision: int = 0


def read_held(attempt_id: int) -> dict[str, Held]:
    """Return the saved answers of an attempt with their revisions, by item id."""
    rows = db.session.execute(
        select(Response.item_id, Response.given, Response.revision).where(
            Response.attempt_id == attempt_id
        )
    )
    return {item_id: Held(tuple(json.loads(given)), revision) for item_id, given, revision in rows}


def keep_strays(
    attempt_id: int,
    entries: Mapping[str, Given],
    now: datetime,
    why: str = "late",
    settled_at: datetime | None = None,
) -> None:
    """Keep what is not taken, inside the caller's write section; once, however often it came."""
    rows = [
        {
            "attempt_id": attempt_id,
            "item_id": item_id,
            "given": packed(entry),
            "given_hash": hashlib.sha256(packed(entry).encode()).hexdigest(),
            "level": entry.level,
            "why": why,
            "received_at": now,
            "settled_at": settled_at,
        }
        for item_id, entry in entries.items()
    ]
    upsert(db.session, StrayResponse, rows, ("attempt_id", "item_id", "given_hash"))


def settle(attempt_id: int, item_ids: Collection[str], now: datetime) -> None:
    """Note, inside the caller's write section, that the student has chosen at these items."""
    db.session.execute(
        update(StrayResponse)
        .where(
            StrayResponse.attempt_id == attempt_id,
            StrayResponse.item_id.in_(item_ids),
            StrayResponse.settled_at.is_(None),
        )
        .values(settled_at=now)
    )


def unsettled(attempt: Attempt) -> dict[str, Given]:
    """Return by item id the newest answer that lost to another page and waits for a choice."""
    return {
        row.item_id: Given(tuple(json.loads(row.given)), row.level)
        for row in strays(attempt)
        if row.why == "older" and row.settled_at is None
    }


def strays(attempt: Attempt) -> list[StrayResponse]:
    """Return what was not taken, oldest first."""
    return list(
        db.session.scalars(
            select(StrayResponse)
            .where(StrayResponse.attempt_id == attempt.id)
            .order_by(StrayResponse.id)
        )
    )


def count_late(attempt_ids: Sequence[int]) -> dict[int, int]:
    """Return how many answers came too late, by attempt id; nothing for attempts with none."""
    rows = db.session.execute(
        select(StrayResponse.attempt_id, func.count())
        .where(StrayResponse.attempt_id.in_(attempt_ids), StrayResponse.why == "late")
        .group_by(StrayResponse.attempt_id)
    )
    return {attempt_id: number for attempt_id, number in rows}
