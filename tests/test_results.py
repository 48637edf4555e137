"""The files of results: which attempt counts, and how few queries they take."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, tzinfo

import pytest
from flask import Flask
from sqlalchemy import event

from quizapp.database import db, writing
from quizapp.library import Library
from quizapp.models import Assignment
from quizapp.results import ANSWER_COLUMNS, SCORE_COLUMNS, Row, answer_rows, score_rows
from tests.school import School, open_school

Rows = Callable[[Assignment, Library, tzinfo], list[Row]]


@pytest.fixture
def school(sqlite_app: Flask) -> Iterator[School]:
    with sqlite_app.app_context():
        yield open_school(sqlite_app)


@pytest.fixture
def two_attempts(school: School) -> School:
    """A student handed in twice, the better one first; another is at the first attempt still."""
    with writing():
        school.assignment.attempts_allowed = 2
    school.hand_in("Otter-1", {"cleaner": "lemon"})
    school.hand_in("Otter-1", {})
    school.start("Otter-2", {})
    return school


@pytest.mark.parametrize(("policy", "counts"), [("first", 1), ("last", 2), ("best", 1)])
def test_every_answer_says_whether_its_attempt_counts(
    two_attempts: School, policy: str, counts: int
) -> None:
    with writing():
        two_attempts.assignment.counts = policy
    head, *rows = answer_rows(two_attempts.assignment, two_attempts.library, UTC)
    assert head == tuple(ANSWER_COLUMNS)
    found = {(row[head.index("attempt")], row[head.index("counted")]) for row in rows}
    assert found == {(1, "yes" if counts == 1 else "no"), (2, "yes" if counts == 2 else "no")}


@pytest.mark.parametrize(("policy", "points"), [("first", 1), ("last", 0), ("best", 1)])
def test_the_score_of_a_student_is_that_of_the_attempt_that_counts(
    two_attempts: School, policy: str, points: int
) -> None:
    with writing():
        two_attempts.assignment.counts = policy
    head, one, two = score_rows(two_attempts.assignment, two_attempts.library, UTC)
    assert head == tuple(SCORE_COLUMNS)
    assert (one[head.index("points")], two[head.index("points")]) == (points, None)


@pytest.mark.parametrize("rows", [answer_rows, score_rows])
def test_a_file_reads_the_marks_and_the_answers_once(two_attempts: School, rows: Rows) -> None:
    seen: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
    rows(two_attempts.assignment, two_attempts.library, UTC)
    reads = [
        sum(re.search(rf"FROM {table}\b", one) is not None for one in seen)
        for table in ("marks", "responses")
    ]
    assert reads == [1, 1]
