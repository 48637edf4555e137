"""Answers save themselves in a real browser, through outages, reloads, and beside other tabs."""

import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Dialog, Page, Route, expect
from sqlalchemy import select

from quizapp.classrooms import shown
from quizapp.database import db
from quizapp.models import Assignment, Attempt, Classroom, Response, StrayResponse
from quizapp.models.columns import new_code

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
KEPT = "Not saved – kept on this device"
LEFT = "() => Object.keys(localStorage).filter((key) => key.startsWith('answers/')).length"
Axe = Callable[[Page], None]
NewContext = Callable[..., BrowserContext]


@pytest.fixture
def code(live_app: Flask) -> str:
    """The code of a classroom of the test's own, with the quiz about kettles to do."""
    join_code = new_code()
    with live_app.app_context():
        classroom = Classroom(
            name="Class 8b", join_code=join_code, is_demonstration=False, created_at=NOW
        )
        db.session.add(classroom)
        db.session.flush()
        db.session.add(Assignment(classroom_id=classroom.id, quiz_id="kettles", created_at=NOW))
        db.session.commit()
    return shown(join_code)


def begin(page: Page, code: str) -> str:
    page.goto(f"/join/{code}")
    page.get_by_label("Your name").fill(f"Otter-{uuid.uuid4().hex[:8]}")
    page.get_by_role("button", name="Join").click()
    page.get_by_role("link", name="I have written them down").click()
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/attempts/*")
    return page.url.rsplit("/", 1)[1]


def saved(app: Flask, attempt: str) -> dict[str, list[str]]:
    return _values(app, attempt, Response)


def strays(app: Flask, attempt: str) -> dict[str, list[str]]:
    return _values(app, attempt, StrayResponse)


def _values(
    app: Flask, attempt: str, table: type[Response] | type[StrayResponse]
) -> dict[str, list[str]]:
    with app.app_context():
        rows = db.session.execute(
            select(table.item_id, table.given)
            .join(Attempt, Attempt.id == table.attempt_id)
            .where(Attempt.public_id == attempt)
        )
        return {item_id: json.loads(given) for item_id, given in rows}


def write(page: Page, item: str, text: str) -> None:
    page.locator(f"#q-{item}").press_sequentially(text)


def expect_state(page: Page, text: str, timeout: int = 8_000) -> None:
    expect(page.locator(".bar [data-saved]")).to_have_text(text, timeout=timeout)


def forgive(complaints: list[str]) -> None:
    """Forget what the browser says of requests that could not be sent; keep anything else."""
    complaints[:] = [one for one in complaints if "Failed to load resource" not in one]


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
    expect(page.get_by_role("alert").filter(has_text="nothing was sent")).to_be_visible()
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


def test_a_reply_that_is_lost_does_not_make_the_page_its_own_rival(
    page: Page, code: str, live_app: Flask, complaints: list[str]
) -> None:
    attempt = begin(page, code)

    def swallow(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/responses/*", swallow, times=1)
    write(page, "cleaner", "lemon")
    expect_state(page, KEPT)
    write(page, "cleaner", " juice")
    expect_state(page, "Saved")
    assert saved(live_app, attempt) == {"cleaner": ["lemon juice"]}
    assert strays(live_app, attempt) == {}
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
        }
    ]
    page.unroute("**/responses/*")
    expect(page.get_by_text("The connection is back")).to_be_visible(timeout=20_000)
    forgive(complaints)


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
    other = page.context.new_page()
    other.route("**/responses/*", lambda route: route.abort())
    other.goto(f"/attempts/{attempt}/check")
    other.get_by_role("button", name="Submit").click()
    other.wait_for_url("**/review")
    other.unroute("**/responses/*")
    other.reload()
    expect(other.get_by_text("kept for your teacher, but not counted")).to_be_visible()
    assert other.evaluate(LEFT) == 0
    assert strays(live_app, attempt) == {"cleaner": ["lemon juice"]}
    forgive(complaints)
