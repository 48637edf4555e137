"""The exact headers of every page, opened by whom it is for, and of every error page."""

import sys
from datetime import UTC, datetime

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient

from quizapp.accounts import add_login
from quizapp.database import writing
from tests.school import School, open_school
from tests.system.test_headers import EXACT

ERRORS = (400, 403, 404, 405, 413, 429, 500, 503)


@pytest.fixture
def school(sqlite_app: Flask) -> School:
    with sqlite_app.app_context():
        return open_school(sqlite_app)


def actors(school: School, student_id: int) -> dict[str, FlaskClient]:
    with writing():
        token = add_login(teacher_id=None, student_id=student_id, now=datetime.now(UTC))
    return {
        "student": school.client(token),
        "teacher": school.as_teacher(),
        "": school.app.test_client(),
    }


def values(school: School, path: str, attempt: str) -> dict[str, str]:
    """What stands in an address; what is not known here makes a 404, which has headers too."""
    return {
        "public_id": school.assignment.public_id if "assignments" in path else attempt,
        "code": school.assignment.classroom.join_code,
        "item_id": school.live.quiz.items[0].id,
    }


@pytest.mark.counts
def test_every_page_has_exactly_these_headers(school: School) -> None:
    app, seen = school.app, set()
    with app.app_context():
        handed_in = school.hand_in("Ada", {})
        student_id, ada = handed_in.student_id, handed_in.public_id
        people = actors(school, student_id)
        adapter = app.url_map.bind("localhost")
        for rule in app.url_map.iter_rules():
            if "GET" not in (rule.methods or ()) or rule.endpoint == "static":
                continue
            known = values(school, rule.rule, ada)
            path = adapter.build(rule.endpoint, {n: known.get(n, "x") for n in rule.arguments})
            blueprint = rule.endpoint.partition(".")[0]
            page = people.get(blueprint, people[""]).get(path)
            assert {name: page.headers.get(name) for name in EXACT} == EXACT, path
            if page.status_code == 200:
                seen.add(rule.endpoint)
    sys.stdout.write(f"{len(seen)} kinds of page with exactly the {len(EXACT)} headers\n")
    assert len(seen) >= 12, sorted(seen)


@pytest.mark.parametrize("code", ERRORS)
def test_every_error_page_has_exactly_these_headers(sqlite_app: Flask, code: int) -> None:
    def fail(**_arguments: object) -> str:
        abort(code)

    sqlite_app.config["PROPAGATE_EXCEPTIONS"] = False
    sqlite_app.view_functions["auth.help_page"] = fail
    adapter = sqlite_app.url_map.bind("localhost")
    page = sqlite_app.test_client().get(adapter.build("auth.help_page"))
    assert page.status_code == code
    assert {name: page.headers.get(name) for name in EXACT} == EXACT
