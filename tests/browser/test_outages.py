"""The network goes, or the server: every answer is kept, and no page is lost."""

import json
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Error, Page, Route, expect

from tests.browser.answering import (
    KEPT,
    LEFT,
    Axe,
    begin,
    expect_state,
    forgive,
    give,
    saved,
    write,
)


@pytest.fixture
def code(live_app: Flask) -> str:
    """The code of a classroom of the test's own, with the quiz about kettles to do."""
    return give(live_app, "kettles")


def test_the_network_is_pulled_and_every_answer_is_in_the_database(
    page: Page, code: str, live_app: Flask, complaints: list[str]
) -> None:
    attempt = begin(page, code)
    write(page, "cleaner", "lemon")
    expect_state(page, "Saved")
    page.context.set_offline(True)
    write(page, "cleaner", " juice")
    expect_state(page, KEPT)
    write(page, "how-many", "340")
    page.locator("[name=q-early-stop][value=sensor]").check()
    page.get_by_role("button", name="Save").first.click()
    expect(page.get_by_role("alert").filter(has_text="stays open")).to_be_visible()
    assert page.url.endswith(attempt)
    page.context.set_offline(False)
    expect_state(page, "Saved")
    assert saved(live_app, attempt) == {
        "cleaner": ["lemon juice"],
        "how-many": ["340"],
        "early-stop": ["sensor"],
    }
    assert page.evaluate(LEFT) == 0
    forgive(complaints)


def test_after_a_minute_without_a_network_a_reload_and_more_typing_nothing_is_lost(
    page: Page,
    code: str,
    live_app: Flask,
    complaints: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page.clock.install()
    attempt = begin(page, code)
    page.on("dialog", lambda dialog: dialog.accept())
    write(page, "cleaner", "lemon")
    expect_state(page, "Saved")
    page.context.set_offline(True)
    write(page, "cleaner", " juice")
    page.locator("[name=q-early-stop][value=sensor]").check()
    page.clock.run_for(60_000)
    expect(page.get_by_role("alert").filter(has_text="cannot be saved right now")).to_be_visible()
    # The pages come back before anything can be saved, so what is typed then waits beside the rest;
    # and what a page sends while it goes away does not heed the browser's being offline.
    monkeypatch.setitem(live_app.view_functions, "student.save_response", lambda **_: ("", 503))
    with pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
        page.reload()
    page.context.set_offline(False)
    page.goto(f"/attempts/{attempt}")
    expect(page.locator("#q-cleaner")).to_have_value("lemon juice")
    write(page, "how-many", "340")
    expect_state(page, KEPT)
    assert saved(live_app, attempt) == {"cleaner": ["lemon"]}
    monkeypatch.undo()
    page.clock.run_for(30_000)
    expect_state(page, "Saved")
    assert saved(live_app, attempt) == {
        "cleaner": ["lemon juice"],
        "early-stop": ["sensor"],
        "how-many": ["340"],
    }
    assert page.evaluate(LEFT) == 0
    forgive(complaints)


def test_what_a_reload_in_an_outage_left_is_sent_when_the_page_is_loaded_again(
    page: Page,
    code: str,
    live_app: Flask,
    complaints: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    attempt = begin(page, code)
    page.on("dialog", lambda dialog: dialog.accept())
    # At the server: what a page sends while it goes away is out of the reach of page.route.
    monkeypatch.setitem(live_app.view_functions, "student.save_response", lambda **_: ("", 503))
    write(page, "cleaner", "lemon juice")
    expect_state(page, KEPT)
    page.reload()
    expect(page.locator("#q-cleaner")).to_have_value("lemon juice")
    expect_state(page, KEPT)
    page.close()
    assert saved(live_app, attempt) == {}
    monkeypatch.undo()
    again = page.context.new_page()
    again.goto(f"/attempts/{attempt}")
    expect_state(again, "Saved")
    assert saved(live_app, attempt) == {"cleaner": ["lemon juice"]}
    assert again.evaluate(LEFT) == 0
    forgive(complaints)


@pytest.mark.parametrize("status", [403, 408, 429])
def test_what_a_proxy_refuses_for_a_while_is_sent_again(
    page: Page, code: str, live_app: Flask, complaints: list[str], status: int
) -> None:
    attempt = begin(page, code)
    page.route("**/responses/*", lambda route: route.fulfill(status=status), times=1)
    write(page, "cleaner", "lemon juice")
    expect_state(page, KEPT)
    expect_state(page, "Saved")
    assert saved(live_app, attempt) == {"cleaner": ["lemon juice"]}
    forgive(complaints)


def test_after_three_failures_the_page_offers_the_answers_as_a_file(
    page: Page, code: str, complaints: list[str], tmp_path: Path, axe: Axe
) -> None:
    attempt = begin(page, code)
    page.route("**/responses/*", lambda route: route.abort())
    write(page, "cleaner", "lemon juice")
    trouble = page.get_by_role("alert").filter(has_text="cannot be saved right now")
    expect(trouble).to_be_visible(timeout=20_000)
    axe(page)
    with page.expect_download() as caught:
        page.get_by_role("button", name="Download my answers").click()
    caught.value.save_as(tmp_path / "answers.json")
    file = json.loads((tmp_path / "answers.json").read_text())
    assert (file["format"], file["attempt"]) == ("quizapp answers 1", attempt)
    assert file["answers"] == [
        {
            "item": "cleaner",
            "revision": 0,
            "values": ["lemon juice"],
            "level": "text",
            "again": False,
            "unheard": [["lemon juice"]],
        }
    ]
    page.unroute("**/responses/*")
    expect(page.get_by_text("The connection is back")).to_be_visible(timeout=20_000)
    forgive(complaints)


STEPS = {
    "Check and submit": "**/check",
    "Save": "**/attempts/*",
    "The repair room": "**/home",
}


@pytest.mark.parametrize("step", STEPS)
def test_no_step_leads_away_from_answers_that_a_silent_server_did_not_get(
    page: Page, code: str, live_app: Flask, complaints: list[str], axe: Axe, step: str
) -> None:
    attempt = begin(page, code)
    page.context.route("**/*", lambda route: route.abort())  # the browser thinks it is online
    write(page, "cleaner", "lemon juice")
    page.get_by_role("link" if step.startswith("The") else "button", name=step).first.click()
    again = page.get_by_role("button", name="Try again")
    expect(again).to_be_visible()
    expect(page.get_by_role("button", name="Download my answers")).to_be_visible()
    axe(page)
    again.click()
    expect_state(page, KEPT)
    assert page.url.endswith(attempt)
    page.context.unroute("**/*")
    again.press("Enter")
    page.wait_for_url(STEPS[step])
    if step == "Save":
        expect_state(page, "Saved")
    assert saved(live_app, attempt) == {"cleaner": ["lemon juice"]}
    forgive(complaints)


def test_handing_in_waits_for_what_another_page_left_on_the_device(
    page: Page, code: str, live_app: Flask, complaints: list[str]
) -> None:
    attempt = begin(page, code)
    page.context.route("**/responses/*", lambda route: route.abort())
    write(page, "cleaner", "lemon juice")
    expect_state(page, KEPT)
    other = page.context.new_page()
    other.goto(f"/attempts/{attempt}/check")
    other.get_by_role("button", name="Submit").click()
    expect(other.get_by_role("alert").filter(has_text="stays open")).to_be_visible()
    page.context.unroute("**/responses/*")
    other.get_by_role("button", name="Try again").click()
    other.wait_for_url("**/review")
    assert saved(live_app, attempt) == {"cleaner": ["lemon juice"]}
    forgive(complaints)


NOTHING_LOST = "Nothing that was saved is lost."


@pytest.mark.parametrize("step", STEPS)
def test_with_everything_saved_no_step_leads_to_the_error_page_of_the_browser_either(
    page: Page, code: str, complaints: list[str], axe: Axe, step: str
) -> None:
    attempt = begin(page, code)
    write(page, "cleaner", "lemon juice")
    expect_state(page, "Saved")
    page.context.route("**/*", lambda route: route.abort())  # the browser thinks it is online
    page.get_by_role("link" if step.startswith("The") else "button", name=step).first.click()
    again = page.get_by_role("button", name="Try again")
    expect(page.get_by_role("alert").filter(has_text=NOTHING_LOST)).to_be_visible()
    expect(page.get_by_role("button", name="Download my answers")).to_be_hidden()
    axe(page)
    with page.expect_event("requestfailed"):
        again.click()
    assert page.url.endswith(attempt)
    page.context.unroute("**/*")
    again.press("Enter")
    page.wait_for_url(STEPS[step])
    forgive(complaints)


@pytest.mark.parametrize("status", [502, 503], ids=["proxy alone", "restarting"])
def test_handing_in_keeps_its_page_while_the_server_is_away(
    page: Page, code: str, live_app: Flask, complaints: list[str], status: int
) -> None:
    attempt = begin(page, code)
    page.get_by_role("button", name="Check and submit").click()
    page.wait_for_url("**/check")
    page.context.route("**/*", lambda route: route.fulfill(status=status))
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_role("alert").filter(has_text=NOTHING_LOST)).to_be_visible()
    assert page.url.endswith(f"{attempt}/check")
    page.context.unroute("**/*")
    page.get_by_role("button", name="Try again").click()
    page.wait_for_url("**/review")
    forgive(complaints)


def test_of_two_presses_while_an_answer_is_on_its_way_the_later_one_counts(
    page: Page, code: str, live_app: Flask
) -> None:
    attempt = begin(page, code)
    waiting: list[Route] = []
    page.route("**/responses/*", lambda route: waiting.append(route))
    write(page, "cleaner", "lemon juice")
    page.get_by_role("button", name="Save").locator("visible=true").first.click()
    page.get_by_role("button", name="Check").locator("visible=true").click()
    page.wait_for_timeout(100)
    for route in waiting:
        route.continue_()
    page.wait_for_url("**/check")
    assert saved(live_app, attempt) == {"cleaner": ["lemon juice"]}
