"""The tokens of forms: known again when they were good, and refused whenever they do not fit."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from quizapp.system.tokens import Tokens

TWICE = 2


def token_of(client: FlaskClient, base: str = "http://localhost") -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/join", base_url=base).text)
    assert found is not None
    return found[1]


def sent(client: FlaskClient, token: str, **more: Any) -> int:
    form = {"csrf_token": token, "code": "BCDFGHJK", "name": "Otter-17"}
    return client.post("/join", data=form, **more).status_code


def test_a_token_that_was_taken_is_taken_again(sqlite_client: FlaskClient) -> None:
    token = token_of(sqlite_client)
    assert [sent(sqlite_client, token) for _ in range(TWICE)] == [200, 200]


def test_a_token_known_from_another_browser_is_refused(sqlite_app: Flask) -> None:
    ours, theirs = sqlite_app.test_client(), sqlite_app.test_client()
    token = token_of(theirs)
    assert sent(theirs, token) == 200
    token_of(ours)
    assert [sent(ours, token) for _ in range(TWICE)] == [400, 400]
    assert sent(sqlite_app.test_client(), token) == 400


@pytest.mark.parametrize("wrong", ["", "x", "zqxj"])
def test_a_token_that_was_refused_is_refused_again(sqlite_client: FlaskClient, wrong: str) -> None:
    token = token_of(sqlite_client)
    assert sent(sqlite_client, token) == 200
    forged = token[:-4] + wrong if wrong else ""
    assert [sent(sqlite_client, forged) for _ in range(TWICE)] == [400, 400]


def test_over_https_a_known_token_from_elsewhere_is_refused(sqlite_client: FlaskClient) -> None:
    base = "https://localhost"
    token = token_of(sqlite_client, base)

    def from_page(page: str) -> int:
        return sent(sqlite_client, token, base_url=base, headers={"Referer": page})

    assert from_page(f"{base}/join") == 200
    assert from_page("https://evil.example/join") == 400
    assert from_page("") == 400
    assert from_page(f"{base}/join") == 200


def test_a_known_token_grows_old_where_a_limit_is_set(
    sqlite_app: Flask, sqlite_client: FlaskClient
) -> None:
    token = token_of(sqlite_client)
    assert sent(sqlite_client, token) == 200
    sqlite_app.config["WTF_CSRF_TIME_LIMIT"] = -1
    assert sent(sqlite_client, token) == 400


@pytest.mark.parametrize("more", ["=" + "x" * 1000, '="><h1>'])
def test_a_token_with_more_behind_it_is_taken_but_not_remembered(
    sqlite_app: Flask, sqlite_client: FlaskClient, more: str
) -> None:
    padded = token_of(sqlite_client) + more
    assert sent(sqlite_client, padded) == 200  # the signer passes over what follows
    tokens: Tokens = sqlite_app.extensions["csrf"]
    assert padded not in {*tokens._known, *tokens._given.values()}
