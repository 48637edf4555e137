"""A copy of a cookie opens nothing once the log-in that it stood for has ended: 4 times 50."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from quizapp import browsers, staff
from quizapp.database import db, writing
from quizapp.models import Teacher
from tests.school import PASSWORD, Browser, School, add_teacher, open_school, post

TIMES = 50
Ending = Callable[[School, Browser], str]


@pytest.fixture
def school(sqlite_app: Flask) -> School:
    with sqlite_app.app_context():
        school = open_school(sqlite_app)
        with writing():
            db.session.get_one(Teacher, add_teacher("Ms Admin", "-")).is_admin = True
        return school


def cookie_of(client: Browser) -> str:
    cookie = client.get_cookie("quizapp")
    assert cookie is not None
    return cookie.value


def log_in(client: Browser) -> None:
    data = {"name": "Ms Reed", "password": PASSWORD}
    page = "/teach/login"
    assert post(client, page, page, data, follow=False).location == "/teach/"


def log_out(_school: School, client: Browser) -> str:
    copied = cookie_of(client)
    post(client, "/teach/", "/teach/logout", {})
    return copied


def change_password(school: School, client: Browser) -> str:
    copied = cookie_of(client)
    new = "another long pass phrase"
    page = "/teach/account"
    changed = post(client, page, f"{page}/password", {"old": PASSWORD, "new": new}, follow=False)
    assert changed.status_code == 303
    assert client.get("/teach/").status_code == 200
    hasher = school.app.extensions["quizapp_hasher"]
    with school.app.app_context():  # so that the next round logs in as this one did
        browsers.change_password(school.teacher, new, PASSWORD, hasher, datetime.now(UTC))
    return copied


def close_account(school: School, client: Browser) -> str:
    copied = cookie_of(client)
    with school.app.app_context():
        admin = db.session.scalars(select(Teacher).where(Teacher.is_admin)).one()
        now, public_id = datetime.now(UTC), school.teacher.public_id
        staff.close_account(public_id, admin, now)
        assert client.get("/teach/").status_code == 303
        staff.open_account(public_id, admin, now)
    return copied


def log_in_anew(school: School, client: Browser) -> str:
    """The cookie from before a log-in, here one of an earlier log-in of the same browser."""
    copied = cookie_of(client)
    log_in(client)
    assert cookie_of(client) != copied
    return copied


@pytest.mark.counts
@pytest.mark.parametrize("end", [log_out, change_password, close_account, log_in_anew])
def test_a_replayed_cookie_is_refused(school: School, end: Ending) -> None:
    accepted = 0
    for _ in range(TIMES):
        client = Browser(school.app, school.app.response_class, use_cookies=True)
        log_in(client)
        copied = end(school, client)
        thief = Browser(school.app, school.app.response_class, use_cookies=True)
        thief.set_cookie("quizapp", copied)
        accepted += thief.get("/teach/").location != "/teach/login"
    sys.stdout.write(f"{TIMES} replays after {end.__name__}: {accepted} accepted\n")
    assert accepted == 0


def test_a_cookie_from_before_the_log_in_is_not_logged_in_by_it(school: School) -> None:
    client = Browser(school.app, school.app.response_class, use_cookies=True)
    client.get("/teach/login")
    planted = cookie_of(client)
    log_in(client)
    thief = Browser(school.app, school.app.response_class, use_cookies=True)
    thief.set_cookie("quizapp", planted)
    assert thief.get("/teach/").location == "/teach/login"


def test_each_log_in_has_a_token_of_its_own(school: School) -> None:
    tokens = set()
    for _ in range(3):
        client = Browser(school.app, school.app.response_class, use_cookies=True)
        log_in(client)
        with client.session_transaction() as session:
            tokens.add(session["login"])
            assert set(session) == {"login"}
    assert len(tokens) == 3
