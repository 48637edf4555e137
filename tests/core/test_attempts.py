"""Starting, saving and submitting, on both databases."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from fractions import Fraction

import pytest
from flask import Flask
from sqlalchemy import Engine, delete, func, select
from sqlalchemy.exc import IntegrityError

from quizapp import attempts, marks
from quizapp.bank.model import Given
from quizapp.database import db
from quizapp.models import Attempt, Mark, Response, StrayResponse, Student, Submission
from quizapp.responses import responses, strays
from tests.core.core_world import NOW, World


def given(*values: str) -> Given:
    return Given(values, "text")


def begin(world: World) -> Attempt:
    return attempts.start(world.assignment, world.student, world.live, NOW)


def count(model: type[object]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_starting_twice_gives_the_same_attempt(world: World) -> None:
    assert begin(world).id == begin(world).id
    assert count(Attempt) == 1


def test_a_student_who_is_merged_away_meanwhile_starts_nothing(world: World) -> None:
    student = world.student
    with ThreadPoolExecutor(1) as pool:
        pool.submit(_delete, db.engine, student.id).result()
    with pytest.raises(LookupError):
        attempts.start(world.assignment, student, world.live, NOW)
    assert count(Attempt) == 0


def _delete(engine: Engine, student_id: int) -> None:
    with engine.begin() as connection:
        connection.execute(delete(Student).where(Student.id == student_id))


def test_an_answer_comes_back_exactly_as_it_was_typed(world: World) -> None:
    attempt = begin(world)
    typed = "  Lemon  juice \r\n“yes” \U0001f34b "
    attempts.save(attempt, {"cleaner": given(typed)}, "text", NOW)
    assert responses(attempt)["cleaner"].values == (typed,)


def test_an_unchanged_answer_keeps_the_level_it_was_given_at(world: World) -> None:
    attempt = begin(world)
    attempts.save(attempt, {"cleaner": Given(("lemon",), "a2")}, "a2", NOW)
    attempts.save(attempt, {"cleaner": Given(("lemon",), "b1")}, "b1", NOW)
    assert responses(attempt)["cleaner"].level == "a2"


def test_a_page_without_answers_stores_none(world: World) -> None:
    attempt = begin(world)
    attempts.save(attempt, {"cleaner": given(""), "early-stop": given()}, "text", NOW)
    assert count(Response) == 0


def test_submitting_marks_every_question_once(world: World) -> None:
    attempt = begin(world)
    attempts.save(attempt, {"early-stop": given("sensor")}, "text", NOW)
    attempts.submit(attempt, attempt.submission_key, world.live.quiz, NOW)
    current = marks.current([attempt.id])[attempt.id]
    assert {item: mark.outcome for item, mark in current.items()} == {
        "early-stop": "right",
        "two-true": "blank",
        "cleaner": "blank",
        "how-many": "blank",
        "one-line": "blank",
    }


def test_submitting_again_gives_the_same_receipt(world: World) -> None:
    attempt = begin(world)
    key = attempt.submission_key
    first = attempts.submit(attempt, key, world.live.quiz, NOW).receipt
    again = attempts.submit(attempt, key, world.live.quiz, NOW + timedelta(minutes=5)).receipt
    assert first == again
    assert (count(Submission), count(Mark)) == (1, 5)


def test_a_foreign_key_submits_nothing(world: World) -> None:
    attempt = begin(world)
    with pytest.raises(LookupError):
        attempts.submit(attempt, "somebody-else", world.live.quiz, NOW)
    db.session.expire_all()
    assert (attempt.state, count(Mark)) == ("open", 0)


def test_what_comes_after_the_submission_is_kept_and_not_counted(world: World) -> None:
    attempt = begin(world)
    attempts.save(attempt, {"cleaner": given("lemon juice")}, "text", NOW)
    attempts.submit(attempt, attempt.submission_key, world.live.quiz, NOW)
    late = {"cleaner": given("vinegar"), "how-many": given("340")}
    assert not attempts.save(attempt, late, "text", NOW).counts
    assert not attempts.save(attempt, late, "text", NOW).counts
    assert [stray.given for stray in strays(attempt)] == ['["vinegar"]', '["340"]']
    assert responses(attempt)["cleaner"].values == ("lemon juice",)


def test_no_second_attempt_where_one_is_allowed(world: World) -> None:
    attempt = begin(world)
    attempts.submit(attempt, attempt.submission_key, world.live.quiz, NOW)
    with pytest.raises(attempts.NoAttemptsLeft) as caught:
        begin(world)
    assert caught.value.last.id == attempt.id


def test_the_database_refuses_a_second_attempt_of_the_same_number(world: World) -> None:
    first = begin(world)
    copy = {c.key: getattr(first, c.key) for c in Attempt.__table__.columns if c.key != "id"}
    db.session.add(Attempt(**{**copy, "public_id": "x", "submission_key": "y"}))
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


def at_once(app: Flask, times: int, act: Callable[[], object]) -> list[object]:
    def run(_n: int) -> object:
        with app.app_context():
            return act()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


def test_many_starts_at_once_make_one_attempt(inside: Flask, world: World) -> None:
    ids = (world.assignment.id, world.student.id)
    db.session.rollback()

    def act() -> object:
        assignment = db.session.get_one(type(world.assignment), ids[0])
        student = db.session.get_one(type(world.student), ids[1])
        return attempts.start(assignment, student, world.live, NOW).id

    assert len(set(at_once(inside, 8, act))) == 1


def test_many_submits_at_once_give_one_receipt(inside: Flask, world: World) -> None:
    attempt = begin(world)
    attempt_id, key = attempt.id, attempt.submission_key
    db.session.rollback()

    def act() -> object:
        found = db.session.get_one(Attempt, attempt_id)
        return attempts.submit(found, key, world.live.quiz, NOW).receipt

    assert len(set(at_once(inside, 8, act))) == 1
    assert (count(Submission), count(Mark), count(StrayResponse)) == (1, 5, 0)


def test_thirds_of_a_point_are_kept_exactly(world: World) -> None:
    attempt = begin(world)
    attempts.submit(attempt, attempt.submission_key, world.live.quiz, NOW)
    marks.give(attempt, "one-line", Fraction(1, 3), 2, world.teacher, "half an idea", NOW)
    current = marks.current([attempt.id])[attempt.id]
    assert marks.score(current, world.live.quiz).points == Fraction(1, 3)
