"""More minutes for everybody who works at an assignment, in one act that can be taken back."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select

from quizapp import audit
from quizapp.database import db, upsert, writing
from quizapp.deadlines import MOST_MINUTES, refresh
from quizapp.models import Allowance, Assignment, Attempt, AuditEntry, Student, Teacher

ACTION = "more time given to all"


@dataclass(frozen=True, slots=True)
class Gift:
    """What one act gave: `gained` holds for each student how much later the attempt ends now.

    `cut` is how many of them gained less than was given, since their closing comes first. `act`
    takes it back; 0 where nobody was given any.
    """

    act: int = 0
    gained: tuple[timedelta, ...] = ()
    cut: int = 0


def give_all(
    assignment: Assignment, targets: Mapping[str, int], teacher: Teacher, now: datetime
) -> Gift:
    """Give everybody who works under a time limit the extra minutes that `targets` name.

    Keyed by the public id of a student, each number is the one that holds afterwards, so that the
    same act sent twice is one; who has as many by now, does not work, or is not of the class, is
    left alone. Raises ValueError for a number beyond 1 ... MOST_MINUTES.
    """
    if any(not 1 <= minutes <= MOST_MINUTES for minutes in targets.values()):
        raise ValueError(f"not all are between 1 and {MOST_MINUTES}")
    ids, room, teacher_id = _ids(assignment), assignment.classroom.public_id, teacher.id
    with writing():
        students = _lock(ids.classroom)
        ends = _read_ends(ids.assignment)
        before = _read_extra(ids.assignment, students)
        after = {
            key: minutes
            for key, minutes in targets.items()
            if students.get(key) in ends and minutes > before[key]
        }
        if not after:
            return Gift()
        _write(ids.assignment, {students[key]: minutes for key, minutes in after.items()})
        was = {key: before[key] for key in after}
        later = _read_ends(ids.assignment)
        gained = {key: later[students[key]] - ends[students[key]] for key in after}
        cut = sum(gained[key] < timedelta(minutes=after[key] - was[key]) for key in after)
        details = {"before": was, "after": after, "students": len(after)}
        audit.record(ACTION, now, teacher_id, room, ids.public_id, details)
        act = audit.newest()
        assert act is not None  # it has just been recorded
        return Gift(act.id, tuple(gained.values()), cut)


def take_back(assignment: Assignment, act: int, teacher: Teacher, now: datetime) -> int:
    """Take back what one act of `give_all` gave, from those who still have just that.

    Returns from how many. Raises LookupError when the act was not one at this assignment.
    """
    ids, room, teacher_id = _ids(assignment), assignment.classroom.public_id, teacher.id
    with writing() as session:
        found = session.get(AuditEntry, act)
        if found is None or (found.action, found.subject) != (ACTION, ids.public_id):
            raise LookupError(act)
        told = json.loads(found.details)
        students = _lock(ids.classroom)
        now_held = _read_extra(ids.assignment, students)
        back = {
            students[key]: told["before"][key]
            for key, minutes in told["after"].items()
            if now_held.get(key) == minutes
        }
        if back:
            _write(ids.assignment, back)
            details = {"students": len(back)}
            audit.record(
                "more time taken back from all", now, teacher_id, room, ids.public_id, details
            )
    return len(back)


class _Ids(NamedTuple):
    assignment: int
    classroom: int
    public_id: str


def _ids(assignment: Assignment) -> _Ids:
    return _Ids(assignment.id, assignment.classroom_id, assignment.public_id)


def _lock(classroom_id: int) -> dict[str, int]:
    """Lock the students of a class, in one order for all; return their ids by public id."""
    rows = db.session.execute(
        select(Student.public_id, Student.id)
        .where(Student.classroom_id == classroom_id)
        .order_by(Student.id)
        .with_for_update()
    )
    return {public_id: student_id for public_id, student_id in rows}


def _read_ends(assignment_id: int) -> dict[int, datetime]:
    """Return until when those work who work under a time limit, by student id."""
    rows = db.session.execute(
        select(Attempt.student_id, Attempt.deadline_at).where(
            Attempt.assignment_id == assignment_id,
            Attempt.state == "open",
            Attempt.time_limit.is_not(None),
            Attempt.deadline_at.is_not(None),
        )
    )
    return {student_id: ends_at for student_id, ends_at in rows if ends_at is not None}


def _read_extra(assignment_id: int, students: Mapping[str, int]) -> dict[str, int]:
    rows = db.session.execute(
        select(Allowance.student_id, Allowance.extra_minutes).where(
            Allowance.assignment_id == assignment_id
        )
    )
    extra = {student_id: minutes for student_id, minutes in rows}
    return {key: extra.get(student_id, 0) for key, student_id in students.items()}


def _write(assignment_id: int, minutes: Mapping[int, int]) -> None:
    """Write the extra minutes by student id, and move the deadlines of who works."""
    rows = [
        {"assignment_id": assignment_id, "student_id": student_id, "extra_minutes": extra}
        for student_id, extra in minutes.items()
    ]
    upsert(db.session, Allowance, rows, ("assignment_id", "student_id"))
    db.session.expire_all()  # an allowance read before must not be seen again
    refresh(Attempt.assignment_id == assignment_id, Attempt.student_id.in_(minutes))
