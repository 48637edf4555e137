"""Accounts in a real browser: invite, set up, change the password, wait at a door."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import delete, select

from quizapp import staff
from quizapp.database import db, writing
from quizapp.models import Failure, Teacher
from tests.school import NOW, PASSWORD, add_teacher

NEW = "another long pass phrase"
LONG = "Ms Aurelia Featherstonehaugh-Montgomery of the Upper School, Modern Languages"


@pytest.fixture(scope="session")
def people(live_app: Flask) -> None:
    """Ms Admin and colleagues: one with the longest name, one whose account is closed."""
    hashed = live_app.extensions["quizapp_hasher"].hash(PASSWORD)
    with live_app.app_context():
        with writing() as session:
            admin_id = add_teacher("Ms Admin", hashed)
            session.get_one(Teacher, admin_id).is_admin = True
            add_teacher(LONG, hashed)
            add_teacher("Mr Ode", hashed)
        ode = db.session.scalars(select(Teacher.public_id).where(Teacher.name == "Mr Ode")).one()
        staff.close_account(ode, db.session.get_one(Teacher, admin_id), NOW)


@pytest.fixture
def no_waits(live_app: Flask) -> Iterator[None]:
    """Forget the failures of this test, which all come from the one address of all tests."""
    yield
    with live_app.app_context(), writing() as session:
        session.execute(delete(Failure))


def log_in(page: Page, name: str, password: str) -> None:
    page.goto("/teach/login")
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


@pytest.fixture
def admin_page(page: Page, people: None) -> Page:
    """A page on which Ms Admin has logged in."""
    log_in(page, "Ms Admin", PASSWORD)
    return page


def test_a_colleague_is_invited_comes_in_and_changes_the_password(
    admin_page: Page, new_context: Callable[[], BrowserContext]
) -> None:
    admin_page.get_by_role("link", name="Account").click()
    admin_page.get_by_role("link", name="accounts of all teachers").click()
    admin_page.get_by_role("button", name="Invite a teacher").click()
    admin_page.get_by_role("button", name="Copy").first.click()
    expect(admin_page.get_by_role("button", name="Copied")).to_be_visible()
    link = admin_page.get_by_label("Link: Invitation for a new teacher").first.input_value()
    page = new_context().new_page()
    page.goto(link)
    page.get_by_label("Your name").fill("Mr Vale")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Save and log in").click()
    page.get_by_role("link", name="Account").click()
    page.get_by_label("The password you have now").fill(PASSWORD)
    page.get_by_label("New password").fill(NEW)
    page.get_by_role("button", name="Change the password").click()
    expect(page.get_by_role("status")).to_contain_text("Your new password counts from now on.")
    admin_page.reload()
    admin_page.locator("li", has_text="Mr Vale").locator("summary").click()
    admin_page.get_by_role("button", name="Close the account: Mr Vale").click()
    expect(admin_page.get_by_role("status")).to_contain_text("The account of Mr Vale is closed.")
    page.reload()
    expect(page.get_by_role("heading", name="Teacher log-in")).to_be_visible()


def test_a_teacher_who_mistyped_too_often_reads_how_long_to_wait(
    page: Page, people: None, no_waits: None, complaints: list[str]
) -> None:
    for _ in range(11):
        log_in(page, "Ms Admin", "not this one")
    expect(page.get_by_role("alert")).to_contain_text("Try again in 5 minutes.")
    expect(page.get_by_label("Your name")).to_have_value("Ms Admin")
    assert {text.partition("the server responded with")[2][:28] for text in complaints} <= {
        " a status of 422 (UNPROCESSA",
        " a status of 429 (TOO MANY R",
    }
    complaints.clear()


def test_every_page_of_accounts_is_accessible_and_fits(
    page_in_both_looks: Page,
    admin_page: Page,
    axe: Callable[[Page], None],
    complaints: list[str],
) -> None:
    page = admin_page
    page.goto("/teach/teachers")
    page.get_by_role("button", name=f"New password link: {LONG}").click()
    page.locator("summary").first.click()
    for place in (None, "/teach/account"):
        if place:
            page.goto(place)
        axe(page)
        size = page.viewport_size
        for width in (size["width"] if size else 390, 320):
            page.set_viewport_size({"width": width, "height": 800})
            fits = page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            assert fits, (place, width)
    page.get_by_label("The password you have now").fill("x")
    page.get_by_role("button", name="Change the password").click()
    axe(page)
    complaints.clear()  # the browser notes the 422 in its console
