"""What a page weighs on a slow line: itself and all it links, compressed, at most 30,000 bytes."""

import gzip
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from quizapp import attempts, practice
from quizapp.bank.model import Given
from quizapp.database import db, writing
from quizapp.models import Assignment
from tests.school import NOW, SHIPPED, School, open_shipped_school, post

MOST = 30_000
Visit = tuple[str, FlaskClient, str]


@pytest.fixture
def school(sqlite_app: Flask, tmp_path: Path) -> Iterator[School]:
    """Ms Reed's class, with the quiz that ships with the product given to it."""
    with sqlite_app.app_context():
        yield open_shipped_school(sqlite_app, tmp_path / "bank")


def weight(client: FlaskClient, path: str) -> int:
    page = client.get(path)
    assert page.status_code == 200, path
    linked = set(re.findall(r'(?:src|href)="(/static/[^"#]+)', page.text))
    bodies = [page.data, *(read(client, address) for address in sorted(linked))]
    return sum(len(gzip.compress(body)) for body in bodies)


def read(client: FlaskClient, address: str) -> bytes:
    with client.get(address) as file:
        assert file.status_code == 200, address
        return bytes(file.data)


def visits(school: School, make_client: Callable[[], FlaskClient]) -> Iterator[Visit]:
    """Yield each page with who opens it; a student takes the quiz meanwhile."""
    code, assignment = school.assignment.classroom.join_code, school.assignment.public_id
    student, teacher = make_client(), school.as_teacher()
    yield "front", student, "/"
    yield "join", student, f"/join/{code}"
    post(student, "/join", "/join", {"code": code, "name": "Otter-17"})
    yield "home", student, "/home"
    yield "assignment", student, f"/assignments/{assignment}"
    begun = post(student, "/home", f"/assignments/{assignment}/attempts", {}, follow=False)
    attempt = begun.location
    yield "attempt", student, attempt
    post(student, attempt, attempt, {"q-visiting-president": "someone else", "go": "save"})
    yield "check", student, f"{attempt}/check"
    key = re.search(r'name="key"[^>]*value="([^"]+)"', student.get(f"{attempt}/check").text)
    assert key is not None
    post(student, attempt, f"{attempt}/submission", {"key": key[1]})
    yield "review", student, f"{attempt}/review"
    summary = f"/teach/assignments/{assignment}"
    yield "teacher's home", teacher, "/teach/"
    yield "class", teacher, f"/teach/classrooms/{school.assignment.classroom.public_id}"
    yield "summary", teacher, summary
    yield "settings", teacher, f"{summary}/edit"
    yield "link", teacher, f"{summary}/link"
    for page in ("", f"/{SHIPPED}", f"/{SHIPPED}/preview?keys=1", f"/{SHIPPED}/edit"):
        yield f"quizzes{page}", teacher, f"/teach/quizzes{page}"
    yield "question", teacher, f"{summary}/questions/visiting-president"
    yield "sheet", teacher, f"/teach{attempt}"


def test_a_practice_page_with_every_answer_checked_weighs_no_more(school: School) -> None:
    with writing():
        db.session.get_one(Assignment, school.assignment_id).is_practice = True
    live = school.library.find(SHIPPED)
    assert live is not None
    client, code = school.app.test_client(), school.assignment.classroom.join_code
    post(client, "/join", "/join", {"code": code, "name": "Otter-17"})
    student = school.find("Otter-17")
    assert student is not None
    attempt = attempts.start(school.assignment, student, live, NOW)
    for item in live.quiz.items:
        options = getattr(item, "options", ())
        text = options[-1].id if options else "something else altogether"
        wrong = {item.id: Given((text,), attempt.level)}
        attempts.save(attempt, wrong, attempt.level, NOW)
        practice.check(attempt, item, 1, live.quiz, NOW)
        attempts.save(attempt, {}, attempt.level, NOW, wrong)
        practice.check(attempt, item, 2, live.quiz, NOW)
    figure = weight(client, f"/attempts/{attempt.public_id}")
    sys.stdout.write(f"practice: {figure:,} bytes\n")
    assert figure <= MOST


def test_no_page_weighs_more_than_thirty_thousand_bytes(school: School) -> None:
    app = school.app
    weights = {name: weight(client, path) for name, client, path in visits(school, app.test_client)}
    sys.stdout.write("".join(f"{name}: {figure:,} bytes\n" for name, figure in weights.items()))
    assert {name: figure for name, figure in weights.items() if figure > MOST} == {}
