"""The time that is left, in a real browser: quiet, true to the server, and harmless at its end."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select

from quizapp import deadlines
from quizapp.database import db
from quizapp.models import Attempt, Submission
from tests.browser.answering import (
    Axe,
    begin,
    expect_state,
    forgive,
    give,
    saved,
    strays,
    write,
)

LIMIT = 30  # minutes


@pytest.fixture
def code(live_app: Flask) -> str:
    """The code of a classroom of the test's own, with a quiz of half an hour to do."""
    return give(live_app, "kettles", time_limit=LIMIT)


def move(app: Flask, attempt: str, seconds: float) -> None:
    """Let the deadline of an attempt be so many seconds from now."""
    with app.app_context():
        row = db.session.scalars(select(Attempt).where(Attempt.public_id == attempt)).one()
        row.deadline_at = datetime.now(UTC) + timedelta(seconds=seconds)
        db.session.commit()


def close(app: Flask, attempt: str, seconds: float) -> None:
    """Let the teacher set a closing for the work of an attempt, so many seconds from now."""
    with app.app_context():
        row = db.session.scalars(select(Attempt).where(Attempt.public_id == attempt)).one()
        row.assignment.closes_at = datetime.now(UTC) + timedelta(seconds=seconds)
        deadlines.refresh(Attempt.id == row.id)
        db.session.commit()


def how(app: Flask, attempt: str) -> list[str]:
    """Return how the attempt has been handed in."""
    with app.app_context():
        query = select(Submission.how).join(Attempt, Attempt.id == Submission.attempt_id)
        return list(db.session.scalars(query.where(Attempt.public_id == attempt)))


def test_the_time_is_hidden_until_it_is_asked_for_and_that_is_remembered(
    page: Page, code: str
) -> None:
    attempt = begin(page, code)
    button, left = page.get_by_role("button", name="Time left"), page.locator("#time-left")
    expect(button).to_have_attribute("aria-expanded", "false")
    expect(left).to_be_hidden()
    button.press("Enter")
    expect(left).to_have_text("30 minutes left")
    page.goto(f"/attempts/{attempt}")
    expect(left).to_be_visible()
    button.click()
    expect(left).to_be_hidden()
    page.reload()
    expect(left).to_be_hidden()


def test_a_page_without_a_limit_says_nothing_of_time(page: Page, live_app: Flask) -> None:
    begin(page, give(live_app, "kettles"))
    expect(page.locator("[data-time]")).to_be_hidden()


SAID = "Your time ends in 25 minutes."


def test_an_end_that_is_set_while_the_page_is_open_is_said_at_the_next_answer(
    page: Page, live_app: Flask
) -> None:
    attempt = begin(page, give(live_app, "kettles"))
    close(live_app, attempt, 25 * 60)
    write(page, "cleaner", "lemon")
    expect(page.locator("[data-time-said]")).to_have_text(SAID)
    page.get_by_role("button", name="Time left").click()
    expect(page.locator("#time-left")).to_have_text("25 minutes left")
    expect(page.locator("#q-cleaner")).to_have_value("lemon")
    expect_state(page, "Saved")


def test_an_end_that_is_set_while_somebody_only_reads_is_said_within_three_minutes(
    page: Page, live_app: Flask
) -> None:
    page.clock.install()
    attempt = begin(page, give(live_app, "kettles"))
    close(live_app, attempt, 28 * 60)
    page.clock.run_for(175_000)
    expect(page.locator("[data-time-said]")).to_have_text(re.compile(r"ends in 2[5-9] minutes"))
    expect(page.get_by_role("button", name="Time left")).to_be_visible()


def test_a_closing_that_comes_before_the_end_of_the_limit_is_said(
    page: Page, code: str, live_app: Flask
) -> None:
    attempt = begin(page, code)
    move(live_app, attempt, 25 * 60)
    write(page, "cleaner", "lemon")
    expect(page.locator("[data-time-said]")).to_have_text(SAID)


def test_the_clock_of_the_computer_does_not_move_the_time(
    page: Page, code: str, complaints: list[str]
) -> None:
    page.clock.install()
    page.route("**/time", lambda route: route.abort())  # the server would put it right again
    begin(page, code)
    page.get_by_role("button", name="Time left").click()
    left = page.locator("#time-left")
    page.clock.set_system_time(datetime.now(UTC) + timedelta(hours=3))
    page.clock.run_for(2_000)
    expect(left).to_have_text("30 minutes left")
    page.clock.run_for(60_000)
    expect(left).to_have_text("29 minutes left")
    forgive(complaints)


def test_ten_and_two_minutes_are_said_although_the_time_is_hidden(
    page: Page, code: str, live_app: Flask, complaints: list[str]
) -> None:
    page.clock.install()
    attempt = begin(page, code)
    move(live_app, attempt, 630)
    page.reload()
    said, field = page.get_by_role("status").locator("visible=true"), page.locator("#q-cleaner")
    expect(page.locator("#time-left")).to_be_hidden()
    field.focus()
    page.route("**/time", lambda route: route.abort())  # what is said comes from the page itself
    page.clock.run_for(29_000)
    expect(page.locator("[data-time-said]")).to_have_text("10 minutes left")
    expect(said.filter(has_text="10 minutes left")).to_have_count(1)
    page.clock.run_for(60_000)
    expect(page.locator("[data-time-said]")).to_have_text("")
    page.clock.run_for(425_000)
    expect(page.locator("[data-time-said]")).to_have_text("2 minutes left")
    expect(field).to_be_focused()
    forgive(complaints)


def test_more_time_appears_without_loading_the_page_again(
    page: Page, code: str, live_app: Flask
) -> None:
    attempt = begin(page, code)
    page.get_by_role("button", name="Time left").click()
    move(live_app, attempt, 35 * 60 + 30)
    write(page, "cleaner", "lemon")
    expect(page.locator("#time-left")).to_have_text("36 minutes left")
    expect(page.locator("[data-time-said]")).to_have_text("You have been given more time.")


def test_at_the_end_what_was_typed_is_handed_in_and_the_receipt_shown(
    page: Page, code: str, live_app: Flask
) -> None:
    attempt = begin(page, code)
    write(page, "cleaner", "lemon")
    expect_state(page, "Saved")
    move(live_app, attempt, -6)
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text("Time is up. Your answers are being handed")
    page.locator("#q-cleaner").fill("lemon juice")  # within the grace
    page.wait_for_url("**/review", timeout=20_000)
    expect(page.get_by_text("handed in by itself when the time was over")).to_be_visible()
    assert saved(live_app, attempt) == {"cleaner": ["lemon juice"]}
    assert how(live_app, attempt) == ["deadline"]


def test_more_time_at_the_very_end_lets_the_work_go_on(
    page: Page, code: str, live_app: Flask
) -> None:
    attempt = begin(page, code)
    move(live_app, attempt, -7)
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text("Time is up")
    move(live_app, attempt, 300)
    expect(page.locator("[data-time-said]")).to_have_text(
        "You have been given more time.", timeout=20_000
    )
    expect(page.get_by_role("alert")).to_have_count(0)
    write(page, "cleaner", "lemon")
    expect_state(page, "Saved")


def test_without_the_script_the_page_says_until_when_and_leads_to_the_receipt(
    page: Page, code: str, live_app: Flask, complaints: list[str]
) -> None:
    page.route("**/timer.js*", lambda route: route.abort())
    attempt = begin(page, code)
    expect(page.locator("[data-time-until]")).to_contain_text("Until ")
    expect(page.get_by_role("button", name="Time left")).to_be_hidden()
    write(page, "cleaner", "lemon")
    expect_state(page, "Saved")
    move(live_app, attempt, -16)
    page.locator("[name=q-early-stop][value=sensor]").check()
    page.get_by_role("button", name="Save").first.click()
    page.wait_for_url("**/review")
    expect(page.get_by_text("kept for your teacher, but not counted")).to_be_visible()
    assert (saved(live_app, attempt), strays(live_app, attempt)) == (
        {"cleaner": ["lemon"]},
        {"early-stop": ["sensor"]},
    )
    forgive(complaints)


def test_what_an_outage_kept_back_until_the_end_is_late_and_said_so(
    page: Page, code: str, live_app: Flask, complaints: list[str]
) -> None:
    attempt = begin(page, code)

    def fail(route: Route) -> None:
        route.abort()

    page.context.route("**/responses/*", fail)
    write(page, "cleaner", "lemon")
    move(live_app, attempt, -9)
    page.context.unroute("**/responses/*", fail)
    move(live_app, attempt, -16)
    expect(page.get_by_text("kept for your teacher, but not counted").first).to_be_visible()
    page.wait_for_url("**/review", timeout=20_000)
    assert (saved(live_app, attempt), strays(live_app, attempt)) == ({}, {"cleaner": ["lemon"]})
    forgive(complaints)


def test_the_page_with_a_timer_breaks_no_rule_and_fits(
    page_in_both_looks: Page, code: str, live_app: Flask, axe: Axe
) -> None:
    page = page_in_both_looks
    attempt = begin(page, code)
    page.get_by_role("button", name="Time left").click()
    axe(page)
    move(live_app, attempt, 599)
    page.reload()
    expect(page.locator("[data-time-said]")).to_have_text("10 minutes left")
    axe(page)
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    said = page.locator("[data-time-said]")
    said.evaluate("(said) => { said.textContent = 'Your time ends in less than 1 minute.'; }")
    where = said.bounding_box()
    assert where
    assert where["x"] >= 0
