"""A teacher mends a quiz file in a real browser, also when somebody else changed it meanwhile."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Dialog, Page, expect

from tests.school import PASSWORD, School, open_school
from tests.teacher.quiz_cabinet import EDIT, QuizCabinet, open_cabinet

LONG = "Lange-Wörter-ohne-Ende" * 8


@pytest.fixture(scope="session")
def school(live_app: Flask) -> School:
    """A teacher of these tests alone, with a class that uses the quiz about kettles."""
    with live_app.app_context():
        return open_school(live_app, "Ms Lane", "Class 8a")


@pytest.fixture
def cabinet(school: School, tmp_path: Path) -> Iterator[QuizCabinet]:
    """A folder with a good file that was saved before."""
    app, library = school.app, school.library
    folder, instance = library.folder, app.instance_path
    with app.app_context():
        cabinet = open_cabinet(school, tmp_path, "Ms Lane")
        cabinet.save(cabinet.text.replace("every Saturday", "each Saturday"))
    yield cabinet
    library.folder, app.instance_path = folder, instance
    library.load()


@pytest.fixture
def teacher_page(page: Page, cabinet: QuizCabinet) -> Page:
    """A page on which Ms Lane has logged in."""
    page.goto("/teach/login")
    page.get_by_label("Your name").fill("Ms Lane")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    return page


def test_a_teacher_mends_a_line_with_the_editor(teacher_page: Page, cabinet: QuizCabinet) -> None:
    page = teacher_page
    page.goto(EDIT)
    text = page.get_by_label("The quiz")
    text.fill(cabinet.text.replace("skill: infer", "skill: infr"))
    expect(page.get_by_role("status")).to_have_text("1 error: mend it, then save.")
    page.get_by_role("link", name="Line 71, column 12").click()
    expect(text).to_be_focused()
    expect(page.get_by_text("Line 71, column 12").last).to_be_visible()
    chosen = "box => box.value.slice(box.selectionStart, box.selectionStart + 4)"
    assert text.evaluate(chosen) == "infr"
    text.press("Tab")
    expect(text).not_to_be_focused()
    text.fill(cabinet.text.replace("The repair room", "The mending room", 1))
    expect(page.get_by_role("status")).to_have_text("No errors. It can be saved.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="The mending room")).to_be_visible()


def test_leaving_with_unsaved_changes_is_asked_about(
    teacher_page: Page, cabinet: QuizCabinet
) -> None:
    page = teacher_page
    page.goto(EDIT)
    page.get_by_label("The quiz").press_sequentially("#")
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    page.goto("/teach/quizzes")
    assert asked == ["beforeunload"]


def test_a_conflict_is_accessible_and_keeps_the_text(
    page_in_both_looks: Page,
    teacher_page: Page,
    cabinet: QuizCabinet,
    axe: Callable[[Page], None],
    complaints: list[str],
) -> None:
    page = teacher_page
    page.goto(EDIT)
    cabinet.path.write_text(cabinet.text + f"# {LONG}\n")
    text = page.get_by_label("The quiz")
    text.fill(text.input_value().replace("The repair room", "My room", 1))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Somebody changed this file")).to_be_visible()
    axe(page)
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Save my text over theirs").click()
    expect(page.get_by_role("heading", name="My room")).to_be_visible()
    complaints.clear()  # the conflict answers 409, which the browser notes in its console
