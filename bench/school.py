"""A class in the middle of a quiz of twelve questions, put into the database before the servers.

Every student is logged in and every answer is saved once, so that each request can be made ready
before the clock starts.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import yaml
from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import insert

from bench.wire import make_request
from proofs.school import application
from quizapp.accounts import hash_token
from quizapp.database import db, writing
from quizapp.models import Assignment, Attempt, Classroom, Login, Response, Student
from quizapp.models.columns import new_code
from quizapp.serving import migrate

QUIZ = "weather"
ITEMS = 12
LEVEL = "b1"
CSRF = "0123456789abcdef0123456789abcdef01234567"
SHIPPED = Path(__file__).parents[1] / "questions" / "all-weather-partnership.yaml"
SHOWN_FORM = ("Content-Type: application/x-www-form-urlencoded",)


@dataclass(frozen=True, slots=True)
class Sitting:
    """One student in the middle of an attempt, with what the browser would send."""

    attempt: str
    key: str
    cookie: str
    token: str

    def page(self) -> bytes:
        """Return the request for the page of the quiz."""
        return make_request("GET", f"/attempts/{self.attempt}", self.cookie)

    def save(self, item: str, values: Sequence[str]) -> bytes:
        """Return the request that saves a second answer to one question."""
        body = json.dumps({"values": values, "level": LEVEL, "revision": 1}).encode()
        kind, token = "Content-Type: application/json", f"X-CSRFToken: {self.token}"
        path = f"/attempts/{self.attempt}/responses/{item}"
        return make_request("POST", path, self.cookie, body, kind, token)

    def submit(self) -> bytes:
        """Return the request that hands the attempt in."""
        body = urlencode({"csrf_token": self.token, "key": self.key}).encode()
        path = f"/attempts/{self.attempt}/submission"
        return make_request("POST", path, self.cookie, body, *SHOWN_FORM)


@dataclass(frozen=True, slots=True)
class School:
    """Students with open attempts, and the two answers of each to every item.

    `code` and `assignment` are those of another class, which is empty: a class has a limit.
    """

    folder: Path
    code: str
    assignment: str
    first: dict[str, list[str]]
    second: dict[str, list[str]]
    sittings: tuple[Sitting, ...]

    @property
    def database(self) -> Path:
        """The file of the SQLite database."""
        return self.folder / "quizapp.sqlite"

    def saves(self, sittings: Sequence[Sitting]) -> list[bytes]:
        """Return one request for every item of these students, each changing its answer."""
        return [one.save(item, values) for one in sittings for item, values in self.second.items()]


def open_school(folder: Path, students: int) -> School:
    """Make the quiz and a database in which so many students work at it."""
    questions = folder / "questions"
    questions.mkdir()
    quiz = cut_quiz()
    (questions / f"{QUIZ}.yaml").write_text(yaml.safe_dump(quiz, sort_keys=False), "utf-8")
    app = application(f"sqlite:///{folder / 'quizapp.sqlite'}", folder, questions)
    first, second = _answers(quiz)
    with app.app_context():
        migrate()
        app.extensions["quizapp_library"].load()
        _, _, assignment_id = _make_room("Year 7")
        code, assignment, _ = _make_room("Year 8")
        sittings = tuple(_seat_all(app, assignment_id, students, first))
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()
    return School(folder, code, assignment, first, second, sittings)


def cut_quiz() -> dict[str, Any]:
    """Return the quiz that ships with the product, with its first twelve questions alone."""
    quiz: dict[str, Any] = yaml.safe_load(SHIPPED.read_text("utf-8"))
    return {**quiz, "questions": quiz["questions"][:ITEMS]}


def _answers(quiz: dict[str, Any]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Return two answers to every item: the first options, or words the marker has to look at."""
    first, second = {}, {}
    for item in quiz["questions"]:
        options = list(item.get("options", ()))
        first[item["id"]] = options[:1] or ["Nicolas Maduro"]
        second[item["id"]] = options[1:2] or ["trade and turism"]
    return first, second


def _make_room(name: str) -> tuple[str, str, int]:
    now = datetime.now(UTC)
    with writing() as session:
        room = Classroom(name=name, join_code=new_code(), created_at=now)
        session.add(room)
        session.flush()
        given = Assignment(classroom_id=room.id, quiz_id=QUIZ, created_at=now)
        session.add(given)
        session.flush()
        return room.join_code, given.public_id, given.id


def _seat_all(
    app: Flask, assignment_id: int, students: int, first: dict[str, list[str]]
) -> Iterator[Sitting]:
    now = datetime.now(UTC)
    live = app.extensions["quizapp_library"].find(QUIZ)
    assert live is not None
    signer: Any = app.session_interface
    cookie, secret = signer.get_signing_serializer(app), str(app.secret_key)
    token = str(URLSafeTimedSerializer(secret, salt="wtf-csrf-token").dumps(CSRF))
    with writing() as session:
        room_id = session.get_one(Assignment, assignment_id).classroom_id
        people = [_student(room_id, number, now) for number in range(students)]
        session.add_all(people)
        session.flush()
        begun = [_attempt(assignment_id, one.id, live.id, now) for one in people]
        session.add_all(begun)
        session.add_all(_login(one.id, now) for one in people)
        session.flush()
        rows = [row for one in begun for row in _responses(one.id, first, now)]
        session.execute(insert(Response), rows)
        made = [(one.student_id, one.public_id, one.submission_key) for one in begun]
    for student_id, public_id, key in made:
        text = cookie.dumps({"login": f"token-{student_id}", "csrf_token": CSRF})
        yield Sitting(public_id, key, f"quizapp={text}", token)


def _student(room_id: int, number: int, now: datetime) -> Student:
    return Student(
        classroom_id=room_id,
        name=f"Otter-{number}",
        name_folded=f"otter-{number}",
        phrase_hash=f"{number:064d}",
        joined_at=now,
        created_at=now,
    )


def _attempt(assignment_id: int, student_id: int, version_id: int, now: datetime) -> Attempt:
    return Attempt(
        assignment_id=assignment_id,
        student_id=student_id,
        number=1,
        version_id=version_id,
        level=LEVEL,
        state="open",
        seed=f"{student_id:022d}",
        submission_key=f"{student_id:022d}",
        started_at=now,
    )


def _login(student_id: int, now: datetime) -> Login:
    hashed = hash_token(f"token-{student_id}")
    return Login(token_hash=hashed, student_id=student_id, created_at=now, seen_at=now)


def _responses(
    attempt_id: int, first: dict[str, list[str]], now: datetime
) -> Iterator[dict[str, Any]]:
    for item, values in first.items():
        given = json.dumps(values, ensure_ascii=False)
        yield {
            "attempt_id": attempt_id,
            "item_id": item,
            "given": given,
            "level": LEVEL,
            "revision": 1,
            "saved_at": now,
        }


def copy_database(source: Path, target: Path) -> None:
    """Copy a database as it is now, whatever stands in its log."""
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)


def count(database: Path, table: str) -> int:
    """Return how many rows a table has."""
    with closing(sqlite3.connect(database)) as link:
        found: int = link.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        return found
