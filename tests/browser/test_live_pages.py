"""A teacher watches the class work, and helps one student, in a real browser."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from quizapp import reopening
from quizapp.presence import list_attempts
from quizapp.receipts import receipts
from tests.school import NOW, PASSWORD, School, open_school


@pytest.fixture(scope="session")
def school(live_app: Flask) -> School:
    """The class of Ms Dale on the live server: finished, working and not started."""
    with live_app.app_context():
        school = open_school(live_app, "Ms Dale")
        for number in range(3):
            school.hand_in(f"Otter-{number}", {"cleaner": "lemon", "early-stop": "sensor"})
        school.start("Heron-4", {"cleaner": "lemon"})
        school.join("Maximiliane-Charlotte von Hohenberg-Lang")
    return school


@pytest.fixture
def teacher_page(page: Page, school: School) -> Page:
    """A page on which Ms Dale has logged in."""
    page.goto("/teach/login")
    page.get_by_label("Your name").fill("Ms Dale")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    return page


def places(school: School) -> dict[str, str]:
    """The pages by name."""
    with school.app.app_context():
        given, student = school.assignment, school.find("Otter-0")
        assert student is not None
        one = f"/teach/assignments/{given.public_id}/students/{student.public_id}"
        code = receipts([list_attempts(given, student)[0].id])[0].receipt
        return {
            "now": f"/teach/assignments/{given.public_id}/now",
            "help": one,
            "settings once begun": f"/teach/assignments/{given.public_id}/edit",
            "log": f"/teach/classrooms/{given.classroom.public_id}/log",
            "receipt": f"/teach/receipts?code={code}",
            "no receipt": "/teach/receipts?code=BBBB-CCCC",
        }


def test_the_table_follows_the_class_and_keeps_the_focus(
    teacher_page: Page, school: School
) -> None:
    page = teacher_page
    page.clock.install()
    page.goto(places(school)["now"])
    page.get_by_role("link", name="Heron-4").focus()
    with school.app.app_context():
        school.join("Robin-9")
        school.hand_in("Heron-4", {})
    page.clock.run_for(11_000)
    expect(page.locator("[data-said]")).to_have_text("Heron-4 has handed in.")
    expect(page.get_by_role("link", name="Heron-4")).to_be_focused()
    expect(page.get_by_role("link", name="Robin-9")).to_be_visible()


def test_a_line_says_since_when_nothing_is_fresh(teacher_page: Page, school: School) -> None:
    page = teacher_page
    page.clock.install()
    page.goto(places(school)["now"])
    page.evaluate("() => { window.fetch = () => Promise.reject(new Error('no line')); }")
    for _ in range(3):
        page.clock.run_for(10_500)
    expect(page.locator("[data-refreshed]")).to_contain_text("Not refreshed since")


def test_a_teacher_opens_an_attempt_again_and_hands_it_in(
    teacher_page: Page, school: School
) -> None:
    page = teacher_page
    page.goto(places(school)["now"])
    page.get_by_role("link", name="Otter-1").click()
    page.get_by_text("Open again", exact=True).click()
    page.get_by_role("button", name="Open attempt 1 again").click()
    expect(page.get_by_role("status")).to_contain_text("Attempt 1 is open again.")
    page.get_by_role("button", name="Hand in now").click()
    expect(page.get_by_role("status")).to_contain_text("Handed in. The receipt is")


def test_every_page_is_accessible_and_fits_the_screen(
    page_in_both_looks: Page, teacher_page: Page, school: School, axe: Callable[[Page], None]
) -> None:
    page = teacher_page
    with school.app.app_context():
        student = school.find("Otter-0")
        assert student is not None
        reopening.allow_attempts(school.assignment, student, 1, school.teacher, NOW)
    wide = page.viewport_size
    assert wide is not None
    for place in places(school).values():
        page.goto(place)
        for folded in page.locator("main details:not([open]) > summary").all():
            folded.click()
        axe(page)
        for width in (wide["width"], 320):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), place
        page.set_viewport_size(wide)
