"""No door where a secret is asked for is without a limit, and no answer helps a guesser."""

import random
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from quizapp import throttle
from quizapp.models.columns import CODE_LETTERS, new_code
from quizapp.throttle import Door
from tests.school import PASSWORD, Browser, School, open_school, post

HERE = "192.0.2.7"
Knock = Callable[[School, Browser], TestResponse]


@pytest.fixture
def school(sqlite_app: Flask) -> School:
    with sqlite_app.app_context():
        return open_school(sqlite_app)


def browser(school: School, address: str = HERE) -> Browser:
    client = Browser(school.app, school.app.response_class, use_cookies=True)
    client.environ_base["REMOTE_ADDR"] = address
    return client


def log_in(client: Browser, name: str, password: str) -> TestResponse:
    page = "/teach/login"
    return post(client, page, page, {"name": name, "password": password}, follow=False)


def change_password(school: School, client: Browser) -> TestResponse:
    log_in(client, "Ms Reed", PASSWORD)
    data = {"old": "not this one", "new": "another long pass phrase"}
    return post(client, "/teach/account", "/teach/account/password", data, follow=False)


# What a stranger without the secret sends. A new door for students or teachers gets a row here.
DOORS: dict[str, list[tuple[Door, Knock]]] = {
    "auth.teacher_login": [
        (throttle.LOG_IN, lambda _school, client: log_in(client, "Ms Reed", "not this one"))
    ],
    "auth.go": [(throttle.JOIN_CODE, lambda _school, client: client.get("/go/BBBB-BBBB"))],
    "auth.set_up": [(throttle.LINK, lambda _school, client: client.get("/teach/setup/guessed"))],
    "auth.join": [
        (throttle.JOIN_CODE, lambda _school, client: client.get("/join/BBBB-BBBB")),
        (throttle.JOIN_CODE, lambda _school, client: client.get("/join?code=BBBB-BBBB")),
        (
            throttle.JOIN_CODE,
            lambda _school, client: post(
                client, "/join", "/join", {"code": "BBBB-BBBB", "name": "Otter"}, follow=False
            ),
        ),
    ],
    "auth.rejoin": [
        (
            throttle.PHRASE,
            lambda _school, client: post(
                client, "/back", "/back", {"phrase": "not my four words"}, follow=False
            ),
        )
    ],
    "teacher.change_password": [(throttle.OLD_PASSWORD, change_password)],
}
ASK_FOR_NOTHING = {
    "auth.front",
    "auth.help_page",
    "auth.phrase",
    "auth.leave",
    "auth.teacher_logout",
}
KNOCKS = [
    pytest.param(*row, id=f"{endpoint}-{number}")
    for endpoint, rows in DOORS.items()
    for number, row in enumerate(rows)
]


def spend(school: School, door: Door, times: int) -> None:
    """Let so many tries from here fail, without sending them."""
    with school.app.app_context():
        for _ in range(times):
            throttle.note(door, HERE, "", school.secret, datetime.now(UTC))


def test_every_way_in_is_a_door_with_a_limit_or_asks_for_nothing(sqlite_app: Flask) -> None:
    ways = {endpoint for endpoint in sqlite_app.view_functions if endpoint.startswith("auth.")}
    assert ways - ASK_FOR_NOTHING == {name for name in DOORS if name.startswith("auth.")}


@pytest.mark.parametrize(("door", "knock"), KNOCKS)
def test_a_door_makes_a_stranger_wait_at_its_limit(
    school: School, door: Door, knock: Knock
) -> None:
    spend(school, door, door.address.most - 1)
    last = knock(school, browser(school))
    assert last.status_code in (200, 303, 410, 422)
    refused = knock(school, browser(school))
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= door.address.within.total_seconds()
    assert re.search(r"Try again in \d+ minutes", refused.text)


@pytest.mark.parametrize(("door", "knock"), KNOCKS)
def test_a_door_is_open_to_another_address(school: School, door: Door, knock: Knock) -> None:
    spend(school, door, door.address.most)
    assert knock(school, browser(school, "198.51.100.9")).status_code != 429


def test_the_right_password_waits_too_and_the_name_is_kept(school: School) -> None:
    for number in range(10):
        log_in(browser(school, f"198.51.100.{number}"), "ms REED", "not this one")
    answer = log_in(browser(school), "Ms Reed", PASSWORD)
    assert answer.status_code == 429
    assert 'value="Ms Reed"' in answer.text
    assert log_in(browser(school), "Mr Vale", PASSWORD).status_code == 422


def test_whoever_is_logged_in_goes_on_while_the_account_waits(school: School) -> None:
    client = browser(school)
    log_in(client, "Ms Reed", PASSWORD)
    for number in range(10):
        log_in(browser(school, f"198.51.100.{number}"), "Ms Reed", "not this one")
    assert client.get("/teach/").status_code == 200


def test_what_a_student_typed_is_kept_while_the_door_waits(school: School) -> None:
    spend(school, throttle.JOIN_CODE, 200)
    code = "BBBB-BBBB"
    page = post(browser(school), "/join", "/join", {"code": code, "name": "Otter"}, follow=False)
    assert page.status_code == 429
    assert f'value="{code}"' in page.text
    assert 'value="Otter"' in page.text


def without_token(page: str, typed: str) -> str:
    """The page without what differs by itself: the CSRF token, and what was typed."""
    return re.sub(r'name="csrf_token" value="[^"]+"', "", page).replace(typed, "")


@pytest.mark.counts
def test_two_hundred_guesses_tell_a_guesser_nothing(school: School) -> None:
    """Random codes, and codes a letter away from a real one, get the same answer."""
    with school.app.app_context():
        real = school.assignment.classroom.join_code
    near = [real[:n] + letter + real[n + 1 :] for n in range(8) for letter in CODE_LETTERS]
    chosen = random.Random(7).sample([code for code in near if code != real], 100)
    answers = set()
    for number, code in enumerate([*chosen, *(new_code() for _ in range(100))]):
        client = browser(school, f"198.51.100.{number}")
        page = client.get(f"/join/{code}")
        answers.add((page.status_code, len(page.text), without_token(page.text, code)))
    sys.stdout.write(f"200 guesses of a join code: {len(answers)} different answer\n")
    assert len(answers) == 1


def test_a_name_that_exists_gets_the_answer_of_one_that_does_not(school: School) -> None:
    known = log_in(browser(school), "Ms Reed", "not this one")
    unknown = log_in(browser(school), "Ms Rood", "not this one")
    assert without_token(known.text, "Reed") == without_token(unknown.text, "Rood")
    assert (known.status_code, len(known.text)) == (unknown.status_code, len(unknown.text))


@pytest.mark.counts
def test_a_school_behind_one_address_is_never_blocked(school: School) -> None:
    """60 students, two typing errors each in the code, then two in the four words."""
    with school.app.app_context():
        code = school.assignment.classroom.join_code
    blocked = joined = 0
    for number in range(60):
        client = browser(school)
        for typed in ("BBBB-BBBB", "CCCC-CCCC", code):
            data = {"code": typed, "name": f"Otter-{number}"}
            page = post(client, "/join", "/join", data, follow=False)
            blocked += page.status_code == 429
        joined += page.location == "/phrase"
        for _ in range(2):
            page = post(client, "/back", "/back", {"phrase": "not my words"}, follow=False)
            blocked += page.status_code == 429
    sys.stdout.write(f"60 students on one address: {joined} joined, {blocked} blocked\n")
    assert (joined, blocked) == (60, 0)
