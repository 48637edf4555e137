"""The student's way in a real browser: with and without scripts, wide and narrow, by keyboard."""

import uuid

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser.answering import Axe, NewContext, give


@pytest.fixture
def code(live_app: Flask) -> str:
    """The code of a classroom of the test's own, with both quizzes to do (the crane first)."""
    return give(live_app, "kettles", "harbour")


def begin(page: Page, code: str, title: str = "The old crane") -> None:
    """Join and start."""
    page.goto("/")
    page.get_by_label("Class code").fill(code.lower())
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Your name").fill(f"Otter-{uuid.uuid4().hex[:8]}")
    page.get_by_role("button", name="Join").click()
    page.get_by_role("link", name="I have written them down").click()
    page.get_by_role("listitem").filter(has_text=title).get_by_role("button").click()


def answer_all(page: Page) -> None:
    """Answer every kind of question of the quiz about the crane."""
    page.get_by_text("It cost less than a modern one").click()
    page.get_by_text("The crane lifts boats").click()
    page.get_by_text("Guests want to know more").click()
    page.get_by_label("Which word tells you").fill("around")
    page.get_by_label("In which year").fill("1921")
    page.get_by_label("What did the crane lift first").fill("First timber, now boats.")
    page.get_by_label("What do guests call").fill("some old person")


def hand_in(page: Page) -> None:
    page.get_by_role("button", name="Check").locator("visible=true").click()
    page.wait_for_url("**/check")
    page.get_by_role("button", name="Submit").click()
    page.wait_for_url("**/review")


@pytest.fixture
def plain_page(new_context: NewContext) -> Page:
    """A page of a browser without scripts."""
    return new_context(java_script_enabled=False).new_page()


def overflows(page: Page) -> bool:
    page.wait_for_load_state()
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


def test_a_student_reads_answers_submits_and_sees_why(page: Page, code: str) -> None:
    begin(page, code)
    answer_all(page)
    expect(page.get_by_text("6 of 6 answered").locator("visible=true")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").filter(has_text="Saved")).to_be_visible()
    hand_in(page)
    expect(page.get_by_text("Right · 2 of 2").first).to_be_visible()
    expect(page.get_by_text("Not yet marked").first).to_be_visible()
    expect(page.locator("mark.key").first).to_contain_text("so many residents gave money")


def test_a_question_chosen_marks_its_places_without_losing_the_page(page: Page, code: str) -> None:
    begin(page, code)
    answer_all(page)
    hand_in(page)
    page.evaluate("document.body.dataset.same = 'page'")
    page.get_by_role("link", name="Show in the text for question 4").click()
    expect(page.locator("mark.key")).to_have_text("a crane that was built in 1921")
    expect(page.locator("body[data-same]")).to_have_count(1)
    expect(page.locator("[data-card='built-when'][aria-current]")).to_be_visible()


def test_everything_works_without_scripts(plain_page: Page, code: str) -> None:
    begin(plain_page, code)
    answer_all(plain_page)
    plain_page.get_by_role("button", name="Easier").click()
    expect(plain_page.get_by_text("Workers built it in")).to_be_visible()
    expect(plain_page.get_by_label("In which year")).to_have_value("1921")
    hand_in(plain_page)
    plain_page.get_by_role("link", name="Show in the text for question 4").click()
    expect(plain_page.locator("mark.key")).to_have_text("a crane that was built in 1921")


def test_without_scripts_a_phone_has_the_text_above_the_questions(
    plain_page: Page, code: str
) -> None:
    plain_page.set_viewport_size({"width": 390, "height": 844})
    begin(plain_page, code)
    text, questions = plain_page.locator("#text"), plain_page.locator("#questions")
    expect(text).to_be_visible()
    above, below = text.bounding_box(), questions.bounding_box()
    assert above is not None
    assert below is not None
    assert above["y"] + above["height"] <= below["y"]


def test_the_sheet_keeps_its_place_and_gives_the_focus_back(page: Page, code: str) -> None:
    page.set_viewport_size({"width": 390, "height": 500})
    begin(page, code)
    sheet, opener = page.locator("#text"), page.get_by_role("link", name="Read the text").last
    expect(sheet).to_be_hidden()
    opener.click()
    expect(sheet).to_be_focused()
    sheet.evaluate("element => { element.scrollTop = 200 }")
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(opener).to_be_focused()
    opener.click()
    assert sheet.evaluate("element => element.scrollTop") == 200


def test_the_keyboard_alone_answers_and_submits(page: Page, code: str) -> None:
    begin(page, code, "The repair room")
    page.locator("#questions").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.locator("#q-early-stop :checked")).to_have_count(1)
    page.get_by_label("What removes the chalk?").focus()
    page.keyboard.type("lemon")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Saved")).to_be_visible()
    expect(page.get_by_label("What removes the chalk?")).to_have_value("lemon")
    page.get_by_role("button", name="Check").locator("visible=true").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/check")
    page.get_by_role("button", name="Submit").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Handed in")).to_be_visible()


def test_a_word_is_explained_and_dismissed_by_keyboard(page: Page, code: str) -> None:
    begin(page, code)
    page.get_by_role("button", name="timber").focus()
    page.keyboard.press("Enter")
    meaning = page.get_by_text("wood that is used for building")
    expect(meaning).to_be_visible()
    page.keyboard.press("Escape")
    expect(meaning).to_be_hidden()


def test_an_error_takes_the_focus_and_leads_to_its_question(page: Page, code: str) -> None:
    begin(page, code, "The repair room")
    for choice in page.locator("#q-two-true .option").all()[:3]:
        choice.click()
    expect(page.get_by_text("3 chosen: take 1 away")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".error-summary")).to_be_focused()
    page.get_by_role("link", name="Question 2: Choose no more than 2").click()
    expect(page.locator("#q-two-true")).to_be_focused()


def test_reading_settings_apply_at_once_and_hold(page: Page, code: str) -> None:
    begin(page, code)
    page.locator("details.reading summary").click()
    page.get_by_text("Cream").click()
    expect(page.locator("html[data-theme=cream]")).to_have_count(1)
    page.reload()
    expect(page.locator("html[data-theme=cream]")).to_have_count(1)


@pytest.mark.parametrize("size", [320, 390])
def test_a_small_screen_never_scrolls_sideways(page: Page, code: str, size: int) -> None:
    page.set_viewport_size({"width": size, "height": 600})
    begin(page, code)
    assert not overflows(page)
    page.get_by_role("button", name="Check").locator("visible=true").click()
    page.wait_for_url("**/check")
    assert not overflows(page)
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_text("Handed in")).to_be_visible()
    assert not overflows(page)
    page.goto("/home")
    assert not overflows(page)


def test_every_page_is_accessible_in_both_looks(
    page_in_both_looks: Page, code: str, axe: Axe
) -> None:
    page = page_in_both_looks
    page.goto("/join")
    axe(page)
    begin(page, code)
    axe(page)
    answer_all(page)
    axe(page)
    page.get_by_role("button", name="Check").locator("visible=true").click()
    page.wait_for_url("**/check")
    axe(page)
    page.get_by_role("button", name="Submit").click()
    page.wait_for_url("**/review")
    axe(page)
    page.goto("/home")
    axe(page)


def test_the_text_and_the_settings_are_accessible_on_a_phone(
    page: Page, code: str, axe: Axe
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    begin(page, code)
    page.locator("details.reading summary").click()
    page.get_by_text("Cream").click()
    axe(page)
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Read the text").last.click()
    page.wait_for_timeout(300)
    axe(page)
