"""A student brings a file of answers that could not be sent; the teacher takes them over."""

import io
import json
import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from quizapp import attempts, audit
from quizapp.bank.model import Given
from quizapp.models import Attempt
from quizapp.responses import responses, strays
from quizapp.saving import Base
from tests.school import NOW, School

FORMAT = "quizapp answers 1"


def answer(item: str, *values: str, revision: int = 0) -> dict[str, object]:
    return {"item": item, "values": values, "revision": revision, "level": "text", "again": False}


def file(attempt: Attempt, *answers: dict[str, object]) -> str:
    return json.dumps({"format": FORMAT, "attempt": attempt.public_id, "answers": answers})


def show(teacher: FlaskClient, attempt: Attempt, text: str) -> TestResponse:
    path = f"/teach/attempts/{attempt.public_id}/file"
    token = re.search(r'name="csrf_token" value="([^"]+)"', teacher.get(path).text)
    assert token
    data = {"csrf_token": token[1], "file": (io.BytesIO(text.encode()), "answers-1.json")}
    return teacher.post(path, data=data, content_type="multipart/form-data")


def take_over(teacher: FlaskClient, attempt: Attempt, page: TestResponse) -> str:
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    text = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page.text, re.DOTALL)
    assert token
    assert text
    sent = {"csrf_token": token[1], "text": text[1].replace("&#34;", '"')}
    path = f"/teach/attempts/{attempt.public_id}/file/answers"
    return teacher.post(path, data=sent, follow_redirects=True).text


def test_the_answers_are_shown_before_they_are_taken_over(school: School) -> None:
    attempt = school.start("Otter-1", {"cleaner": "lemon"})
    page = show(school.as_teacher(), attempt, file(attempt, answer("how-many", "340")))
    assert "Will be saved" in page.text
    assert "340" in page.text
    assert set(responses(attempt)) == {"cleaner"}


def test_taken_over_they_are_saved_and_in_the_audit_log(school: School) -> None:
    attempt, teacher = school.start("Otter-1", {}), school.as_teacher()
    page = show(
        teacher, attempt, file(attempt, answer("how-many", "340"), answer("cleaner", "ash"))
    )
    assert "Taken over: 2 answers." in take_over(teacher, attempt, page)
    assert responses(attempt)["how-many"].values == ("340",)
    [entry] = [
        one
        for one in audit.entries(attempt.assignment.classroom)
        if one.action == "answers imported"
    ]
    assert (entry.subject, json.loads(entry.details)) == (
        attempt.public_id,
        {"answers": 2, "late": False},
    )


def test_after_handing_in_they_are_kept_as_late(school: School) -> None:
    attempt, teacher = school.hand_in("Otter-1", {"cleaner": "lemon"}), school.as_teacher()
    page = show(teacher, attempt, file(attempt, answer("cleaner", "vinegar", revision=1)))
    assert "Kept as late, not counted" in page.text
    assert "open the attempt again" in take_over(teacher, attempt, page)
    assert responses(attempt)["cleaner"].values == ("lemon",)
    assert [(row.given, row.why) for row in strays(attempt)] == [('["vinegar"]', "late")]


def test_an_answer_that_is_older_than_the_saved_one_is_kept_beside_it(school: School) -> None:
    attempt, teacher = school.start("Otter-1", {"cleaner": "lemon"}), school.as_teacher()
    page = show(teacher, attempt, file(attempt, answer("cleaner", "vinegar")))
    assert "Both are kept; the student chooses" in page.text
    assert "the student is asked to choose" in take_over(teacher, attempt, page)
    assert responses(attempt)["cleaner"].values == ("lemon",)


def test_the_sheet_shows_what_another_tab_did_not_overwrite(school: School) -> None:
    attempt = school.start("Otter-1", {"cleaner": "lemon"})
    late = {"cleaner": Given(("vinegar",), "text")}
    attempts.save(attempt, late, "text", NOW, bases={"cleaner": Base(0)})
    text = school.as_teacher().get(f"/teach/attempts/{attempt.public_id}").text
    assert "vinegar" in text.split("Two tabs or devices")[1]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Choose the file"),
        ("[]", "no file of answers"),
        ("{", "no file of answers"),
        ("[" * 100_000, "no file of answers"),
        ('{"format": "quizapp answers 1", "answers": 3}', "no file of answers"),
        ('{"format": "quizapp answers 1", "attempt": "x", "answers": []}', "another attempt"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(school: School, text: str, says: str) -> None:
    attempt = school.start("Otter-1", {})
    page = show(school.as_teacher(), attempt, text)
    assert page.status_code == 422
    assert says in page.text


@pytest.mark.parametrize(
    "odd",
    [
        {"item": "nothing"},
        {"level": "c2"},
        {"level": ["text"]},
        {"revision": True},
        {"revision": -1},
        {"revision": 2**40},
        {"values": "ash"},
        {"values": [1]},
        {"unheard": 3},
        {"unheard": [3]},
    ],
)
def test_an_answer_that_no_page_sends_is_refused(school: School, odd: dict[str, object]) -> None:
    attempt = school.start("Otter-1", {})
    page = show(school.as_teacher(), attempt, file(attempt, {**answer("cleaner", "ash"), **odd}))
    assert page.status_code == 422


def test_an_answer_that_is_too_long_is_refused_with_the_reason(school: School) -> None:
    attempt = school.start("Otter-1", {})
    page = show(school.as_teacher(), attempt, file(attempt, answer("cleaner", "x" * 2001)))
    assert "has 2,001 characters" in page.text
