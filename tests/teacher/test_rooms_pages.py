"""Classrooms and students as a teacher's pages run them."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from quizapp import classrooms, rooms, rosters
from quizapp.auth import joining
from quizapp.database import db
from quizapp.models import AuditEntry, Classroom, ClassroomShare
from tests.school import NOW, School, add_teacher, post
from tests.teacher.room_forms import ROOM, STUDENT, fill, send, share

PAGES = (ROOM, f"{ROOM}/settings", f"{STUDENT}/edit", f"{STUDENT}/merge?other={{other}}")
Act = tuple[str, dict[str, str]]
SHARED_ACTS: tuple[Act, ...] = (
    (f"{ROOM}/code", {}),
    (f"{ROOM}/joining", {"open": "no"}),
    (f"{ROOM}/students", {"names": "Zoe"}),
    (f"{ROOM}/name", {"name": "7d"}),
    (f"{STUDENT}/name", {"name": "Zoe"}),
    (f"{STUDENT}/level", {"level": "text"}),
    (f"{STUDENT}/phrase", {}),
    (f"{STUDENT}/removal", {}),
    (f"{STUDENT}/return", {}),
    (f"{STUDENT}/merge", {"other": "{other}"}),
)
OWNERS_ACTS: tuple[Act, ...] = (
    (f"{ROOM}/colleagues", {"colleague": "Mr Hale"}),
    (f"{ROOM}/colleagues/{{student}}/end", {}),
    (f"{ROOM}/archive", {"keep_until": "2030-01-01"}),
    (f"{ROOM}/unarchive", {}),
)


@pytest.mark.parametrize("pattern", PAGES)
def test_a_page_is_open_to_the_owner_and_missing_for_others(school: School, pattern: str) -> None:
    place = fill(school, pattern)
    assert school.as_teacher().get(place).status_code == 200
    assert school.as_teacher("Mr Hale").get(place).status_code == 404


@pytest.mark.parametrize(("pattern", "data"), SHARED_ACTS + OWNERS_ACTS)
def test_another_teacher_changes_nothing(
    school: School, pattern: str, data: dict[str, str]
) -> None:
    school.app.config["WTF_CSRF_ENABLED"] = False
    filled = {key: fill(school, value) for key, value in data.items()}
    answer = school.as_teacher("Mr Hale").post(fill(school, pattern), data=filled)
    assert answer.status_code == 404
    assert not db.session.scalars(select(AuditEntry)).all()


@pytest.mark.parametrize(("pattern", "data"), OWNERS_ACTS)
def test_a_colleague_does_not_do_what_is_the_owners(
    school: School, pattern: str, data: dict[str, str]
) -> None:
    share(school, "Mr Hale")
    school.app.config["WTF_CSRF_ENABLED"] = False
    filled = {key: fill(school, value) for key, value in data.items()}
    assert school.as_teacher("Mr Hale").post(fill(school, pattern), data=filled).status_code == 404


@pytest.mark.parametrize(("pattern", "data"), SHARED_ACTS)
def test_a_colleague_does_what_the_owner_does(
    school: School, pattern: str, data: dict[str, str]
) -> None:
    share(school, "Mr Hale")
    send(school, school.as_teacher("Mr Hale"), pattern, data)


def test_a_class_is_made_on_one_screen_and_opened(school: School) -> None:
    client = school.as_teacher()
    data = {"name": "8b", "naming": "pseudonyms"}
    page = post(client, "/teach/classrooms/new", "/teach/classrooms/new", data)
    made = db.session.scalars(select(Classroom).where(Classroom.name == "8b")).one()
    assert made.naming == "pseudonyms"
    assert page.request.path == f"/teach/classrooms/{made.public_id}"
    assert classrooms.shown(made.join_code) in page.text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"name": "", "naming": "roster"}, "Type a name for the class"),
        ({"name": "x" * 81, "naming": "roster"}, "Keep the name under 81 characters."),
        ({"name": "8b", "naming": "numbers"}, "Choose one of the three."),
    ],
)
def test_a_class_that_is_not_right_yet_is_asked_for_again(
    school: School, data: dict[str, str], words: str
) -> None:
    place = "/teach/classrooms/new"
    page = post(school.as_teacher(), place, place, data)
    assert page.status_code == 422
    assert words in page.text
    assert f'value="{data["name"]}"' in page.text
    assert ('value="roster" checked' in page.text) == (data["naming"] == "roster")


def test_a_new_teacher_is_led_through_the_first_steps(school: School) -> None:
    text = school.as_teacher("Mr Hale").get("/teach/").text
    steps = [text.index(words) for words in ("Make a class", "Give it a quiz", "Show the code")]
    assert steps == sorted(steps)
    assert 'href="/teach/classrooms/new"' in text


def test_home_folds_archived_classes_away(school: School) -> None:
    rooms.archive(school.assignment.classroom, datetime.now(UTC), school.teacher, NOW)
    text = school.as_teacher().get("/teach/").text
    assert text.index("Archived classes (1)") < text.index("Class 7c")
    assert "All your classes are in the archive." in text


def test_home_marks_a_class_that_is_shared(school: School) -> None:
    share(school, "Mr Hale")
    assert "shared with you" in school.as_teacher("Mr Hale").get("/teach/").text
    assert "shared with you" not in school.as_teacher().get("/teach/").text


def test_the_page_of_a_class_shows_who_has_joined_and_what_is_finished(school: School) -> None:
    school.hand_in("Anna", {"cleaner": "lemon"})
    rosters.add_names(school.assignment.classroom, ["Ben"], school.teacher, NOW)
    text = school.as_teacher().get(fill(school, ROOM)).text
    rows = re.findall(r'<tr class="whole">.*?</tr>', text, re.DOTALL)
    cells = [re.sub(r"<[^>]+>", " ", row).split() for row in rows if "/students/" in row]
    assert cells == [["Anna", "2", "March", "2026", "1"], ["Ben", "not", "yet", "0"]]


def test_names_beyond_the_places_of_a_class_are_refused_and_stay_in_the_box(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(classrooms, "MOST_STUDENTS", 3)
    text = send(school, school.as_teacher(), f"{ROOM}/students", {"names": "Zoe\nYan"})
    assert "these would be more. Nobody was added." in text
    assert "Zoe\nYan</textarea>" in text
    assert school.find("Zoe") is None


def test_pasted_names_are_added(school: School) -> None:
    text = send(school, school.as_teacher(), f"{ROOM}/students", {"names": "Name\nZoe\nYan"})
    assert "2 names added." in text
    assert school.find("Zoe")


def test_nothing_is_added_while_a_line_is_wrong_and_the_text_is_kept(school: School) -> None:
    pasted = "Zoe\nzoe\n<b>Yan"
    text = send(school, school.as_teacher(), f"{ROOM}/students", {"names": pasted})
    assert "Nothing has been added yet: 1 line needs a look." in text
    assert "Line 2: the same name as line 1" in text
    assert "Zoe\nzoe\n&lt;b&gt;Yan</textarea>" in text
    assert "Add the 2 good ones" in text
    assert not school.find("Zoe")


def test_the_good_names_are_added_on_request(school: School) -> None:
    data = {"names": "Zoe\nzoe\nYan", "good_only": "y"}
    assert "2 names added." in send(school, school.as_teacher(), f"{ROOM}/students", data)


def test_no_name_at_all_is_said_kindly(school: School) -> None:
    client = school.as_teacher()
    for names, words in (("", "at least one name"), ("Name", "no name in what you pasted")):
        assert words in send(school, client, f"{ROOM}/students", {"names": names})


def test_where_names_are_given_none_are_added(school: School) -> None:
    room = rooms.create("8b", "pseudonyms", school.teacher, NOW)
    client, place = school.as_teacher(), f"/teach/classrooms/{room.public_id}"
    assert "Add names" not in client.get(place).text
    answer = post(client, "/teach/classrooms/new", f"{place}/students", {"names": "Zoe"})
    assert answer.status_code == 404


def test_a_new_code_replaces_the_old_one(school: School) -> None:
    old = school.assignment.classroom.join_code
    text = send(school, school.as_teacher(), f"{ROOM}/code", {})
    assert classrooms.shown(old) not in text
    assert classrooms.shown(school.assignment.classroom.join_code) in text


def test_a_closed_class_shows_no_code_and_answers_as_an_unknown_one(school: School) -> None:
    text = send(school, school.as_teacher(), f"{ROOM}/joining", {"open": "no"})
    code = school.assignment.classroom.join_code
    assert classrooms.shown(code) not in text
    visitor = school.app.test_client()
    closed, unknown = (visitor.get(f"/join/{one}").text for one in (code, "ZZZZZZZZ"))
    hide = re.compile(r'name="csrf_token" value="[^"]+"')
    assert hide.sub("", closed).replace(code, "ZZZZZZZZ") == hide.sub("", unknown)
    assert joining.NO_CODE in closed


def test_a_colleague_is_found_by_name_and_leaves_again(school: School) -> None:
    add_teacher("Mr Hale", "-")
    db.session.commit()
    client = school.as_teacher()
    text = send(school, client, f"{ROOM}/colleagues", {"colleague": "Mr Hail"})
    assert "No colleague of this name" in text
    assert 'value="Mr Hail"' in text
    text = send(school, client, f"{ROOM}/colleagues", {"colleague": "mr hale"})
    assert "<bdi>Mr Hale</bdi>" in text
    text = send(school, school.as_teacher("Mr Hale"), f"{ROOM}/leave", {})
    assert "You have left the class." in text
    assert not db.session.scalars(select(ClassroomShare)).all()


def test_the_archive_has_a_day_a_year_from_now_to_begin_with(school: School) -> None:
    text = school.as_teacher().get(fill(school, f"{ROOM}/settings")).text
    day = (datetime.now(UTC) + timedelta(days=365)).date()
    assert f'value="{day}"' in text or f'value="{day + timedelta(days=1)}"' in text


def test_a_class_is_archived_until_a_day_and_taken_out_again(school: School) -> None:
    client, code = school.as_teacher(), school.assignment.classroom.join_code
    day = (datetime.now(UTC) + timedelta(days=40)).date()
    text = send(school, client, f"{ROOM}/archive", {"keep_until": str(day)})
    assert f"It is kept until {day.day} {day:%B %Y}." in text
    assert joining.NO_CODE in school.app.test_client().get(f"/join/{code}").text
    assert "This class is archived." in client.get(fill(school, ROOM)).text
    send(school, client, f"{ROOM}/unarchive", {})
    assert joining.NO_CODE not in school.app.test_client().get(f"/join/{code}").text


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("", "Type a day"),
        ("31 July", "Type a day"),
        ("2020-01-01", "after today"),
        ("9999-12-31", "within the next five years"),
        ("0001-01-01", "day"),
    ],
)
def test_a_day_that_cannot_be_is_explained(school: School, day: str, words: str) -> None:
    text = send(school, school.as_teacher(), f"{ROOM}/archive", {"keep_until": day})
    assert words in text.split('class="error-summary"')[1]
    assert f'value="{day}"' in text
    assert school.assignment.classroom.archived_at is None
