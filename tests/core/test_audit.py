"""The audit log: chained, only ever added to, and silent about names."""

from fractions import Fraction
from itertools import count

import pytest
from flask import Flask
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from quizapp import audit, marks
from quizapp.database import db, writing
from quizapp.models import AuditEntry
from tests.school import NOW, open_school

number = count(1)


def fill(entries: int) -> None:
    with writing():
        for _ in range(entries):
            audit.record("code rotated", NOW, None, "room", "subject", {"number": next(number)})


def open_the_log() -> None:
    """Take the triggers away, as someone with the database file can."""
    sqlite = db.engine.dialect.name == "sqlite"
    names = ["no_update", "no_delete"] if sqlite else ["no_change"]
    for name in names:
        on = "" if sqlite else " ON audit_entries"
        db.session.execute(text(f"DROP TRIGGER audit_entries_{name}{on}"))


def test_a_log_that_nobody_touched_holds(inside: Flask) -> None:
    fill(3)
    assert audit.find_break() is None


@pytest.mark.parametrize("verb", ["update", "delete"])
def test_the_database_refuses_to_change_the_log(inside: Flask, verb: str) -> None:
    fill(1)
    change = delete(AuditEntry) if verb == "delete" else update(AuditEntry).values(action="x")
    with pytest.raises(DBAPIError, match="only ever added to"), writing() as session:
        session.execute(change)


@pytest.mark.parametrize("column", ["at", "teacher_id", "action", "subject", "details", "digest"])
def test_an_entry_edited_behind_the_triggers_is_found(inside: Flask, column: str) -> None:
    fill(3)
    odd: dict[str, object] = {"at": NOW.replace(hour=1), "digest": "f" * 64}
    if column == "teacher_id":
        odd["teacher_id"] = open_school(inside).teacher.id
    with writing() as session:
        open_the_log()
        second = select(AuditEntry.id).order_by(AuditEntry.id).offset(1).limit(1)
        changed = session.scalar(second)
        session.execute(
            update(AuditEntry)
            .where(AuditEntry.id == changed)
            .values({column: odd.get(column, "x")})
        )
    assert audit.find_break() == changed


def test_a_deleted_entry_is_found(inside: Flask) -> None:
    fill(3)
    with writing() as session:
        open_the_log()
        ids = session.scalars(select(AuditEntry.id).order_by(AuditEntry.id)).all()
        session.execute(delete(AuditEntry).where(AuditEntry.id == ids[1]))
    assert audit.find_break() == ids[2]


def test_points_by_hand_are_logged_with_what_they_were_before(inside: Flask) -> None:
    school = open_school(inside)
    attempt = school.hand_in("Otter-17", {"cleaner": "sour stuff"})
    marks.give(attempt, "early-stop", Fraction(1), 1, school.teacher, "Said it aloud.", NOW)
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.subject) == ("points given", attempt.public_id)
    assert '"before": "0"' in entry.details
    assert "Otter" not in entry.details
    assert "aloud" not in entry.details  # a teacher may write a child's name into a reason
