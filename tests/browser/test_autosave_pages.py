"""Answers save themselves in a real browser, beside other tabs, and leave nothing behind."""

import pytest
from flask import Flask
from playwright.sync_api import Dialog, Page, expect

from tests.browser.answering import (
    KEPT,
    LEFT,
    Axe,
    NewContext,
    begin,
    expect_state,
    forgive,
    give,
    saved,
    strays,
    write,
)


@pytest.fixture
def code(live_app: Flask) -> str:
    """The code of a classroom of the test's own, with the quiz about kettles to do."""
    return give(live_app, "kettles")


def test_an_answer_is_saved_a_second_after_typing_stops(
    page: Page, code: str, live_app: Flask
) -> None:
    attempt = begin(page, code)
    write(page, "cleaner", "lemon juice")
    expect_state(page, "Saving")
    expect_state(page, "Saved")
    page.locator("[name=q-early-stop][value=sensor]").check()
    expect_state(page, "Saved")
    page.wait_for_function(f"({LEFT})() === 0")
    assert saved(live_app, attempt) == {"cleaner": ["lemon juice"], "early-stop": ["sensor"]}
    page.reload()
    expect(page.locator("#q-cleaner")).to_have_value("lemon juice")


@pytest.mark.parametrize(("button", "wins"), [("Use mine", "vinegar"), ("Keep that one", "lemon")])
def test_of_two_tabs_the_older_one_asks_which_answer_to_use(
    page: Page, code: str, live_app: Flask, axe: Axe, button: str, wins: str
) -> None:
    attempt = begin(page, code)
    other = page.context.new_page()
    other.goto(f"/attempts/{attempt}")
    write(page, "cleaner", "lemon")
    expect_state(page, "Saved")
    write(other, "cleaner", "vinegar")
    notice = other.locator(".conflict").filter(has_text="Another tab or device")
    expect(notice).to_contain_text("has saved lemon here. Yours was vinegar.")
    axe(other)
    assert saved(live_app, attempt) == {"cleaner": ["lemon"]}
    notice.get_by_role("button", name=button).click()
    expect(other.locator(".conflict")).to_have_count(0)
    expect(other.locator("#q-cleaner")).to_have_value(wins)
    assert saved(live_app, attempt) == {"cleaner": [wins]}
    assert other.evaluate(LEFT) == 0


def test_nothing_is_left_on_the_device_after_leaving(
    page: Page, code: str, complaints: list[str]
) -> None:
    begin(page, code)
    asked: list[str] = []

    def accept(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.accept()

    page.on("dialog", accept)
    page.route("**/responses/*", lambda route: route.abort())
    write(page, "cleaner", "lemon juice")
    expect_state(page, KEPT)
    page.get_by_role("button", name="Leave").click()
    page.wait_for_url("**/")
    assert asked[0].startswith("Some answers are not saved yet.")
    assert page.evaluate(LEFT) == 0
    forgive(complaints)


def test_what_waits_after_handing_in_is_kept_as_late(
    page: Page, code: str, live_app: Flask, new_context: NewContext, complaints: list[str]
) -> None:
    attempt = begin(page, code)
    page.route("**/responses/*", lambda route: route.abort())
    write(page, "cleaner", "lemon juice")
    expect_state(page, KEPT)
    (cookie,) = page.context.cookies()
    elsewhere = new_context()
    elsewhere.add_cookies([{"name": cookie["name"], "value": cookie["value"], "url": page.url}])
    desk = elsewhere.new_page()
    desk.goto(f"/attempts/{attempt}/check")
    desk.get_by_role("button", name="Submit").click()
    desk.wait_for_url("**/review")
    other = page.context.new_page()
    other.goto(f"/attempts/{attempt}/review")
    expect(other.get_by_text("kept for your teacher, but not counted")).to_be_visible()
    assert other.evaluate(LEFT) == 0
    assert strays(live_app, attempt) == {"cleaner": ["lemon juice"]}
    forgive(complaints)
