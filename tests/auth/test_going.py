"""The link of an assignment: who comes in how, and where each lands."""

import re

import pytest
from flask import Flask

from quizapp.auth import joining
from quizapp.classrooms import shown
from quizapp.database import db
from quizapp.models import Assignment, Classroom, Student
from tests.school import School, open_school
from tests.student.student_world import NOW, Browser, MakeBrowser, assign, make_browser

__all__ = ["make_browser"]


@pytest.fixture
def link(sqlite_app: Flask, make_browser: MakeBrowser) -> str:
    """The address of an assignment of the class."""
    assign(sqlite_app, "kettles")
    with sqlite_app.app_context():
        return f"/go/{shown(db.session.query(Assignment).one().code)}"


def rule(app: Flask, **rules: object) -> None:
    with app.app_context():
        for name, value in rules.items():
            setattr(db.session.query(Assignment).one(), name, value)
        db.session.commit()


def words_of(page: str) -> str:
    return " ".join(re.findall(r"<li>(\w+)</li>", page))


def is_the_assignment(page: str) -> bool:
    return '<h1 class="serif" lang="en">The repair room</h1>' in page and "Start" in page


def test_a_student_of_the_class_gets_to_the_assignment_at_once(
    link: str, make_browser: MakeBrowser
) -> None:
    browser = make_browser()
    browser.join("Otter-17")
    assert is_the_assignment(browser.get(link))


def test_a_code_may_be_typed_without_the_hyphen_and_in_small_letters(
    link: str, make_browser: MakeBrowser
) -> None:
    browser = make_browser()
    browser.join("Otter-17")
    assert is_the_assignment(browser.get(link.replace("-", "").lower()))


def test_joining_with_the_class_code_lands_on_the_assignment(
    link: str, make_browser: MakeBrowser
) -> None:
    browser = make_browser()
    assert "I am new in this class" in browser.get(link)
    browser.join("Otter-17")
    assert is_the_assignment(browser.get("/phrase?written=yes"))
    assert "Your work" in browser.get("/home").split("<h1>")[1]


def test_four_words_land_on_the_assignment(link: str, make_browser: MakeBrowser) -> None:
    words = words_of(make_browser().join("Otter-17"))
    browser = make_browser()
    browser.get(link)
    answer = browser.post("/back", {"phrase": words})
    assert is_the_assignment(browser.get(answer.location))


def test_a_target_in_another_class_is_forgotten(
    sqlite_app: Flask, link: str, make_browser: MakeBrowser
) -> None:
    with sqlite_app.app_context():
        db.session.add(Classroom(name="Class 9a", join_code="ZZZZZZZZ", created_at=NOW))
        db.session.commit()
    browser = make_browser()
    browser.get(link)
    browser.post("/join", {"code": "ZZZZ-ZZZZ", "name": "Heron-4"})
    assert "Nothing to do right now" in browser.get("/phrase?written=yes")


def test_the_code_of_an_assignment_typed_as_a_class_code_leads_to_its_link(
    link: str, make_browser: MakeBrowser
) -> None:
    code = link.removeprefix("/go/")
    browser = make_browser()
    assert "I am new in this class" in browser.get(f"/join?code={code.lower()}")
    sent = browser.post("/join", {"code": code, "name": "Otter-17"})
    assert (sent.status_code, sent.location) == (303, link)


def test_a_code_that_opens_nothing_is_one_failure(
    sqlite_app: Flask, make_browser: MakeBrowser
) -> None:
    noted: list[object] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("quizapp.throttle.note", lambda *given: noted.append(given))
        make_browser().get("/join?code=ZZZZ-ZZZZ")
    assert len(noted) == 1


@pytest.mark.parametrize("state", ["unknown", "deleted", "archived"])
def test_an_unknown_link_says_the_same_as_an_unknown_class_code(
    sqlite_app: Flask, link: str, make_browser: MakeBrowser, state: str
) -> None:
    if state == "deleted":
        rule(sqlite_app, deleted_at=NOW)
    with sqlite_app.app_context():
        if state == "archived":
            db.session.query(Classroom).one().archived_at = NOW
            db.session.commit()
    page = make_browser().get("/go/ZZZZ-ZZZZ" if state == "unknown" else link)
    assert joining.NO_CODE in page


def test_in_an_archived_class_the_link_still_leads_its_students_to_their_work(
    sqlite_app: Flask, link: str, make_browser: MakeBrowser
) -> None:
    browser, stranger = make_browser(), make_browser()
    browser.join("Otter-17")
    with sqlite_app.app_context():
        db.session.query(Classroom).one().archived_at = NOW
        db.session.commit()
    assert '<h1 class="serif" lang="en">The repair room</h1>' in browser.get(link)
    assert joining.NO_CODE in stranger.get(link)


def test_a_student_of_another_class_is_told_and_may_leave(
    sqlite_app: Flask, link: str, make_browser: MakeBrowser
) -> None:
    browser = make_browser()
    browser.join("Otter-17")
    with sqlite_app.app_context():
        db.session.add(Classroom(name="Class 9a", join_code="ZZZZZZZZ", created_at=NOW))
        db.session.flush()
        other = db.session.query(Classroom).filter_by(name="Class 9a").one()
        db.session.query(Assignment).one().classroom_id = other.id
        db.session.commit()
    assert "This quiz was given to another class." in browser.get(link)
    answer = browser.post(link, {"act": "leave"})
    assert "First tell us who you are." in browser.get(answer.location)


def walk_in(browser: Browser, link: str, name: str) -> str:
    answer = browser.post(link, {"name": name})
    return browser.get(answer.location) if answer.location else answer.get_data(as_text=True)


def test_a_walk_in_needs_only_a_name_and_gets_four_words_and_the_assignment(
    sqlite_app: Flask, link: str, make_browser: MakeBrowser
) -> None:
    rule(sqlite_app, walk_in=True)
    with sqlite_app.app_context():
        room = db.session.query(Classroom).one()
        room.naming, room.joining_open = "roster", False
        db.session.commit()
    browser = make_browser()
    assert "Class code" not in browser.get(link)
    assert len(words_of(walk_in(browser, link, "Heron-4")).split()) == 4
    assert is_the_assignment(browser.get("/phrase?written=yes"))
    with sqlite_app.app_context():
        assert db.session.query(Student).one().is_walk_in


def test_a_walk_in_whose_name_on_the_list_is_taken_is_sent_to_the_four_words(
    sqlite_app: Flask, link: str, make_browser: MakeBrowser
) -> None:
    rule(sqlite_app, walk_in=True)
    make_browser().join("Anna")
    with sqlite_app.app_context():
        db.session.query(Classroom).one().naming = "roster"
        db.session.commit()
    page = walk_in(make_browser(), link, "anna")
    assert joining.TAKEN_ON_LIST in page
    assert "It is me: come back with my four words" in page


def test_a_walk_in_form_sent_twice_makes_one_student(
    sqlite_app: Flask, link: str, make_browser: MakeBrowser
) -> None:
    rule(sqlite_app, walk_in=True)
    browser = make_browser()
    found = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(link))
    assert found
    form = {"csrf_token": found[1], "name": "Heron-4"}
    places = [browser.client.post(link, data=form).location for _ in range(2)]
    assert places[0] == "/phrase"
    assert places[1].startswith("/assignments/")
    with sqlite_app.app_context():
        assert db.session.query(Student).count() == 1


@pytest.mark.parametrize(
    ("name", "message"),
    [("", "Type a name."), ("!!!", joining.NOT_A_NAME), ("otter-17", joining.TAKEN)],
)
def test_a_walk_in_name_that_cannot_be_is_named_and_kept(
    sqlite_app: Flask, link: str, make_browser: MakeBrowser, name: str, message: str
) -> None:
    rule(sqlite_app, walk_in=True)
    make_browser().join("Otter-17")
    page = walk_in(make_browser(), link, name)
    assert message in page
    assert f'value="{name}"' in page


def test_names_are_not_taken_where_the_teacher_did_not_allow_it(
    sqlite_app: Flask, link: str, make_browser: MakeBrowser
) -> None:
    walk_in(make_browser(), link, "Heron-4")
    with sqlite_app.app_context():
        assert db.session.query(Student).count() == 0


def test_a_closed_link_takes_no_names_and_says_so(
    sqlite_app: Flask, link: str, make_browser: MakeBrowser
) -> None:
    rule(sqlite_app, walk_in=True, closes_at=NOW)
    page = make_browser().get(link)
    assert "This closed on 2 March 2026 at 10:30." in page
    assert "Your name" not in page


def test_a_teacher_is_told_that_the_link_is_for_students(sqlite_app: Flask) -> None:
    with sqlite_app.app_context():
        school: School = open_school(sqlite_app)
        link = f"/go/{school.assignment.code}"
        assert "You are logged in as a teacher" in school.as_teacher().get(link).text
