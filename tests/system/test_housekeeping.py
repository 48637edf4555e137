"""Work without a visitor: what has run out is deleted, what has not stays, faults end nothing."""

import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from quizapp import accounts, attempts, housekeeping, receipts, serving
from quizapp.clock import Clock
from quizapp.database import db, writing
from quizapp.models import Attempt, Failure, Login
from quizapp.terms import GRACE
from tests.school import open_school

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
# An exit ends a thread without a word; pytest alone takes it for an accident.
ends_its_thread = pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")


class Leave(threading.Event):
    """A job that ends the thread which does it, once it is told to."""

    def __call__(self, _now: datetime) -> None:
        if self.is_set():
            sys.exit()


@pytest.fixture
def leave() -> Iterator[Leave]:
    """A last job for a thread. One that stayed would hand in what later tests have open."""
    job = Leave()
    yield job
    job.set()
    for thread in [one for one in threading.enumerate() if one.name == "housekeeping"]:
        thread.join(10)
        assert not thread.is_alive()


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


@ends_its_thread
def test_the_thread_ends_with_the_process(
    sqlite_app: Flask, leave: Leave, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "LOOK_SECONDS", 0.05)
    thread = housekeeping.start(sqlite_app.app_context, Clock(), (), (leave,))
    assert thread.daemon
    assert thread.is_alive()


def test_one_of_two_workers_does_what_is_due(app: Flask) -> None:
    soon: list[datetime] = []
    later: list[datetime] = []
    clock = Clock()
    workers = [housekeeping.Keeper(clock, (later.append,), (soon.append,)) for _ in range(2)]
    with app.app_context():
        elected = [worker.look() for worker in workers for _ in range(2)]
    assert elected == [True, True, False, False]
    assert (len(soon), len(later)) == (2, 1)


@ends_its_thread
def test_a_closing_is_met_within_seconds_though_nobody_looks(
    app: Flask, leave: Leave, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "LOOK_SECONDS", 0.05)
    with app.app_context():
        school = open_school(app)
        student = school.join("Ada")[0]
        with writing():
            school.assignment.time_limit = 1
        begun = datetime.now(UTC) - timedelta(seconds=60) - GRACE
        attempt_id = attempts.start(school.assignment, student, school.live, begun).id
    jobs = (*serving.SOON, leave)
    housekeeping.start(app.app_context, app.extensions["quizapp_clock"], (), jobs)
    until = time.monotonic() + 10
    while time.monotonic() < until:
        with app.app_context():
            attempt = db.session.get_one(Attempt, attempt_id)
            if attempt.state == "submitted":
                found = receipts.find_submission(attempt)
                assert found is not None
                assert (found.how, found.submitted_at) == ("deadline", attempt.deadline_at)
                return
        time.sleep(0.02)
    pytest.fail("nobody handed it in")
