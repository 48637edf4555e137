"""Which rows a teacher may reach: found and authorised in one query; what is foreign is missing."""

from typing import TypeVar

from sqlalchemy import ColumnElement, Select, or_, select

from quizapp.database import db
from quizapp.models import Assignment, Attempt, Classroom, ClassroomShare, Student, Teacher

Row = TypeVar("Row", Classroom, Student, Assignment, Attempt)


def rooms_of(teacher: Teacher) -> Select[int]:
    """Return the query for the ids of the classrooms a teacher owns or shares."""
    shared = select(ClassroomShare.classroom_id).where(ClassroomShare.teacher_id == teacher.id)
    return select(Classroom.id).where(
        or_(Classroom.teacher_id == teacher.id, Classroom.id.in_(shared))
    )


def get_classroom(public_id: str, teacher: Teacher) -> Classroom:
    """Return a classroom that the teacher owns or shares; LookupError otherwise."""
    return _get(Classroom, public_id, Classroom.id.in_(rooms_of(teacher)))


def get_owned_classroom(public_id: str, teacher: Teacher) -> Classroom:
    """Return a classroom that the teacher owns; LookupError otherwise, for colleagues too."""
    return _get(Classroom, public_id, Classroom.teacher_id == teacher.id)


def get_student(public_id: str, teacher: Teacher) -> Student:
    """Return a student, removed ones too, of the teacher's classrooms; LookupError otherwise."""
    return _get(Student, public_id, Student.classroom_id.in_(rooms_of(teacher)))


def get_assignment(public_id: str, teacher: Teacher) -> Assignment:
    """Return an assignment, not deleted, of the teacher's classrooms; LookupError otherwise."""
    found = get_deleted_too(public_id, teacher)
    if found.deleted_at is not None:
        raise LookupError(public_id)
    return found


def get_deleted_too(public_id: str, teacher: Teacher) -> Assignment:
    """Return an assignment of the teacher's classrooms, deleted or not; LookupError otherwise."""
    return _get(Assignment, public_id, Assignment.classroom_id.in_(rooms_of(teacher)))


def get_attempt(public_id: str, teacher: Teacher) -> Attempt:
    """Return an attempt at an assignment of the teacher's classrooms; LookupError otherwise."""
    return _get(
        Attempt,
        public_id,
        Assignment.id == Attempt.assignment_id,
        Assignment.classroom_id.in_(rooms_of(teacher)),
        Assignment.deleted_at.is_(None),
    )


def _get(kind: type[Row], public_id: str, *reached: ColumnElement[bool]) -> Row:
    """Return the one row with this public id for which all of `reached` holds."""
    found = db.session.scalar(select(kind).where(kind.public_id == public_id, *reached))
    if found is None:
        raise LookupError(public_id)
    return found
