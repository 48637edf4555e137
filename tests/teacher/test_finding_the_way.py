"""Finding the way on the teacher's pages: crumbs, the main menu, help, and what is said in time."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from quizapp.database import writing
from quizapp.teacher.words import is_loopback
from quizapp.times import zone_name
from tests.school import NOW, School, open_school


@pytest.fixture
def school(sqlite_app: Flask) -> Iterator[School]:
    with sqlite_app.app_context():
        yield open_school(sqlite_app)


def see(school: School, path: str, host: str = "localhost") -> str:
    page = school.as_teacher().get(path, headers={"Host": host})
    assert page.status_code == 200
    return page.text


def below(school: School, name: str) -> str:
    return f"/teach/assignments/{school.assignment.public_id}/{name}"


@pytest.mark.parametrize(
    ("host", "alone"),
    [("localhost:8000", True), ("127.0.0.1", True), ("[::1]:80", True), ("quiz.test", False)],
)
def test_an_address_of_this_computer_alone_is_known(host: str, alone: bool) -> None:
    assert is_loopback(host) == alone


def test_the_pages_with_an_address_say_when_students_cannot_open_it(school: School) -> None:
    room = f"/teach/classrooms/{school.assignment.classroom.public_id}"
    assert "Only this computer can open" in see(school, below(school, "link"))
    assert "Only this computer can open" in see(school, room)


def test_the_zone_of_a_bare_machine_is_called_utc() -> None:
    assert zone_name(ZoneInfo("Etc/UTC")) == "UTC"
    assert zone_name(ZoneInfo("Europe/Berlin")) == "Europe/Berlin"


@pytest.mark.parametrize("name", ["link", "edit", "questions/cleaner"])
def test_pages_of_an_assignment_lead_back_to_its_class(school: School, name: str) -> None:
    crumb = see(school, below(school, name)).partition('class="crumb"')[2].partition("</p>")[0]
    assert "Class 7c" in crumb


@pytest.mark.parametrize("name", ["link", "edit"])
def test_link_and_settings_are_in_the_row_of_pages_of_the_assignment(
    school: School, name: str
) -> None:
    tabs = see(school, below(school, name)).partition('<nav class="tabs"')[2].partition("</nav>")[0]
    assert f'href="{below(school, name)}" aria-current="page"' in tabs


def test_the_link_that_needs_only_a_name_shows_no_code_of_the_class(school: School) -> None:
    assert "The code of the class is" in see(school, below(school, "link"))
    with writing():
        school.assignment.walk_in = True
    assert "code of the class is" not in see(school, below(school, "link"))


@pytest.mark.parametrize(
    ("path", "place"),
    [("/teach/quizzes/kettles", "Quizzes"), ("/teach/receipts", "Classes"), ("/teach/help", None)],
)
def test_deeper_pages_keep_the_mark_in_the_menu(
    school: School, path: str, place: str | None
) -> None:
    marked = re.findall(r'aria-current="(?:page|true)">([A-Z]\w+)<', see(school, path))
    assert marked == ([place] if place else [])


def test_help_of_a_teacher_is_for_teachers(school: School) -> None:
    assert 'href="/teach/help"' in see(school, "/teach/")
    text = see(school, "/teach/help")
    assert "A key is wrong" in text
    assert "Log out" in text


def test_a_quiz_can_be_given_from_its_page(school: School) -> None:
    room = school.assignment.classroom
    address = f"/teach/classrooms/{room.public_id}/assignments/new?quiz=kettles"
    assert address in see(school, "/teach/quizzes/kettles")
    with writing():
        school.assignment.classroom.archived_at = NOW
    assert address not in see(school, "/teach/quizzes/kettles")


def test_deleted_quizzes_are_linked_while_there_are_some_to_put_back(school: School) -> None:
    assert "Deleted quizzes" not in see(school, "/teach/")
    with writing():
        school.assignment.deleted_at = datetime.now(UTC)
    assert "Deleted quizzes" in see(school, "/teach/")
    with writing():
        school.assignment.deleted_at = datetime.now(UTC) - timedelta(days=31)
    assert "Deleted quizzes" not in see(school, "/teach/")


def test_a_link_that_needs_only_a_name_is_named_where_joining_is_closed(school: School) -> None:
    room = f"/teach/classrooms/{school.assignment.classroom.public_id}"
    with writing():
        school.assignment.classroom.joining_open = False
    assert "name-only link" not in see(school, room)
    with writing():
        school.assignment.walk_in = True
    assert "A quiz with a name-only link still lets people in." in see(school, room)


def test_a_new_attempt_is_not_promised_to_change_a_first_score(school: School) -> None:
    student = school.hand_in("Otter-1", {"cleaner": "lemon"}).student
    page = below(school, f"students/{student.public_id}")
    assert "so a new one will not change it" in see(school, page)
    with writing():
        school.assignment.counts = "best"
    assert "so a new one will not change it" not in see(school, page)
