"""A teacher makes a class, fills it, and looks after a student, in a real browser."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from quizapp import rooms, rosters
from quizapp.database import db, writing
from quizapp.models import Teacher
from tests.school import NOW, PASSWORD, add_teacher

TEACHER = "Mr Okafor"
NewContext = Callable[..., BrowserContext]


@pytest.fixture(scope="session")
def empty(live_app: Flask) -> str:
    """The address of a class that has a list of names, and none in it yet."""
    with live_app.app_context():
        hashed = live_app.extensions["quizapp_hasher"].hash(PASSWORD)
        with writing() as session:
            teacher = session.get_one(Teacher, add_teacher(TEACHER, hashed))
        room = rooms.create("The reading club on Wednesdays", "roster", teacher, NOW)
        return f"/teach/classrooms/{room.public_id}"


def log_in(page: Page) -> None:
    page.goto("/teach/login")
    page.get_by_label("Your name").fill(TEACHER)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/teach/")


def join(new_context: NewContext, code: str, name: str) -> Page:
    """Open a child's browser and join as far as the page with the words, or the complaint."""
    page = new_context().new_page()
    page.goto(f"/join/{code}")
    page.get_by_label("Your name").fill(name)
    page.get_by_role("button", name="Join").click()
    return page


def forgive(complaints: list[str]) -> None:
    """Let pass what Chromium says of a form that came back with its errors."""
    assert all("422" in complaint for complaint in complaints)
    complaints.clear()


def test_a_class_with_a_list_from_the_first_click_to_new_words(
    page: Page, empty: str, new_context: NewContext, complaints: list[str]
) -> None:
    log_in(page)
    page.get_by_role("link", name="New class").click()
    page.get_by_label("Name of the class").fill("8b")
    page.get_by_text("Only names on my list").click()
    page.get_by_role("button", name="Make the class").click()
    code = page.locator(".big-code").inner_text()

    page.get_by_label("Names").fill("Name;Form\nAnna;8b\nanna;8b\nBen;8b")
    page.get_by_role("button", name="Add the names").click()
    expect(page.get_by_role("alert")).to_contain_text("1 line needs a look")
    forgive(complaints)
    page.get_by_role("button", name="Add the 2 good ones").click()
    expect(page.get_by_role("status")).to_have_text("2 names added.")

    expect(join(new_context, code, "Cy").get_by_role("alert")).to_contain_text("not on the list")
    child = join(new_context, code, "anna")
    expect(child.get_by_role("heading", level=1)).to_contain_text("Welcome, Anna.")

    page.reload()
    page.get_by_role("link", name="Anna").click()
    page.get_by_role("button", name="Make new words").click()
    words = page.locator(".handed li").all_inner_texts()
    child.goto("/home")
    expect(child).to_have_url(re.compile("/join$"))
    child.goto("/back")
    child.get_by_label("Your four words").fill(" ".join(words))
    child.get_by_role("button", name="Come back").click()
    expect(child.get_by_text("You are Anna.")).to_be_visible()

    page.get_by_role("button", name="Remove from the class").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status")).to_have_text("The student is back, with all work.")


def test_two_entries_become_one(page: Page, empty: str, live_app: Flask) -> None:
    with live_app.app_context():
        teacher = db.session.query(Teacher).filter_by(name=TEACHER).one()
        room = rooms.create("9a", "free", teacher, NOW)
        rosters.add_names(room, ["Dora", "Dora B"], teacher, NOW)
        public_id = room.public_id
    log_in(page)
    page.goto(f"/teach/classrooms/{public_id}")
    page.get_by_role("link", name="Dora", exact=True).click()
    page.get_by_label("The other name").select_option("Dora B")
    page.get_by_role("button", name="See what will happen").click()
    page.get_by_role("button", name="Make them one").click()
    expect(page.get_by_role("status")).to_have_text("The two are one now.")
    expect(page.get_by_role("heading", level=1)).to_have_text("Dora")


def test_an_error_is_accessible(
    page_in_both_looks: Page,
    empty: str,
    axe: Callable[[Page], None],
    complaints: list[str],
) -> None:
    page = page_in_both_looks
    log_in(page)
    page.goto(empty)
    page.get_by_label("Names").fill("Anna\nanna\n" + "x" * 60)
    page.get_by_role("button", name="Add the names").click()
    expect(page.get_by_role("alert")).to_be_focused()
    forgive(complaints)
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
