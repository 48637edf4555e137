"""Which rows a teacher may reach: found and authorised in one query; what is foreign is missing."""

from typing import TypeVar

from sqlalchemy import Select, or_, select

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
    return _get(
        select(Classroom).where(
            Classroom.public_id == public_id, Classroom.id.in_(rooms_of(teacher))
        ),
        public_id,
    )


def get_owned_classroom(public_id: str, teacher: Teacher) -> Classroom:
    """Return a classroom that the teacher owns; LookupError otherwise, for colleagues too."""
    return _get(
        select(Classroom).where(
            Classroom.public_id == public_id, Classroom.teacher_id == teacher.id
        ),
        public_id,
    )


def get_student(public_id: str, teacher: Teacher) -> Student:
    """Return a student, removed ones too, of the teacher's classrooms; LookupError otherwise."""
    return _get(
        select(Student).where(
            Student.public_id == public_id, Student.classroom_id.in_(rooms_of(teacher))
        ),
        public_id,
    )


def get_assignment(public_id: str, teacher: Teacher) -> Assignment:
    """Return an assignment, not deleted, of the teacher's classrooms; LookupError otherwise."""
    found = get_deleted_too(public_id, teacher)
    if found.deleted_at is not None:
        raise LookupError(public_id)
    return found


def get_deleted_too(public_id: str, teacher: Teacher) -> Assignment:
    """Return an assignment of the teacher's classrooms, deleted or not; LookupError otherwise."""
    return _get(
        select(Assignment).where(
            Assignment.public_id == public_id, Assignment.classroom_id.in_(rooms_of(teacher))
        ),
        public_id,
    )


def get_attempt(public_id: str, teacher: Teacher) -> Attempt:
    """Return an attempt at an assignment of the teacher's classrooms; LookupError otherwise."""
    return _get(
        select(Attempt)
        .join(Assignment, Assignment.id == Attempt.assignment_id)
        .where(
            Attempt.public_id == public_id,
            Assignment.classroom_id.in_(rooms_of(teacher)),
            Assignment.deleted_at.is_(None),
        ),
        public_id,
    )


def _get(query: Select[Row], public_id: str) -> Row:
    found = db.session.scalar(query)
    if found is None:
        raise LookupError(public_id)
    return found
