"""Two hundred ways to falsify the audit log behind its triggers: every one is noticed."""

import random
import sys
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select, text, update

from quizapp import audit
from quizapp.database import db, writing
from quizapp.models import AuditEntry
from tests.school import NOW

TAMPERINGS = 200
ENTRIES = 12
TABLE = AuditEntry.__table__
COLUMNS = [column.name for column in TABLE.columns if column.name not in ("id", "digest")]
Row = dict[str, Any]


def rows() -> list[Row]:
    found = db.session.execute(select(*TABLE.columns).order_by(AuditEntry.id)).mappings()
    return [dict(row) for row in found]


def put(row_id: int, values: Row) -> None:
    db.session.execute(update(AuditEntry).where(AuditEntry.id == row_id).values(values))


def edit(chance: random.Random, log: list[Row]) -> None:
    row, column = chance.choice(log), chance.choice([*COLUMNS, "digest"])
    odd: Row = {"at": NOW.replace(year=2020, second=chance.randrange(60)), "teacher_id": 7}
    old = odd.get(column, f"{chance.getrandbits(64):016x}")
    put(row["id"], {column: old})


def remove(chance: random.Random, log: list[Row]) -> None:
    first = chance.randrange(len(log))
    gone = [row["id"] for row in log[first : first + chance.randint(1, 3)]]
    db.session.execute(delete(AuditEntry).where(AuditEntry.id.in_(gone)))


def reorder(chance: random.Random, log: list[Row]) -> None:
    one, two = chance.sample(log, 2)
    for row in (one, two):  # a digest stands once, so that both step aside first
        put(row["id"], {"digest": f"aside {row['id']}"})
    put(one["id"], {key: value for key, value in two.items() if key != "id"})
    put(two["id"], {key: value for key, value in one.items() if key != "id"})


def add(chance: random.Random, log: list[Row]) -> None:
    """Put a forged entry in, with the right digest of its own and the right one before it."""
    place = chance.randrange(len(log) + 1)
    for row in reversed(log[place:]):
        put(row["id"], {"id": row["id"] + 1})
    before = log[place - 1]["digest"] if place else audit.BEGINNING
    forged = {**chance.choice(log), "action": f"forged {chance.getrandbits(32)}"}
    forged |= {"id": log[0]["id"] + place, "previous": before}
    made = AuditEntry(**forged)
    forged["digest"] = audit._digest(made)
    db.session.execute(insert(AuditEntry), [forged])


@pytest.mark.counts
def test_every_tampering_is_noticed(sqlite_app: Flask) -> None:
    chance = random.Random(20261124)
    ways: list[Callable[[random.Random, list[Row]], None]] = [edit, remove, reorder, add]
    noticed = 0
    with sqlite_app.app_context():
        with writing() as session:
            for number in range(ENTRIES):
                audit.record("points given", NOW, None, "room", f"s{number}", {"number": number})
            for name in ("no_update", "no_delete"):
                session.execute(text(f"DROP TRIGGER audit_entries_{name}"))
            session.execute(text("PRAGMA defer_foreign_keys=ON"))
        log, last = rows(), audit.newest()
        assert last is not None
        written_down = last.digest
        assert audit.find_break() is None
        for number in range(TAMPERINGS):
            db.session.rollback()
            db.session.execute(text("PRAGMA defer_foreign_keys=ON"))
            ways[number % len(ways)](chance, log)
            db.session.expire_all()
            newest = audit.newest()
            changed = newest is None or newest.digest != written_down
            noticed += audit.find_break() is not None or changed
        db.session.rollback()
    sys.stdout.write(f"{noticed} of {TAMPERINGS} tamperings noticed\n")
    assert noticed == TAMPERINGS
