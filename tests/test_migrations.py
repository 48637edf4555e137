"""Migrations give exactly the models, and move up and down with rows, on both databases."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from flask_migrate import check, downgrade, upgrade
from sqlalchemy import func, inspect, select

from quizapp.database import db, writing
from quizapp.models import Classroom, Student, Version

NOW = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def bare(app: Flask) -> Flask:
    """The application on a database without tables."""
    with app.app_context():
        db.session.remove()
        downgrade(revision="base")
    return app


def fill() -> None:
    with writing() as session:
        classroom = Classroom(name="8b", join_code="BCDFGHJK", created_at=NOW)
        session.add(classroom)
        session.flush()
        session.add(
            Student(
                classroom_id=classroom.id,
                name="Otter-17",
                name_folded="otter-17",
                phrase_hash="0" * 64,
                created_at=NOW,
            )
        )
        session.add(
            Version(quiz_id="q", digest="1" * 64, content="{}", created_at=NOW, live_at=NOW)
        )


def test_migrating_an_empty_database_gives_exactly_the_models(bare: Flask) -> None:
    with bare.app_context():
        upgrade()
        check()  # exits when the models and the database differ


def test_down_leaves_no_table_behind(bare: Flask) -> None:
    with bare.app_context():
        upgrade()
        downgrade(revision="base")
        assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}


def test_migrating_again_keeps_the_rows(bare: Flask) -> None:
    with bare.app_context():
        upgrade()
        fill()
        upgrade()
        assert db.session.scalar(select(func.count()).select_from(Student)) == 1


def test_foreign_keys_are_on_again_after_migrating(bare: Flask) -> None:
    with bare.app_context():
        upgrade()
        if db.engine.dialect.name == "sqlite":
            assert db.session.connection().exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        with pytest.raises(Exception, match=r"(?i)foreign key"), writing() as session:
            session.add(
                Student(
                    classroom_id=999,
                    name="x",
                    name_folded="x",
                    phrase_hash="2" * 64,
                    created_at=NOW,
                )
            )
