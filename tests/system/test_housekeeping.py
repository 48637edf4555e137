"""Work without a visitor: what has run out is deleted, what has not stays, faults end nothing."""

from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from quizapp import accounts, housekeeping
from quizapp.database import db, writing
from quizapp.models import Failure, Login
from tests.school import open_school

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def count(model: type[Failure] | type[Login]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_a_failure_is_forgotten_after_a_day(app: Flask) -> None:
    with app.app_context():
        with writing() as session:
            for age in (timedelta(hours=23), timedelta(hours=25)):
                session.add(Failure(door="join", subject="s" * 64, failed_at=NOW - age))
        housekeeping.forget_failures(NOW)
        housekeeping.forget_failures(NOW)
        assert count(Failure) == 1


@pytest.mark.parametrize(
    ("who", "age", "kept"),
    [
        ("teacher", timedelta(hours=7), 1),
        ("teacher", timedelta(hours=9), 0),
        ("student", timedelta(days=6), 1),
        ("student", timedelta(days=8), 0),
    ],
)
def test_a_login_is_forgotten_when_it_has_run_out(
    app: Flask, who: str, age: timedelta, kept: int
) -> None:
    with app.app_context():
        school = open_school(app)
        student_id, teacher_id = school.join("Ada")[0].id, school.teacher.id
        with writing() as session:
            session.query(Login).delete()
            accounts.add_login(
                teacher_id=teacher_id if who == "teacher" else None,
                student_id=student_id if who == "student" else None,
                now=NOW - age,
            )
        housekeeping.forget_logins(NOW)
        assert count(Login) == kept


def test_a_job_that_fails_is_logged_and_the_next_one_runs(
    caplog: pytest.LogCaptureFixture,
) -> None:
    ran: list[datetime] = []

    def away(_now: datetime) -> None:
        raise OSError("the database is away")

    housekeeping.run_jobs(NOW, (away, ran.append))
    assert ran == [NOW]
    assert "away failed" in caplog.text


def test_the_thread_ends_with_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(housekeeping, "run_jobs", lambda _now, _jobs: None)
    thread = housekeeping.start(nullcontext)
    assert thread.daemon
    assert thread.is_alive()
