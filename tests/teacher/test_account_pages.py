"""A teacher's own account, and the administrator's page of teachers."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from quizapp.database import db, writing
from quizapp.models import SetupLink, Teacher
from tests.school import PASSWORD, Browser, School, open_school, post

ACCOUNT, TEACHERS = "/teach/account", "/teach/teachers"
NEW = "another long pass phrase"


@pytest.fixture
def school(sqlite_app: Flask) -> Iterator[School]:
    """Ms Reed and her class; what these pages write is tested on both databases in tests/core."""
    with sqlite_app.app_context():
        yield open_school(sqlite_app)


@pytest.fixture
def teacher(school: School) -> FlaskClient:
    return school.as_teacher()


@pytest.fixture
def admin(school: School) -> FlaskClient:
    """The browser of Ms Admin, who has no class."""
    client = school.as_teacher("Ms Admin")
    with writing() as session:
        session.scalars(select(Teacher).where(Teacher.name == "Ms Admin")).one().is_admin = True
    return client


def of_reed(school: School, act: str) -> str:
    return f"{TEACHERS}/{school.teacher.public_id}/{act}"


def link_on(page: str) -> str:
    found = re.search(r'value="http://localhost(/teach/setup/[^"]+)"', page)
    assert found is not None
    return found[1]


def change(client: FlaskClient, old: str, new: str) -> tuple[int, str]:
    answer = post(client, ACCOUNT, f"{ACCOUNT}/password", {"old": old, "new": new})
    return answer.status_code, answer.text


def test_a_changed_password_keeps_this_browser_and_ends_the_others(
    school: School, teacher: FlaskClient
) -> None:
    other = school.as_teacher()
    status, page = change(teacher, PASSWORD, NEW)
    assert status == 200
    assert "Your new password counts from now on" in page
    assert other.get("/teach/").status_code == 303


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("not this one", NEW, "This is not the password you have now"),
        ("", NEW, "Type the password you have now"),
        (PASSWORD, "short", "Choose a new password of at least 10"),
        (PASSWORD, "", "Choose a new password."),
    ],
)
def test_what_is_wrong_with_a_password_is_said(
    teacher: FlaskClient, old: str, new: str, message: str
) -> None:
    status, page = change(teacher, old, new)
    assert status == 422
    assert message in page
    assert not (old and f'value="{old}"' in page)


def test_another_browser_is_logged_out_from_the_account(
    school: School, teacher: FlaskClient
) -> None:
    other = school.as_teacher()
    page = teacher.get(ACCOUNT).text
    found = re.search(r'action="(/teach/account/browsers/\w+/log-out)"', page)
    assert found is not None
    assert "That browser is logged out." in post(teacher, ACCOUNT, found[1], {}).text
    assert other.get("/teach/").status_code == 303


def test_all_other_browsers_are_logged_out_at_once(school: School, teacher: FlaskClient) -> None:
    others = [school.as_teacher(), school.as_teacher()]
    answer = post(teacher, ACCOUNT, f"{ACCOUNT}/browsers/log-out", {})
    assert "Logged out: 2 other browsers." in answer.text
    assert "You are logged in nowhere else." in answer.text
    assert [other.get("/teach/").status_code for other in others] == [303, 303]


def test_a_browser_of_a_colleague_cannot_be_logged_out(
    school: School, teacher: FlaskClient, admin: FlaskClient
) -> None:
    page = admin.get(ACCOUNT).text
    assert "log-out" not in page.partition("Where you are logged in")[2]
    school.as_teacher("Ms Admin")
    found = re.search(r'action="(/teach/account/browsers/\w+/log-out)"', admin.get(ACCOUNT).text)
    assert found is not None
    assert post(teacher, ACCOUNT, found[1], {}).status_code == 404


def test_only_administrators_find_the_page_of_teachers(
    school: School, teacher: FlaskClient, admin: FlaskClient
) -> None:
    assert admin.get(TEACHERS).status_code == 200
    assert TEACHERS in admin.get(ACCOUNT).text
    assert teacher.get(TEACHERS).status_code == 404
    assert TEACHERS not in teacher.get(ACCOUNT).text
    for act in ("password-link", "close", "open"):
        assert post(teacher, ACCOUNT, of_reed(school, act), {}).status_code == 404
    assert post(teacher, ACCOUNT, f"{TEACHERS}/invitations", {}).status_code == 404
    assert db.session.scalar(select(SetupLink.id)) is None


def test_an_administrator_sees_no_class_of_others(school: School, admin: FlaskClient) -> None:
    assert "Class 7c" not in admin.get("/teach/").text
    assert admin.get(f"/teach/assignments/{school.assignment.public_id}").status_code == 404


def test_an_invited_teacher_sets_up_an_account(school: School, admin: FlaskClient) -> None:
    link = link_on(post(admin, TEACHERS, f"{TEACHERS}/invitations", {}).text)
    newcomer = Browser(school.app, school.app.response_class, use_cookies=True)
    answer = post(newcomer, link, link, {"name": "Mr Vale", "password": PASSWORD})
    assert answer.request.path == "/teach/"
    assert newcomer.get(TEACHERS).status_code == 404
    assert "Class 7c" not in newcomer.get("/teach/").text
    assert newcomer.get(link).status_code == 410
    assert link not in admin.get(TEACHERS).text


def test_a_withdrawn_invitation_says_that_it_opens_nothing(
    school: School, admin: FlaskClient
) -> None:
    link = link_on(post(admin, TEACHERS, f"{TEACHERS}/invitations", {}).text)
    found = re.search(rf'action="({TEACHERS}/links/[^"]+/withdraw)"', admin.get(TEACHERS).text)
    assert found is not None
    post(admin, TEACHERS, found[1], {})
    assert admin.get(link).status_code == 410
    assert post(admin, TEACHERS, found[1], {}).status_code == 404


def test_a_password_link_ends_the_old_log_ins_and_knows_the_name(
    school: School, teacher: FlaskClient, admin: FlaskClient
) -> None:
    link = link_on(post(admin, TEACHERS, of_reed(school, "password-link"), {}).text)
    forgetful = Browser(school.app, school.app.response_class, use_cookies=True)
    assert 'value="Ms Reed"' in forgetful.get(link).text
    post(forgetful, link, link, {"name": "Ms Reed", "password": NEW})
    assert forgetful.get("/teach/").status_code == 200
    assert teacher.get("/teach/").status_code == 303


def test_a_closed_account_is_opened_again(
    school: School, teacher: FlaskClient, admin: FlaskClient
) -> None:
    closed = post(admin, TEACHERS, of_reed(school, "close"), {})
    assert "The account of Ms Reed is closed." in closed.text
    assert teacher.get("/teach/").status_code == 303
    data = {"name": "Ms Reed", "password": PASSWORD}
    assert post(teacher, "/teach/login", "/teach/login", data).status_code == 422
    post(admin, TEACHERS, of_reed(school, "open"), {})
    assert post(teacher, "/teach/login", "/teach/login", data).request.path == "/teach/"


def test_an_administrator_cannot_close_the_own_account(school: School, admin: FlaskClient) -> None:
    own = db.session.scalars(select(Teacher.public_id).where(Teacher.is_admin)).one()
    answer = post(admin, TEACHERS, f"{TEACHERS}/{own}/close", {})
    assert "You cannot close your own account" in answer.text
    assert admin.get("/teach/").status_code == 200
