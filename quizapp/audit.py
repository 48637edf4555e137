"""The audit log: every act of a teacher that changes a mark, a deadline or a person, chained.

Each entry's digest covers the entry and the digest before it, so that an edit, a deletion or a
new order is noticed. Cutting off the newest entries is noticed only against a digest that was
written down elsewhere.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import select, text

from quizapp.database import db
from quizapp.models import AuditEntry, Classroom, Teacher

BEGINNING = "0" * 64


def record(
    action: str,
    now: datetime,
    teacher_id: int | None,
    classroom: str | None = None,
    subject: str | None = None,
    details: Mapping[str, object] | None = None,
) -> None:
    """Add an entry inside the caller's write section.

    `classroom` and `subject` are public ids; `details` must fit JSON and name nobody. Writers on
    PostgreSQL wait for each other here until they commit, so that the chain has no fork: the audit
    lock is the last lock of a write section. Write everything else before, or two sections may
    each hold what the other waits for.
    """
    session = db.session
    session.flush()  # rows still to be written take their locks first
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE audit_entries IN EXCLUSIVE MODE"))
    last = select(AuditEntry.digest).order_by(AuditEntry.id.desc()).limit(1)
    entry = AuditEntry(
        at=now,
        teacher_id=teacher_id,
        action=action,
        classroom=classroom,
        subject=subject,
        details=json.dumps(details or {}, ensure_ascii=False, sort_keys=True),
        previous=session.scalar(last) or BEGINNING,
    )
    entry.digest = _digest(entry)
    session.add(entry)
    session.flush()


def _digest(entry: AuditEntry) -> str:
    at = entry.at.astimezone(UTC).isoformat()
    parts = [at, entry.teacher_id, entry.action, entry.classroom, entry.subject, entry.details]
    return hashlib.sha256(json.dumps([entry.previous, *parts]).encode()).hexdigest()


def find_break() -> int | None:
    """Return the id of the first entry that does not fit the chain, or None when all do."""
    before = BEGINNING
    for entry in db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)):
        if entry.previous != before or entry.digest != _digest(entry):
            return entry.id
        before = entry.digest
    return None


def entries(classroom: Classroom, most: int = 200) -> Sequence[AuditEntry]:
    """Return the newest entries on a classroom, newest first."""
    return db.session.scalars(
        select(AuditEntry)
        .where(AuditEntry.classroom == classroom.public_id)
        .order_by(AuditEntry.id.desc())
        .limit(most)
    ).all()


def newest() -> AuditEntry | None:
    """Return the newest entry, whose digest vouches for all before it; None for an empty log."""
    return db.session.scalar(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1))


def describe(most: int) -> list[str]:
    """Return the newest entries of the whole log as lines of text, oldest first."""
    rows = db.session.execute(
        select(AuditEntry, Teacher.name)
        .outerjoin(Teacher, Teacher.id == AuditEntry.teacher_id)
        .order_by(AuditEntry.id.desc())
        .limit(most)
    ).all()
    return [
        f"{entry.id} {entry.at:%Y-%m-%d %H:%M} {name or 'quizapp'}: {entry.action} "
        f"{entry.subject or entry.classroom or ''} {entry.details}"
        for entry, name in reversed(rows)
    ]
