"""A teacher's first morning in a real browser: set up, look around, mark, read a sheet."""

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.school import PASSWORD, School, open_school


@pytest.fixture(scope="session")
def school(live_app: Flask) -> School:
    """The class of Ms Reed on the live server, with answers handed in."""
    with live_app.app_context():
        school = open_school(live_app)
        for number, answer in enumerate(("lemon", "lemon", "sour stuff", "a sensor", "juice")):
            school.hand_in(f"Otter-{number}", {"cleaner": answer, "early-stop": "sensor"})
    return school


@pytest.fixture
def teacher_page(page: Page, school: School) -> Page:
    """A page on which Ms Reed has logged in."""
    page.goto("/teach/login")
    page.get_by_label("Your name").fill("Ms Reed")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    return page


def test_a_teacher_marks_what_waits_and_takes_it_back(teacher_page: Page) -> None:
    page = teacher_page
    page.get_by_role("link", name="The repair room").click()
    page.get_by_role("link", name="1 answer waits for you").click()
    page.locator("#to-mark + ul a").click()
    page.get_by_role("button", name="1 point").click()
    expect(page.get_by_role("status")).to_have_text("Done: 1 answer marked. Nothing waits here.")
    expect(page.locator("#answers")).to_be_focused()
    page.get_by_role("button", name="Take back").click()
    expect(page.get_by_text("not yet marked")).to_be_visible()
