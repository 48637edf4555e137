"""Two pages of the same attempt, open at once: neither wipes out what the other saved."""

import pytest
from flask import Flask

from quizapp.database import db
from quizapp.models import Response
from tests.student.student_world import Browser, MakeBrowser, assign, base


@pytest.fixture
def browser(sqlite_app: Flask, make_browser: MakeBrowser) -> Browser:
    """A student who has joined and has the quiz about kettles to do."""
    made = make_browser()
    made.join("Otter-17")
    assign(sqlite_app, "kettles")
    return made


def saved(app: Flask) -> dict[str, str]:
    with app.app_context():
        return {row.item_id: row.given for row in db.session.query(Response)}


def test_an_older_page_leaves_alone_what_it_did_not_touch(
    sqlite_app: Flask, browser: Browser
) -> None:
    attempt = browser.start()
    first_tab = base(browser.get(attempt))
    second_tab = first_tab
    one = {"level": "text", "base": first_tab, "q-cleaner": "lemon juice", "q-how-many": ""}
    browser.post(attempt, one)
    browser.post(attempt, {**one, "base": second_tab, "q-cleaner": "", "q-how-many": "340"})
    assert saved(sqlite_app) == {"cleaner": '["lemon juice"]', "how-many": '["340"]'}


def test_an_answer_can_be_emptied_on_a_fresh_page(sqlite_app: Flask, browser: Browser) -> None:
    attempt = browser.start()
    browser.post(attempt, {"level": "text", "base": base(browser.get(attempt)), "q-cleaner": "ash"})
    browser.post(attempt, {"level": "text", "base": base(browser.get(attempt)), "q-cleaner": ""})
    assert saved(sqlite_app) == {"cleaner": "[]"}


@pytest.mark.parametrize("odd", ["", "[", "[1]", "null"])
def test_a_base_that_cannot_be_read_saves_the_whole_page(
    sqlite_app: Flask, browser: Browser, odd: str
) -> None:
    attempt = browser.start()
    browser.post(attempt, {"level": "text", "base": odd, "q-cleaner": "ash"})
    assert saved(sqlite_app) == {"cleaner": '["ash"]'}
