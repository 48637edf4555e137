"""A teacher watches the class work, and helps one student, in a real browser."""

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.school import PASSWORD, School, open_school


@pytest.fixture(scope="session")
def school(live_app: Flask) -> School:
    """The class of Ms Dale on the live server: finished and working."""
    with live_app.app_context():
        school = open_school(live_app, "Ms Dale")
        for number in range(3):
            school.hand_in(f"Otter-{number}", {"cleaner": "lemon", "early-stop": "sensor"})
        school.start("Heron-4", {"cleaner": "lemon"})
    return school


@pytest.fixture
def teacher_page(page: Page, school: School) -> Page:
    """A page on which Ms Dale has logged in."""
    page.goto("/teach/login")
    page.get_by_label("Your name").fill("Ms Dale")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    return page


def working(school: School) -> str:
    with school.app.app_context():
        return f"/teach/assignments/{school.assignment.public_id}/now"


def test_the_table_follows_the_class_and_keeps_the_focus(
    teacher_page: Page, school: School
) -> None:
    page = teacher_page
    page.clock.install()
    page.goto(working(school))
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
    page.goto(working(school))
    page.evaluate("() => { window.fetch = () => Promise.reject(new Error('no line')); }")
    for _ in range(3):
        page.clock.run_for(10_500)
    expect(page.locator("[data-refreshed]")).to_contain_text("Not refreshed since")


def test_a_teacher_opens_an_attempt_again_and_hands_it_in(
    teacher_page: Page, school: School
) -> None:
    page = teacher_page
    page.goto(working(school))
    page.get_by_role("link", name="Otter-1").click()
    page.get_by_text("Open again", exact=True).click()
    page.get_by_role("button", name="Open attempt 1 again").click()
    expect(page.get_by_role("status")).to_contain_text("Attempt 1 is open again.")
    page.get_by_role("button", name="Hand in now").click()
    expect(page.get_by_role("status")).to_contain_text("Handed in. The receipt is")
