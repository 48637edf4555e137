"""What a quiz that was given refuses or says once students have begun, have longer, or are gone."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from quizapp import assignments, reopening, rooms
from quizapp.database import writing
from quizapp.teacher import assigning
from tests.school import NOW, School, post
from tests.teacher.test_assigning import ORDINARY, act, give, new_page, newest, place

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize("was", [False, True])
def test_once_students_have_begun_practice_is_greyed_and_stays_as_it_is(
    school: School, was: bool
) -> None:
    with writing():
        school.assignment.is_practice = was
    before = school.as_teacher().get(place(school.assignment, "edit")).text
    school.start("Otter-1", {})
    after = school.as_teacher().get(place(school.assignment, "edit")).text
    ticked = ' value="y" checked' if was else ' value="y"'
    assert f'id="practice"{ticked}> ' in before
    assert f'id="practice"{ticked} disabled> ' in after
    assert ('type="hidden" name="practice"' in after) == was
    sent = {**ORDINARY, "attempts": "2", **({"practice": "y"} if was else {})}
    assert "The new settings are saved." in act(school, "edit", sent)
    assert (school.assignment.is_practice, school.assignment.attempts_allowed) == (was, 2)


def test_a_switch_to_practice_from_an_old_page_is_refused_and_nothing_is_lost(
    school: School,
) -> None:
    school.start("Otter-1", {})
    page = place(school.assignment, "edit")
    sent = {**ORDINARY, "attempts": "7", "practice": "y"}
    answer = post(school.as_teacher(), page, page, sent)
    assert (answer.status_code, assigning.BEGUN in answer.text) == (422, True)
    assert 'type="number" value="7"' in answer.text
    assert not school.assignment.is_practice


def test_close_now_says_who_has_longer(school: School) -> None:
    later = datetime.now(UTC) + timedelta(days=30)
    for name, days in (("Otter-1", 0), ("Otter-2", 1)):
        student = school.join(name)[0]
        until = later + timedelta(days=days)
        reopening.close_later(school.assignment, student, until, school.teacher, later)
        said = act(school, "close")
        longer = re.search(r"Closed for the class\. (.+? until [^.]+\.) What the others had", said)
        assert longer
        assert longer[1] in said.split('class="state"')[1]
        number = "2 students have longer: the last" if days else "1 student has longer:"
        assert longer[1].startswith(f"{number} until {until.astimezone(BERLIN).day} ")


def test_close_now_speaks_of_all_students_when_nobody_has_longer(school: School) -> None:
    assert "Closed. What students had saved is handed in for them." in act(school, "close")


def test_a_class_that_is_archived_is_given_no_quiz(school: School) -> None:
    room, client = school.assignment.classroom, school.as_teacher()
    room_page, before = new_page(school), newest().id
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(room_page).text)
    assert token
    form = {**ORDINARY, "csrf_token": token[1]}
    rooms.archive(room, NOW + timedelta(days=9), school.teacher, NOW)
    asked = client.get(room_page, follow_redirects=True)
    sent = client.post(room_page, data=form, follow_redirects=True)
    for answer in (asked, sent):
        assert assigning.ARCHIVED in answer.text
        assert "Take out of the archive" in answer.text
    assert newest().id == before


def test_a_class_that_is_archived_at_this_moment_is_given_no_quiz(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    def archived(*_given: object) -> None:
        raise assignments.IsArchived

    monkeypatch.setattr(assignments, "make", archived)
    assert assigning.ARCHIVED in give(school, {})
