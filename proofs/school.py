"""The classroom that experiments work in, put into the database before the server starts."""

import functools
import shutil
import sqlite3
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from flask import session as flask_session
from flask_sqlalchemy.session import Session
from flask_wtf.csrf import generate_csrf
from sqlalchemy import create_engine, insert, select, text
from sqlalchemy.orm import scoped_session

from proofs.people import Seat
from quizapp import create_app
from quizapp.accounts import add_login
from quizapp.attempts import start
from quizapp.database import db, writing
from quizapp.library import Library
from quizapp.models import Assignment, Attempt, Classroom, Student, Teacher
from quizapp.models.columns import new_code, new_public_id
from quizapp.serving import migrate
from quizapp.system.cookies import AgelessCookies

QUIZ, ASKED = "kettles", 5  # and how many questions it asks
COOKIE = "quizapp"


@dataclass(frozen=True, slots=True)
class Room:
    """A classroom with one assignment, by what students type and click."""

    code: str
    assignment: str


class Books:
    """The database as it stands, read beside the application that writes it."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(url)

    def rows(self, query: str, **values: object) -> list[tuple[Any, ...]]:
        """Return the rows of a query, in whose text values stand as :name."""
        with self._engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query), values)]

    def change(self, statement: str, **values: object) -> None:
        """Change rows, as time or an operator would."""
        with self._engine.begin() as connection:
            connection.execute(text(statement), values)

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()


def application(url: str, folder: Path, questions: Path) -> Flask:
    """Return an application on the same database and key as the server of an experiment."""
    return create_app(
        {
            "DATABASE_URL": url,
            "QUESTIONS_DIR": str(questions),
            "INSTANCE_PATH": str(folder),
            "SECRET_KEY": "only-for-experiments-0123456789abcdef",
            "INSECURE_HTTP": True,
            "TIME_ZONE": "UTC",
            "ACCESS_LOG": "off",
        }
    )


def open_room(app: Flask, **rules: object) -> Room:
    """Migrate the database if need be, and make a classroom with the quiz about kettles.

    `rules` are columns of its assignment.
    """
    now = datetime.now(UTC)
    with app.app_context():
        _prepare_tables()
        with writing() as session:
            classroom = Classroom(name="Experiment", join_code=new_code(), created_at=now)
            session.add(classroom)
            session.flush()
            assignment = Assignment(
                classroom_id=classroom.id, quiz_id=QUIZ, created_at=now, **rules
            )
            session.add(assignment)
        room = Room(classroom.join_code, assignment.public_id)
        release()
    return room


def _prepare_tables() -> None:
    """Migrate; the second SQLite file of a process is a copy of the first, which is quicker."""
    file = Path(db.engine.url.database or "")
    if db.engine.dialect.name != "sqlite" or file.exists():
        return migrate()
    made = Path(_scratch().name) / "migrated.sqlite"
    if made.exists():
        shutil.copyfile(made, file)
        return None
    migrate()
    db.session.remove()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("VACUUM INTO ?", (str(made),))
    return None


@functools.cache
def _scratch() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="quizapp-migrated-")


def release() -> None:
    """Let go of the database, so that nothing of ours stands beside the server."""
    db.session.remove()
    for engine in db.engines.values():
        engine.dispose()


def enrol(app: Flask, room: Room, count: int, name: str = "Otter") -> list[Mapping[str, str]]:
    """Put students into a classroom, logged in already; return the cookies of each.

    Joining has experiments of its own: here it would take longer than what is tried.
    """
    with app.app_context():
        with writing() as session:
            tokens = [token for _, token in _add_students(session, room, count, name)]
        release()
    return [_cookies(app, {"login": token}) for token in tokens]


def seat(
    app: Flask, room: Room, count: int, name: str = "Otter", *, begun: bool = True
) -> list[Seat]:
    """Enrol students who know a token for forms, and unless `begun` is false, have an attempt.

    The application starts the attempt of the first; the others get the same, but for what is
    random in it. They share the secret of the forms, which is not tried here either.
    """
    with app.test_request_context():
        token, secret = generate_csrf(), flask_session["csrf_token"]
    with app.app_context():
        with writing() as session:
            people = _add_students(session, room, count, name)
        work = _start(app, room, [student_id for student_id, _ in people]) if begun else []
        release()
    cookies = [_cookies(app, {"login": login, "csrf_token": secret}) for _, login in people]
    if not begun:
        return [Seat(one, token) for one in cookies]
    return [
        Seat(one, token, f"/attempts/{attempt['public_id']}", attempt["submission_key"])
        for one, attempt in zip(cookies, work, strict=True)
    ]


def _add_students(
    session: scoped_session[Session], room: Room, count: int, name: str
) -> list[tuple[int, str]]:
    """Add students inside the caller's write section; return the id and the log-in of each."""
    now = datetime.now(UTC)
    found = select(Classroom.id).where(Classroom.join_code == room.code)
    classroom_id = session.execute(found).scalar_one()
    people = [
        Student(
            classroom_id=classroom_id,
            name=f"{name}-{number}",
            name_folded=f"{name}-{number}".casefold(),
            phrase_hash=f"{name}-{number}",
            joined_at=now,
            created_at=now,
        )
        for number in range(count)
    ]
    session.add_all(people)
    session.flush()
    return [(one.id, add_login(teacher_id=None, student_id=one.id, now=now)) for one in people]


def _start(app: Flask, room: Room, student_ids: Sequence[int]) -> list[dict[str, Any]]:
    """Start an attempt for each; return the columns of each."""
    library: Library = app.extensions["quizapp_library"]
    library.take(f"{QUIZ}.yaml")
    live = library.find(QUIZ)
    found = select(Assignment).where(Assignment.public_id == room.assignment)
    assignment = db.session.scalars(found).one()
    student = db.session.get_one(Student, student_ids[0])
    assert live is not None, "the quiz is not there"
    first = start(assignment, student, live, datetime.now(UTC))
    row = {column.key: getattr(first, column.key) for column in Attempt.__table__.columns}
    own = ("public_id", "seed", "submission_key")
    more = [
        {**row, "id": None, "student_id": one, **{name: new_public_id() for name in own}}
        for one in student_ids[1:]
    ]
    if more:
        with writing() as session:
            session.execute(insert(Attempt), more)
    return [row, *more]


def hire(app: Flask, room: Room, name: str) -> Mapping[str, str]:
    """Give a classroom its teacher, logged in already, who looks after the school as well."""
    now = datetime.now(UTC)
    with app.app_context():
        with writing() as session:
            teacher = Teacher(
                name=name,
                name_folded=name.casefold(),
                password_hash="",
                is_admin=True,
                created_at=now,
            )
            session.add(teacher)
            session.flush()
            found = select(Classroom).where(Classroom.join_code == room.code)
            session.execute(found).scalar_one().teacher_id = teacher.id
            token = add_login(teacher_id=teacher.id, student_id=None, now=now)
        release()
    return _cookies(app, {"login": token})


def _cookies(app: Flask, held: Mapping[str, str]) -> Mapping[str, str]:
    assert isinstance(app.session_interface, AgelessCookies)
    signer = app.session_interface.get_signing_serializer(app)
    assert signer is not None, "the application has no key"
    return {COOKIE: str(signer.dumps(dict(held)))}
