"""The audit lock is the last lock of a write section: nothing but the log is written after it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from fractions import Fraction

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import event

from quizapp import accounts, browsers, marks, reopening, retention, rooms, staff
from quizapp.database import db, writing
from quizapp.models import Teacher
from tests.school import NOW, PASSWORD, School, add_teacher, open_school

LATER = NOW + timedelta(days=400)


@pytest.fixture
def school(inside: Flask) -> School:
    return open_school(inside)


@pytest.fixture
def statements(school: School) -> Iterator[list[str]]:
    """Everything that is sent to the database."""
    sent: list[str] = []

    def note(*given: object) -> None:
        sent.append(" ".join(str(given[2]).split()))

    event.listen(db.engine, "before_cursor_execute", note)
    yield sent
    event.remove(db.engine, "before_cursor_execute", note)


def hasher(school: School) -> PasswordHasher:
    found: PasswordHasher = school.app.extensions["quizapp_hasher"]
    return found


def colleague(school: School) -> Teacher:
    """Return a colleague of the one teacher, whom this makes an administrator."""
    with writing():
        school.teacher.is_admin = True
        found = add_teacher("Mr Vale", "-")
    return db.session.get_one(Teacher, found)


def give_points(school: School) -> Callable[[], object]:
    attempt, teacher = school.hand_in("Otter-1", {"cleaner": "sour stuff"}), school.teacher
    return lambda: marks.give(attempt, "cleaner", Fraction(1), 1, teacher, None, NOW)


def reopen_later(school: School) -> Callable[[], object]:
    attempt = school.hand_in("Otter-1", {"cleaner": "lemon"})
    with writing():
        school.assignment.closes_at = NOW
    return lambda: reopening.reopen(attempt, school.teacher, NOW + timedelta(hours=1), LATER)


def change_password(school: School) -> Callable[[], object]:
    teacher = school.teacher
    return lambda: browsers.change_password(teacher, PASSWORD, "else", hasher(school), NOW)


def invite(school: School) -> Callable[[], object]:
    colleague(school)
    return lambda: staff.invite(school.teacher, NOW)


def come_in_by_a_link(school: School) -> Callable[[], object]:
    colleague(school)
    token = accounts.token_of(staff.invite(school.teacher, NOW), school.secret)
    made = (token, "Ms Hale", PASSWORD, hasher(school), school.secret, NOW)
    return lambda: accounts.create_teacher(*made)


def offer_password(school: School) -> Callable[[], object]:
    public_id = colleague(school).public_id
    return lambda: staff.offer_password(public_id, school.teacher, NOW)


def close_account(school: School) -> Callable[[], object]:
    public_id = colleague(school).public_id
    return lambda: staff.close_account(public_id, school.teacher, NOW)


def purge_two(school: School) -> Callable[[], object]:
    for room in (school.assignment.classroom, rooms.create("8b", "free", school.teacher, NOW)):
        rooms.archive(room, NOW, school.teacher, NOW)
    return lambda: retention.purge_archived(LATER, dry_run=False)


@pytest.mark.parametrize(
    "prepare",
    [
        give_points,
        reopen_later,
        change_password,
        invite,
        come_in_by_a_link,
        offer_password,
        close_account,
        purge_two,
    ],
)
def test_nothing_is_written_after_the_audit_lock(
    school: School, statements: list[str], prepare: Callable[[School], Callable[[], object]]
) -> None:
    act = prepare(school)
    statements.clear()
    act()
    locked = next(n for n, sent in enumerate(statements) if "audit_entries" in sent)
    writes = [sent for sent in statements[locked:] if sent.startswith(("INSERT", "UPDATE", "DEL"))]
    assert writes
    assert [sent for sent in writes if "audit_entries" not in sent] == []
