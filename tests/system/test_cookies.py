"""What a browser holds is signed by us; when it was signed is no matter."""

import re
import time
from unittest.mock import patch

from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import TimestampSigner

from quizapp.system.cookies import AgelessCookies

HOUR = 3600


def join_form(client: FlaskClient) -> dict[str, str]:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/join").text)
    assert found is not None
    return {"csrf_token": found[1], "code": "BCDFGHJK", "name": "Otter-17"}


def test_a_clock_that_is_set_back_makes_nobodys_page_out_of_date(
    sqlite_client: FlaskClient,
) -> None:
    form = join_form(sqlite_client)
    earlier = int(time.time()) - HOUR
    with patch.object(TimestampSigner, "get_timestamp", lambda _self: earlier):
        assert sqlite_client.post("/join", data=form).status_code != 400


def test_a_cookie_that_we_did_not_sign_is_empty(sqlite_client: FlaskClient) -> None:
    form = join_form(sqlite_client)
    cookie = sqlite_client.get_cookie("quizapp") or sqlite_client.get_cookie("__Host-quizapp")
    assert cookie is not None
    sqlite_client.set_cookie(cookie.key, cookie.value[:-4] + "AAAA")
    assert sqlite_client.post("/join", data=form).status_code == 400


def test_what_one_request_does_with_a_cookie_that_is_known_changes_no_other(
    sqlite_app: Flask,
) -> None:
    signer = sqlite_app.session_interface
    assert isinstance(signer, AgelessCookies)
    serializer = signer.get_signing_serializer(sqlite_app)
    assert serializer is not None
    text = serializer.dumps({"login": "a", "csrf_token": "b"})
    cookie = {"Cookie": f"{sqlite_app.config['SESSION_COOKIE_NAME']}={text}"}
    for _ in range(3):
        with sqlite_app.test_request_context(headers=cookie) as context:
            assert dict(context.session) == {"login": "a", "csrf_token": "b"}
            context.session["login"] = "another"


def test_a_long_cookie_is_not_remembered(sqlite_app: Flask) -> None:
    signer = sqlite_app.session_interface
    assert isinstance(signer, AgelessCookies)
    serializer = signer.get_signing_serializer(sqlite_app)
    assert serializer is not None
    text = str(serializer.dumps({"login": "a", "csrf_token": "b"})) + "=" + "x" * 1000
    cookie = {"Cookie": f"{sqlite_app.config['SESSION_COOKIE_NAME']}={text}"}
    with sqlite_app.test_request_context(headers=cookie) as context:
        assert context.session["login"] == "a"  # the signer passes over what follows
    assert signer._known == {}
