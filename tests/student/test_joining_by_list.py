"""Joining where names are on a list, or given."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from quizapp.auth import joining
from quizapp.database import db
from quizapp.models import Classroom, Response, Student
from quizapp.system import guard
from tests.student.student_world import CODE, NOW, Browser, MakeBrowser


def set_naming(app: Flask, naming: str, *names: str) -> None:
    """Make the classroom one with such names, and put names on its list."""
    with app.app_context():
        room = db.session.scalars(select(Classroom)).one()
        room.naming = naming
        for number, name in enumerate(names):
            db.session.add(
                Student(
                    classroom_id=room.id,
                    name=name,
                    name_folded=name.lower(),
                    phrase_hash=str(number),
                    created_at=NOW,
                )
            )
        db.session.commit()


def name_of(page: str) -> str:
    found = re.search(r"Welcome, <bdi>([^<]+)</bdi>", page)
    assert found, page
    return found[1]


@pytest.fixture
def listed(sqlite_app: Flask, make_browser: MakeBrowser) -> MakeBrowser:
    """Browsers for a classroom with Anna and Ben on its list."""
    set_naming(sqlite_app, "roster", "Anna", "Ben")
    return make_browser


@pytest.fixture
def given(sqlite_app: Flask, make_browser: MakeBrowser) -> MakeBrowser:
    """Browsers for a classroom whose names are given."""
    set_naming(sqlite_app, "pseudonyms")
    return make_browser


def test_a_name_on_the_list_gets_in_once(listed: MakeBrowser) -> None:
    assert name_of(listed().join("anna")) == "Anna"
    page = listed().join("Anna")
    assert joining.TAKEN_ON_LIST in page
    assert "It is me: come back with my four words" in page


def test_a_name_beside_the_list_gets_a_kind_sentence_and_no_list(listed: MakeBrowser) -> None:
    page = listed().join("Cy")
    assert joining.NOT_ON_LIST in page
    assert 'value="Cy"' in page
    assert "Anna" not in page


def test_the_form_of_a_list_says_how_to_type_the_name(listed: MakeBrowser) -> None:
    assert "as your teacher wrote it on the list" in listed().get(f"/join/{CODE}")


def test_no_name_is_asked_for_where_names_are_given(given: MakeBrowser) -> None:
    browser = given()
    assert 'name="name"' not in browser.get(f"/join/{CODE}")
    page = browser.get(browser.post("/join", {"code": CODE}).location)
    assert re.fullmatch(r"[A-Z][a-z]+-\d+", name_of(page))
    assert "is the name that you have in this class" in page


def test_a_real_name_that_was_typed_is_not_kept_where_names_are_given(
    given: MakeBrowser, sqlite_app: Flask
) -> None:
    given().join("My Real Name")
    with sqlite_app.app_context():
        assert "Real" not in db.session.scalars(select(Student.name)).one()


def test_a_form_sent_twice_gives_one_name(given: MakeBrowser) -> None:
    browser = given()
    assert name_of(browser.join("")) == name_of(browser.join(""))


def test_the_next_child_at_the_same_computer_gets_another_name(given: MakeBrowser) -> None:
    browser = given()
    first = name_of(browser.join(""))
    browser.get("/phrase?written=yes")
    assert f"You are in this class already, as <bdi>{first}</bdi>" in browser.get(f"/join/{CODE}")
    assert name_of(browser.join("")) != first


def test_a_removed_student_is_logged_out_and_not_let_back(
    otter: Browser, sqlite_app: Flask
) -> None:
    with sqlite_app.app_context():
        db.session.scalars(select(Student)).one().removed_at = NOW
        db.session.commit()
    assert otter.client.get("/home").location == "/join"


def test_in_an_archived_class_students_read_and_change_nothing(
    otter: Browser, sqlite_app: Flask
) -> None:
    attempt = otter.start()
    with sqlite_app.app_context():
        db.session.scalars(select(Classroom)).one().archived_at = NOW
        db.session.commit()
    assert "The repair room" in otter.get("/home")
    found = re.search(r'name="csrf_token" value="([^"]+)"', otter.get(attempt))
    assert found
    form = {"csrf_token": found[1], "q-cleaner": "lemon", "go": "save"}
    page = otter.client.post(attempt, data=form, follow_redirects=True)
    assert guard.CLASS_OVER in page.text
    with sqlite_app.app_context():
        assert not db.session.scalars(select(Response)).all()
