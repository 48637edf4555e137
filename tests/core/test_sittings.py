"""The short way, on both databases: it finds and saves what is plain, and leaves all else alone."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from quizapp import attempts, classrooms, practice
from quizapp.accounts import SEEN_STEP
from quizapp.bank.model import Given
from quizapp.database import db, writing
from quizapp.models import Assignment, Attempt, Classroom, Student
from quizapp.responses import Held, read_plain
from quizapp.saving import Base, find_held, save_plainly
from quizapp.sittings import Sitting, find_sitting
from quizapp.terms import GRACE
from tests.core.core_world import NOW, SECRET, World

ITEM = "cleaner"


@pytest.fixture
def token(world: World) -> str:
    return classrooms.join(world.classroom, "Heron-4", SECRET, NOW).token


@pytest.fixture
def attempt(world: World, token: str) -> Attempt:
    student = db.session.query(Student).filter_by(name="Heron-4").one()
    return attempts.start(world.assignment, student, world.live, NOW)


def save(attempt_id: int, text: str, revision: int, now: datetime = NOW) -> int | None:
    return save_plainly(attempt_id, ITEM, Given((text,), "text"), Base(revision), now)


def held(attempt: Attempt) -> Held:
    return find_held(attempt, ITEM, second=False)


def close_at(world: World, moment: datetime) -> None:
    number = world.assignment.id
    with writing() as session:
        session.get_one(Assignment, number).closes_at = moment
        for one in session.query(Attempt):
            one.deadline_at = moment


def switch(world: World) -> None:
    number = world.assignment.id
    with writing() as session:
        session.get_one(Assignment, number).is_practice = True


def delete(world: World) -> None:
    number = world.assignment.id
    with writing() as session:
        session.get_one(Assignment, number).deleted_at = NOW


def archive(world: World) -> None:
    number = world.classroom.id
    with writing() as session:
        session.get_one(Classroom, number).archived_at = NOW


def hand_in(world: World) -> None:
    one = db.session.query(Attempt).one()
    attempts.submit(one, one.submission_key, world.live.quiz, NOW)


def test_a_student_at_work_is_found_with_the_attempt(attempt: Attempt, token: str) -> None:
    found = find_sitting(token, attempt.public_id, NOW)
    assert isinstance(found, Sitting)
    assert found.id == attempt.id
    assert found.submission_key == attempt.submission_key
    assert found.person.name == "Heron-4"
    assert found.deadline_at is None


def test_an_attempt_of_somebody_else_is_not_found(world: World, attempt: Attempt) -> None:
    other = classrooms.join(world.classroom, "Badger-9", SECRET, NOW).token
    assert find_sitting(other, attempt.public_id, NOW) is None


def test_a_log_in_whose_use_is_due_to_be_noted_is_left_alone(attempt: Attempt, token: str) -> None:
    later = NOW + SEEN_STEP + timedelta(seconds=1)
    assert find_sitting(token, attempt.public_id, later) is None


@pytest.mark.parametrize("act", [switch, delete, archive, hand_in])
def test_what_is_not_plain_is_left_alone(
    world: World, attempt: Attempt, token: str, act: Callable[[World], None]
) -> None:
    public_id = attempt.public_id
    act(world)
    assert find_sitting(token, public_id, NOW) is None


def test_until_the_grace_is_over_an_attempt_is_found_and_saved(
    world: World, attempt: Attempt, token: str
) -> None:
    number, public_id = attempt.id, attempt.public_id
    close_at(world, NOW)
    over = NOW + GRACE + timedelta(microseconds=1)
    assert find_sitting(token, public_id, NOW + GRACE) is not None
    assert find_sitting(token, public_id, over) is None
    assert save(number, "ash", 0, over) is None
    assert save(number, "ash", 0, NOW + GRACE) == 1


def test_each_answer_saved_is_a_revision(attempt: Attempt) -> None:
    assert [save(attempt.id, "ash", 0), save(attempt.id, "lemon", 1)] == [1, 2]
    assert held(attempt) == Held(("lemon",), 2)
    assert read_plain(attempt.id) == {ITEM: (Given(("lemon",), "text"), 2)}


def test_an_older_page_saves_nothing_by_the_short_way(attempt: Attempt) -> None:
    save(attempt.id, "ash", 0)
    assert save(attempt.id, "lemon", 0) is None
    assert held(attempt) == Held(("ash",), 1)


def test_the_same_answer_and_a_blank_are_left_to_the_long_way(attempt: Attempt) -> None:
    save(attempt.id, "ash", 0)
    assert save(attempt.id, "ash", 1) is None
    assert save(attempt.id, " ", 1) is None
    assert held(attempt) == Held(("ash",), 1)


def test_what_is_handed_in_is_not_changed_by_the_short_way(world: World, attempt: Attempt) -> None:
    number = attempt.id
    save(number, "ash", 0)
    hand_in(world)
    assert save(number, "lemon", 1) is None


def test_what_a_first_try_has_fixed_is_not_changed(world: World, attempt: Attempt) -> None:
    number = attempt.id
    save(number, "ash", 0)
    switch(world)
    item = world.live.quiz.find_item(ITEM)
    assert item is not None
    practice.check(db.session.get_one(Attempt, number), item, 1, world.live.quiz, NOW)
    assert save(number, "lemon", 1) is None


def test_an_answer_that_waits_for_a_choice_is_no_plain_page(attempt: Attempt) -> None:
    save(attempt.id, "ash", 0)
    given = {ITEM: Given(("lemon",), "text")}
    attempts.save(attempt, given, None, NOW, bases={ITEM: Base(0)})
    assert read_plain(attempt.id) is None
