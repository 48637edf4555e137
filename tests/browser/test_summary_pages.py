"""The summary and a student's page in a real browser: what to discuss, its place, the files."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from quizapp.database import writing
from quizapp.models import Assignment, Classroom
from quizapp.models.columns import new_code
from tests.school import NOW, PASSWORD, School, add_teacher
from tests.school import QUIZ as KETTLES

TEACHER = "Ms Ito"


@pytest.fixture(scope="session")
def places(live_app: Flask) -> list[str]:
    """The summary of a full class, of an empty one, of practice, and one student's page."""
    with live_app.app_context():
        password_hash = live_app.extensions["quizapp_hasher"].hash(PASSWORD)
        with writing() as session:
            teacher_id = add_teacher(TEACHER, password_hash)
            rooms = [
                Classroom(teacher_id=teacher_id, name=name, join_code=new_code(), created_at=NOW)
                for name in ("Class 5a", "Class 5b")
            ]
            session.add_all(rooms)
            session.flush()
            given = [
                Assignment(classroom_id=rooms[0].id, quiz_id=KETTLES, created_at=NOW),
                Assignment(classroom_id=rooms[1].id, quiz_id=KETTLES, created_at=NOW),
                Assignment(
                    classroom_id=rooms[0].id, quiz_id=KETTLES, is_practice=True, created_at=NOW
                ),
            ]
            session.add_all(given)
            session.flush()
            ids = [one.id for one in given]
        full, empty, practice = [School(live_app, one) for one in ids]
        for number in range(21):
            name = f"Maximiliane-Charlotte Oberschelp-{number}"
            chosen = "pages" if number < 14 else "sensor"
            full.hand_in(name, {"early-stop": chosen, "cleaner": "lemon", "how-many": "340"})
        student = practice.hand_in("Maximiliane-Charlotte Oberschelp-3", {}).student
        summaries = [one.assignment.public_id for one in (full, empty, practice)]
        return [
            *(f"/teach/assignments/{public_id}" for public_id in summaries),
            f"/teach/students/{student.public_id}",
        ]


@pytest.fixture
def teacher_page(page: Page, places: list[str]) -> Page:
    """A page on which the teacher has logged in."""
    page.goto("/teach/login")
    page.get_by_label("Your name").fill(TEACHER)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    return page


def test_a_teacher_sees_what_misled_where_and_takes_the_scores_away(
    teacher_page: Page, places: list[str]
) -> None:
    page = teacher_page
    page.goto(places[0])
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


def test_every_summary_is_accessible_and_fits_the_screen(
    page_in_both_looks: Page, teacher_page: Page, places: list[str], axe: Callable[[Page], None]
) -> None:
    page = teacher_page
    for place in places:
        page.goto(place)
        for summary in page.locator("details > summary").all():
            summary.click()
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), place
        size = page.viewport_size
        assert size is not None
        page.set_viewport_size({"width": 320, "height": 640})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), place
        page.set_viewport_size(size)
