"""No request that a person or a program can make is answered with a fault of ours."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from quizapp import accounts, classrooms
from quizapp.database import writing
from tests.school import NOW, open_school

# As they stand in an address: NUL, a large number, much, emoji, half a pair, broken UTF-8.
IN_ADDRESSES = ("%00", "a%00b", "9" * 20, "x" * 3000, "%F0%9F%A6%A6", "%ED%A0%80", "%FF%FE", "%0A")
# As they are typed; the second is sent as the bytes that stand for half a surrogate pair.
TYPED = (b"a\0b", b"\xed\xa0\x80", b"x" * 100_000, "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}"
         .encode() * 40, "\N{OTTER}".encode(), b"\xff\xfe")  # fmt: skip


@pytest.fixture
def people(app: Flask) -> tuple[FlaskClient, FlaskClient, dict[str, str]]:
    """A student, a teacher, and the addresses of what they have, by the place they stand in."""
    app.config["WTF_CSRF_ENABLED"] = False  # the token would stop what is to be tried here
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with app.app_context():
        school = open_school(app)
        done = school.hand_in("Heron-4", {"cleaner": "sour stuff"})
        attempt = school.start("Otter-17", {"cleaner": "lemon"})
        student_id, assignment = attempt.student_id, school.assignment
        ids = {
            "attempt": attempt.public_id,
            "done": done.public_id,
            "assignment": assignment.public_id,
            "code": classrooms.shown(assignment.classroom.join_code),
            "setup": accounts.offer_reset("Ms Reed", school.secret, NOW),
        }
        teacher = school.as_teacher()
        student = school.client(log_in(student_id))
    return student, teacher, ids


def log_in(student_id: int) -> str:
    with writing():
        now = datetime.now(UTC)
        return accounts.add_login(teacher_id=None, student_id=student_id, now=now)


def addresses(app: Flask, ids: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield every method and address with one odd argument, the others real where they can be."""
    for rule in app.url_map.iter_rules():
        for argument in rule.arguments:
            kind = "attempt" if "attempts/" in rule.rule else "assignment"
            real = {"public_id": ids[kind], "item_id": "cleaner", "code": ids["code"]}
            for odd in IN_ADDRESSES:
                path = rule.rule.replace("path:", "")
                for name in rule.arguments:
                    path = path.replace(
                        f"<{name}>", odd if name == argument else real.get(name, odd)
                    )
                for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                    yield method, path


def test_odd_addresses(app: Flask, people: tuple[FlaskClient, FlaskClient, dict[str, str]]) -> None:
    student, teacher, ids = people
    faults = [
        (method, path[:80])
        for method, path in addresses(app, ids)
        for client in (student, teacher)
        if client.open(path, method=method).status_code >= 500
    ]
    assert faults == []


def forms(ids: dict[str, str]) -> Iterator[tuple[bool, str, dict[str, str]]]:
    """Yield whether a teacher sends it, the address, and the fields of every form."""
    attempt, assignment = f"/attempts/{ids['attempt']}", f"/teach/assignments/{ids['assignment']}"
    question = f"{assignment}/questions/cleaner/decisions"
    person = {"name": "Ms Reed", "password": "a long pass phrase"}
    decision = {"points": "1", "reason": "", "folded": "sour stuff"}
    answers = {"q-early-stop": "sensor", "q-two-true": "free", "q-cleaner": "x", "q-how-many": "1"}
    yield False, "/join", {"code": ids["code"], "name": "Otter-18"}
    yield False, "/back", {"phrase": "one two three four"}
    yield True, "/teach/login", person
    yield True, f"/teach/setup/{ids['setup']}", person
    yield False, attempt, {**answers, "q-one-line": "x", "level": "text", "go": "save"}
    yield False, f"{attempt}/submission", {"key": "x"}
    yield False, "/reading", {"size": "1", "spacing": "1", "theme": "auto"}
    yield True, question, decision
    yield True, f"{question}/undo", {"folded": "sour stuff"}
    yield True, f"/teach/attempts/{ids['done']}/questions/cleaner/marks", decision


def encoded(fields: dict[str, str], odd_field: str, odd: bytes) -> bytes:
    """Return the body of a form in which one field holds these bytes."""

    def quoted(value: bytes) -> str:
        return "".join(f"%{byte:02X}" for byte in value)

    return "&".join(
        f"{name}={quoted(odd if name == odd_field else value.encode())}"
        for name, value in fields.items()
    ).encode()


@pytest.mark.parametrize(
    "odd", TYPED, ids=["nul", "surrogate", "long", "unfolds", "emoji", "bytes"]
)
def test_odd_words_in_every_field(
    people: tuple[FlaskClient, FlaskClient, dict[str, str]], odd: bytes
) -> None:
    student, teacher, ids = people
    faults = []
    for by_teacher, path, fields in forms(ids):
        client = teacher if by_teacher else student
        with client.session_transaction() as session:
            login = session["login"]
        for field in fields:
            body, kind = encoded(fields, field, odd), "application/x-www-form-urlencoded"
            status = client.post(path, data=body, content_type=kind).status_code
            if status >= 500:
                faults.append((path, field, status))
            with client.session_transaction() as session:
                session["login"] = login
    assert faults == []


@pytest.mark.parametrize("odd", ["\0", "\ud800", "x" * 100_000])
def test_odd_words_in_a_form_of_parts(
    people: tuple[FlaskClient, FlaskClient, dict[str, str]], odd: str
) -> None:
    student, _teacher, ids = people
    fields = MultiDict([("q-cleaner", odd), ("q-cleaner", odd), (odd[:40], "x")])
    body = b"".join(
        b'--b\r\nContent-Disposition: form-data; name="'
        + name.encode("utf-8", "surrogatepass")
        + b'"\r\n\r\n'
        + value.encode("utf-8", "surrogatepass")
        + b"\r\n"
        for name, value in fields.items(multi=True)
    )
    page = student.post(
        f"/attempts/{ids['attempt']}",
        data=body + b"--b--\r\n",
        content_type="multipart/form-data; boundary=b",
    )
    assert page.status_code < 500


@pytest.mark.parametrize(
    "referrer",
    ["http://[", "http://localhost:x/", "\x00", "//", "http://localhost/%00", "a" * 9000],
)
def test_odd_referrers(
    people: tuple[FlaskClient, FlaskClient, dict[str, str]], referrer: str
) -> None:
    student, _teacher, _ids = people
    page = student.post("/reading", data={}, environ_overrides={"HTTP_REFERER": referrer})
    assert page.status_code == 303


@pytest.mark.parametrize("cookie", ["\\", "a.b.c.d", "1.1.\x7f", "." * 3000, json.dumps({})])
def test_odd_reading_cookies(
    people: tuple[FlaskClient, FlaskClient, dict[str, str]], cookie: str
) -> None:
    student, _teacher, _ids = people
    student.set_cookie("reading", cookie)
    assert student.get("/home").status_code == 200


def test_a_form_that_is_sent_as_json_nested_without_end(
    people: tuple[FlaskClient, FlaskClient, dict[str, str]],
) -> None:
    student, _teacher, _ids = people
    body = b'{"a":' * 5000
    page = student.post("/join/BBBB-BBBB", data=body, content_type="application/json")
    assert page.status_code == 400
