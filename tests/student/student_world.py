"""A student who has joined a classroom, and the work that waits for them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from quizapp.database import db
from quizapp.models import Assignment, Classroom

CODE = "BCDFGHJK"
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@dataclass
class Browser:
    """A client that sends the CSRF token of the page it saw last."""

    client: FlaskClient

    def get(self, path: str) -> str:
        """Return the page, redirects followed."""
        return self.client.get(path, follow_redirects=True).get_data(as_text=True)

    def post(self, path: str, data: Mapping[str, object] | None = None) -> TestResponse:
        """Post a form with a fresh token; redirects are not followed."""
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.get("/join"))
        assert found
        return self.client.post(path, data={"csrf_token": found[1], **(data or {})})

    def join(self, name: str) -> str:
        """Join the classroom and return the page with the four words."""
        page = self.post("/join", {"code": CODE, "name": name})
        return self.get(page.location) if page.location else page.get_data(as_text=True)

    def start(self) -> str:
        """Start the first work on the home page and return the address of the attempt."""
        found = re.search(r'action="(/assignments/[^"]+/attempts)"', self.get("/home"))
        assert found
        return self.post(found[1]).location


def base(page: str) -> str:
    """Return what a page says that it was made from."""
    found = re.search(r'name="base" value="([^"]*)"', page)
    assert found
    return found[1].replace("&#34;", '"')


MakeBrowser = Callable[[], Browser]


def assign(app: Flask, quiz_id: str) -> None:
    """Give a quiz to the classroom."""
    with app.app_context():
        classroom = db.session.scalars(select(Classroom)).one()
        db.session.add(Assignment(classroom_id=classroom.id, quiz_id=quiz_id, created_at=NOW))
        db.session.commit()


@pytest.fixture
def make_browser(sqlite_app: Flask) -> MakeBrowser:
    """Make browsers for a server with one classroom, to which no work has been given."""
    with sqlite_app.app_context():
        db.session.add(
            Classroom(name="Class 8b", join_code=CODE, is_demonstration=False, created_at=NOW)
        )
        db.session.commit()
    return lambda: Browser(sqlite_app.test_client())


@pytest.fixture
def otter(sqlite_app: Flask, make_browser: MakeBrowser) -> Browser:
    """The browser of a student who has joined and has the quiz about kettles to do."""
    assign(sqlite_app, "kettles")
    browser = make_browser()
    browser.join("Otter-17")
    return browser
