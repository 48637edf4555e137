"""A student who answers a quiz in a browser, and what the database then holds."""

import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select

from quizapp.classrooms import shown
from quizapp.database import db, writing
from quizapp.models import Assignment, Attempt, Classroom, Response, StrayResponse
from quizapp.models.columns import new_code

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
KEPT = "Not saved – kept on this device"
LEFT = "() => Object.keys(localStorage).filter((key) => key.startsWith('answers/')).length"
Axe = Callable[[Page], None]
NewContext = Callable[..., BrowserContext]


def give(app: Flask, *quiz_ids: str, **rules: object) -> str:
    """Make a classroom of the test's own with the quizzes to do; return the code to join it."""
    join_code = new_code()
    with app.app_context(), writing() as session:
        classroom = Classroom(name="Class 8b", join_code=join_code, created_at=NOW)
        session.add(classroom)
        session.flush()
        for quiz_id in quiz_ids:
            made = Assignment(classroom_id=classroom.id, quiz_id=quiz_id, created_at=NOW, **rules)
            session.add(made)
    return shown(join_code)


def join(page: Page, code: str) -> None:
    """Join as a student of a new name; end at the work that is to do."""
    page.goto(f"/join/{code}")
    page.get_by_label("Your name").fill(f"Otter-{uuid.uuid4().hex[:8]}")
    page.get_by_role("button", name="Join").click()
    page.get_by_role("link", name="I have written them down").click()


def begin(page: Page, code: str) -> str:
    """Join, start, and return the public id of the attempt."""
    join(page, code)
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/attempts/*")
    return page.url.rsplit("/", 1)[1]


def saved(app: Flask, attempt: str) -> dict[str, list[str]]:
    """Return the answers that are saved in the attempt, by item id."""
    return _values(app, attempt, Response)


def strays(app: Flask, attempt: str) -> dict[str, list[str]]:
    """Return what was kept beside them, by item id."""
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
    """Type into the control of an item."""
    page.locator(f"#q-{item}").press_sequentially(text)


def expect_state(page: Page, text: str, timeout: int = 8_000) -> None:
    """Wait until the bar says this of the answers."""
    expect(page.locator(".bar [data-saved]")).to_have_text(text, timeout=timeout)


def forgive(complaints: list[str]) -> None:
    """Forget what the browser says of requests that could not be sent; keep anything else."""
    complaints[:] = [one for one in complaints if "Failed to load resource" not in one]
