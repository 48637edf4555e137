"""Two entries of one student become one: attempts, allowances and log-ins move to the kept one."""

from collections import Counter
from datetime import datetime
from itertools import groupby

from sqlalchemy import select, update

from quizapp import audit, deadlines
from quizapp.database import db, writing
from quizapp.models import Allowance, Assignment, Attempt, Login, Student, Teacher


class CannotMerge(Exception):
    """The two are one, in different classrooms, or one of them has been removed meanwhile."""


class BothOpen(CannotMerge):
    """Both work at one assignment: of two open attempts one would be out of everybody's reach."""

    def __init__(self, assignment: Assignment) -> None:
        super().__init__("both open")
        self.assignment = assignment


def merge(kept: Student, other: Student, teacher: Teacher, now: datetime) -> None:
    """Move everything of `other` to `kept` and delete `other`. Raises CannotMerge, BothOpen.

    Attempts at one assignment are numbered anew in the order of their start. The kept phrase stays
    valid; where nobody has joined under the kept name, the other's phrase moves with the rest.
    """
    ids = kept.id, other.id
    room, subject, gone = kept.classroom.public_id, kept.public_id, other.public_id
    teacher_id = teacher.id
    with writing() as session:
        # One order for everyone, so that two merges at once cannot wait for each other.
        both = select(Student.id).where(Student.id.in_(ids)).order_by(Student.id)
        session.execute(both.with_for_update())
        keep, leave = session.get(Student, ids[0]), session.get(Student, ids[1])
        if keep is None or leave is None or not _fit(keep, leave):
            raise CannotMerge
        details = {
            "merged": gone,
            "attempts": _move_attempts(keep.id, leave.id),
            "allowances": _move_allowances(keep.id, leave.id),
            "log-ins": _move_logins(keep.id, leave.id),
        }
        _move_the_rest(keep, leave)
        deadlines.refresh(Attempt.student_id == ids[0])
        audit.record("students merged", now, teacher_id, room, subject, details)


def _fit(keep: Student, leave: Student) -> bool:
    same_room = keep.classroom_id == leave.classroom_id
    return same_room and keep.id != leave.id and not (keep.removed_at or leave.removed_at)


def _move_attempts(keep: int, leave: int) -> int:
    """Return how many moved. Raises BothOpen.

    Numbers pass through negative ones, where none is in the way.
    """
    attempts = db.session.scalars(
        select(Attempt)
        .where(Attempt.student_id.in_((keep, leave)))
        .order_by(Attempt.assignment_id, Attempt.started_at, Attempt.id)
    ).all()
    working = Counter(one.assignment_id for one in attempts if one.state == "open")
    for one in attempts:
        if working[one.assignment_id] > 1:
            raise BothOpen(one.assignment)
    moved = sum(attempt.student_id == leave for attempt in attempts)
    for attempt in attempts:
        attempt.student_id, attempt.number = keep, -attempt.id
    db.session.flush()
    for _assignment, group in groupby(attempts, key=lambda attempt: attempt.assignment_id):
        for number, attempt in enumerate(group, start=1):
            attempt.number = number
    db.session.flush()
    return moved


def _move_allowances(keep: int, leave: int) -> int:
    """Return how many moved. What both have at one assignment adds up: the later closing counts.

    So do the more extra minutes, which each attempt gets.
    """
    session = db.session
    own = {
        row.assignment_id: row
        for row in session.scalars(select(Allowance).where(Allowance.student_id == keep))
    }
    others = session.scalars(select(Allowance).where(Allowance.student_id == leave)).all()
    for other in others:
        mine = own.get(other.assignment_id)
        if mine is None:
            other.student_id = keep
            continue
        mine.extra_attempts += other.extra_attempts
        mine.extra_minutes = max(mine.extra_minutes, other.extra_minutes)
        closings = [row.closes_at for row in (mine, other) if row.closes_at is not None]
        mine.closes_at = max(closings, default=None)
        session.delete(other)
    session.flush()
    return len(others)


def _move_logins(keep: int, leave: int) -> int:
    moved = db.session.execute(
        update(Login).where(Login.student_id == leave).values(student_id=keep).returning(Login.id)
    )
    return len(moved.all())


def _move_the_rest(keep: Student, leave: Student) -> None:
    """Delete the one that goes, and keep what only it knew."""
    phrase, joined, level = leave.phrase_hash, leave.joined_at, leave.level
    walk_in, factors = leave.is_walk_in, {keep.time_factor, leave.time_factor}
    db.session.delete(leave)
    db.session.flush()
    if keep.joined_at is None:
        keep.joined_at, keep.phrase_hash = joined, phrase
    keep.level = keep.level or level
    keep.time_factor = 0 if 0 in factors else max(factors)
    keep.is_walk_in = keep.is_walk_in and walk_in
    db.session.flush()
