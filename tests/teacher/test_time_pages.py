"""Time limits on the teacher's pages: set, lengthened for one and for all, and said."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from quizapp import attempts, reopening
from quizapp.bank.model import Given
from quizapp.database import db, writing
from quizapp.models import Assignment, Attempt, Student
from quizapp.prolonging import Gift
from quizapp.teacher.timing import say_given
from quizapp.terms import find_allowance
from tests.school import School, post


def limit(school: School, minutes: int = 30) -> None:
    with writing() as session:
        session.get_one(Assignment, school.assignment_id).time_limit = minutes


def begin(school: School, name: str, answers: dict[str, str] | None = None) -> Attempt:
    """Start now, so that the deadline lies ahead of the pages' own clock."""
    student = school.find(name) or school.join(name)[0]
    attempt = attempts.start(school.assignment, student, school.live, datetime.now(UTC))
    return attempt


def extra(school: School, name: str) -> int:
    student = school.find(name)
    assert student
    found = find_allowance(school.assignment_id, student.id)
    return found.extra_minutes if found else 0


def place(school: School, page: str = "now") -> str:
    return f"/teach/assignments/{school.assignment.public_id}/{page}"


def help_page(school: School, student: Student) -> str:
    return place(school, f"students/{student.public_id}")


def targets(page: str) -> list[str]:
    return re.findall(r'name="target" value="([^"]+)"', page)


def settings(page: str, **changed: str) -> dict[str, str]:
    """Return what the form of the settings would send, with changes."""
    found = dict(re.findall(r'<input[^>]* name="([a-z_]+)"[^>]* value="([^"]*)"', page))
    radios = re.findall(r'type="radio" name="([a-z_]+)" value="([^"]+)" checked', page)
    sent = {**found, **dict(radios), **changed}
    return {name: value for name, value in sent.items() if name not in ("practice", "walk_in")}


@pytest.mark.parametrize(("typed", "stored"), [("45", 45), ("", None)])
def test_the_limit_is_set_in_whole_minutes_or_left_empty(
    school: School, typed: str, stored: int | None
) -> None:
    limit(school)
    teacher = school.as_teacher()
    page = place(school, "edit")
    post(teacher, page, page, settings(teacher.get(page).text, time_limit=typed))
    assert school.assignment.time_limit == stored


@pytest.mark.parametrize("typed", ["0", "601", "1.5", "ten", "-3", "0000060000", "٣"])
def test_another_limit_is_refused_and_stays_in_the_field(school: School, typed: str) -> None:
    teacher, page = school.as_teacher(), place(school, "edit")
    answer = post(teacher, page, page, settings(teacher.get(page).text, time_limit=typed))
    assert answer.status_code == 422
    assert "Type whole minutes from 1 to 600" in answer.text
    assert f'value="{typed}"' in answer.text
    assert school.assignment.time_limit is None


def test_giving_a_quiz_again_takes_the_limit_along(school: School) -> None:
    limit(school, 25)
    room, like = school.assignment.classroom.public_id, school.assignment.public_id
    text = school.as_teacher().get(f"/teach/classrooms/{room}/assignments/new?like={like}").text
    assert re.search(r'name="time_limit"[^>]* value="25"', text)


def test_the_time_of_a_student_is_chosen_on_the_students_page(school: School) -> None:
    student, _ = school.join("Otter-1")
    page = f"/teach/students/{student.public_id}/edit"
    teacher = school.as_teacher()
    post(teacher, page, f"/teach/students/{student.public_id}/time", {"factor": "150"})
    found = school.find("Otter-1")
    assert found
    assert found.time_factor == 150
    assert '<option value="150" selected>' in teacher.get(page).text


def test_a_time_that_is_not_in_the_list_is_refused(school: School) -> None:
    student, _ = school.join("Otter-1")
    page = f"/teach/students/{student.public_id}/edit"
    answer = post(
        school.as_teacher(), page, f"/teach/students/{student.public_id}/time", {"factor": "130"}
    )
    assert answer.status_code == 422
    assert "Choose a time from the list." in answer.text


def test_one_student_gets_five_minutes_however_often_the_button_is_sent(school: School) -> None:
    limit(school)
    begin(school, "Otter-1")
    student, teacher = school.find("Otter-1"), school.as_teacher()
    assert student
    page = help_page(school, student)
    assert "30 min</strong> left" in teacher.get(page).text
    for _ in range(2):
        answer = post(teacher, page, f"{page}/minutes", {"minutes": "5"})
    assert "has 5 extra minutes now" in answer.text
    assert "35 min</strong> left" in answer.text
    post(teacher, page, f"{page}/minutes", {"minutes": "0"})
    assert extra(school, "Otter-1") == 0


@pytest.mark.parametrize("typed", ["", "601", "-1", "x"])
def test_other_minutes_are_refused_in_words(school: School, typed: str) -> None:
    limit(school)
    begin(school, "Otter-1")
    student = school.find("Otter-1")
    assert student
    page = help_page(school, student)
    answer = post(school.as_teacher(), page, f"{page}/minutes", {"minutes": typed})
    assert "At most 600 minutes" in answer.text
    assert extra(school, "Otter-1") == 0


def give_all(school: School, teacher: FlaskClient, sent: list[str]) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', teacher.get(place(school)).text)
    assert found
    data = {"csrf_token": found[1], "target": sent}
    return teacher.post(place(school, "minutes"), data=data, follow_redirects=True).text


def test_everybody_who_works_gets_five_minutes_in_one_act_with_an_undo(school: School) -> None:
    limit(school)
    for name in ("Otter-1", "Otter-2"):
        begin(school, name)
    school.join("Heron-1")
    teacher = school.as_teacher()
    sent = targets(teacher.get(place(school)).text)
    assert len(sent) == 2
    for _ in range(2):
        text = give_all(school, teacher, sent)
    assert [extra(school, name) for name in ("Otter-1", "Otter-2", "Heron-1")] == [5, 5, 0]
    assert "Nothing was changed" in text
    text = give_all(school, teacher, targets(text))
    undo = re.search(r'action="([^"]+/minutes/undo\?act=\d+)"', text)
    assert undo
    assert "2 students: 5 more minutes each." in text
    assert "Taken back from 2 students." in post(teacher, place(school), undo[1], {}).text
    assert extra(school, "Otter-1") == 5


@pytest.mark.parametrize(
    ("closing", "given", "said"),
    [
        (32, 0, "2 students: 5 more minutes each, but less for all of them, because the quiz clos"),
        (60, 3, "2 students: 5 more minutes each, but less for 1 of them, because the rest had be"),
        (60, 0, "2 students: 5 more minutes each."),
    ],
)
def test_it_is_said_for_how_many_the_minutes_were_less(
    school: School, closing: int, given: int, said: str
) -> None:
    limit(school)
    with writing() as session:
        closes_at = datetime.now(UTC) + timedelta(minutes=closing)
        session.get_one(Assignment, school.assignment_id).closes_at = closes_at
    for name in ("Otter-1", "Otter-2"):
        begin(school, name)
    teacher = school.as_teacher()
    sent = targets(teacher.get(place(school)).text)
    student = school.find("Otter-1")
    assert student
    if given:  # meanwhile, by somebody else
        reopening.allow_time(school.assignment, student, given, school.teacher, datetime.now(UTC))
    assert said in give_all(school, teacher, sent)


def test_where_minutes_are_given_the_page_says_that_later_attempts_have_them_too(
    school: School,
) -> None:
    limit(school)
    begin(school, "Otter-1")
    student, teacher = school.find("Otter-1"), school.as_teacher()
    assert student
    assert "again in every later attempt at this quiz" in teacher.get(place(school)).text
    assert "in every attempt of this student" in teacher.get(help_page(school, student)).text


def test_both_reasons_for_fewer_minutes_are_said() -> None:
    minute = timedelta(minutes=1)
    assert say_given(Gift(1, (2 * minute, 3 * minute, 5 * minute), 1)) == (
        "3 students: 5 more minutes each, but less for 2 of them, because the quiz closes before "
        "that, or the rest had been given already."
    )


@pytest.mark.parametrize("sent", ["x", "x:", "x:y", ":", "x:9999", "\ud800:5", "\0:5"])
def test_targets_that_no_page_sends_change_nothing(school: School, sent: str) -> None:
    limit(school)
    begin(school, "Otter-1")
    give_all(school, school.as_teacher(), [sent.encode("utf-8", "replace").decode()])
    assert extra(school, "Otter-1") == 0


@pytest.mark.parametrize("act", ["7", "99999999999999999999"])
def test_an_act_that_is_none_cannot_be_taken_back(school: School, act: str) -> None:
    teacher = school.as_teacher()
    answer = post(teacher, place(school), place(school, f"minutes/undo?act={act}"), {})
    assert "There is nothing to take back any more." in answer.text


def test_the_minutes_left_stand_beside_each_student(school: School) -> None:
    limit(school)
    begin(school, "Otter-1")
    state = school.as_teacher().get(place(school, "now.json")).json
    assert state is not None
    [seat] = state["seats"]
    assert (seat["left"], seat["target"]) == ("30 min", 5)


def test_without_a_limit_the_page_says_nothing_of_time(school: School) -> None:
    begin(school, "Otter-1")
    text = school.as_teacher().get(place(school)).text
    assert "Time left" not in text
    assert "more minutes" not in text


def end(attempt: Attempt) -> None:
    """Let the time of an attempt be over since sixteen seconds."""
    attempt_id = attempt.id
    with writing() as session:
        row = session.get_one(Attempt, attempt_id)
        row.started_at = datetime.now(UTC) - timedelta(minutes=30, seconds=16)
        row.deadline_at = datetime.now(UTC) - timedelta(seconds=16)


def test_opening_again_asks_for_minutes_when_the_time_is_used_up(school: School) -> None:
    limit(school)
    attempt = begin(school, "Otter-1")
    end(attempt)
    student, teacher = school.find("Otter-1"), school.as_teacher()
    assert student
    page, public_id = help_page(school, student), attempt.public_id
    assert "by itself when the time was over" in teacher.get(page).text
    answer = post(teacher, page, f"{page}/reopening", {"attempt": public_id})
    assert answer.status_code == 422
    assert "The time limit is used up" in answer.text
    answer = post(teacher, page, f"{page}/reopening", {"attempt": public_id, "minutes": "1x"})
    assert "Type whole minutes from 1 to 600." in answer.text
    assert 'value="1x"' in answer.text
    answer = post(
        teacher, page, f"{page}/reopening", {"attempt": public_id, "minutes": "0000000019999"}
    )
    assert "Type whole minutes from 1 to 600." in answer.text
    answer = post(teacher, page, f"{page}/reopening", {"attempt": public_id, "minutes": "10"})
    assert "10 min</strong> left" in answer.text
    db.session.rollback()
    assert db.session.get_one(Attempt, attempt.id).state == "open"


def test_the_sheet_says_how_it_was_handed_in_and_what_came_late(school: School) -> None:
    limit(school)
    attempt = begin(school, "Otter-1")
    end(attempt)
    teacher = school.as_teacher()
    teacher.get(place(school))
    text = teacher.get(f"/teach/attempts/{attempt.public_id}").text
    assert "by itself when the time was over" in text
    assert "30 minutes, until" in text


def test_the_summary_says_who_ran_out_of_time_and_what_came_late(school: School) -> None:
    limit(school)
    school.hand_in("Heron-1", {})
    attempt = begin(school, "Otter-1")
    end(attempt)
    late = {"cleaner": Given(("ash",), "text")}
    attempts.save(attempt, late, "text", datetime.now(UTC))
    text = school.as_teacher().get(place(school, "").rstrip("/")).text
    rows = {name: text.split(f"<bdi>{name}</bdi>")[1] for name in ("Heron-1", "Otter-1")}
    assert "by itself: the time was over" in rows["Otter-1"]
    assert "1 answer came too late" in rows["Otter-1"]
    assert text.count("by itself:") == text.count("too late") == 1
