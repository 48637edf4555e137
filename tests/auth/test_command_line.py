"""Links from the command line: an invitation, a new password."""

import re
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from quizapp import accounts, cli, config, staff
from quizapp.database import writing
from quizapp.models import Teacher
from tests.school import NOW, PASSWORD, Browser, add_teacher, open_school, post


def run(app: Flask, monkeypatch: pytest.MonkeyPatch, *words: str) -> Result:
    monkeypatch.setattr(cli, "create_app", lambda: app)
    return CliRunner().invoke(cli.commands, list(words))


def token_in(output: str) -> str:
    found = re.search(r"/teach/setup/(\S+)", output)
    assert found is not None, output
    return found[1]


def test_an_invitation_from_the_command_line_lets_a_teacher_in(
    sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sqlite_app.app_context():
        open_school(sqlite_app)
    done = run(sqlite_app, monkeypatch, "invite")
    assert "It works for seven days." in done.output
    link = f"/teach/setup/{token_in(done.output)}"
    client = Browser(sqlite_app, sqlite_app.response_class, use_cookies=True)
    answer = post(client, link, link, {"name": "Mr Vale", "password": PASSWORD})
    assert answer.request.path == "/teach/"
    assert client.get("/teach/teachers").status_code == 404


def test_the_first_invitation_is_the_first_teachers_link(
    sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = token_in(run(sqlite_app, monkeypatch, "invite").output)
    with sqlite_app.app_context():
        assert accounts.offer_setup(str(sqlite_app.secret_key), datetime.now(UTC)) == token


def test_a_new_password_for_a_closed_account_is_refused_with_a_reason(
    sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sqlite_app.app_context():
        school = open_school(sqlite_app)
        with writing() as session:
            admin = session.get_one(Teacher, add_teacher("Ms Admin", "-"))
            admin.is_admin = True
        staff.close_account(school.teacher.public_id, admin, NOW)
    done = run(sqlite_app, monkeypatch, "reset-password", "ms reed")
    assert isinstance(done.exception, config.StartFault)
    assert "is closed" in str(done.exception)


def test_a_new_password_is_set_with_a_link_of_one_day(
    sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sqlite_app.app_context():
        open_school(sqlite_app)
    done = run(sqlite_app, monkeypatch, "reset-password", "ms reed")
    assert "It works for one day." in done.output
    client = Browser(sqlite_app, sqlite_app.response_class, use_cookies=True)
    assert 'value="Ms Reed"' in client.get(f"/teach/setup/{token_in(done.output)}").text
