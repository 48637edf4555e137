"""A teacher, her class, and what its students hand in on the quiz about kettles."""

import re
import shutil
from collections.abc import Mapping
from contextvars import Context
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask, has_app_context
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from quizapp import accounts, attempts, classrooms
from quizapp.bank.model import Given
from quizapp.config import ROOT
from quizapp.database import db, writing
from quizapp.library import Library, LiveVersion
from quizapp.models import Assignment, Attempt, Classroom, Student, Teacher
from quizapp.models.columns import new_code

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
QUIZ = "kettles"
SHIPPED = "all-weather-partnership"
PASSWORD = "a long pass phrase"


class Browser(FlaskClient):
    """Sends each request in a context of its own, as a server does."""

    def open(self, *args: Any, **options: Any) -> TestResponse:
        """Send a request. What the test read before is dropped, so that it reads anew after."""
        if has_app_context():
            db.session.rollback()
        return Context().run(super().open, *args, **options)


@dataclass(frozen=True)
class School:
    """The class of Ms Reed, with the quiz given to it."""

    app: Flask
    assignment_id: int
    owner: str = "Ms Reed"

    @property
    def secret(self) -> str:
        """The secret of the installation."""
        return str(self.app.secret_key)

    @property
    def library(self) -> Library:
        """The live bank."""
        library: Library = self.app.extensions["quizapp_library"]
        return library

    @property
    def live(self) -> LiveVersion:
        """The version that attempts start on."""
        live = self.library.find(QUIZ)
        assert live is not None
        return live

    @property
    def teacher(self) -> Teacher:
        """The owner of the class."""
        return db.session.scalars(select(Teacher).where(Teacher.name == self.owner)).one()

    @property
    def assignment(self) -> Assignment:
        """The one assignment of the class."""
        return db.session.get_one(Assignment, self.assignment_id)

    def join(self, name: str) -> tuple[Student, str]:
        """Let a student join; return the row and a log-in token."""
        token = classrooms.join(self.assignment.classroom, name, self.secret, NOW).token
        student = self.find(name)
        assert student is not None
        return student, token

    def find(self, name: str) -> Student | None:
        """Return the student of this name in the class, or None."""
        classroom_id = self.assignment.classroom_id
        return db.session.scalar(
            select(Student).where(Student.name == name, Student.classroom_id == classroom_id)
        )

    def start(self, name: str, answers: Mapping[str, str]) -> Attempt:
        """Let a student of this name (new or not) start, and save answers by item id."""
        student = self.find(name) or self.join(name)[0]
        attempt = attempts.start(self.assignment, student, self.live, NOW)
        given = {item_id: Given((text,), "text") for item_id, text in answers.items()}
        attempts.save(attempt, given, "text", NOW)
        return attempt

    def hand_in(self, name: str, answers: Mapping[str, str]) -> Attempt:
        """Let a student start, answer and submit."""
        attempt = self.start(name, answers)
        later = NOW + timedelta(minutes=20)
        quiz = self.library.version(attempt.version_id).quiz
        attempts.submit(attempt, attempt.submission_key, quiz, later)
        return attempt

    def client(self, token: str) -> FlaskClient:
        """Return a browser that is logged in with a token."""
        client = Browser(self.app, self.app.response_class, use_cookies=True)
        with client.session_transaction() as session:
            session["login"] = token
        return client

    def as_teacher(self, name: str = "Ms Reed") -> FlaskClient:
        """Return the browser of a teacher, who is made if need be."""
        with writing() as session:
            teacher = session.scalar(select(Teacher).where(Teacher.name == name))
            teacher_id = teacher.id if teacher else add_teacher(name, "-")
            now = datetime.now(UTC)
            token = accounts.add_login(teacher_id=teacher_id, student_id=None, now=now)
        return self.client(token)


def add_teacher(name: str, password_hash: str) -> int:
    """Add a teacher inside the caller's write section; return the id."""
    teacher = Teacher(
        name=name,
        name_folded=accounts.fold_name(name),
        password_hash=password_hash,
        is_admin=False,
        created_at=NOW,
    )
    db.session.add(teacher)
    db.session.flush()
    return teacher.id


def open_school(app: Flask, owner: str = "Ms Reed", room: str = "Class 7c") -> School:
    """Make a teacher, her class, and its assignment."""
    password_hash = app.extensions["quizapp_hasher"].hash(PASSWORD)
    with writing() as session:
        classroom = Classroom(
            teacher_id=add_teacher(owner, password_hash),
            name=room,
            join_code=new_code(),
            created_at=NOW,
        )
        session.add(classroom)
        session.flush()
        assignment = Assignment(classroom_id=classroom.id, quiz_id=QUIZ, created_at=NOW)
        session.add(assignment)
        session.flush()
        assignment_id = assignment.id
    return School(app, assignment_id, owner)


def open_shipped_school(app: Flask, folder: Path) -> School:
    """Make the same with the quiz that ships with the product, read from a folder of its own."""
    folder.mkdir()
    shutil.copy(ROOT / "questions" / f"{SHIPPED}.yaml", folder)
    library: Library = app.extensions["quizapp_library"]
    library.folder = folder
    library.load()
    school = open_school(app)
    with writing():
        school.assignment.quiz_id = SHIPPED
    return school


def post(
    client: FlaskClient, page: str, action: str, data: Mapping[str, str], *, follow: bool = True
) -> TestResponse:
    """Send a form as a browser does: with the token of the page that it stands on."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
    token = found[1] if found else ""
    return client.post(action, data={**data, "csrf_token": token}, follow_redirects=follow)
