"""What the summary says of a class, from which number of answers on, and the files it gives."""

import csv
import io
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event

from quizapp import attempts
from quizapp.bank.model import (
    Given,
    IdeasAnswer,
    Item,
    MultipleChoice,
    NumberAnswer,
    ShortAnswer,
    SingleChoice,
)
from quizapp.bank.numerals import say_number
from quizapp.database import db, writing
from quizapp.models import Assignment
from tests.school import NOW, SHIPPED, School, open_shipped_school


def page(school: School, end: str = "") -> str:
    place = f"/teach/assignments/{school.assignment.public_id}{end}"
    return " ".join(school.as_teacher().get(place).text.split())


@pytest.fixture
def big(sqlite_app: Flask, tmp_path: Path) -> Iterator[School]:
    """Ms Reed's class with the quiz that ships, which has more than eight questions."""
    with sqlite_app.app_context():
        yield open_shipped_school(sqlite_app, tmp_path / "bank")


def right_answer(item: Item, level: str) -> tuple[str, ...]:
    if isinstance(item, MultipleChoice):
        return item.answers
    if isinstance(item, ShortAnswer):
        return (item.accept[level][0],)
    if isinstance(item, NumberAnswer):
        qualifier = "" if item.qualifier == "none" else f"{item.qualifier} "
        return (qualifier + say_number(item.value),)
    if isinstance(item, IdeasAnswer):
        return (" ".join(idea.keywords[0].rstrip("*") for idea in item.ideas),)
    return (item.answer,)


def first_choice(school: School) -> SingleChoice:
    live = school.library.find(SHIPPED)
    assert live is not None
    return next(item for item in live.quiz.items if isinstance(item, SingleChoice))


def sit(school: School, students: int, *, miskeyed: bool = False) -> None:
    """Let a class of mixed ability answer; what it does not know it leaves out."""
    chance = random.Random(5)
    live = school.library.find(SHIPPED)
    assert live is not None
    level = live.quiz.levels[1].id
    for number in range(students):
        student, ability = school.join(f"Otter-{number}")[0], chance.uniform(0.3, 0.95)
        attempt = attempts.start(school.assignment, student, live, NOW)
        known = [item for item in live.quiz.items if chance.random() < ability]
        given = {item.id: Given(right_answer(item, level), level) for item in known}
        if miskeyed:
            item = first_choice(school)
            wrong = next(one.id for one in item.options if one.id != item.answer)
            given[item.id] = Given((wrong,), level)
        attempts.save(attempt, given, level, NOW)
        attempts.submit(attempt, attempt.submission_key, live.quiz, NOW)


@pytest.mark.parametrize(("students", "said"), [(19, False), (20, True)])
def test_how_far_scores_must_differ_is_said_from_twenty_students(
    big: School, students: int, said: bool
) -> None:
    sit(big, students)
    text = page(big)
    assert (
        re.search(r"Scores closer than \d+ points are not really different", text) is not None
    ) == said
    assert ("can be said from 20 fully marked first attempts" in text) != said
    assert ("Correlation of this question with the score" in text) == said
    assert (f"Too few fully marked first attempts ({students})" in text) != said


def test_a_key_that_the_strongest_do_not_choose_is_doubted(big: School) -> None:
    item_id = first_choice(big).id
    sit(big, 15, miskeyed=True)
    text = page(big)
    assert f'<a href="#q-{item_id}"><strong>1</strong> question may have a wrong key' in text
    assert "The strongest third mostly chose" in text
    assert "With so few students this can be chance" in text


def test_below_fifteen_students_no_key_is_doubted_on_the_page(big: School) -> None:
    sit(big, 14, miskeyed=True)
    assert "wrong key" not in page(big)


def test_the_page_takes_no_more_queries_for_thirty_students_than_for_five(school: School) -> None:
    client, place = school.as_teacher(), f"/teach/assignments/{school.assignment.public_id}"

    def count() -> int:
        seen: list[object] = []
        note = lambda *args: seen.append(args[2])  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", note)
        assert client.get(place).status_code == 200
        event.remove(db.engine, "before_cursor_execute", note)
        return len(seen)

    for number in range(5):
        school.hand_in(f"Otter-{number}", {"cleaner": "lemon"})
    count()  # the first look of a log-in notes when it was
    before = count()
    for number in range(5, 30):
        school.hand_in(f"Otter-{number}", {"cleaner": "lemon"})
    assert count() == before


def test_a_question_to_discuss_names_the_lure_its_kind_and_its_paragraph(school: School) -> None:
    for number in range(6):
        chosen = "pages" if number < 4 else "sensor"
        answers = {"early-stop": chosen, "cleaner": "lemon", "how-many": "340"}
        school.hand_in(f"Otter-{number}", answers)
    text = page(school)
    assert "4 of 6 chose <q>Nobody had read the notebook first</q>" in text
    assert ": true of another place in the text (¶2)." in text
    assert '<mark class="elsewhere">somebody turns the pages</mark>' in text


def test_a_written_lure_is_quoted(school: School) -> None:
    for number in range(5):
        answers = {"early-stop": "sensor", "cleaner": "lemon"}
        school.hand_in(f"Otter-{number}", {**answers, "how-many": "60" if number < 3 else "340"})
    assert '3 of 5 wrote <q class="typed" dir="auto">60</q>.' in page(school)


def test_a_question_of_which_answers_wait_is_not_yet_discussed(school: School) -> None:
    for number in range(6):
        school.hand_in(f"Otter-{number}", {"cleaner": "" if number else "sour stuff"})
    talks = page(school).partition('id="discuss"')[2].partition('id="skills"')[0]
    assert "What removes the chalk?" not in talks


@pytest.mark.parametrize(("students", "said"), [(9, False), (10, True)])
def test_the_range_for_a_class_is_said_from_ten_answers(
    school: School, students: int, said: bool
) -> None:
    for number in range(students):
        school.hand_in(f"Otter-{number}", {"early-stop": "sensor" if number % 2 else "juice"})
    assert ("% would be unsurprising" in page(school)) == said


def test_mistakes_are_counted_by_kind(school: School) -> None:
    for number in range(12):
        school.hand_in(f"Otter-{number}", {"early-stop": "pages" if number else "juice"})
    text = page(school)
    assert "Of 12 wrong choices" in text
    assert "11 of 12" in text
    assert "practise going back to the text" in text


def test_a_name_stands_on_its_dot(school: School) -> None:
    for number in range(5):
        school.hand_in(f"Otter-{number}", {"cleaner": "lemon"})
    assert "<title>Otter-3: 1 of 6</title>" in page(school)


@pytest.mark.parametrize(
    ("policy", "score"), [("first", "1 of 6"), ("last", "0 of 6"), ("best", "2 of 6")]
)
def test_the_attempt_that_counts_gives_the_score(school: School, policy: str, score: str) -> None:
    with writing():
        school.assignment.attempts_allowed = 3
        school.assignment.counts = policy
    for answers in ({"cleaner": "lemon"}, {"cleaner": "lemon", "early-stop": "sensor"}, {}):
        school.hand_in("Otter-1", answers)
    assert f'data-label="Score">{score}</td>' in page(school)


def test_a_removed_student_is_left_out_and_a_walk_in_named(school: School) -> None:
    gone = school.hand_in("Otter-1", {"cleaner": "lemon"}).student
    guest = school.hand_in("Otter-2", {"cleaner": "lemon"}).student
    with writing():
        gone.removed_at, guest.is_walk_in = NOW, True
    text = page(school)
    assert "1 student who was removed from the class is left out." in text
    assert "Otter-1" not in text
    assert '<span class="tag">walk-in</span>' in text


def test_practice_shows_who_has_practised_and_no_figures(school: School) -> None:
    with writing():
        school.assignment.is_practice = True
    school.hand_in("Otter-1", {"cleaner": "lemon"})
    school.join("Otter-2")
    text = page(school)
    assert "<strong>1</strong> of 2 have practised" in text
    assert "There are no figures here" in text
    assert "Score" not in text


def test_a_students_page_lists_scores_and_keeps_practice_out(school: School) -> None:
    student = school.hand_in("Otter-1", {"cleaner": "lemon", "how-many": "340"}).student
    with writing() as session:
        room = school.assignment.classroom_id
        extra = Assignment(classroom_id=room, quiz_id="kettles", is_practice=True, created_at=NOW)
        session.add(extra)
        session.flush()
        extra_id = extra.id
    practice = School(school.app, extra_id)
    practice.hand_in("Otter-1", {"early-stop": "sensor"})
    text = " ".join(school.as_teacher().get(f"/teach/students/{student.public_id}").text.split())
    assert "2 of 6" in text
    assert "<dd>2 of 4</dd>" in text
    assert "From the first attempts at 1 quiz" in text
    assert '<span class="tag">practice</span>' in text


def test_another_teacher_finds_no_student_and_no_file(school: School) -> None:
    student = school.hand_in("Otter-1", {}).student
    client, place = (
        school.as_teacher("Mr Hale"),
        f"/teach/assignments/{school.assignment.public_id}",
    )
    for address in (
        f"/teach/students/{student.public_id}",
        f"{place}/answers.csv",
        f"{place}/scores.csv",
    ):
        assert client.get(address).status_code == 404


def rows(school: School, name: str) -> list[dict[str, str]]:
    place = f"/teach/assignments/{school.assignment.public_id}/{name}"
    answer = school.as_teacher().get(place)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="kettles-')
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


def test_the_file_of_answers_holds_every_answer_with_its_kind(school: School) -> None:
    school.hand_in("Otter-1", {"early-stop": "pages", "cleaner": "=1+1", "how-many": "340"})
    found = {row["item"]: row for row in rows(school, "answers.csv")}
    assert len(found) == 5
    assert (found["early-stop"]["answer"], found["early-stop"]["option_type"]) == (
        "Nobody had read the notebook first",
        "elsewhere",
    )
    assert (found["cleaner"]["answer"], found["cleaner"]["points"]) == ("'=1+1", "")
    assert (found["how-many"]["points"], found["how-many"]["maximum"]) == ("1", "1")
    assert found["two-true"]["answer"] == ""
    assert {row["counted"] for row in found.values()} == {"yes"}
    assert found["cleaner"]["submitted_at"] == "2026-03-02T10:50:00+01:00"


def test_the_file_of_scores_holds_every_student(school: School) -> None:
    school.hand_in("Otter-1", {"cleaner": "lemon"})
    school.join("Otter-2")
    one, two = rows(school, "scores.csv")
    assert (one["student"], one["points"], one["maximum"], one["waiting"]) == (
        "Otter-1",
        "1",
        "6",
        "0",
    )
    assert (two["state"], two["points"]) == ("not started", "")
