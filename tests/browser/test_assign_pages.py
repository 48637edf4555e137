"""Giving a quiz in a real browser: the form, the page to project, and what students then meet."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from quizapp import assignments
from quizapp.assignments import Rules
from quizapp.classrooms import shown
from quizapp.database import db, writing
from quizapp.models import Classroom, Teacher
from quizapp.models.columns import new_code
from tests.school import add_teacher

NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)
Places = dict[str, str]


@pytest.fixture
def places(live_app: Flask) -> Places:
    """A teacher with a class of her own, several assignments in it; addresses by name."""
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
        found = {"teacher": name, "code": shown(room.join_code)}
        found["new"] = f"/teach/classrooms/{room.public_id}/assignments/new"
        found["deleted"] = f"/teach/classrooms/{room.public_id}/assignments/deleted"
        teacher = db.session.query(Teacher).filter_by(name=name).one()
        rules = {
            "open": Rules(closes_at=NOW + 30 * HOUR, attempts_allowed=3, counts="best"),
            "early": Rules(opens_at=NOW + HOUR),
            "walk": Rules(walk_in=True),
            "closed": Rules(closes_at=NOW - HOUR),
            "closing": Rules(review="closing", closes_at=NOW + 2 * HOUR),
        }
        for key, one in rules.items():
            quiz = "kettles" if key == "closing" else "harbour"
            made = assignments.make(room, quiz, one, teacher, NOW - 2 * HOUR)
            found[key], found[f"go-{key}"] = made.public_id, f"/go/{shown(made.code)}"
        gone = assignments.make(room, "kettles", Rules(), teacher, NOW)
        assignments.delete(gone, teacher, NOW)
        return found


@pytest.fixture
def teacher_page(page: Page, places: Places) -> Page:
    """A page on which the teacher has logged in."""
    page.goto("/teach/login")
    page.get_by_label("Your name").fill(places["teacher"])
    page.get_by_label("Password").fill("a long pass phrase")
    page.get_by_role("button", name="Log in").click()
    return page


def join(page: Page, places: Places) -> None:
    page.goto(f"/join/{places['code']}")
    page.get_by_label("Your name").fill(f"Otter-{new_code()}")
    page.get_by_role("button", name="Join").click()
    page.get_by_role("link", name="I have written them down").click()


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


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
    page.goto(f"/teach/assignments/{places['open']}/edit")
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


def test_every_page_is_accessible_in_both_looks_and_fits(
    page_in_both_looks: Page,
    teacher_page: Page,
    places: Places,
    axe: Callable[[Page], None],
    new_context: Callable[..., BrowserContext],
) -> None:
    page = teacher_page
    size = page_in_both_looks.viewport_size
    assert size is not None
    width = size["width"]
    edit = "/teach/assignments/{}/edit"
    pages = ["/teach/", f"{places['new']}?quiz=harbour", places["deleted"]]
    pages += [edit.format(places[key]) for key in ("open", "closed")]
    pages += [f"/teach/assignments/{places['walk']}/link"]
    check(page, pages, width, axe)

    student = new_context(viewport={"width": width, "height": 800}).new_page()
    check(student, [places["go-open"], places["go-walk"], places["go-closed"]], width, axe)
    join(student, places)
    student.goto(f"/assignments/{places['closing']}")
    student.get_by_role("button", name="Start").click()
    student.get_by_role("button", name="Check").locator("visible=true").click()
    student.get_by_role("button", name="Submit").click()
    expect(student.get_by_text("You see the answers after it closes")).to_be_visible()
    pages = [f"/assignments/{places[key]}" for key in ("open", "early", "closed", "closing")]
    check(student, [student.url, "/home", *pages], width, axe)


def check(page: Page, paths: list[str], width: int, axe: Callable[[Page], None]) -> None:
    for path in paths:
        page.goto(path)
        for summary in page.locator("details.more:not([open]) > summary").all():
            summary.click()
        axe(page)
        for size in (width, 320):
            page.set_viewport_size({"width": size, "height": 800})
            assert fits(page), (path, size)
        page.set_viewport_size({"width": width, "height": 800})
