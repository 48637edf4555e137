"""The exact headers of every page, and the flags of every cookie."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from quizapp.system.headers import FEATURES_OFF

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "object-src 'none'; manifest-src 'self'; require-trusted-types-for 'script'"
)
EXACT = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": FEATURES_OFF,
    "Cache-Control": "no-store",
    "Vary": "Cookie",
}


@pytest.fixture
def client(sqlite_app: Flask) -> FlaskClient:
    return sqlite_app.test_client()


@pytest.mark.parametrize("path", ["/", "/teach/login", "/no-such-page", "/healthz"])
def test_a_page_has_exactly_these_headers(client: FlaskClient, path: str) -> None:
    page = client.get(path)
    assert {name: page.headers.get(name) for name in EXACT} == EXACT


def test_every_feature_is_off() -> None:
    assert all(part.endswith("=()") for part in FEATURES_OFF.split(", "))
    assert "camera=()" in FEATURES_OFF


def test_strict_transport_is_said_over_https_only(client: FlaskClient) -> None:
    assert "Strict-Transport-Security" not in client.get("/").headers
    over_tls = client.get("/", base_url="https://localhost")
    assert over_tls.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"


def test_a_hashed_static_file_is_kept_for_a_year(client: FlaskClient) -> None:
    address = re.search(r"/static/app\.css\?v=\w+", client.get("/").text)
    assert address is not None
    with client.get(address[0]) as hashed, client.get("/static/app.css") as plain:
        assert "immutable" in hashed.headers["Cache-Control"]
        assert plain.headers["Cache-Control"] == "no-cache"


def test_the_session_cookie_is_closed_to_scripts_and_other_sites(sqlite_app: Flask) -> None:
    sqlite_app.config.update(SESSION_COOKIE_SECURE=True, SESSION_COOKIE_NAME="__Host-quizapp")
    cookie = sqlite_app.test_client().get("/teach/login").headers["Set-Cookie"]
    name, *flags = cookie.split("; ")
    assert name.startswith("__Host-quizapp=")
    assert set(flags) == {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"}


def test_a_forged_host_is_refused(sqlite_app: Flask) -> None:
    sqlite_app.config["TRUSTED_HOSTS"] = ["localhost"]
    page = sqlite_app.test_client().get("/", headers={"Host": "evil.example"})
    assert page.status_code == 400
