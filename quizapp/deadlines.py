"""Deadlines: until when what a student enters counts, as a column of each attempt.

One formula computes it and `refresh` writes it anew, in the same write section as whatever it rests
on: so that being in time is one comparison, wherever it is asked.
"""

from datetime import datetime, timedelta

from sqlalchemy import BindParameter, ColumnElement, and_, literal_column, or_, select

from quizapp.database import db
from quizapp.models import Allowance, Assignment, Attempt, Student
from quizapp.terms import GRACE, terms_of

FACTORS = (100, 125, 150, 200, 0)  # percent of every time limit; 0: no limit
MOST_MINUTES = 600
# What arrived in time may wait so long before it is written: whoever hands in for somebody else
# waits for it.
SETTLING = timedelta(seconds=5)
# Not as a value apart: there is an index of what is open, and whether it helps depends on this one,
# so SQLite would plan the statement anew each time that it is run.
OPEN: ColumnElement[str] = literal_column("'open'")


def seconds_allowed(minutes: int | None, factor: int) -> int | None:
    """Return the limit of one student in seconds, from the assignment's limit in minutes (None:
    none) and the student's factor in percent (0: none). None: no limit. All FACTORS come out whole.
    """
    return None if minutes is None or factor == 0 else minutes * 60 * factor // 100


def deadline(
    started_at: datetime, seconds: int | None, extra_minutes: int, closes_at: datetime | None
) -> datetime | None:
    """Return until when an attempt counts, or None for always.

    Its limit in seconds from the start and the student's extra minutes, but not beyond the closing
    that holds for the student.
    """
    if seconds is None:
        return closes_at
    own = started_at + timedelta(seconds=seconds, minutes=extra_minutes)
    return own if closes_at is None else min(own, closes_at)


def lengthened(held: int | None, due: int | None) -> int | None:
    """Return the limit of an attempt that runs, after the rules give `due`: never a shorter one."""
    return None if held is None or due is None else max(held, due)


def is_late(deadline_at: datetime | None, now: datetime) -> bool:
    """True when what comes at `now` does not count: the deadline and its grace are past."""
    return deadline_at is not None and now > deadline_at + GRACE


def in_time(now: datetime) -> ColumnElement[bool]:
    """The condition that an attempt is open and what comes at `now` counts; see `is_late`."""
    return is_open_since(now - GRACE)


def is_open_since(latest: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """The condition that an attempt is open and was not due before `latest`."""
    counts = or_(Attempt.deadline_at.is_(None), Attempt.deadline_at >= latest)
    return and_(Attempt.state == OPEN, counts)


def overdue(now: datetime) -> ColumnElement[bool]:
    """The condition that an open attempt has to be handed in for the student.

    Nothing that counts can still be on its way: the one rule for all who hand in for somebody.
    """
    return and_(Attempt.state == OPEN, Attempt.deadline_at < now - GRACE - SETTLING)


def refresh(*where: ColumnElement[bool]) -> None:
    """Compute the deadlines of the open attempts that meet the conditions anew.

    Called inside the write section that changed what they rest on, after the change.
    """
    # The rows are locked first and what they rest on is read after: of two changes at once, the
    # second sees the first. One order for all, so that none waits for one that waits for it.
    wanted = select(Attempt.id).where(Attempt.state == "open", *where).order_by(Attempt.id)
    ids = db.session.scalars(wanted.with_for_update()).all()
    if not ids:
        return
    rows = db.session.execute(
        select(Attempt, Assignment, Student, Allowance)
        .join(Assignment, Assignment.id == Attempt.assignment_id)
        .join(Student, Student.id == Attempt.student_id)
        .outerjoin(
            Allowance,
            and_(
                Allowance.assignment_id == Attempt.assignment_id,
                Allowance.student_id == Attempt.student_id,
            ),
        )
        .where(Attempt.id.in_(ids))
        .execution_options(populate_existing=True)
    )
    for attempt, assignment, student, allowance in rows:
        due = seconds_allowed(assignment.time_limit, student.time_factor)
        attempt.time_limit = lengthened(attempt.time_limit, due)
        terms = terms_of(assignment, allowance)
        attempt.deadline_at = deadline(
            attempt.started_at, attempt.time_limit, terms.extra_minutes, terms.closes_at
        )
    db.session.flush()
