"""The figures of the summary: what counts, what waits, and how few queries it takes."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import pytest
from flask import Flask
from sqlalchemy import event

from quizapp import assignments, marks, students
from quizapp.database import db, writing
from quizapp.outcomes import get_question
from quizapp.summaries import overview, summary
from tests.school import NOW, School, open_school


@pytest.fixture
def school(app: Flask) -> Iterator[School]:
    with app.app_context():
        yield open_school(app)


def outcomes(school: School, item_id: str) -> dict[str, int]:
    return dict(get_question(school.assignment, item_id, school.library).outcomes)


def test_an_open_attempt_is_not_counted(school: School) -> None:
    school.start("Otter-1", {"cleaner": "lemon"})
    found = summary(school.assignment, school.library)
    assert dict(found.states) == {"working": 1}
    assert outcomes(school, "cleaner") == {}


def test_options_are_counted_by_their_ids(school: School) -> None:
    for name, option in (("Otter-1", "sensor"), ("Otter-2", "juice"), ("Otter-3", "juice")):
        school.hand_in(name, {"early-stop": option})
    found = get_question(school.assignment, "early-stop", school.library)
    counts = {entry.option.id: entry.count for entry in found.options}
    assert counts == {"sensor": 1, "juice": 2, "money": 0, "pages": 0}
    assert [entry.option.id for entry in found.options if entry.is_key] == ["sensor"]


def test_only_the_first_attempt_of_a_student_counts(school: School) -> None:
    with writing():
        school.assignment.attempts_allowed = 2
    school.hand_in("Otter-1", {"cleaner": "a sensor"})
    school.hand_in("Otter-1", {"cleaner": "lemon"})
    assert outcomes(school, "cleaner") == {"wrong": 1}
    assert summary(school.assignment, school.library).repeated


def test_an_answer_of_a_second_attempt_waits_as_well(school: School) -> None:
    with writing():
        school.assignment.attempts_allowed = 2
    school.hand_in("Otter-1", {"cleaner": "lemon"})
    school.hand_in("Otter-1", {"cleaner": "sour stuff"})
    assert summary(school.assignment, school.library).waiting == 1


def test_groups_put_waiting_answers_first_and_then_the_biggest(school: School) -> None:
    typed = ("lemon", "lemon", "sour stuff", "chalk", "Chalk.", "a sensor")
    for number, text in enumerate(typed):
        school.hand_in(f"Otter-{number}", {"cleaner": text})
    groups = get_question(school.assignment, "cleaner", school.library).groups
    assert [(group.typed[0], group.count) for group in groups] == [
        ("chalk", 2),
        ("sour stuff", 1),
        ("lemon", 2),
        ("a sensor", 1),
    ]


def test_blank_answers_are_counted_and_not_grouped(school: School) -> None:
    school.hand_in("Otter-1", {})
    found = get_question(school.assignment, "cleaner", school.library)
    assert (found.outcomes["blank"], found.groups, found.marked) == (1, (), 1)


def test_a_score_with_a_waiting_answer_is_in_the_spread_with_its_points_so_far(
    school: School,
) -> None:
    for number in range(5):
        school.hand_in(f"Otter-{number}", {"cleaner": "lemon"})
    school.hand_in("Otter-9", {"cleaner": "sour stuff"})
    found = summary(school.assignment, school.library).scores
    assert found.spread is not None
    assert [dot.score for dot in found.spread.dots] == [0, 1, 1, 1, 1, 1]
    assert found.dots == (("Otter-9", True), *((f"Otter-{number}", False) for number in range(5)))
    assert (found.number, found.provisional) == (6, 1)


def test_students_stand_in_counting_order(school: School) -> None:
    for name in ("Otter-10", "Heron-3", "Otter-2"):
        school.join(name)
    names = [row.student.name for row in summary(school.assignment, school.library).students]
    assert names == ["Heron-3", "Otter-2", "Otter-10"]


def test_an_attempt_at_an_older_version_counts_with_its_own_questions(school: School) -> None:
    school.hand_in("Otter-1", {"cleaner": "sour stuff", "early-stop": "sensor"})
    newer = replace(
        school.live.quiz, items=tuple(i for i in school.live.quiz.items if i.id != "cleaner")
    )
    live = school.library._store(newer)
    school.library.shelf = replace(school.library.shelf, quizzes={newer.id: live})
    school.hand_in("Otter-2", {"early-stop": "juice"})
    found = summary(school.assignment, school.library)
    dropped = found.questions[-1]
    assert (found.other_versions, found.waiting) == (1, 1)
    assert (dropped.item.id, dropped.dropped, dict(dropped.outcomes)) == (
        "cleaner",
        True,
        {"waiting": 1},
    )


def test_the_overview_counts_what_the_summary_counts(school: School) -> None:
    school.hand_in("Otter-1", {"cleaner": "sour stuff"})
    school.start("Otter-2", {})
    school.join("Otter-3")
    (room,) = overview(school.teacher, school.library)
    (line,) = room.lines
    assert (line.finished, line.working, line.not_started, line.waiting) == (1, 1, 1, 1)


def test_a_removed_student_neither_works_nor_waits_for_marks(school: School) -> None:
    school.hand_in("Otter-1", {"cleaner": "sour stuff"})
    school.start("Otter-2", {})
    for name in ("Otter-1", "Otter-2"):
        student = school.find(name)
        assert student is not None
        students.remove(student, school.teacher, NOW)
    line = overview(school.teacher, school.library)[0].lines[0]
    assert (line.finished, line.working, line.waiting) == (0, 0, 0)
    assert assignments.count_working(school.assignment) == 0


def test_a_decision_ends_the_waiting_everywhere(school: School) -> None:
    school.hand_in("Otter-1", {"cleaner": "sour stuff"})
    marks.decide(
        school.assignment, "cleaner", "sour stuff", Fraction(1), 1, school.teacher, None, NOW
    )
    (room,) = overview(school.teacher, school.library)
    assert room.lines[0].waiting == 0
    assert summary(school.assignment, school.library).waiting == 0


def test_thirty_students_take_no_more_queries_than_five(school: School) -> None:
    def count() -> int:
        db.session.expunge_all()
        assignment, seen = school.assignment, []
        event.listen(db.engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
        summary(assignment, school.library)
        return len(seen)

    for number in range(5):
        school.hand_in(f"Otter-{number}", {"cleaner": "lemon"})
    before = count()
    for number in range(5, 30):
        school.hand_in(f"Otter-{number}", {"cleaner": "lemon"})
    assert count() == before
