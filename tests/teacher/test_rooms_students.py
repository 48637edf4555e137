"""What the page of one student does: name, words, level, merging, removal."""

import re
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from quizapp import classrooms, rooms, students
from quizapp.database import db, writing
from quizapp.models import Student
from quizapp.teacher.students import BOTH_OPEN, BOTH_OPEN_DELETED
from tests.school import NOW, School, post
from tests.teacher.room_forms import STUDENT, fill, send


def test_new_words_are_shown_once(school: School) -> None:
    client = school.as_teacher()
    text = send(school, client, f"{STUDENT}/phrase", {})
    words = re.findall(r"<li>([a-z]+)</li>", text)
    assert len(words) == 4
    assert classrooms.rejoin(" ".join(words), school.secret, NOW) is not None
    again = client.get(fill(school, f"{STUDENT}/edit")).text
    assert words[0] + "</li>" not in again


def test_a_removal_is_undone_with_one_button(school: School) -> None:
    client = school.as_teacher()
    text = send(school, client, f"{STUDENT}/removal", {})
    assert "<bdi>Anna</bdi> is no longer in the class" in text
    undo = re.search(r'action="([^"]+/return)"', text)
    assert undo
    anna = school.find("Anna")
    assert anna is not None
    assert anna.removed_at is not None
    assert "The student is back" in post(client, "/teach/classrooms/new", undo[1], {}).text
    again = school.find("Anna")
    assert again is not None
    assert again.removed_at is None


def test_a_name_in_the_way_of_putting_back_is_said(school: School) -> None:
    client = school.as_teacher()
    send(school, client, f"{STUDENT}/removal", {})
    public_id = fill(school, "{student}")
    classrooms.join(school.assignment.classroom, "Anna", school.secret, NOW)
    text = post(client, "/teach/classrooms/new", f"/teach/students/{public_id}/return", {}).text
    assert "Another student has this name by now." in text
    assert "Removed from the class" in text


@pytest.mark.parametrize(
    ("name", "words"),
    [("Ben", "has this name"), ("!!", "letters or digits"), ("", "Type a name."), ("x" * 41, "40")],
)
def test_a_name_that_cannot_be_is_kept_and_explained(school: School, name: str, words: str) -> None:
    fill(school, "{other}")
    text = send(school, school.as_teacher(), f"{STUDENT}/name", {"name": name})
    assert words in re.sub(r"\s+", " ", text.split('class="error-summary"')[1])
    assert f'value="{name}"' in text


def test_the_levels_of_the_quizzes_can_be_chosen(school: School) -> None:
    client = school.as_teacher()
    assert "The reading level is saved." in send(
        school, client, f"{STUDENT}/level", {"level": "text"}
    )
    assert "Choose a level" in send(school, client, f"{STUDENT}/level", {"level": "c9"})
    anna = school.find("Anna")
    assert anna is not None
    assert anna.level == "text"


def test_merging_says_first_what_will_happen(school: School) -> None:
    school.hand_in("Anna", {"cleaner": "lemon"})
    school.start("Ben", {"cleaner": "juice"})
    client = school.as_teacher()
    text = client.get(fill(school, f"{STUDENT}/merge?other={{other}}")).text
    assert text.index("1 quiz finished") < text.index("0 quizzes finished, 1 quiz begun")
    assert "This cannot be undone." in text
    assert school.find("Ben")
    send(school, client, f"{STUDENT}/merge", {"other": "{other}"})
    assert not db.session.scalars(
        select(Student).where(Student.name == "Ben", Student.joined_at < NOW + timedelta(1))
    ).all()


@pytest.mark.parametrize(("deleted_at", "said"), [(None, BOTH_OPEN), (NOW, BOTH_OPEN_DELETED)])
def test_two_who_work_at_one_quiz_stay_two_and_the_page_says_what_to_do(
    school: School, deleted_at: datetime | None, said: str
) -> None:
    for name in ("Anna", "Ben"):
        school.start(name, {"cleaner": "lemon"})
    with writing():
        school.assignment.deleted_at = deleted_at
    text = send(school, school.as_teacher(), f"{STUDENT}/merge", {"other": "{other}"})
    assert said in text
    assert ("Hand in now" in text) == (deleted_at is None)
    assert school.find("Ben")


def test_students_of_two_classes_are_not_merged(school: School) -> None:
    room = rooms.create("8b", "free", school.teacher, NOW)
    classrooms.join(room, "Cy", school.secret, NOW)
    other = db.session.scalars(select(Student).where(Student.name == "Cy")).one().public_id
    place = fill(school, f"{STUDENT}/merge?other=") + other
    assert school.as_teacher().get(place).status_code == 404


@pytest.mark.parametrize("name", ["<script>x</script>", "\u202ecitsale", "=cmd|' /C calc'!A0"])
def test_a_name_is_shown_as_text_and_stands_alone(school: School, name: str) -> None:
    anna = school.join("Anna")[0]
    students.rename(anna, name, school.teacher, NOW)
    client = school.as_teacher()
    public_id = anna.public_id
    room = school.assignment.classroom.public_id
    for place in (f"/teach/classrooms/{room}", f"/teach/students/{public_id}/edit"):
        text = client.get(place).text
        shown = name.replace("<", "&lt;").replace(">", "&gt;").replace("'", "&#39;")
        assert f"<bdi>{shown}</bdi>" in text
        assert "<script>x" not in text
