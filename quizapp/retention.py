"""Archived classrooms past their date are deleted with everything in them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, delete, func, select

from quizapp import audit
from quizapp.database import db, writing
from quizapp.models import Attempt, Classroom, Response, Student


@dataclass(frozen=True, slots=True)
class Purged:
    """A classroom past its date, by its public id, and what goes with it."""

    classroom: str
    students: int
    attempts: int
    answers: int


def purge_archived(now: datetime, *, dry_run: bool) -> list[Purged]:
    """Delete the archived classrooms whose date has passed, and return them with what they held.

    With `dry_run` nothing is deleted. Running it again, or at two places at once, does no harm.
    """
    overdue = and_(Classroom.archived_at.is_not(None), Classroom.keep_until <= now)
    rooms = select(Classroom).where(overdue).order_by(Classroom.id)
    if dry_run or not db.session.scalars(rooms).all():
        return [_count(room) for room in db.session.scalars(rooms)]
    gone = []
    with writing() as session:
        for room in session.scalars(rooms).all():
            found = _count(room)
            # Foreign keys take students, log-ins, assignments, attempts, answers and marks along.
            deleted = session.execute(
                delete(Classroom).where(Classroom.id == room.id, overdue).returning(Classroom.id)
            ).first()
            if deleted is not None:
                gone.append(found)
        for found in gone:
            details = {
                "students": found.students,
                "attempts": found.attempts,
                "answers": found.answers,
            }
            audit.record("classroom deleted", now, None, found.classroom, details=details)
    return gone


def _count(room: Classroom) -> Purged:
    students = select(Student.id).where(Student.classroom_id == room.id)
    attempts = select(Attempt.id).where(Attempt.student_id.in_(students))
    counted = select(
        select(func.count()).select_from(students.subquery()).scalar_subquery(),
        select(func.count()).select_from(attempts.subquery()).scalar_subquery(),
        select(func.count(Response.id)).where(Response.attempt_id.in_(attempts)).scalar_subquery(),
    )
    return Purged(room.public_id, *db.session.execute(counted).one())
