"""Giving a quiz through the pages: the form, what it refuses, and everything after it."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from quizapp import deadlines
from quizapp.assignments import Rules, digest, make, rules_of
from quizapp.bank.model import Defaults
from quizapp.database import db
from quizapp.models import Assignment, Classroom
from quizapp.teacher import assigning
from quizapp.teacher.forms_assigning import ATTEMPTS_SAID, NOT_A_TIME, PAST
from quizapp.teacher.qr import QUIET, draw
from tests.school import NOW, School, post

ORDINARY = {
    "quiz": "harbour",
    "closes": "",
    "opens": "",
    "attempts": "1",
    "counts": "first",
    "levels": "choice",
    "level": "a2",
    "order": "shuffled",
    "review": "submit",
}


def new_page(school: School) -> str:
    return f"/teach/classrooms/{school.assignment.classroom.public_id}/assignments/new"


def place(assignment: Assignment, act: str) -> str:
    return f"/teach/assignments/{assignment.public_id}/{act}"


def give(school: School, changes: Mapping[str, str], client: FlaskClient | None = None) -> str:
    page = new_page(school)
    return post(client or school.as_teacher(), page, page, {**ORDINARY, **changes}).text


def newest() -> Assignment:
    return db.session.query(Assignment).order_by(Assignment.id.desc()).first() or Assignment()


def act(school: School, what: str, data: Mapping[str, str] | None = None) -> str:
    found = school.assignment
    return post(school.as_teacher(), place(found, "edit"), place(found, what), data or {}).text


def test_two_decisions_give_a_quiz_and_lead_to_the_page_to_project(school: School) -> None:
    text = give(school, {"closes": "2126-05-05T10:42"})
    made = newest()
    assert "This is the page to show your class." in text
    assert f"<wbr>/go/{made.code[:4]}-{made.code[4:]}" in text
    assert rules_of(made) == Rules(closes_at=datetime(2126, 5, 5, 8, 42, tzinfo=UTC))


def test_every_setting_arrives(school: School) -> None:
    give(
        school,
        {
            "opens": "2126-05-05T10:00",
            "closes": "2126-05-06T10:00",
            "attempts": "20",
            "counts": "last",
            "levels": "fixed",
            "level": "b1",
            "order": "written",
            "review": "closing",
            "practice": "y",
            "walk_in": "y",
        },
    )
    assert rules_of(newest()) == Rules(
        opens_at=datetime(2126, 5, 5, 8, tzinfo=UTC),
        closes_at=datetime(2126, 5, 6, 8, tzinfo=UTC),
        attempts_allowed=20,
        counts="last",
        level_mode="fixed",
        level="b1",
        shuffle=False,
        review="closing",
        is_practice=True,
        walk_in=True,
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"quiz": ""}, "Choose a quiz from the list."),
        ({"quiz": "nothing"}, "Choose a quiz from the list."),
        ({"closes": "soon"}, NOT_A_TIME),
        ({"closes": "2020-01-01T10:00"}, PAST),
        ({"opens": "2020-01-01T10:00"}, PAST),
        (
            {"opens": "2126-01-02T10:00", "closes": "2126-01-02T10:00"},
            "This is not after the opening.",
        ),
        ({"review": "closing"}, "say when this closes"),
        ({"attempts": "0"}, ATTEMPTS_SAID),
        ({"attempts": "21"}, ATTEMPTS_SAID),
        ({"attempts": "many"}, ATTEMPTS_SAID),
        ({"levels": "fixed", "level": "c2"}, "does not have this level. It has: Easier, Standard."),
    ],
)
def test_what_makes_no_sense_is_named_and_nothing_typed_is_lost(
    school: School, changes: dict[str, str], message: str
) -> None:
    before = newest().id
    page = new_page(school)
    sent = {**ORDINARY, "closes": "2126-05-05T10:42", **changes}
    if changes.get("review") == "closing":
        sent["closes"] = ""
    answer = post(school.as_teacher(), page, page, sent)
    assert answer.status_code == 422
    assert message in answer.text
    assert f'value="{sent["closes"]}"' in answer.text
    assert newest().id == before


def test_a_setting_with_an_error_is_not_folded_away(school: School) -> None:
    assert '<details class="more" open>' in give(school, {"attempts": "0"})
    assert '<details class="more">' in give(school, {"closes": "soon"})


def test_the_zone_of_the_times_is_named(school: School) -> None:
    assert "Time in Europe/Berlin" in school.as_teacher().get(new_page(school)).text


def test_the_form_begins_with_what_the_quiz_file_says() -> None:
    class Quiz:
        defaults = Defaults(attempts=3, shuffle_options=False, review="never")

    assert assigning._usual(Quiz()) == Rules(  # type: ignore[arg-type]
        attempts_allowed=3, shuffle=False, review="never"
    )


def test_editing_keeps_a_closing_to_the_second_when_it_was_not_touched(school: School) -> None:
    act(school, "close")
    closed = school.assignment.closes_at
    assert closed is not None
    shown = closed.astimezone(school.app.extensions["quizapp_zone"]).strftime("%Y-%m-%dT%H:%M")
    changes = {"closes": shown, "attempts": "2", "base": digest(rules_of(school.assignment))}
    text = act(school, "edit", {**ORDINARY, **changes})
    assert "The new settings are saved." in text
    assert (school.assignment.closes_at, school.assignment.attempts_allowed) == (closed, 2)


def test_close_now_and_open_again_for_a_day_at_the_same_time(school: School) -> None:
    assert "Open without an end." not in act(school, "close")
    assert "Open again for a day" in act(school, "close")
    page = school.as_teacher().get(place(school.assignment, "edit")).text
    named = re.search(r'name="until" value="(2[^"]+)"', page)
    assert named is not None
    text = act(school, "extend", {"until": named[1]})
    closes = school.assignment.closes_at
    act(school, "extend", {"until": named[1]})
    assert school.assignment.closes_at == closes
    assert closes is not None
    assert timedelta(hours=22) < closes - datetime.now(UTC) < timedelta(hours=26)
    assert "Open until" in text
    act(school, "extend", {"until": "open"})
    assert school.assignment.closes_at is None


def test_review_after_closing_cannot_lose_its_closing(school: School) -> None:
    rules = Rules(review="closing", closes_at=datetime.now(UTC) + timedelta(hours=1))
    made = make(school.assignment.classroom, "kettles", rules, school.teacher, NOW)
    target = place(made, "extend")
    answer = post(school.as_teacher(), place(made, "edit"), target, {"until": "open"})
    assert "so it needs one" in answer.text


def test_the_page_says_who_is_working_and_what_holds_for_them(school: School) -> None:
    school.start("Otter-1", {})
    text = school.as_teacher().get(place(school.assignment, "edit")).text
    assert "1 student is working on it." in text
    assert "Attempts that have begun keep their level, their order and their text." in text
    assert "Everything else that you change here holds for everyone as soon as you save;" in text


def test_deleting_offers_an_undo_that_puts_it_back(school: School) -> None:
    text = act(school, "delete")
    undo = place(school.assignment, "restore")
    assert "Students no longer see it." in text
    assert f'action="{undo}"' in text
    assert school.as_teacher().get(place(school.assignment, "edit")).status_code == 404
    room = school.assignment.classroom.public_id
    listed = school.as_teacher().get(f"/teach/classrooms/{room}/assignments/deleted").text
    assert f'action="{undo}"' in listed
    answer = post(school.as_teacher(), "/teach/", undo, {})
    assert "is back, as it was." in answer.text


def test_giving_it_again_begins_with_its_settings_in_the_other_class(school: School) -> None:
    rules = Rules(attempts_allowed=5, closes_at=datetime.now(UTC) - timedelta(days=1))
    made = make(school.assignment.classroom, "harbour", rules, school.teacher, NOW)
    other = Classroom(teacher_id=school.teacher.id, name="8b", join_code="ZZZZ", created_at=NOW)
    db.session.add(other)
    db.session.commit()
    link = f"/teach/classrooms/{other.public_id}/assignments/new?like={made.public_id}"
    client = school.as_teacher()
    assert link in client.get(place(made, "edit")).text
    page = client.get(link).text
    assert '<option value="harbour" selected>' in page
    assert 'name="attempts" type="number" value="5"' in page
    assert 'name="closes" type="datetime-local" value=""' in page


def test_a_quiz_that_left_the_shelf_can_still_be_closed_and_changed(school: School) -> None:
    made = make(school.assignment.classroom, "nothing", Rules(), school.teacher, NOW)
    page = place(made, "edit")
    assert "This quiz is not on the shelf right now" in school.as_teacher().get(page).text
    base = digest(rules_of(made))
    answer = post(school.as_teacher(), page, page, {**ORDINARY, "attempts": "2", "base": base})
    assert "The new settings are saved." in answer.text


def test_the_page_to_project_shows_the_class_code_only_while_joining_is_open(
    school: School,
) -> None:
    room, client = school.assignment.classroom, school.as_teacher()
    code, link = f"{room.join_code[:4]}-{room.join_code[4:]}", place(school.assignment, "link")
    assert code in client.get(link).text
    db.session.get_one(Classroom, room.id).joining_open = False
    db.session.commit()
    assert code not in client.get(link).text


@pytest.mark.parametrize("page", ["edit", "link"])
def test_another_teacher_finds_no_such_assignment(school: School, page: str) -> None:
    stranger = school.as_teacher("Mr Hale")
    assert stranger.get(place(school.assignment, page)).status_code == 404
    assert stranger.get(new_page(school)).status_code == 404


@pytest.mark.parametrize("what", ["edit", "close", "extend", "delete", "restore"])
def test_another_teacher_changes_nothing(school: School, what: str) -> None:
    school.app.config["WTF_CSRF_ENABLED"] = False
    before = rules_of(school.assignment)
    answer = school.as_teacher("Mr Hale").post(place(school.assignment, what), data=ORDINARY)
    assert answer.status_code == 404
    assert (rules_of(school.assignment), school.assignment.deleted_at) == (before, None)


def test_another_teachers_assignment_is_no_pattern(school: School) -> None:
    stranger = school.as_teacher("Mr Hale")
    room = Classroom(name="9a", join_code="YYYY", created_at=NOW)
    room.teacher_id = school.teacher.id + 1
    db.session.add(room)
    db.session.commit()
    like = school.assignment.public_id
    page = f"/teach/classrooms/{room.public_id}/assignments/new?like={like}"
    assert stranger.get(page).status_code == 404


def test_the_summary_hands_in_what_is_overdue(school: School) -> None:
    attempt = school.start("Otter-1", {"cleaner": "lemon"})
    db.session.get_one(Assignment, school.assignment_id).closes_at = NOW
    deadlines.refresh()
    db.session.commit()
    school.as_teacher().get(f"/teach/assignments/{school.assignment.public_id}")
    db.session.expire_all()
    assert attempt.state == "submitted"


def test_a_code_has_its_quiet_zone_and_the_three_eyes() -> None:
    code = draw("http://127.0.0.1:8000/go/ABCD-EFGH")
    end = code.size - QUIET - 7
    assert code.path.startswith(f"M{QUIET} {QUIET}h7v1h-7z")
    assert f"M{end} {QUIET}h7v1h-7z" in code.path
    assert f"M{QUIET} {end}h7v1h-7z" in code.path


def test_settings_left_out_of_a_form_are_the_usual_ones(school: School) -> None:
    school.app.config["WTF_CSRF_ENABLED"] = False
    sent: MultiDict[str, str] = MultiDict({"quiz": "harbour"})
    assert school.as_teacher().post(new_page(school), data=sent).status_code == 303
    assert rules_of(newest()) == Rules()
