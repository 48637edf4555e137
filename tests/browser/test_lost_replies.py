"""The server has an answer and the page does not know it: what is typed after that counts."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, Route, expect
from sqlalchemy import select

from quizapp.database import db
from quizapp.models import Attempt, StrayResponse
from tests.browser.answering import (
    KEPT,
    LEFT,
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


def swallow(route: Route) -> None:
    """Let the server have a request, and the page no reply."""
    route.fetch()
    route.abort()


def send_and_wait(page: Page, text: str) -> None:
    """Type, and let the server have it, but hold the reply back.

    When the page goes, the browser sends the request once more: it is older then, and kept.
    """
    held: list[Route] = []

    def hold(route: Route) -> None:
        route.fetch()
        held.append(route)

    page.route("**/responses/*", hold, times=1)
    write(page, "cleaner", text)
    wait_until(page, lambda: bool(held))


def crash(page: Page) -> None:
    """Close the page without its last words."""
    page.evaluate("addEventListener('pagehide', (event) => event.stopImmediatePropagation(), true)")
    page.close()


def hand_in_elsewhere(page: Page, elsewhere: BrowserContext) -> None:
    """Hand the attempt in on another device."""
    (cookie,) = page.context.cookies()
    elsewhere.add_cookies([{"name": cookie["name"], "value": cookie["value"], "url": page.url}])
    desk = elsewhere.new_page()
    desk.goto(f"{page.url}/check")
    desk.get_by_role("button", name="Submit").click()
    desk.wait_for_url("**/review")


def wait_until(page: Page, is_so: Callable[[], bool]) -> None:
    """Wait for what nothing on the page tells of."""
    for _ in range(100):
        if is_so():
            return
        page.wait_for_timeout(50)
    pytest.fail("it did not come to that in five seconds")


def is_sent(page: Page) -> bool:
    return bool(page.evaluate(LEFT) == 0)


def test_a_reply_that_is_lost_does_not_make_the_page_its_own_rival(
    page: Page, code: str, live_app: Flask, complaints: list[str]
) -> None:
    attempt = begin(page, code)
    page.route("**/responses/*", swallow, times=1)
    write(page, "cleaner", "lemon")
    expect_state(page, KEPT)
    write(page, "cleaner", " juice")
    expect_state(page, "Saved")
    assert saved(live_app, attempt) == {"cleaner": ["lemon juice"]}
    assert strays(live_app, attempt) == {}
    forgive(complaints)


def test_what_is_typed_before_the_reply_counts_when_the_page_is_closed(
    page: Page, code: str, live_app: Flask, complaints: list[str]
) -> None:
    attempt = begin(page, code)
    send_and_wait(page, "lemon")
    write(page, "cleaner", " juice")
    page.goto("about:blank")
    wait_until(page, lambda: saved(live_app, attempt) == {"cleaner": ["lemon juice"]})
    assert ["lemon juice"] not in strays(live_app, attempt).values()
    forgive(complaints)


@pytest.mark.parametrize("next_page", ["", "/check"], ids=["questions", "check"])
def test_what_is_typed_before_the_reply_counts_when_the_tab_crashes(
    page: Page, code: str, live_app: Flask, complaints: list[str], next_page: str
) -> None:
    attempt = begin(page, code)
    again = page.context.new_page()
    send_and_wait(page, "lemon")
    write(page, "cleaner", " juice")
    crash(page)
    assert saved(live_app, attempt) == {"cleaner": ["lemon"]}
    again.goto(f"/attempts/{attempt}{next_page}")
    wait_until(again, lambda: is_sent(again))
    assert saved(live_app, attempt) == {"cleaner": ["lemon juice"]}
    assert ["lemon juice"] not in strays(live_app, attempt).values()
    forgive(complaints)


def test_the_file_tells_what_may_have_arrived_without_a_reply(
    page: Page, code: str, complaints: list[str], tmp_path: Path
) -> None:
    begin(page, code)
    page.route("**/responses/*", lambda route: route.abort())
    page.route("**/responses/*", swallow, times=1)
    write(page, "cleaner", "lemon")
    expect_state(page, KEPT)
    write(page, "cleaner", " juice")
    download = page.get_by_role("button", name="Download my answers")
    expect(download).to_be_visible(timeout=20_000)
    with page.expect_download() as caught:
        download.click()
    caught.value.save_as(tmp_path / "answers.json")
    [answer] = json.loads((tmp_path / "answers.json").read_text())["answers"]
    assert answer["values"] == ["lemon juice"]
    assert ["lemon"] in answer["unheard"]
    forgive(complaints)


def test_what_is_typed_while_the_page_is_told_that_it_is_too_late_is_kept_as_well(
    page: Page, code: str, live_app: Flask, new_context: NewContext
) -> None:
    attempt = begin(page, code)
    on_its_way: list[Route] = []
    page.route("**/responses/*", lambda route: on_its_way.append(route), times=1)
    write(page, "cleaner", "lemon")
    wait_until(page, lambda: bool(on_its_way))
    hand_in_elsewhere(page, new_context())
    write(page, "cleaner", " juice")
    on_its_way[0].continue_()
    expect(page.get_by_text("kept for your teacher, but not counted")).to_be_visible()
    wait_until(page, lambda: is_sent(page))
    with live_app.app_context():
        rows = db.session.scalars(
            select(StrayResponse.given).join(Attempt).where(Attempt.public_id == attempt)
        )
        assert {*rows} == {'["lemon"]', '["lemon juice"]'}
