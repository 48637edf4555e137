"""Marks are added, never changed."""

from dataclasses import replace
from fractions import Fraction

import pytest
from flask import current_app
from sqlalchemy import select

from quizapp import attempts, classrooms, marks
from quizapp.bank.model import Given, Quiz, SingleChoice
from quizapp.bank.public import asked
from quizapp.database import db
from quizapp.library import Library
from quizapp.marking_again import mark_rows
from quizapp.models import Attempt, Student
from tests.core.core_world import NOW, SECRET, World


def hand_in(world: World, student: Student, text: str) -> Attempt:
    attempt = attempts.start(world.assignment, student, world.live, NOW)
    attempts.save(attempt, {"cleaner": Given((text,), "text")}, "text", NOW)
    attempts.submit(attempt, attempt.submission_key, world.live.quiz, NOW)
    return attempt


def newcomer(world: World, name: str) -> Student:
    classrooms.join(world.classroom, name, SECRET, NOW)
    return db.session.scalars(select(Student).where(Student.name == name)).one()


@pytest.fixture
def pair(world: World) -> tuple[Attempt, Attempt]:
    """Two students who wrote the same thing, which no rule decides."""
    other = newcomer(world, "Heron-3")
    return hand_in(world, world.student, "Sour stuff"), hand_in(world, other, "sour  stuff.")


def outcome(attempt: Attempt) -> str:
    return marks.current([attempt.id])[attempt.id]["cleaner"].outcome


def folded(attempt: Attempt) -> str:
    return marks.current([attempt.id])[attempt.id]["cleaner"].folded


def test_what_no_rule_decides_waits_and_is_not_wrong(
    pair: tuple[Attempt, Attempt], world: World
) -> None:
    score = marks.score(marks.current([pair[0].id])[pair[0].id], world.live.quiz)
    assert (outcome(pair[0]), score.waiting, score.points) == ("waiting", 1, Fraction(0))


def test_one_decision_marks_all_equal_answers(pair: tuple[Attempt, Attempt], world: World) -> None:
    form = folded(pair[0])
    changed = marks.decide(
        world.assignment, "cleaner", form, Fraction(1), 1, world.teacher, None, NOW
    )
    assert (changed, outcome(pair[0]), outcome(pair[1])) == (2, "right", "right")


def test_taking_back_restores_what_the_rules_gave(
    pair: tuple[Attempt, Attempt], world: World
) -> None:
    form = folded(pair[0])
    marks.decide(world.assignment, "cleaner", form, Fraction(1), 1, world.teacher, None, NOW)
    assert marks.take_back(world.assignment, "cleaner", form, world.teacher, NOW) == 2
    assert outcome(pair[1]) == "waiting"
    assert len(marks.history(pair[1].id)["cleaner"]) == 3


def test_a_group_can_be_decided_again_after_it_was_taken_back(
    pair: tuple[Attempt, Attempt], world: World
) -> None:
    form = folded(pair[0])
    for points in (Fraction(1), Fraction(0)):
        marks.decide(world.assignment, "cleaner", form, points, 1, world.teacher, None, NOW)
        assert marks.take_back(world.assignment, "cleaner", form, world.teacher, NOW) == 2
    assert outcome(pair[0]) == "waiting"


def test_points_above_the_maximum_are_refused(pair: tuple[Attempt, Attempt], world: World) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        marks.give(pair[0], "cleaner", Fraction(3, 2), 1, world.teacher, None, NOW)
    assert outcome(pair[0]) == "waiting"


def test_part_of_the_points_is_partly_right(pair: tuple[Attempt, Attempt], world: World) -> None:
    marks.give(pair[0], "cleaner", Fraction(1, 2), 1, world.teacher, "nearly", NOW)
    assert (outcome(pair[0]), outcome(pair[1])) == ("partly", "waiting")


def test_a_question_that_is_not_asked_at_every_level_is_not_marked(world: World) -> None:
    library: Library = current_app.extensions["quizapp_library"]
    live = library.find("harbour")
    assert live is not None
    assert len(asked(live.quiz)) < len(live.quiz.items)
    attempt = attempts.start(world.assignment, world.student, live, NOW)
    attempts.submit(attempt, attempt.submission_key, live.quiz, NOW)
    found = marks.current([attempt.id])[attempt.id]
    assert set(found) == {item.id for item in asked(live.quiz)}
    assert marks.score(found, live.quiz).maximum == sum(i.points for i in asked(live.quiz))


def test_a_choice_is_marked_anew_when_the_key_of_its_question_is_another(world: World) -> None:
    quiz = world.live.quiz
    item = next(one for one in quiz.items if isinstance(one, SingleChoice))
    other = replace(item, answer=next(one.id for one in item.options if one.id != item.answer))
    changed = replace(quiz, items=tuple(other if one is item else one for one in quiz.items))
    attempt = attempts.start(world.assignment, world.student, world.live, NOW)
    given = {item.id: Given((item.answer,), "text")}

    def outcomes(of: Quiz) -> set[str]:
        rows = mark_rows(attempt, of, given, None, NOW)
        return {row["outcome"] for row in rows if row["item_id"] == item.id}

    assert [outcomes(one) for one in (quiz, changed, quiz)] == [{"right"}, {"wrong"}, {"right"}]
