"""The summary and a student's page in a real browser: what to discuss, its place, the files."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.school import PASSWORD, open_school

TEACHER = "Ms Ito"


@pytest.fixture(scope="session")
def summary(live_app: Flask) -> str:
    """The address of the summary of a full class."""
    with live_app.app_context():
        school = open_school(live_app, TEACHER, "Class 5a")
        for number in range(21):
            name = f"Maximiliane-Charlotte Oberschelp-{number}"
            chosen = "pages" if number < 14 else "sensor"
            school.hand_in(name, {"early-stop": chosen, "cleaner": "lemon", "how-many": "340"})
        return f"/teach/assignments/{school.assignment.public_id}"


@pytest.fixture
def teacher_page(page: Page, summary: str) -> Page:
    """A page on which the teacher has logged in."""
    page.goto("/teach/login")
    page.get_by_label("Your name").fill(TEACHER)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    return page


def test_a_teacher_sees_what_misled_where_and_takes_the_scores_away(
    teacher_page: Page, summary: str
) -> None:
    page = teacher_page
    page.goto(summary)
    page.get_by_role("link", name="1 question may have a wrong key").click()
    expect(page.get_by_text("The strongest third mostly chose")).to_be_in_viewport()
    talk = page.locator(".talk", has_text="switch off too early")
    expect(talk).to_contain_text("14 of 21 chose")
    talk.get_by_text("Show the place").click()
    expect(talk.locator("mark.elsewhere")).to_have_text("somebody turns the pages")
    with page.expect_download() as download:
        page.get_by_role("link", name="Scores (CSV)").click()
    name = download.value.suggested_filename
    assert name.startswith("kettles-")
    assert name.endswith("-scores.csv")
    page.get_by_role("link", name="All work of Maximiliane-Charlotte Oberschelp-3").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Maximiliane-Charlotte Oberschelp-3")


def test_a_summary_that_doubts_a_key_is_accessible_and_fits(
    page_in_both_looks: Page, teacher_page: Page, summary: str, axe: Callable[[Page], None]
) -> None:
    page = teacher_page
    page.goto(summary)
    expect(page.get_by_text("may have a wrong key").first).to_be_visible()
    page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
