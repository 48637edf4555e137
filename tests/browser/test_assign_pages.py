"""Giving a quiz in a real browser: the form, the page to project, and what students then meet."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from quizapp import assignments
from quizapp.assignments import Rules
from quizapp.database import db, writing
from quizapp.models import Classroom, Teacher
from quizapp.models.columns import new_code
from tests.school import add_teacher

NOW = datetime.now(UTC)
Places = dict[str, str]


@pytest.fixture
def places(live_app: Flask) -> Places:
    """A teacher with a class of her own and an assignment in it: her name and two addresses."""
    with live_app.app_context():
        name, hasher = f"Ms {new_code()}", live_app.extensions["quizapp_hasher"]
        hashed = hasher.hash("a long pass phrase")
        with writing() as session:
            room = Classroom(
                teacher_id=add_teacher(name, hashed),
                name="The afternoon reading group of the seventh year",
                join_code=new_code(),
                created_at=NOW,
            )
            session.add(room)
        teacher = db.session.query(Teacher).filter_by(name=name).one()
        made = assignments.make(room, "harbour", Rules(), teacher, NOW)
        return {
            "teacher": name,
            "new": f"/teach/classrooms/{room.public_id}/assignments/new",
            "edit": f"/teach/assignments/{made.public_id}/edit",
        }


@pytest.fixture
def teacher_page(page: Page, places: Places) -> Page:
    """A page on which the teacher has logged in."""
    page.goto("/teach/login")
    page.get_by_label("Your name").fill(places["teacher"])
    page.get_by_label("Password").fill("a long pass phrase")
    page.get_by_role("button", name="Log in").click()
    return page


def test_from_the_teachers_click_to_the_students_start(
    teacher_page: Page, new_context: Callable[..., BrowserContext], complaints: list[str]
) -> None:
    page = teacher_page
    page.get_by_role("link", name="Give a quiz").click()
    page.get_by_label("Quiz").select_option(label="The repair room")
    page.get_by_text("More settings").click()
    page.get_by_label("Attempts for each student").fill("0")
    page.get_by_role("button", name="Give this quiz").click()
    expect(page.locator(".error-summary")).to_be_focused()
    assert complaints == [
        "console: Failed to load resource: the server responded with a status of 422 "
        "(UNPROCESSABLE ENTITY)"
    ]
    complaints.clear()
    page.get_by_label("Attempts for each student").fill("2")
    page.get_by_text("The link needs only a name").click()
    page.get_by_role("button", name="Give this quiz").click()
    expect(page.get_by_role("img", name="QR code of the address")).to_be_visible()
    path = page.locator(".address strong").first.inner_text().partition("/go/")[2]

    student = new_context().new_page()
    student.goto(f"/go/{path}")
    student.get_by_label("Your name").fill(f"Heron-{new_code()}")
    student.get_by_role("button", name="Go on").click()
    student.get_by_role("link", name="I have written them down").click()
    expect(student.get_by_text("Up to 2. The first one counts.")).to_be_visible()
    student.get_by_role("button", name="Start").click()
    expect(student.locator("#questions")).to_be_visible()


def test_deleting_is_undone_with_one_click(teacher_page: Page, places: Places) -> None:
    page = teacher_page
    page.goto(places["edit"])
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Students no longer see it.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("is back, as it was.")).to_be_visible()


def test_the_keyboard_alone_gives_a_quiz(teacher_page: Page, places: Places) -> None:
    page = teacher_page
    page.goto(f"{places['new']}?quiz=kettles")
    page.get_by_label("Quiz").focus()
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "SUMMARY":
            break
    page.keyboard.press("Enter")
    page.get_by_label("The best").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_text("This is the page to show your class.")).to_be_visible()
