"""The endpoint that saves one answer: what it takes, what it says, and what it leaves alone."""

import re

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from quizapp.database import db
from quizapp.models import Assignment, Mark, PracticeTry, Response, StrayResponse, Submission
from tests.student.student_world import Browser, MakeBrowser, base

EMPTY = {"values": [], "level": "text", "revision": 0}


def send(browser: Browser, attempt: str, item: str, **entry: object) -> TestResponse:
    found = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/join"))
    assert found
    return browser.client.post(
        f"{attempt}/responses/{item}", json={**EMPTY, **entry}, headers={"X-CSRFToken": found[1]}
    )


def count(app: Flask, table: type[object]) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(table)) or 0


def saved(app: Flask) -> dict[str, tuple[str, int]]:
    with app.app_context():
        return {row.item_id: (row.given, row.revision) for row in db.session.query(Response)}


def test_one_answer_is_saved_without_a_page_a_mark_or_a_submission(
    sqlite_app: Flask, otter: Browser
) -> None:
    attempt = otter.start()
    reply = send(otter, attempt, "cleaner", values=["lemon"])
    assert reply.json is not None
    assert (reply.json["state"], reply.json["base"][0]) == ("saved", 1)
    assert saved(sqlite_app) == {"cleaner": ('["lemon"]', 1)}
    assert count(sqlite_app, Mark) == count(sqlite_app, Submission) == 0


def test_the_reply_says_what_the_page_is_made_from_now(sqlite_app: Flask, otter: Browser) -> None:
    attempt = otter.start()
    reply = send(otter, attempt, "cleaner", values=["lemon"])
    assert reply.json is not None
    assert f'"cleaner": [1, "{reply.json["base"][1]}"]' in base(otter.get(attempt))


def test_an_answer_is_cleaned_as_the_form_cleans_it(sqlite_app: Flask, otter: Browser) -> None:
    attempt = otter.start()
    send(otter, attempt, "one-line", values=["a\r\nb\0\ud800"])
    assert saved(sqlite_app)["one-line"][0] == '["a\\nb\ufffd\ufffd"]'


def test_an_older_tab_is_told_both_answers(sqlite_app: Flask, otter: Browser) -> None:
    attempt = otter.start()
    send(otter, attempt, "cleaner", values=["lemon"])
    reply = send(otter, attempt, "cleaner", values=["vinegar"]).json
    assert reply is not None
    assert (reply["state"], reply["theirs"], reply["mine"]) == ("older", "lemon", "vinegar")
    page = otter.get(attempt)
    assert '<q dir="auto" data-theirs>lemon</q>' in page
    assert '<q dir="auto" data-mine>vinegar</q>' in page
    assert "two answers: choose one" in otter.get(f"{attempt}/check")


@pytest.mark.parametrize(("go", "stands"), [("mine", "vinegar"), ("keep", "lemon")])
def test_the_choice_works_without_scripts(
    sqlite_app: Flask, otter: Browser, go: str, stands: str
) -> None:
    attempt = otter.start()
    send(otter, attempt, "cleaner", values=["lemon"])
    send(otter, attempt, "cleaner", values=["vinegar"])
    sent = {"base": base(otter.get(attempt)), "q-cleaner": "lemon", "go": f"{go}:cleaner"}
    otter.post(attempt, {"level": "text", **sent})
    assert saved(sqlite_app)["cleaner"][0] == f'["{stands}"]'
    assert "data-mine>vinegar" not in otter.get(attempt)


def test_a_whole_page_that_is_older_is_told_and_keeps_both(
    sqlite_app: Flask, otter: Browser
) -> None:
    attempt = otter.start()
    old = base(otter.get(attempt))
    send(otter, attempt, "cleaner", values=["lemon"])
    sent = {"level": "text", "base": old, "q-cleaner": "vinegar", "go": "check"}
    answer = otter.post(attempt, sent)
    assert answer.location.endswith("#q-cleaner")
    page = otter.get(attempt)
    assert "Another tab or device has saved a newer answer to question 3" in page
    assert saved(sqlite_app)["cleaner"] == ('["lemon"]', 1)


def test_a_late_answer_is_kept_and_said_so(sqlite_app: Flask, otter: Browser) -> None:
    attempt = otter.start()
    key = re.search(r'name="key" value="([^"]+)"', otter.get(f"{attempt}/check"))
    assert key
    otter.post(f"{attempt}/submission", {"key": key[1]})
    reply = send(otter, attempt, "cleaner", values=["lemon"]).json
    assert reply is not None
    assert reply["state"] == "late"
    assert "kept for your teacher, but not counted" in reply["said"]
    assert (saved(sqlite_app), count(sqlite_app, StrayResponse)) == ({}, 1)


@pytest.mark.parametrize(
    ("item", "entry", "status"),
    [
        ("cleaner", {"values": ["x" * 2001]}, 422),
        ("early-stop", {"values": ["no-such-option"]}, 422),
        ("cleaner", {"values": "text"}, 400),
        ("cleaner", {"level": "c2"}, 400),
        ("cleaner", {"revision": "1"}, 400),
        ("no-such-item", {"values": ["x"]}, 404),
    ],
)
def test_what_no_page_sends_is_refused(
    sqlite_app: Flask, otter: Browser, item: str, entry: dict[str, object], status: int
) -> None:
    assert send(otter, otter.start(), item, **entry).status_code == status
    assert saved(sqlite_app) == {}


@pytest.mark.parametrize("body", [b"", b"[", b"[1]", b"[" * 100_000, b"\xff"])
def test_a_body_that_cannot_be_read_is_refused(otter: Browser, body: bytes) -> None:
    attempt = otter.start()
    found = re.search(r'name="csrf_token" value="([^"]+)"', otter.get("/join"))
    assert found
    headers = {"X-CSRFToken": found[1]}
    reply = otter.client.post(f"{attempt}/responses/cleaner", data=body, headers=headers)
    assert reply.status_code == 400


def test_without_the_token_nothing_is_saved(sqlite_app: Flask, otter: Browser) -> None:
    attempt = otter.start()
    entry = {**EMPTY, "values": ["lemon"]}
    assert otter.client.post(f"{attempt}/responses/cleaner", json=entry).status_code == 400
    assert saved(sqlite_app) == {}


def test_the_attempt_of_another_student_is_not_there(
    sqlite_app: Flask, otter: Browser, make_browser: MakeBrowser
) -> None:
    attempt, heron = otter.start(), make_browser()
    heron.join("Heron-4")
    assert send(heron, attempt, "cleaner", values=["lemon"]).status_code == 404
    assert saved(sqlite_app) == {}


def test_in_practice_what_was_checked_stays_and_the_second_answer_is_kept(
    sqlite_app: Flask, otter: Browser
) -> None:
    with sqlite_app.app_context():
        db.session.scalars(select(Assignment)).one().is_practice = True
        db.session.commit()
    attempt = otter.start()
    otter.post(attempt, {"level": "text", "q-early-stop": "juice", "go": "check:early-stop"})
    first = send(otter, attempt, "early-stop", values=["sensor"], revision=1).json
    second = send(otter, attempt, "early-stop", values=["sensor"], again=True).json
    assert first is not None
    assert second is not None
    assert (first["state"], second["state"]) == ("fixed", "saved")
    assert saved(sqlite_app)["early-stop"][0] == '["juice"]'
    with sqlite_app.app_context():
        drafts = [row.given for row in db.session.query(PracticeTry) if row.tried_at is None]
        strays = [row.given for row in db.session.query(StrayResponse)]
    assert (drafts, strays) == (['["sensor"]'], ['["sensor"]'])


def test_a_whole_page_that_comes_after_the_check_is_told_what_became_of_it(
    sqlite_app: Flask, otter: Browser
) -> None:
    with sqlite_app.app_context():
        db.session.scalars(select(Assignment)).one().is_practice = True
        db.session.commit()
    attempt = otter.start()
    old = base(otter.get(attempt))
    otter.post(attempt, {"level": "text", "q-early-stop": "juice", "go": "check:early-stop"})
    otter.post(attempt, {"level": "text", "base": old, "q-early-stop": "sensor", "go": "save"})
    page = otter.get(attempt)
    assert "you have checked your answer to question" in page
    assert "kept for your teacher, but not counted" in page
    assert count(sqlite_app, StrayResponse) == 1
