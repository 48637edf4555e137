"""Opening, closing, attempts, levels, order, and what is released: enforced below the pages."""

from collections.abc import Callable
from datetime import datetime, timedelta
from fractions import Fraction

import pytest

from quizapp import (
    attempts,
    classrooms,
    closing,
    deadlines,
    desk,
    receipts,
    reopening,
    rooms,
    students,
)
from quizapp.bank.model import Given
from quizapp.counting import counted
from quizapp.database import db, writing
from quizapp.deadlines import SETTLING
from quizapp.library import LiveVersion
from quizapp.models import Allowance, Assignment, Attempt, Classroom, Student
from quizapp.responses import responses, strays
from quizapp.terms import GRACE, read_terms
from tests.core.core_world import NOW, SECRET, World

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


def rule(world: World, **rules: object) -> None:
    with writing():
        for name, value in rules.items():
            setattr(db.session.get_one(Assignment, world.assignment.id), name, value)
        deadlines.refresh()


def allow(world: World, **more: object) -> None:
    with writing() as session:
        session.add(
            Allowance(assignment_id=world.assignment.id, student_id=world.student.id, **more)
        )
        deadlines.refresh()


def begin(world: World, now: datetime = NOW, live: LiveVersion | None = None) -> Attempt:
    return attempts.start(world.assignment, world.student, live or world.live, now)


def hand_in(world: World, now: datetime = NOW) -> Attempt:
    attempt = begin(world, now)
    attempts.submit(attempt, attempt.submission_key, world.live.quiz, now)
    return attempt


def save(attempt: Attempt, text: str, now: datetime) -> bool:
    return attempts.save(attempt, {"cleaner": Given((text,), "text")}, "text", now).counts


def close(world: World, now: datetime) -> int:
    return closing.close_overdue(world.assignment, lambda _id: world.live.quiz, now)


def work(world: World, now: datetime = NOW) -> desk.Work:
    return desk.look(world.assignment, world.student, lambda _id: world.live.quiz, now)


def harbour(world: World) -> LiveVersion:
    from quizapp.system.shelf import library

    live = library().find("harbour")
    assert live is not None
    rule(world, quiz_id="harbour")
    return live


def test_nothing_starts_before_the_opening(world: World) -> None:
    rule(world, opens_at=NOW + HOUR)
    with pytest.raises(attempts.NotOpen):
        begin(world)
    assert begin(world, NOW + HOUR).number == 1


def test_nothing_starts_after_the_closing_not_even_in_the_grace(world: World) -> None:
    rule(world, closes_at=NOW)
    with pytest.raises(attempts.NotOpen):
        begin(world, NOW + SECOND)
    assert begin(world, NOW).number == 1


def test_nothing_starts_when_the_work_was_deleted(world: World) -> None:
    rule(world, deleted_at=NOW)
    with pytest.raises(attempts.NotOpen):
        begin(world)


def test_an_archived_classroom_is_closed(world: World) -> None:
    with writing():
        db.session.get_one(Classroom, world.classroom.id).archived_at = NOW
    with pytest.raises(attempts.NotOpen):
        begin(world, NOW + SECOND)


def test_a_save_within_the_grace_counts_and_a_later_one_is_kept_aside(world: World) -> None:
    attempt = begin(world)
    rule(world, closes_at=NOW)
    assert save(attempt, "lemon juice", NOW + GRACE)
    assert not save(attempt, "vinegar", NOW + GRACE + SECOND)
    assert responses(attempt)["cleaner"].values == ("lemon juice",)
    assert [stray.given for stray in strays(attempt)] == ['["vinegar"]']


def test_closing_hands_in_what_was_saved_once(world: World) -> None:
    attempt = begin(world)
    save(attempt, "lemon juice", NOW)
    rule(world, closes_at=NOW + HOUR)
    settled = NOW + HOUR + GRACE + SETTLING
    assert close(world, settled) == 0
    assert close(world, settled + SECOND) == 1
    assert close(world, settled + SECOND) == 0
    submission = receipts.find_submission(attempt)
    assert submission is not None
    assert (submission.how, submission.submitted_at) == ("deadline", NOW + HOUR)
    assert work(world, NOW + 2 * HOUR).score is not None


def test_no_closing_is_always_in_time(world: World) -> None:
    attempt = begin(world)
    later = NOW + timedelta(days=400)
    assert close(world, later) == 0
    assert save(attempt, "lemon juice", later)


def test_a_later_closing_for_one_student_holds_for_that_student_only(world: World) -> None:
    attempt = begin(world)
    rule(world, closes_at=NOW)
    allow(world, closes_at=NOW + HOUR)
    assert save(attempt, "lemon juice", NOW + HOUR)
    assert close(world, NOW + HOUR) == 0
    assert read_terms(world.assignment, world.student.id + 1).is_closed(NOW + HOUR)


def test_one_more_attempt_for_one_student(world: World) -> None:
    hand_in(world)
    with pytest.raises(attempts.NoAttemptsLeft):
        begin(world)
    allow(world, extra_attempts=1)
    assert begin(world).number == 2


def test_the_order_and_the_levels_are_frozen_at_the_start(world: World) -> None:
    live = harbour(world)
    rule(world, shuffle=False, level_mode="fixed", level="a2", attempts_allowed=2)
    attempt = begin(world, live=live)
    rule(world, shuffle=True, level="b1")
    assert begin(world, live=live).id == attempt.id
    assert (attempt.shuffled, attempt.level_ids, attempt.level) == (False, ("a2",), "a2")


@pytest.mark.parametrize(
    ("own", "offered", "first"),
    [("b1", ("b1",), "b1"), (None, (), "b1"), ("c9", (), "b1")],
)
def test_each_at_their_own_level_where_the_quiz_has_it(
    world: World, own: str | None, offered: tuple[str, ...], first: str
) -> None:
    live = harbour(world)
    with writing():
        db.session.get_one(Student, world.student.id).level = own
    rule(world, level_mode="each")
    attempt = begin(world, live=live)
    assert (attempt.level_ids, attempt.level) == (offered, first)


STATES: list[tuple[str, dict[str, object], Callable[[World], object]]] = [
    ("ready", {}, lambda _world: None),
    ("early", {"opens_at": NOW + HOUR}, lambda _world: None),
    ("missed", {"closes_at": NOW - HOUR}, lambda _world: None),
    ("going", {}, begin),
    ("done", {}, hand_in),
    ("again", {"attempts_allowed": 2}, hand_in),
]


@pytest.mark.parametrize(("state", "rules", "act"), STATES)
def test_the_desk_knows_how_far_a_work_is(
    world: World, state: str, rules: dict[str, object], act: Callable[[World], object]
) -> None:
    rule(world, **rules)
    act(world)
    todo, done = desk.home(world.student, lambda _id: world.live.quiz, NOW)
    assert [one.state for one in todo + done] == [state]
    assert bool(todo) == (state in ("ready", "early", "going"))


def test_a_deleted_work_is_gone_from_the_desk(world: World) -> None:
    attempt = begin(world)
    rule(world, deleted_at=NOW)
    assert desk.home(world.student, lambda _id: world.live.quiz, NOW) == ([], [])
    with pytest.raises(LookupError):
        desk.get_attempt(attempt.public_id, world.student)
    with pytest.raises(LookupError):
        desk.get_assignment(world.assignment.public_id, world.student)


@pytest.mark.parametrize(
    ("rules", "why"),
    [
        ({"review": "submit"}, "shown"),
        ({"review": "never"}, "never"),
        ({"review": "never", "is_practice": True}, "shown"),
        ({"review": "closing", "closes_at": NOW + HOUR}, "closing"),
        ({"review": "closing", "closes_at": None}, "closing"),
        ({"review": "closing", "closes_at": NOW - HOUR}, "shown"),
        ({"review": "closing", "closes_at": NOW - GRACE}, "closing"),
    ],
)
def test_marks_are_released_when_the_rules_say_so(
    world: World, rules: dict[str, object], why: str
) -> None:
    attempt = hand_in(world)
    rule(world, **rules)
    assert desk.find_release(attempt, NOW).why == why
    assert (work(world).score is None) == (why != "shown")


def test_review_after_closing_waits_for_those_who_have_longer(world: World) -> None:
    attempt = hand_in(world)
    rule(world, review="closing", closes_at=NOW - HOUR)
    allow(world, closes_at=NOW + HOUR)
    found = desk.find_release(attempt, NOW)
    assert (found.why, found.at) == ("closing", NOW + HOUR)


def test_review_after_closing_does_not_wait_for_a_student_who_was_removed(world: World) -> None:
    attempt = hand_in(world)
    rule(world, review="closing", closes_at=NOW - HOUR)
    classrooms.join(world.classroom, "Heron-4", SECRET, NOW)
    heron = db.session.query(Student).filter_by(name="Heron-4").one()
    reopening.close_later(world.assignment, heron, NOW + HOUR, world.teacher, NOW)
    assert desk.find_release(attempt, NOW).why == "closing"
    students.remove(heron, world.teacher, NOW)
    assert desk.find_release(attempt, NOW).why == "shown"


def test_review_after_closing_comes_with_the_archive(world: World) -> None:
    attempt = hand_in(world)
    rule(world, review="closing", closes_at=NOW + 3 * HOUR)
    allow(world, closes_at=NOW + 4 * HOUR)
    rooms.archive(world.classroom, NOW + 99 * HOUR, world.teacher, NOW)
    assert desk.find_release(attempt, NOW).why == "closing"
    assert desk.find_release(attempt, NOW + HOUR).why == "shown"


def test_keys_of_an_earlier_attempt_are_hidden_while_the_next_is_open(world: World) -> None:
    rule(world, attempts_allowed=2)
    first = hand_in(world)
    begin(world)
    assert desk.find_release(first, NOW).why == "busy"


@pytest.mark.parametrize(("policy", "index"), [("first", 0), ("last", 3), ("best", 1)])
def test_the_policy_says_which_attempt_counts(policy: str, index: int) -> None:
    points = [Fraction(1), Fraction(7, 3), Fraction(7, 3), Fraction(2)]
    assert counted(points, policy) == index


@pytest.mark.parametrize(("points", "policy"), [([], "first"), ([Fraction(1)], "middle")])
def test_counting_needs_an_attempt_and_a_known_policy(points: list[Fraction], policy: str) -> None:
    with pytest.raises(ValueError, match=r"attempt|middle"):
        counted(points, policy)
