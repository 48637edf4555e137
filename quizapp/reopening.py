"""Help for one student, audited: more attempts, more time, an attempt opened again."""

import math
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select, update

from quizapp import audit
from quizapp.database import db, upsert, writing
from quizapp.deadlines import MOST_MINUTES, refresh
from quizapp.marking_again import pack
from quizapp.models import Allowance, Assignment, Attempt, Student, Submission, Teacher
from quizapp.models.columns import new_public_id
from quizapp.responses import responses
from quizapp.terms import find_allowance, read_terms

MOST_EXTRA = 20


class AnotherOpen(Exception):
    """The student works at another attempt of the same assignment; two cannot be open."""


class StillClosed(Exception):
    """The assignment is closed for the student, so that what is opened would close at once."""


class TimeIsOver(StillClosed):
    """The time limit of the attempt is used up: it needs minutes from now."""


def allow_attempts(
    assignment: Assignment, student: Student, extra: int, teacher: Teacher, now: datetime
) -> None:
    """Allow the student `extra` attempts beyond the rules, 0 ... MOST_EXTRA. Begun ones stay.

    The number is the one that holds afterwards, so that the same act sent twice is one. Raises
    ValueError for another number.
    """
    if not 0 <= extra <= MOST_EXTRA:
        raise ValueError(f"{extra} is not between 0 and {MOST_EXTRA}")
    ids, teacher_id = (assignment.id, student.id), teacher.id
    where = (assignment.classroom.public_id, student.public_id)
    details: dict[str, object] = {"assignment": assignment.public_id}
    with writing():
        _lock(ids[1])
        allowance = find_allowance(*ids)
        before = allowance.extra_attempts if allowance else 0
        if extra == before:
            return
        _allow(ids, {"extra_attempts": extra})
        action = "attempt allowed" if extra > before else "allowed attempt taken back"
        audit.record(action, now, teacher_id, *where, {**details, "extra": extra})


def allow_time(
    assignment: Assignment, student: Student, minutes: int, teacher: Teacher, now: datetime
) -> None:
    """Give the student `minutes` more than the limit in each attempt, 0 ... MOST_MINUTES.

    An attempt that runs gets them now. The number is the one that holds afterwards, so that the
    same act sent twice is one, and 0 takes them back. Raises ValueError for another number.
    """
    if not 0 <= minutes <= MOST_MINUTES:
        raise ValueError(f"{minutes} is not between 0 and {MOST_MINUTES}")
    ids, teacher_id = (assignment.id, student.id), teacher.id
    where, given = (assignment.classroom.public_id, student.public_id), assignment.public_id
    with writing():
        _lock(ids[1])
        allowance = find_allowance(*ids)
        before = allowance.extra_minutes if allowance else 0
        if minutes == before:
            return
        _allow(ids, {"extra_minutes": minutes})
        _refresh(ids)
        action = "more time given" if minutes > before else "more time taken back"
        details = {"assignment": given, "minutes": minutes, "before": before}
        audit.record(action, now, teacher_id, *where, details)


def close_later(
    assignment: Assignment,
    student: Student,
    closes_at: datetime | None,
    teacher: Teacher,
    now: datetime,
) -> None:
    """Let the student work until `closes_at`, or (None) take that back. The same again is silent.

    An attempt that is open after its closing is handed in with what is saved, by whoever looks.
    """
    ids, teacher_id = (assignment.id, student.id), teacher.id
    where, given = (assignment.classroom.public_id, student.public_id), assignment.public_id
    with writing():
        _lock(ids[1])
        if moved := _move_closing(ids, closes_at, given):
            _refresh(ids)
            audit.record(moved[0], now, teacher_id, *where, moved[1])


def reopen(
    attempt: Attempt,
    teacher: Teacher,
    now: datetime,
    closes_at: datetime | None = None,
    minutes: int | None = None,
) -> None:
    """Open a submitted attempt again with its answers; with `closes_at` also close later for it.

    One with a time limit goes on for `minutes` from now, or what is left if that is more. It gets a
    new submission key, so that handing it in again is a submission with a receipt of its own. Does
    nothing to an attempt that is open. Raises AnotherOpen; StillClosed when the assignment is
    closed for the student and `closes_at` does not change that; TimeIsOver when the limit is used
    up and there are no `minutes`; ValueError unless these are 1 ... MOST_MINUTES.
    """
    if minutes is not None and not 1 <= minutes <= MOST_MINUTES:
        raise ValueError(f"{minutes} is not between 1 and {MOST_MINUTES}")
    attempt_id, teacher_id, public_id = attempt.id, teacher.id, attempt.public_id
    assignment = attempt.assignment
    ids, given = (attempt.assignment_id, attempt.student_id), assignment.public_id
    room, student = assignment.classroom.public_id, attempt.student.public_id
    with writing() as session:
        _lock(ids[1])
        moved = _move_closing(ids, closes_at, given) if closes_at is not None else None
        if read_terms(session.get_one(Assignment, ids[0]), ids[1]).is_closed(now):
            raise StillClosed
        if _has_another_open(attempt_id, ids):
            raise AnotherOpen
        _keep_answers(session.get_one(Attempt, attempt_id))
        opened = _open(attempt_id, ids, minutes, now)
        if moved:
            audit.record(moved[0], now, teacher_id, room, student, moved[1])
        if opened:
            details = {"minutes": minutes} if minutes is not None else None
            audit.record("attempt reopened", now, teacher_id, room, public_id, details)


def _open(attempt_id: int, ids: tuple[int, int], minutes: int | None, now: datetime) -> bool:
    """Open the attempt, if it is not, with a deadline ahead. Raises TimeIsOver."""
    opened = db.session.execute(
        update(Attempt)
        .where(Attempt.id == attempt_id, Attempt.state == "submitted")
        .values(state="open", submission_key=new_public_id())
        .returning(Attempt.started_at, Attempt.time_limit)
    ).first()
    if opened is not None and opened.time_limit is not None and minutes is not None:
        # What is left of the limit is counted from the start, like everything else about it.
        allowance = find_allowance(*ids)
        extra = timedelta(minutes=minutes - (allowance.extra_minutes if allowance else 0))
        wanted = math.ceil((now - opened.started_at + extra).total_seconds())
        longer = {"time_limit": max(opened.time_limit, wanted)}
        db.session.execute(update(Attempt).where(Attempt.id == attempt_id).values(longer))
    _refresh(ids)
    if opened is None:
        return False
    ends_at = db.session.scalar(select(Attempt.deadline_at).where(Attempt.id == attempt_id))
    if ends_at is not None and ends_at <= now and opened.time_limit is not None:
        raise TimeIsOver
    return True


def _refresh(ids: tuple[int, int]) -> None:
    """Move the deadline of the attempt at this assignment that the student has open, if any."""
    refresh(Attempt.assignment_id == ids[0], Attempt.student_id == ids[1])


def _lock(student_id: int) -> None:
    """Let one act on a student wait for another, and for a start, on PostgreSQL too."""
    db.session.execute(select(Student.id).where(Student.id == student_id).with_for_update())


def _has_another_open(attempt_id: int, ids: tuple[int, int]) -> bool:
    return (
        db.session.scalar(
            select(Attempt.id).where(
                Attempt.assignment_id == ids[0],
                Attempt.student_id == ids[1],
                Attempt.state == "open",
                Attempt.id != attempt_id,
            )
        )
        is not None
    )


def _keep_answers(attempt: Attempt) -> None:
    """Keep what was handed in with its receipt: what is still the same later keeps its mark."""
    if attempt.state == "open":
        return
    newest = (
        select(Submission.id)
        .where(Submission.attempt_id == attempt.id)
        .order_by(Submission.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    db.session.execute(
        update(Submission).where(Submission.id == newest).values(answers=pack(responses(attempt)))
    )


def _move_closing(
    ids: tuple[int, int], closes_at: datetime | None, given: str
) -> tuple[str, dict[str, object]] | None:
    """Return the act for the audit log, and what it holds; None when nothing changed."""
    allowance = find_allowance(*ids)
    before = allowance.closes_at if allowance else None
    if closes_at == before:
        return None
    _allow(ids, {"closes_at": closes_at})
    action = "later closing given" if closes_at else "later closing taken back"
    said = closes_at.isoformat() if closes_at else None
    was = before.isoformat() if before else None
    return action, {"assignment": given, "closes_at": said, "before": was}


def _allow(ids: tuple[int, int], change: Mapping[str, object]) -> None:
    row = {"assignment_id": ids[0], "student_id": ids[1], **change}
    upsert(db.session, Allowance, [row], ("assignment_id", "student_id"))
    db.session.expire_all()  # an allowance read before must not be seen again
