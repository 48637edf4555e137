"""A classroom with a live quiz, a student in it, and a clock that stands still."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from quizapp import accounts, classrooms
from quizapp.database import db
from quizapp.library import Library, LiveVersion
from quizapp.models import Assignment, Classroom, Student, Teacher

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
SECRET = "a secret of the tests, long enough"


@dataclass(frozen=True)
class World:
    """Rows that most tests start from."""

    classroom: Classroom
    assignment: Assignment
    teacher: Teacher
    student: Student
    live: LiveVersion


@pytest.fixture
def inside(app: Flask) -> Iterator[Flask]:
    """Push an application context, as a request would."""
    with app.app_context():
        yield app


@pytest.fixture
def world(inside: Flask) -> World:
    """Make a teacher, a classroom with the quiz about kettles assigned, and one student."""
    library: Library = inside.extensions["quizapp_library"]
    library.load()
    live = library.find("kettles")
    assert live is not None
    classrooms.make_demonstration("kettles", NOW)
    token = accounts.offer_setup(SECRET, NOW)
    assert token is not None
    hasher = inside.extensions["quizapp_hasher"]
    accounts.create_teacher(token, "Ms Reed", "a long pass phrase", hasher, SECRET, NOW)
    classroom = classrooms.find_demonstration()
    assert classroom is not None
    classrooms.join(classroom, "Otter-17", SECRET, NOW)
    return World(
        classroom=db.session.scalars(select(Classroom)).one(),
        assignment=db.session.scalars(select(Assignment)).one(),
        teacher=db.session.scalars(select(Teacher)).one(),
        student=db.session.scalars(select(Student)).one(),
        live=live,
    )
