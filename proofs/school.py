"""The classroom that experiments work in, put into the database before the server starts."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask

from quizapp import create_app
from quizapp.database import db, writing
from quizapp.models import Assignment, Classroom
from quizapp.models.columns import new_code
from quizapp.serving import migrate

QUIZ = "kettles"


@dataclass(frozen=True, slots=True)
class Room:
    """A classroom with one assignment, by what students type and click."""

    code: str
    assignment: str


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
        }
    )


def open_room(app: Flask, attempts_allowed: int = 1) -> Room:
    """Migrate the database if need be, and make a classroom with the quiz about kettles."""
    now = datetime.now(UTC)
    with app.app_context():
        migrate()
        with writing() as session:
            classroom = Classroom(name="Experiment", join_code=new_code(), created_at=now)
            session.add(classroom)
            session.flush()
            assignment = Assignment(
                classroom_id=classroom.id,
                quiz_id=QUIZ,
                attempts_allowed=attempts_allowed,
                created_at=now,
            )
            session.add(assignment)
        room = Room(classroom.join_code, assignment.public_id)
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()
    return room
