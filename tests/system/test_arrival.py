"""When a request arrived is read at the door, before whatever makes it wait."""

import time
from datetime import UTC, datetime, timedelta

from flask import Flask, g
from sqlalchemy import select
from werkzeug.wrappers import Response as Page

from quizapp import accounts, create_app
from quizapp.database import db, writing
from quizapp.models import Attempt
from quizapp.system import arrival
from tests.school import open_school

SLOW = 0.3


def note_the_time(app: Flask, seen: list[datetime]) -> None:
    @app.after_request
    def note(page: Page) -> Page:
        seen.append(g.now)
        return page


def test_waiting_inside_the_application_does_not_make_a_request_later(sqlite_app: Flask) -> None:
    seen: list[datetime] = []

    def wait() -> None:
        time.sleep(SLOW)

    sqlite_app.before_request_funcs.setdefault(None, []).insert(0, wait)
    note_the_time(sqlite_app, seen)
    before = datetime.now(UTC)
    sqlite_app.test_client().get("/healthz")
    assert timedelta(0) <= seen[0] - before < timedelta(seconds=SLOW)


def test_a_server_that_has_noted_the_arrival_is_believed(sqlite_app: Flask) -> None:
    seen: list[datetime] = []
    note_the_time(sqlite_app, seen)
    clock = sqlite_app.extensions["quizapp_clock"]
    arrived = clock.elapsed() - 5_000_000_000
    sqlite_app.test_client().get("/healthz", environ_overrides={arrival.ARRIVED: arrived})
    assert abs(seen[0] - clock.at(arrived)) < timedelta(milliseconds=50)


def test_no_header_of_a_visitor_says_when_a_request_arrived(sqlite_app: Flask) -> None:
    seen: list[datetime] = []
    note_the_time(sqlite_app, seen)
    before = datetime.now(UTC)
    sqlite_app.test_client().get("/healthz", headers={"quizapp.arrived": "1", "Date": "1970"})
    assert seen[0] >= before


def test_a_visit_is_judged_by_the_moment_it_arrived(sqlite_app: Flask) -> None:
    with sqlite_app.app_context():
        school = open_school(sqlite_app)
        attempt = school.start("Otter-1", {})
        place, key, student_id = f"/attempts/{attempt.public_id}", attempt.id, attempt.student_id
        clock = sqlite_app.extensions["quizapp_clock"]
        with writing() as session:
            session.get_one(Attempt, key).deadline_at = clock.now()
            token = accounts.add_login(teacher_id=None, student_id=student_id, now=clock.now())
    client = school.client(token)
    arrived = clock.elapsed()
    for waited, state in ((14, "open"), (16, "submitted")):
        moment = arrived + waited * 1_000_000_000
        client.get(place, environ_overrides={arrival.ARRIVED: moment})
        with sqlite_app.app_context():
            assert db.session.scalar(select(Attempt.state).where(Attempt.id == key)) == state


def test_the_arrival_is_the_outermost_thing(sqlite_app: Flask) -> None:
    proxied = create_app(
        {**sqlite_app.config, "PROXIES": 1, "INSTANCE_PATH": sqlite_app.instance_path}
    )
    assert proxied.wsgi_app.__qualname__.startswith("stamped")
