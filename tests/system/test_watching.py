"""The access log, the figures for monitoring, and what a proxy in front may say."""

import json
import logging
import sys
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

import pytest
from flask import Flask

from quizapp import create_app
from quizapp.database import db
from tests.school import open_school
from tests.sharing import QUESTIONS

Make = Callable[..., Flask]
EVIL = ("evil.example", "evil.example:80", "localhost.evil.example", "evil.example@localhost")


@pytest.fixture
def make(make_sqlite_url: Callable[[Path], str], tmp_path: Path) -> Iterator[Make]:
    """Make an application with other settings on a migrated database."""
    made: list[Flask] = []

    def with_settings(**settings: object) -> Flask:
        app = create_app(
            {
                "TESTING": True,
                "SECRET_KEY": "k" * 40,
                "DATABASE_URL": make_sqlite_url(tmp_path),
                "QUESTIONS_DIR": str(QUESTIONS),
                "INSTANCE_PATH": str(tmp_path),
                "TRUSTED_HOSTS": ["localhost"],
                "ACCESS_LOG": "off",
                **settings,
            }
        )
        made.append(app)
        return app

    yield with_settings
    for app in made:
        for handler in getattr(app.extensions.get("quizapp_access_log"), "handlers", ()):
            handler.close()
        with app.app_context():
            db.engine.dispose()


def lines(folder: Path) -> list[dict[str, object]]:
    text = (folder / "logs" / "access.log").read_text()
    return [json.loads(line) for line in text.splitlines()]


def test_a_request_is_one_line_without_path_query_or_address(make: Make, tmp_path: Path) -> None:
    make(ACCESS_LOG="file").test_client().get("/join/SECRET12?name=Ada")
    (line,) = lines(tmp_path)
    assert line.keys() == {"time", "method", "endpoint", "status", "ms", "bytes"}
    assert line["endpoint"] == "auth.join"
    text = (tmp_path / "logs" / "access.log").read_text()
    assert not any(word in text for word in ("SECRET12", "Ada", "127.0.0.1"))


def test_no_visitor_can_write_a_line_of_their_own(make: Make, tmp_path: Path) -> None:
    client = make(ACCESS_LOG="file").test_client()
    forged = "\r\n\x1b[31m{}"
    client.open("/%0d%0a%1b[31m", method=f"GET{forged}")
    client.get("/x", query_string={"a": forged}, headers={"User-Agent": "\x1b[31m"})
    assert [line["method"] for line in lines(tmp_path)] == ["OTHER", "GET"]
    assert "\x1b" not in (tmp_path / "logs" / "access.log").read_text()


def test_errors_are_in_the_log_too(make: Make, tmp_path: Path) -> None:
    app = make(ACCESS_LOG="file")
    app.test_client().get("/no-such-page")
    app.test_client().get("/", headers={"Host": "evil.example"})
    assert [line["status"] for line in lines(tmp_path)] == [404, 400]


def test_the_log_can_be_switched_off(make: Make, tmp_path: Path) -> None:
    make().test_client().get("/")
    assert not (tmp_path / "logs").exists()


def test_there_are_no_figures_unless_they_are_switched_on(make: Make) -> None:
    assert make().test_client().get("/metrics").status_code == 404


def test_the_figures_count_requests_and_work(make: Make) -> None:
    app = make(METRICS=True, INSECURE_HTTP=True)
    app.extensions["quizapp_library"].load()
    with app.app_context():
        school = open_school(app)
        school.hand_in("Ada", {})
        school.start("Ben", {})
    client = app.test_client()
    client.get("/teach/login")
    text = client.get("/metrics").text
    assert (
        'quizapp_requests_total{endpoint="auth.teacher_login",method="GET",status="200"} 1.0'
        in text
    )
    assert 'quizapp_attempts{state="open"} 1.0' in text
    assert 'quizapp_attempts{state="submitted"} 1.0' in text
    assert 'quizapp_quizzes{state="live"} 2.0' in text
    assert "quizapp_wal_bytes" in text
    assert "Ada" not in text


def test_the_figures_are_for_this_machine_only(make: Make) -> None:
    client = make(METRICS=True).test_client()
    page = client.get("/metrics", environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert page.status_code == 404


@pytest.mark.counts
def test_no_forged_host_comes_back_in_a_page(make: Make) -> None:
    names = ("Host", "X-Forwarded-Host", "X-Forwarded-Server", "Forwarded", "X-Host")
    variants = list(product((0, 1), names, EVIL))
    reflected = []
    for proxies in (0, 1):
        client = make(PROXIES=proxies).test_client()
        for _, name, value in (one for one in variants if one[0] == proxies):
            text = f"host={value}" if name == "Forwarded" else value
            for path in ("/", "/teach/", "/favicon.ico", "/teach"):
                page = client.get(path, headers={name: text})
                if "evil" in page.text or "evil" in str(page.headers):
                    reflected.append((proxies, name, value, path))
    sys.stdout.write(f"{len(variants)} forged names of the host: {len(reflected)} reflected\n")
    assert len(variants) == 40
    assert reflected == []


def test_a_proxy_with_tls_makes_the_request_secure(make: Make) -> None:
    client = make(PROXIES=1, INSECURE_HTTP=False).test_client()
    page = client.get("/teach/login", headers={"X-Forwarded-Proto": "https"})
    assert "Strict-Transport-Security" in page.headers
    assert page.headers["Set-Cookie"].startswith("__Host-quizapp=")
    assert "; Secure" in page.headers["Set-Cookie"]


def test_without_a_proxy_nobody_can_claim_tls(make: Make) -> None:
    page = make().test_client().get("/", headers={"X-Forwarded-Proto": "https"})
    assert "Strict-Transport-Security" not in page.headers


def test_two_applications_do_not_share_a_log(make: Make, tmp_path: Path) -> None:
    make(ACCESS_LOG="file")
    make(ACCESS_LOG="file").test_client().get("/")
    assert len(lines(tmp_path)) == 1
    assert "quizapp.access" not in logging.Logger.manager.loggerDict
