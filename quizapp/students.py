"""What a teacher does with one student: rename, new phrase, level, remove, put back."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, delete, func, select, update
from sqlalchemy.exc import IntegrityError

from quizapp import audit, deadlines
from quizapp.accounts import NameTaken, fold_name
from quizapp.classrooms import clean_name, new_phrase, phrase_hash
from quizapp.database import db, writing
from quizapp.models import Assignment, Attempt, Classroom, Login, Student, Teacher


@dataclass(frozen=True, slots=True)
class Entry:
    """A student of a classroom, and at how many assignments an attempt is finished or open."""

    student: Student
    finished: int
    open: int


def list_students(classroom: Classroom) -> tuple[tuple[Entry, ...], tuple[Student, ...]]:
    """Return those in the classroom with their work, and those removed, by name."""
    rows = db.session.scalars(select(Student).where(Student.classroom_id == classroom.id)).all()
    counts = _count_work(Student.classroom_id == classroom.id)
    ordered = sorted(rows, key=lambda student: in_counting_order(fold_name(student.name)))
    here = [student for student in ordered if student.removed_at is None]
    gone = tuple(student for student in ordered if student.removed_at is not None)
    return tuple(_entry(student, counts) for student in here), gone


def get_entry(student: Student) -> Entry:
    """Return one student with the number of assignments worked at."""
    return _entry(student, _count_work(Student.id == student.id))


def _entry(student: Student, counts: Counter[tuple[int, str]]) -> Entry:
    return Entry(student, counts[student.id, "submitted"], counts[student.id, "open"])


def _count_work(condition: ColumnElement[bool]) -> Counter[tuple[int, str]]:
    """Count assignments by student and the state of the furthest attempt at each."""
    furthest = (
        select(Attempt.student_id, func.max(Attempt.state).label("state"))
        .join(Student, Student.id == Attempt.student_id)
        .join(Assignment, Assignment.id == Attempt.assignment_id)
        .where(condition, Assignment.deleted_at.is_(None))
        .group_by(Attempt.student_id, Attempt.assignment_id)
    )
    return Counter((student_id, state) for student_id, state in db.session.execute(furthest))


def in_counting_order(name: str) -> list[tuple[int, str]]:
    """Return the key of a sort that puts Otter-2 before Otter-10."""
    return [(len(part) if part.isdecimal() else 0, part) for part in re.split(r"(\d+)", name)]


def list_others(student: Student) -> Sequence[Student]:
    """Return the other students in the classroom, by name."""
    others = db.session.scalars(
        select(Student).where(
            Student.classroom_id == student.classroom_id,
            Student.id != student.id,
            Student.removed_at.is_(None),
        )
    )
    return sorted(others, key=lambda other: in_counting_order(other.name_folded))


def rename(student: Student, name: str, teacher: Teacher, now: datetime) -> None:
    """Give a student another name. Raises NotAName, NameTaken. The log tells no names."""
    clean = clean_name(name)
    student_id, subject = student.id, student.public_id
    room, teacher_id = student.classroom.public_id, teacher.id
    try:
        with writing() as session:
            changed = session.execute(
                update(Student)
                .where(Student.id == student_id, Student.name != clean)
                .values(
                    name=clean,
                    name_folded=case(
                        (Student.removed_at.is_(None), fold_name(clean)),
                        else_=Student.name_folded,
                    ),
                )
                .returning(Student.id)
            ).first()
            if changed is not None:
                audit.record("student renamed", now, teacher_id, room, subject)
    except IntegrityError as error:
        raise NameTaken(name) from error


def set_level(student: Student, level: str | None, teacher: Teacher, now: datetime) -> None:
    """Set the id of the reading level a student gets where a quiz has it; None: no level."""
    student_id, subject = student.id, student.public_id
    room, teacher_id = student.classroom.public_id, teacher.id
    with writing() as session:
        changed = session.execute(
            update(Student)
            .where(Student.id == student_id, Student.level.is_distinct_from(level))
            .values(level=level)
            .returning(Student.id)
        ).first()
        if changed is not None:
            audit.record("level set", now, teacher_id, room, subject, {"level": level})


def change_time_factor(student: Student, percent: int, teacher: Teacher, now: datetime) -> None:
    """Set the percent of every time limit that a student gets: one of FACTORS, 0 for no limit.

    An attempt that runs gains by it and never loses. Raises ValueError for another number.
    """
    if percent not in deadlines.FACTORS:
        raise ValueError(f"{percent} is none of {deadlines.FACTORS}")
    student_id, subject = student.id, student.public_id
    room, teacher_id = student.classroom.public_id, teacher.id
    with writing() as session:
        changed = session.execute(
            update(Student)
            .where(Student.id == student_id, Student.time_factor != percent)
            .values(time_factor=percent)
            .returning(Student.id)
        ).first()
        if changed is not None:
            deadlines.refresh(Attempt.student_id == student_id)
            details = {"percent": percent}
            audit.record("time factor set", now, teacher_id, room, subject, details)


def renew_phrase(student: Student, secret: str, teacher: Teacher, now: datetime) -> str:
    """Give a student four new words and return them; the old ones and every log-in end.

    Raises LookupError for an entry that nobody has joined under, or that is removed.
    """
    student_id, subject = student.id, student.public_id
    room, teacher_id = student.classroom.public_id, teacher.id
    phrase = new_phrase()
    with writing() as session:
        changed = session.execute(
            update(Student)
            .where(
                Student.id == student_id,
                Student.joined_at.is_not(None),
                Student.removed_at.is_(None),
            )
            .values(phrase_hash=phrase_hash(phrase, secret))
            .returning(Student.id)
        ).first()
        if changed is None:
            raise LookupError(subject)
        ended = session.execute(
            delete(Login).where(Login.student_id == student_id).returning(Login.id)
        ).all()
        details = {"log-ins ended": len(ended)}
        audit.record("phrase renewed", now, teacher_id, room, subject, details)
    return phrase


def remove(student: Student, teacher: Teacher, now: datetime) -> None:
    """Take a student out, to be put back if need be: logged out, not counted, the name free.

    The log-ins end for good: who is put back comes in again with the four words.
    """
    student_id, subject = student.id, student.public_id
    room, teacher_id = student.classroom.public_id, teacher.id
    with writing() as session:
        removed = session.execute(
            update(Student)
            .where(Student.id == student_id, Student.removed_at.is_(None))
            .values(removed_at=now, name_folded=f":{subject}")
            .returning(Student.id)
        ).first()
        if removed is not None:
            session.execute(delete(Login).where(Login.student_id == student_id))
            audit.record("student removed", now, teacher_id, room, subject)


def restore(student: Student, teacher: Teacher, now: datetime) -> None:
    """Put a removed student back, with all work. Raises NameTaken when the name is in use again."""
    student_id, subject, name = student.id, student.public_id, student.name
    room, teacher_id = student.classroom.public_id, teacher.id
    try:
        with writing() as session:
            restored = session.execute(
                update(Student)
                .where(Student.id == student_id, Student.removed_at.is_not(None))
                .values(removed_at=None, name_folded=fold_name(name))
                .returning(Student.id)
            ).first()
            if restored is not None:
                audit.record("student restored", now, teacher_id, room, subject)
    except IntegrityError as error:
        raise NameTaken(name) from error
