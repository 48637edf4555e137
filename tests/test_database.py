"""The settings that promises rest on, read back from a real connection."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from unittest.mock import Mock

import pytest
from flask import Flask
from sqlalchemy import Engine, event, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex

from quizapp import database
from quizapp.database import PRAGMAS, UtcDateTime, db, table_of, writing
from quizapp.models import Attempt


@pytest.fixture
def engine(sqlite_app: Flask) -> Iterator[Engine]:
    with sqlite_app.app_context():
        yield db.engine


@pytest.mark.parametrize(("pragma", "wanted"), PRAGMAS)
def test_sqlite_took_the_setting(engine: Engine, pragma: str, wanted: object) -> None:
    with engine.connect() as connection:
        got = connection.exec_driver_sql(f"PRAGMA {pragma.split('=')[0]}").scalar()
    assert got == wanted


def test_a_refused_setting_stops_the_start(
    sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "PRAGMAS", (("synchronous=FULL", 1),))
    with sqlite_app.app_context():
        db.engine.dispose()
        with pytest.raises(database.SettingRefused, match="synchronous"):
            db.engine.connect()


def test_the_index_of_deadlines_holds_open_attempts_alone(app: Flask) -> None:
    with app.app_context():
        (index,) = [
            one for one in table_of(Attempt).indexes if one.name == "ix_attempts_deadline_at"
        ]
        assert str(CreateIndex(index).compile(db.engine)).endswith("WHERE state = 'open'")


def test_a_write_section_begins_immediately(engine: Engine) -> None:
    statements: list[str] = []
    event.listen(
        engine, "before_cursor_execute", lambda _c, _k, statement, *_r: statements.append(statement)
    )
    with writing() as session:
        session.connection().exec_driver_sql("SELECT 1")
    assert statements == ["BEGIN IMMEDIATE", "SELECT 1"]


def test_an_error_in_a_write_section_rolls_back_and_frees_the_lock(engine: Engine) -> None:
    def fail() -> None:
        with writing() as session:
            session.connection().exec_driver_sql("CREATE TABLE scrap (x)")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with writing() as session:
        names = session.connection().exec_driver_sql("SELECT name FROM sqlite_master").scalars()
        assert "scrap" not in list(names)


@pytest.mark.usefixtures("engine")
def test_a_checkpoint_that_fails_does_not_spoil_what_was_written(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    full = Mock(side_effect=sqlite3.OperationalError("database or disk is full"))
    monkeypatch.setattr(database, "COMMITS_PER_CHECKPOINT", 1)
    monkeypatch.setattr(database, "closing", full)
    for write in (writing, database.writing_rows):
        with write():
            pass
    assert [record.message[:23] for record in caplog.records] == ["The write-ahead log cou"] * 2


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        UtcDateTime().process_bind_param(datetime(2026, 3, 2), sqlite.dialect())


def test_a_moment_comes_back_in_utc() -> None:
    noon = datetime(2026, 3, 2, 12, tzinfo=timezone(timedelta(hours=5)))
    stored = UtcDateTime().process_bind_param(noon, sqlite.dialect())
    assert stored == datetime(2026, 3, 2, 7, tzinfo=UTC)


def test_a_database_that_goes_away_after_the_answer_does_not_spoil_it(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        connection = db.session.connection()
        if db.engine.dialect.name == "postgresql":
            pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
            with db.engine.connect() as other:
                other.exec_driver_sql("SELECT pg_terminate_backend(%s)", (pid,))
        else:
            fault = sqlite3.OperationalError("disk I/O error")
            monkeypatch.setattr(db.engine.dialect, "do_rollback", Mock(side_effect=fault))
    monkeypatch.undo()
    with app.app_context():
        assert db.session.scalar(text("SELECT 1")) == 1
