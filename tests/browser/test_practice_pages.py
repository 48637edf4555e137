"""Practice in a real browser: wrong, once more with the options in another order, then right."""

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser.answering import Axe, NewContext, give, join

WHY = "The second paragraph tells what many people did."
WRONG, RIGHT = "It cost less than a modern one", "People paid so that it could stay"


@pytest.fixture
def code(live_app: Flask) -> str:
    """The code of a classroom of the test's own, with the quiz about the crane to practise."""
    return give(live_app, "harbour", is_practice=True)


def begin(page: Page, code: str) -> None:
    join(page, code)
    page.get_by_role("listitem").filter(has_text="The old crane").get_by_role("button").click()


def order(page: Page) -> list[str]:
    radios = page.locator("[name=q-saved-why]")
    return [str(value) for value in radios.evaluate_all("all => all.map(one => one.value)")]


def check(page: Page, number: int) -> None:
    # A step waits until what was chosen has been sent, so that the click is over before it begins.
    with page.expect_navigation():
        page.get_by_role("button", name=f"to question {number}", exact=False).click()


def overflows(page: Page) -> bool:
    page.wait_for_load_state()
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


def test_wrong_then_once_more_in_another_order_then_right(page: Page, code: str) -> None:
    begin(page, code)
    before = order(page)
    page.get_by_text(WRONG).click()
    check(page, 1)
    feedback = page.locator("#feedback-saved-why")
    expect(feedback).to_be_focused()
    expect(feedback).to_contain_text("Not quite")
    expect(feedback).to_contain_text("Try once more")
    assert WHY not in page.content()
    assert "blockquote" not in page.content()
    after = order(page)
    assert before != after
    assert after[-1] == "none-of-these"
    expect(page.locator("[name=q-saved-why]:checked")).to_have_count(0)
    page.locator("[name=q-saved-why][value=gifts]").check()
    check(page, 1)
    expect(feedback).to_be_focused()
    expect(feedback).to_contain_text("Your first try counts: 0 of 1")
    expect(feedback.locator("blockquote")).to_contain_text("so many residents gave money")
    expect(page.locator("[name=q-saved-why]:disabled")).to_have_count(4)
    page.get_by_role("button", name="Finish and submit").click()
    page.wait_for_url("**/check")
    page.get_by_role("button", name="Submit").click()
    card = page.locator("#card-saved-why")
    expect(card).to_contain_text("Not quite · 0 of 1")
    expect(card).to_contain_text(f"{RIGHT} \u2066(right)\u2069")


def test_practice_works_by_keyboard_and_without_scripts(new_context: NewContext, code: str) -> None:
    page = new_context(java_script_enabled=False).new_page()
    begin(page, code)
    page.get_by_label("In which year").fill("1900")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#feedback-built-when")).to_contain_text("paragraph 1 again")
    page.locator("#feedback-built-when").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_label("In which year")).to_be_focused()
    page.keyboard.type("1921")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#feedback-built-when")).to_contain_text("Right")
    expect(page.get_by_label("In which year")).to_be_disabled()


def test_a_blank_answer_is_asked_for_where_it_is_missing(page: Page, code: str) -> None:
    begin(page, code)
    check(page, 4)
    expect(page.locator(".error-summary")).to_be_focused()
    expect(page.locator("#q-built-when-error")).to_contain_text("Answer the question first")


def fill_every_state(page: Page) -> None:
    """Leave one question closed after two tries, one open for its second, one for the teacher."""
    page.get_by_text(WRONG).click()
    check(page, 1)
    page.get_by_text("Ships with wood came back").click()
    check(page, 1)
    page.get_by_text("The crane lifts boats").click()
    check(page, 2)
    page.get_by_label("What do guests call").fill("some old person " * 6)
    check(page, 6)
    page.get_by_label("In which year").fill("1921")
    check(page, 4)
    expect(page.locator(".feedback")).to_have_count(4)


def test_every_state_is_accessible_in_both_looks(
    page_in_both_looks: Page, code: str, axe: Axe
) -> None:
    page = page_in_both_looks
    begin(page, code)
    axe(page)
    fill_every_state(page)
    axe(page)
    check(page, 3)
    expect(page.locator(".error-summary")).to_be_focused()
    axe(page)


def test_every_state_fits_the_smallest_screen(page: Page, code: str) -> None:
    page.set_viewport_size({"width": 320, "height": 600})
    begin(page, code)
    assert not overflows(page)
    fill_every_state(page)
    assert not overflows(page)
