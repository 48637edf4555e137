"""Teachers come in: the set-up link, the log-in, the log-out."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from quizapp import accounts
from tests.school import NOW, PASSWORD, post


@pytest.fixture
def link(app: Flask) -> str:
    # No context stays open here: requests would share its `g`, and with it one CSRF token.
    with app.app_context():
        return f"/teach/setup/{accounts.offer_setup(str(app.secret_key), NOW)}"


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def set_up(client: FlaskClient, link: str) -> None:
    post(client, link, link, {"name": "Ms Reed", "password": PASSWORD})


def log_in(client: FlaskClient, name: str, password: str, action: str = "/teach/login") -> str:
    answer = post(
        client, "/teach/login", action, {"name": name, "password": password}, follow=False
    )
    return answer.headers.get("Location", answer.text)


def tokenless(page: str) -> str:
    """Return the page without its CSRF token, which another second of the clock makes another."""
    return re.sub(r'(?<=name="csrf_token" value=")[^"]+', "", page)


def test_the_first_teacher_sets_up_an_account(client: FlaskClient, link: str) -> None:
    answer = post(client, link, link, {"name": "Ms Reed", "password": PASSWORD})
    assert answer.request.path == "/teach/"
    assert "Ms Reed" in answer.text


def test_a_used_link_says_so_and_leads_to_the_log_in(client: FlaskClient, link: str) -> None:
    set_up(client, link)
    answer = client.get(link)
    assert answer.status_code == 410
    assert "This link is used up" in answer.text
    assert "/teach/login" in answer.text


def test_a_link_that_was_never_made_opens_nothing(client: FlaskClient, link: str) -> None:
    assert client.get(link[:-1] + ("0" if link[-1] != "0" else "1")).status_code == 410


def test_a_short_password_is_named_and_the_name_kept(client: FlaskClient, link: str) -> None:
    answer = post(client, link, link, {"name": "Ms Reed", "password": "too short"})
    assert answer.status_code == 422
    assert "at least 10 characters" in answer.text
    assert 'value="Ms Reed"' in answer.text
    assert "too short" not in answer.text


def test_a_name_of_spaces_is_refused(client: FlaskClient, link: str) -> None:
    answer = post(client, link, link, {"name": "   ", "password": PASSWORD})
    assert answer.status_code == 422
    assert "name-error" in answer.text


@pytest.mark.parametrize("link_word", ["new-password", "username"])
def test_password_managers_are_told_what_each_field_is(
    client: FlaskClient, link: str, link_word: str
) -> None:
    assert f'autocomplete="{link_word}"' in client.get(link).text


def test_a_teacher_logs_in_with_name_and_password(client: FlaskClient, link: str) -> None:
    set_up(client, link)
    post(client, "/teach/", "/teach/logout", {})
    assert log_in(client, "ms  reed", PASSWORD) == "/teach/"


def test_logging_in_never_leads_elsewhere(client: FlaskClient, link: str) -> None:
    set_up(client, link)
    post(client, "/teach/", "/teach/logout", {})
    action = "/teach/login?next=https://example.org/"
    assert log_in(client, "Ms Reed", PASSWORD, action) == "/teach/"


def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(
    client: FlaskClient, link: str
) -> None:
    set_up(client, link)
    post(client, "/teach/", "/teach/logout", {})
    unknown = log_in(client, "Ms Road", PASSWORD).replace("Ms Road", "Ms Reed")
    wrong = log_in(client, "Ms Reed", "another pass phrase")
    assert "do not go together" in wrong
    assert tokenless(unknown) == tokenless(wrong)


def test_logging_out_ends_the_log_in_on_the_server(client: FlaskClient, link: str) -> None:
    set_up(client, link)
    with client.session_transaction() as session:
        token = session["login"]
    post(client, "/teach/", "/teach/logout", {})
    with client.session_transaction() as session:
        session["login"] = token
    assert client.get("/teach/").headers["Location"] == "/teach/login"
