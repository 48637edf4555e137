"""The audit log of a classroom as people read it: who, when, what, and about whom.

Entries hold public ids only; names are looked up now, so that one who is gone has none.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from quizapp import audit
from quizapp.database import db
from quizapp.library import Library
from quizapp.models import Assignment, Attempt, AuditEntry, Classroom, Student, Teacher
from quizapp.outcomes import read_names
from quizapp.summaries import find_title

MOST = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """One act. `student`, `title` and `colleague` name what it was about, as far as that exists.

    `is_gone`: it was about something that exists no more.
    """

    at: datetime
    by: str | None
    action: str
    student: str | None
    title: str | None
    colleague: str | None
    is_gone: bool
    details: Mapping[str, object]


def read_log(classroom: Classroom, library: Library) -> list[Entry]:
    """Return the newest MOST acts in a classroom, newest first, in a fixed number of queries."""
    rows = audit.entries(classroom, MOST)
    details = {row.id: dict(json.loads(row.details)) for row in rows}
    names = _names(rows, classroom, library)
    teachers = read_names({row.teacher_id for row in rows})
    return [_entry(row, details[row.id], names, teachers) for row in rows]


@dataclass(frozen=True, slots=True)
class _Names:
    students: Mapping[str, str]
    titles: Mapping[str, str]
    teachers: Mapping[str, str]


def _names(rows: Sequence[AuditEntry], classroom: Classroom, library: Library) -> _Names:
    """Return names by public id; an attempt has the student's name and the title of its quiz."""
    subjects = {row.subject for row in rows if row.subject}
    students: dict[str, str] = {}
    for public_id, name in db.session.execute(
        select(Student.public_id, Student.name).where(Student.classroom_id == classroom.id)
    ):
        students[public_id] = name
    given = db.session.scalars(select(Assignment).where(Assignment.classroom_id == classroom.id))
    titles = {one.public_id: find_title(one, library) for one in given}
    for attempt in db.session.scalars(
        select(Attempt)
        .join(Student, Student.id == Attempt.student_id)
        .where(Attempt.public_id.in_(subjects), Student.classroom_id == classroom.id)
    ):
        students[attempt.public_id] = attempt.student.name
        titles[attempt.public_id] = titles.get(attempt.assignment.public_id, "")
    found = db.session.execute(
        select(Teacher.public_id, Teacher.name).where(Teacher.public_id.in_(subjects))
    )
    teachers = {public_id: name for public_id, name in found}
    return _Names(students, titles, teachers)


def _entry(
    row: AuditEntry,
    details: Mapping[str, object],
    names: _Names,
    teachers: Mapping[int, str],
) -> Entry:
    subject = row.subject or ""
    found = (names.students.get(subject), names.titles.get(subject), names.teachers.get(subject))
    return Entry(
        at=row.at,
        by=teachers.get(row.teacher_id) if row.teacher_id else None,
        action=row.action,
        student=found[0],
        title=found[1] or names.titles.get(str(details.get("assignment"))),
        colleague=found[2],
        is_gone=bool(subject) and subject != row.classroom and not any(found),
        details=details,
    )
