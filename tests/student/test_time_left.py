"""Time limits on the student's pages: said before the start, sent as seconds, kept at the end."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from quizapp.database import db
from quizapp.models import Allowance, Assignment, Attempt, Student
from tests.student.student_world import Browser, base
from tests.student.test_autosave import send

HALF_AN_HOUR = 30


def limit(
    app: Flask, minutes: int | None = HALF_AN_HOUR, factor: int = 100, extra: int = 0
) -> None:
    with app.app_context():
        assignment = db.session.scalars(select(Assignment)).one()
        student = db.session.scalars(select(Student)).one()
        assignment.time_limit, student.time_factor = minutes, factor
        if extra:
            ids = {"assignment_id": assignment.id, "student_id": student.id}
            db.session.add(Allowance(**ids, extra_minutes=extra))
        db.session.commit()


def move(app: Flask, seconds: float, *, timed: bool = True) -> None:
    """Let the deadline of the only attempt be so many seconds from now."""
    with app.app_context():
        attempt = db.session.scalars(select(Attempt)).one()
        attempt.deadline_at = datetime.now(UTC) + timedelta(seconds=seconds)
        attempt.time_limit = attempt.time_limit if timed else None
        db.session.commit()


def expected(browser: Browser) -> str:
    """Return what the page says before the start of the time."""
    found = re.search(r'href="(/assignments/[^"]+)"', browser.get("/home"))
    assert found
    said = re.search(r"<dt>Time</dt><dd>([^<]*)</dd>", browser.get(found[1]))
    return said[1] if said else ""


@pytest.mark.parametrize(
    ("minutes", "factor", "extra", "said"),
    [
        (None, 150, 0, ""),
        (30, 100, 0, "You have 30 minutes once you start."),
        (30, 150, 0, "You have 30 minutes (45 minutes for you) once you start."),
        (7, 125, 0, "You have 7 minutes (8 minutes and 45 seconds for you) once you start."),
        (1, 100, 5, "You have 1 minute (6 minutes for you) once you start."),
        (30, 0, 0, "No time limit for you."),
    ],
)
def test_the_limit_is_said_before_the_start(
    sqlite_app: Flask, otter: Browser, minutes: int | None, factor: int, extra: int, said: str
) -> None:
    limit(sqlite_app, minutes, factor, extra)
    assert expected(otter) == said


def test_a_closing_that_may_come_first_is_said_with_it(sqlite_app: Flask, otter: Browser) -> None:
    limit(sqlite_app)
    with sqlite_app.app_context():
        closes_at = datetime.now(UTC) + timedelta(days=1)
        db.session.scalars(select(Assignment)).one().closes_at = closes_at
        db.session.commit()
    assert expected(otter).endswith("It ends at the closing, even if that comes first.")


def test_the_page_has_the_seconds_that_are_left_and_says_until_when(
    sqlite_app: Flask, otter: Browser
) -> None:
    limit(sqlite_app)
    page = otter.get(otter.start())
    found = re.search(r'data-left="(\d+)"', page)
    assert found
    assert HALF_AN_HOUR * 60 - 60 < int(found[1]) <= HALF_AN_HOUR * 60
    assert re.search(r"Until (tomorrow at )?\d\d:\d\d</span>", page)


@pytest.mark.parametrize(
    ("hours", "shown"), [(None, False), (1.9, True), (2.1, False)], ids=["open", "near", "far"]
)
def test_without_a_limit_only_a_closing_that_is_near_is_shown(
    sqlite_app: Flask, otter: Browser, hours: float | None, shown: bool
) -> None:
    attempt = otter.start()
    if hours is not None:
        move(sqlite_app, hours * 3600, timed=False)
    assert ('data-left=""' not in otter.get(attempt)) is shown
    asked = otter.client.get(f"{attempt}/time").json
    assert asked is not None
    assert (asked["left"] is not None) is shown


def test_each_reply_says_how_many_seconds_are_left(sqlite_app: Flask, otter: Browser) -> None:
    limit(sqlite_app)
    attempt = otter.start()
    move(sqlite_app, 1000.9)
    saved = send(otter, attempt, "cleaner", values=["lemon"]).json
    asked = otter.client.get(f"{attempt}/time").json
    assert saved is not None
    assert asked is not None
    assert 990 <= asked["left"] <= saved["left"] <= 1000
    assert asked["handed_in"] is False


def test_asking_when_all_has_settled_hands_in_and_says_so(
    sqlite_app: Flask, otter: Browser
) -> None:
    limit(sqlite_app)
    attempt = otter.start()
    move(sqlite_app, -8)
    asked = otter.client.get(f"{attempt}/time").json
    assert asked is not None
    assert (asked["handed_in"], asked["left"] <= -8) == (False, True)
    move(sqlite_app, -16)
    asked = otter.client.get(f"{attempt}/time").json
    assert asked is not None
    assert asked["handed_in"] is True


def test_a_page_that_is_sent_after_the_time_leads_to_the_receipt_and_says_what_became_of_it(
    sqlite_app: Flask, otter: Browser
) -> None:
    limit(sqlite_app)
    attempt = otter.start()
    old = base(otter.get(attempt))
    move(sqlite_app, -16)
    answer = otter.post(attempt, {"level": "text", "base": old, "q-cleaner": "ash", "go": "save"})
    assert answer.location.endswith("/review")
    page = otter.get(answer.location)
    assert re.search(r"Your time was over at \d\d:\d\d", page)
    assert "kept for your teacher, but not counted" in page
    assert "handed in by itself when the time was over" in page


def test_what_comes_late_before_all_is_handed_in_is_said_to_be_too_late(
    sqlite_app: Flask, otter: Browser
) -> None:
    limit(sqlite_app)
    attempt = otter.start()
    old = base(otter.get(attempt))
    move(sqlite_app, -11)
    otter.post(attempt, {"level": "text", "base": old, "q-cleaner": "ash", "go": "save"})
    page = otter.get(attempt)
    assert "Your time was over. What you changed since is kept for your teacher" in page


def test_the_first_page_says_until_when_the_time_runs(sqlite_app: Flask, otter: Browser) -> None:
    limit(sqlite_app)
    otter.start()
    assert "Your time: until " in otter.get("/home")
