"""More minutes for everybody who works: absolute, in one act, and taken back as one."""

import json
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from quizapp import attempts, audit, classrooms, prolonging, reopening
from quizapp.database import db, writing
from quizapp.models import Attempt, Student
from quizapp.terms import find_allowance
from tests.core.core_world import NOW, SECRET, World

LIMIT = 30
MINUTE = timedelta(minutes=1)


@pytest.fixture
def working(world: World) -> list[Student]:
    """Two students who work under a time limit, and a third who has not started."""
    assignment_id = world.assignment.id
    with writing() as session:
        session.get_one(type(world.assignment), assignment_id).time_limit = LIMIT
    for name in ("Heron-2", "Heron-3"):
        classrooms.join(world.classroom, name, SECRET, NOW)
    students = list(db.session.scalars(select(Student).order_by(Student.id)))
    for student in students[:2]:
        attempts.start(world.assignment, student, world.live, NOW)
    return students


def extra(world: World, students: list[Student]) -> list[int]:
    found = [find_allowance(world.assignment.id, one.id) for one in students]
    return [one.extra_minutes if one else 0 for one in found]


def minutes(student: Student) -> float:
    """Return the minutes from the start to the deadline of the student's attempt."""
    query = select(Attempt.deadline_at).where(Attempt.student_id == student.id)
    ends_at = db.session.scalars(query).one()
    assert ends_at is not None
    return (ends_at - NOW) / timedelta(minutes=1)


def give(world: World, students: list[Student], number: int = 5) -> prolonging.Gift:
    targets = {one.public_id: number for one in students}
    return prolonging.give_all(world.assignment, targets, world.teacher, NOW)


def test_everybody_who_works_gets_them_at_once_and_nobody_else(
    inside: Flask, world: World, working: list[Student]
) -> None:
    assert give(world, working).gained == (5 * MINUTE, 5 * MINUTE)
    assert extra(world, working) == [5, 5, 0]
    assert [minutes(one) for one in working[:2]] == [LIMIT + 5, LIMIT + 5]


def test_the_same_act_sent_twice_is_one(world: World, working: list[Student]) -> None:
    give(world, working)
    assert give(world, working) == prolonging.Gift()
    assert extra(world, working) == [5, 5, 0]


def test_nobody_loses_minutes_to_a_form_that_is_old(world: World, working: list[Student]) -> None:
    reopening.allow_time(world.assignment, working[0], 15, world.teacher, NOW)
    assert give(world, working).gained == (5 * MINUTE,)
    assert extra(world, working) == [15, 5, 0]


def test_an_undo_puts_back_what_each_had(world: World, working: list[Student]) -> None:
    reopening.allow_time(world.assignment, working[0], 3, world.teacher, NOW)
    act = give(world, working).act
    assert prolonging.take_back(world.assignment, act, world.teacher, NOW) == 2
    assert extra(world, working) == [3, 0, 0]
    assert [minutes(one) for one in working[:2]] == [LIMIT + 3, LIMIT]
    assert prolonging.take_back(world.assignment, act, world.teacher, NOW) == 0


def test_an_undo_leaves_what_was_given_after_it(world: World, working: list[Student]) -> None:
    act = give(world, working).act
    reopening.allow_time(world.assignment, working[0], 20, world.teacher, NOW)
    assert prolonging.take_back(world.assignment, act, world.teacher, NOW) == 1
    assert extra(world, working) == [20, 0, 0]


def test_only_an_act_at_this_assignment_is_taken_back(world: World, working: list[Student]) -> None:
    reopening.allow_time(world.assignment, working[0], 5, world.teacher, NOW)
    other = audit.newest()
    assert other
    for act in (other.id, other.id + 1, 0):
        with pytest.raises(LookupError):
            prolonging.take_back(world.assignment, act, world.teacher, NOW)


def test_what_each_gains_is_told_where_the_closing_comes_first(
    world: World, working: list[Student]
) -> None:
    with writing() as session:
        assignment = session.get_one(type(world.assignment), world.assignment.id)
        assignment.closes_at = NOW + (LIMIT + 2) * MINUTE
    later = NOW + (LIMIT + 60) * MINUTE
    reopening.close_later(world.assignment, working[0], later, world.teacher, NOW)
    gift = give(world, working)
    assert sorted(gift.gained) == [2 * MINUTE, 5 * MINUTE]
    assert gift.cut == 1


def test_more_targets_than_a_database_takes_at_once_are_passed_over(
    inside: Flask, world: World, working: list[Student]
) -> None:
    targets = {f"nobody-{number}": 5 for number in range(70_000)}
    targets[working[0].public_id] = 5
    gift = prolonging.give_all(world.assignment, targets, world.teacher, NOW)
    assert gift.gained == (5 * MINUTE,)


@pytest.mark.parametrize("number", [0, -5, 601])
def test_a_number_beyond_the_bounds_is_refused(
    world: World, working: list[Student], number: int
) -> None:
    with pytest.raises(ValueError, match="between"):
        give(world, working, number)


def test_the_log_holds_one_act_with_what_it_changed(world: World, working: list[Student]) -> None:
    give(world, working)
    entry = audit.newest()
    assert entry
    told = json.loads(entry.details)
    assert (entry.action, told["students"]) == (prolonging.ACTION, 2)
    assert set(told["after"].values()) == {5}
