"""An installation to back up, and what a restore must bring back."""

from pathlib import Path

from sqlalchemy import func, select

from quizapp.backups import Place
from quizapp.database import db
from quizapp.models import Response


def install(folder: Path) -> Place:
    """Give the application's database an instance with a key, and a folder for quizzes."""
    instance, questions = folder / "instance", folder / "questions"
    instance.mkdir()
    questions.mkdir()
    (instance / "secret_key").write_text("k" * 64)
    return Place(db.engine.url, instance, questions)


def database_of(place: Place) -> Path:
    """The file of a SQLite database."""
    return Path(str(place.url.database))


def answers() -> int:
    """Count the saved answers, and let go of the database, which may be replaced then."""
    count = db.session.scalar(select(func.count(Response.id))) or 0
    db.session.remove()
    db.engine.dispose()
    return count
