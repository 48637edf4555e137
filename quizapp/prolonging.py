"""More minutes for everybody who works at an assignment, in one act that can be taken back."""

import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from quizapp import audit
from quizapp.database import db, upsert, writing
from quizapp.deadlines import MOST_MINUTES, refresh
from quizapp.models import Allowance, Assignment, Attempt, AuditEntry, Student, Teacher

ACTION = "more time given to all"


def give_all(
    assignment: Assignment, targets: Mapping[str, int], teacher: Teacher, now: datetime
) -> tuple[int, int]:
    """Give everybody who works under a time limit the extra minutes that `targets` name.

    Keyed by the public id of a student, each number is the one that holds afterwards, so that the
    same act sent twice is one; who has as many by now, or does not work, is left alone. Returns to
    how many it gave some, and the number of the act, which takes it back (0 where there is none).
    Raises ValueError for a number beyond 1 ... MOST_MINUTES.
    """
    if any(not 1 <= minutes <= MOST_MINUTES for minutes in targets.values()):
        raise ValueError(f"not all of {targets} are between 1 and {MOST_MINUTES}")
    ids, room, teacher_id = _ids(assignment), assignment.classroom.public_id, teacher.id
    with writing():
        at_work = _lock_working(ids[0], targets)
        before = _read_extra(ids[0], at_work)
        after = {key: targets[key] for key in at_work if targets[key] > before[key]}
        if not after:
            return 0, 0
        _write(ids[0], {at_work[key]: minutes for key, minutes in after.items()})
        was = {key: before[key] for key in after}
        details = {"before": was, "after": after, "students": len(after)}
        audit.record(ACTION, now, teacher_id, room, ids[1], details)
        act = audit.newest()
        assert act is not None  # it has just been recorded
        return len(after), act.id


def take_back(assignment: Assignment, act: int, teacher: Teacher, now: datetime) -> int:
    """Take back what one act of `give_all` gave, from those who still have just that.

    Returns from how many. Raises LookupError when the act was not one at this assignment.
    """
    ids, room, teacher_id = _ids(assignment), assignment.classroom.public_id, teacher.id
    with writing() as session:
        found = session.get(AuditEntry, act)
        if found is None or (found.action, found.subject) != (ACTION, ids[1]):
            raise LookupError(act)
        told = json.loads(found.details)
        students = _lock(told["after"])
        now_held = _read_extra(ids[0], students)
        back = {
            students[key]: told["before"][key]
            for key in students
            if now_held[key] == told["after"][key]
        }
        if back:
            _write(ids[0], back)
            details = {"students": len(back)}
            audit.record("more time taken back from all", now, teacher_id, room, ids[1], details)
    return len(back)


def _ids(assignment: Assignment) -> tuple[int, str]:
    return assignment.id, assignment.public_id


def _lock(public_ids: Mapping[str, int]) -> dict[str, int]:
    """Lock students, in one order for all; return their ids by public id."""
    rows = db.session.execute(
        select(Student.public_id, Student.id)
        .where(Student.public_id.in_(public_ids))
        .order_by(Student.id)
        .with_for_update()
    )
    return {public_id: student_id for public_id, student_id in rows}


def _lock_working(assignment_id: int, public_ids: Mapping[str, int]) -> dict[str, int]:
    """Lock those who have an attempt with a time limit open; return their ids by public id."""
    students = _lock(public_ids)
    open_now = db.session.scalars(
        select(Attempt.student_id).where(
            Attempt.assignment_id == assignment_id,
            Attempt.student_id.in_(students.values()),
            Attempt.state == "open",
            Attempt.time_limit.is_not(None),
        )
    ).all()
    return {key: student_id for key, student_id in students.items() if student_id in open_now}


def _read_extra(assignment_id: int, students: Mapping[str, int]) -> dict[str, int]:
    rows = db.session.execute(
        select(Allowance.student_id, Allowance.extra_minutes).where(
            Allowance.assignment_id == assignment_id, Allowance.student_id.in_(students.values())
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
