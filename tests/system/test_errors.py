"""Every error is one good page: its status, what happened, what to do, a way back, the headers."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import TemplateNotFound
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from quizapp import accounts
from quizapp.database import db, writing
from quizapp.system.errors import CSRF_SENTENCE, SENTENCES
from tests.school import open_school
from tests.system.test_headers import EXACT

FAILURE = OperationalError("SELECT 1", {}, Exception("the disk is full"))


@pytest.fixture
def client(sqlite_app: Flask) -> FlaskClient:
    return sqlite_app.test_client()


def assert_good(page: TestResponse, code: int, sentence: tuple[str, str]) -> None:
    """Look at the page as a person and as a browser do."""
    assert page.status_code == code
    for part in sentence:
        assert part in page.text
    assert 'href="/"' in page.text
    assert "Traceback" not in page.text
    assert {name: page.headers.get(name) for name in EXACT} == EXACT


def raises(app: Flask, endpoint: str, error: Exception) -> None:
    """Make a view fail."""

    def fail(**_arguments: object) -> str:
        raise error

    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.view_functions[endpoint] = fail


def log_in(student_id: int) -> str:
    with writing():
        return accounts.add_login(teacher_id=None, student_id=student_id, now=datetime.now(UTC))


@contextmanager
def database_away(app: Flask) -> Iterator[None]:
    """Let every statement fail, as on a full disk or behind a cut wire."""

    def fail(*_arguments: object) -> None:
        raise FAILURE

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", fail)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", fail)


def test_a_form_without_its_token(client: FlaskClient) -> None:
    page = client.post("/join", data={"csrf_token": "wrong", "code": "x", "name": "x"})
    assert_good(page, 400, CSRF_SENTENCE)


def test_an_address_that_is_not_there(client: FlaskClient) -> None:
    assert_good(client.get("/no-such-page"), 404, SENTENCES[404])


def test_an_address_asked_the_wrong_way(client: FlaskClient) -> None:
    assert_good(client.delete("/join"), 405, SENTENCES[405])


def test_a_body_of_more_than_a_mebibyte(client: FlaskClient) -> None:
    page = client.post("/join", data={"name": "x" * (1024 * 1024 + 1)})
    assert_good(page, 413, SENTENCES[413])


def test_a_fault_of_ours(sqlite_app: Flask, client: FlaskClient) -> None:
    raises(sqlite_app, "auth.help_page", RuntimeError("zqsecret"))
    page = client.get("/help")
    assert_good(page, 500, SENTENCES[500])
    assert "zqsecret" not in page.text


def test_a_database_that_fails_and_goes_on_failing(sqlite_app: Flask, client: FlaskClient) -> None:
    raises(sqlite_app, "auth.help_page", FAILURE)
    with database_away(sqlite_app):
        page = client.get("/help")
    assert_good(page, 503, SENTENCES[503])
    assert page.headers["Retry-After"] == "5"
    assert "the disk is full" not in page.text


NO_DESCRIPTOR = OSError(errno.EMFILE, "Too many open files")


def test_no_descriptor_left_is_no_fault_of_ours(sqlite_app: Flask, client: FlaskClient) -> None:
    raises(sqlite_app, "auth.help_page", NO_DESCRIPTOR)
    page = client.get("/help")
    assert_good(page, 503, SENTENCES[503])
    assert page.headers["Retry-After"] == "5"


def test_a_file_that_is_not_there_is_a_fault_of_ours(
    sqlite_app: Flask, client: FlaskClient
) -> None:
    raises(sqlite_app, "auth.help_page", FileNotFoundError(errno.ENOENT, "No such file"))
    assert_good(client.get("/help"), 500, SENTENCES[500])


def test_without_a_descriptor_for_its_template_an_error_is_a_plain_page(
    sqlite_app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_names: object, **_values: object) -> str:
        raise NO_DESCRIPTOR

    monkeypatch.setattr("quizapp.system.errors.render_template", fail)
    raises(sqlite_app, "auth.help_page", NO_DESCRIPTOR)
    assert_good(client.get("/help"), 503, SENTENCES[503])


def test_an_error_page_that_is_not_there_is_not_papered_over(
    sqlite_app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_names: object, **_values: object) -> str:
        raise TemplateNotFound("system/error.html")

    monkeypatch.setattr("quizapp.system.errors.render_template", fail)
    with pytest.raises(TemplateNotFound):
        client.get("/no-such-page")


@pytest.mark.parametrize("view_commits", [False, True], ids=["a view that reads", "or commits"])
def test_the_database_goes_away_under_a_student(sqlite_app: Flask, view_commits: bool) -> None:
    """The page must not read the person again: their row has expired, and nothing answers."""
    with sqlite_app.app_context():
        school = open_school(sqlite_app)
        client = school.client(log_in(school.join("Otter-17")[0].id))
    away = database_away(sqlite_app)

    def fail() -> str:
        if view_commits:
            db.session.commit()
        away.__enter__()
        raise FAILURE

    sqlite_app.view_functions["student.home"] = fail
    try:
        page = client.get("/home")
    finally:
        away.__exit__(None, None, None)
    assert_good(page, 503, SENTENCES[503])


def test_the_database_is_away_before_the_person_is_known(sqlite_app: Flask) -> None:
    with sqlite_app.app_context():
        client = open_school(sqlite_app).as_teacher()
    with database_away(sqlite_app):
        page = client.get("/teach/")
    assert_good(page, 503, SENTENCES[503])
