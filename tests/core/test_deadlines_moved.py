"""Whatever a deadline rests on moves it in the same write; what comes late is kept, not counted."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select

from quizapp import assignments, attempts, closing, merging, practice, reopening, rooms, students
from quizapp.assignments import Rules, digest, rules_of
from quizapp.bank.model import Given
from quizapp.database import db
from quizapp.models import Assignment, Attempt, AuditEntry, Student, Submission
from quizapp.responses import responses, strays
from quizapp.terms import GRACE
from tests.school import NOW, School, open_school

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
KEEP = NOW + timedelta(days=90)


@pytest.fixture
def school(sqlite_app: Flask) -> Iterator[School]:
    """A class whose quiz has a limit of 30 minutes. The races below run on both databases."""
    with sqlite_app.app_context():
        school = open_school(sqlite_app)
        change(school, time_limit=30)
        yield school


def change(school: School, **rules: object) -> None:
    before = rules_of(school.assignment)
    after = Rules(**{name: getattr(before, name) for name in Rules.__slots__} | rules)
    assignments.change(school.assignment, after, digest(before), school.teacher, NOW)


def minutes(attempt: Attempt) -> float | None:
    """Return how many minutes after NOW the deadline is, as the database has it."""
    query = select(Attempt.deadline_at).where(Attempt.id == attempt.id)
    found: datetime | None = db.session.scalar(query)
    return None if found is None else (found - NOW) / MINUTE


def actions() -> list[str]:
    query = select(AuditEntry.action).where(AuditEntry.action != "assignment changed")
    return list(db.session.scalars(query.order_by(AuditEntry.id)))


def save(attempt: Attempt, text: str, now: datetime) -> bool:
    return attempts.save(attempt, {"cleaner": Given((text,), "text")}, "text", now).counts


def submit(school: School, attempt: Attempt, now: datetime) -> Submission:
    return attempts.submit(attempt, attempt.submission_key, school.live.quiz, now)


def close(school: School, now: datetime) -> int:
    return closing.close_overdue(school.assignment, lambda _id: school.live.quiz, now)


def test_the_deadline_is_written_at_the_start(school: School) -> None:
    attempt = school.start("Otter-1", {})
    assert (attempt.time_limit, minutes(attempt)) == (1800, 30)


def test_without_limit_and_closing_there_is_none_and_all_is_in_time(school: School) -> None:
    change(school, time_limit=None)
    attempt = school.start("Otter-1", {})
    assert minutes(attempt) is None
    assert close(school, NOW + timedelta(days=4000)) == 0
    assert save(attempt, "lemon", NOW + timedelta(days=4000))


@pytest.mark.parametrize(
    ("limit", "expected"), [(45, 45), (20, 30), (None, None)], ids=["longer", "shorter", "none"]
)
def test_another_limit_meets_a_running_attempt_only_when_it_helps(
    school: School, limit: int | None, expected: int | None
) -> None:
    attempt = school.start("Otter-1", {})
    change(school, time_limit=limit)
    assert minutes(attempt) == expected
    assert minutes(school.start("Otter-2", {})) == limit


def test_a_new_limit_does_not_meet_a_running_attempt(school: School) -> None:
    change(school, time_limit=None)
    attempt = school.start("Otter-1", {})
    change(school, time_limit=1)
    assert minutes(attempt) is None


@pytest.mark.parametrize(("percent", "expected"), [(150, 45), (200, 60), (0, None)])
def test_the_factor_of_a_student_lengthens_a_running_attempt_and_never_shortens_it(
    school: School, percent: int, expected: int | None
) -> None:
    attempt, other = school.start("Otter-1", {}), school.start("Otter-2", {})
    students.change_time_factor(attempt.student, percent, school.teacher, NOW)
    students.change_time_factor(attempt.student, percent, school.teacher, NOW)
    assert (minutes(attempt), minutes(other)) == (expected, 30)
    assert actions() == ["time factor set"]
    students.change_time_factor(attempt.student, 100, school.teacher, NOW)
    assert minutes(attempt) == expected


def test_another_factor_is_refused(school: School) -> None:
    student = school.join("Otter-1")[0]
    with pytest.raises(ValueError, match="110"):
        students.change_time_factor(student, 110, school.teacher, NOW)


def test_more_minutes_are_given_once_and_taken_back(school: School) -> None:
    attempt, other = school.start("Otter-1", {}), school.start("Otter-2", {})
    given = (school.assignment, attempt.student)
    for _ in range(2):
        reopening.allow_time(*given, 10, school.teacher, NOW)
    assert (minutes(attempt), minutes(other)) == (40, 30)
    reopening.allow_time(*given, 0, school.teacher, NOW)
    assert minutes(attempt) == 30
    assert actions() == ["more time given", "more time taken back"]


@pytest.mark.parametrize("wrong", [-1, 601])
def test_another_number_of_minutes_is_refused(school: School, wrong: int) -> None:
    student = school.join("Otter-1")[0]
    with pytest.raises(ValueError, match=str(wrong)):
        reopening.allow_time(school.assignment, student, wrong, school.teacher, NOW)


def test_closing_and_extending_move_it(school: School) -> None:
    attempt = school.start("Otter-1", {})
    assignments.close(school.assignment, school.teacher, NOW + 5 * MINUTE)
    assert minutes(attempt) == 5
    assignments.extend(school.assignment, NOW + 20 * MINUTE, school.teacher, NOW)
    assert minutes(attempt) == 20
    assignments.extend(school.assignment, None, school.teacher, NOW)
    assert minutes(attempt) == 30


def test_a_later_closing_moves_it_and_taking_that_back_does(school: School) -> None:
    change(school, closes_at=NOW + 10 * MINUTE)
    attempt, other = school.start("Otter-1", {}), school.start("Otter-2", {})
    given = (school.assignment, attempt.student)
    reopening.close_later(*given, NOW + 25 * MINUTE, school.teacher, NOW)
    assert (minutes(attempt), minutes(other)) == (25, 10)
    reopening.close_later(*given, None, school.teacher, NOW)
    assert minutes(attempt) == 10


def test_an_archived_class_is_closed_and_one_brought_back_is_not(school: School) -> None:
    attempt = school.start("Otter-1", {})
    room = school.assignment.classroom
    rooms.archive(room, KEEP, school.teacher, NOW + 5 * MINUTE)
    assert minutes(attempt) == 5
    rooms.unarchive(room, school.teacher, NOW + 6 * MINUTE)
    assert minutes(attempt) == 30


def test_two_entries_made_one_keep_what_is_longer(school: School) -> None:
    attempt = school.start("Otter-1", {})
    kept = school.join("Otter-2")[0]
    students.change_time_factor(kept, 150, school.teacher, NOW)
    reopening.allow_time(school.assignment, kept, 5, school.teacher, NOW)
    reopening.allow_time(school.assignment, attempt.student, 10, school.teacher, NOW)
    merging.merge(kept, attempt.student, school.teacher, NOW)
    assert minutes(attempt) == 45 + 10


def test_an_attempt_whose_limit_is_used_up_needs_minutes_to_be_opened_again(
    school: School,
) -> None:
    attempt = school.start("Otter-1", {})
    submit(school, attempt, NOW + 29 * MINUTE)
    later = NOW + 3 * HOUR
    with pytest.raises(reopening.TimeIsOver):
        reopening.reopen(attempt, school.teacher, later)
    db.session.expire_all()
    assert (attempt.state, actions()) == ("submitted", [])
    reopening.reopen(attempt, school.teacher, later, minutes=10)
    assert (attempt.state, minutes(attempt)) == ("open", 190)
    assert save(attempt, "lemon", later + 10 * MINUTE + GRACE)
    assert not save(attempt, "soap", later + 10 * MINUTE + GRACE + MINUTE)


def test_what_is_left_of_a_limit_is_not_shortened_by_opening_again(school: School) -> None:
    attempt = school.start("Otter-1", {})
    submit(school, attempt, NOW + MINUTE)
    reopening.reopen(attempt, school.teacher, NOW + 2 * MINUTE, minutes=5)
    assert minutes(attempt) == 30


def test_minutes_do_not_reach_beyond_the_closing(school: School) -> None:
    attempt = school.start("Otter-1", {})
    submit(school, attempt, NOW + MINUTE)
    assignments.close(school.assignment, school.teacher, NOW + HOUR)
    with pytest.raises(reopening.StillClosed):
        reopening.reopen(attempt, school.teacher, NOW + 2 * HOUR, minutes=10)


def test_a_submit_that_comes_late_hands_in_what_was_saved_in_time(school: School) -> None:
    attempt = school.start("Otter-1", {"cleaner": "lemon"})
    late = NOW + 30 * MINUTE + GRACE + timedelta(seconds=1)
    assert not save(attempt, "vinegar", late)
    receipt = submit(school, attempt, late)
    assert (receipt.how, receipt.submitted_at) == ("deadline", NOW + 30 * MINUTE)
    assert responses(attempt)["cleaner"].values == ("lemon",)
    assert [(one.why, one.given) for one in strays(attempt)] == [("late", '["vinegar"]')]
    assert submit(school, attempt, late).receipt == receipt.receipt


def test_a_submit_within_the_grace_is_the_students(school: School) -> None:
    attempt = school.start("Otter-1", {})
    receipt = submit(school, attempt, NOW + 30 * MINUTE + GRACE)
    assert (receipt.how, receipt.submitted_at) == ("student", NOW + 30 * MINUTE + GRACE)


def test_in_practice_nothing_is_checked_after_the_deadline(school: School) -> None:
    change(school, time_limit=30, is_practice=True)
    attempt = school.start("Otter-1", {"cleaner": "lemon"})
    item = next(one for one in school.live.quiz.items if one.id == "cleaner")
    for late, tries in ((timedelta(seconds=1), 0), (timedelta(0), 1)):
        now = NOW + 30 * MINUTE + GRACE + late
        practice.check(attempt, item, 1, school.live.quiz, now)
        assert len(practice.progress(attempt, school.live.quiz)) == tries


def test_more_time_and_handing_in_at_once_leave_one_of_two_states(app: Flask) -> None:
    """Either it was handed in as of the old deadline, or it goes on until the new one."""
    with app.app_context():
        school = open_school(app)
        change(school, time_limit=30)
        ids = [
            (one.id, one.student_id) for one in (school.start(f"Otter-{n}", {}) for n in range(8))
        ]
        quiz = school.live.quiz
    at_once = Barrier(2)
    over = NOW + 31 * MINUTE

    def extend(student_id: int) -> None:
        with app.app_context():
            given = school.assignment, db.session.get_one(Student, student_id)
            teacher = school.teacher
            at_once.wait(timeout=20)
            reopening.allow_time(*given, 10, teacher, over)

    def finalise(attempt_id: int) -> bool:
        with app.app_context():
            at_once.wait(timeout=20)
            return closing.close_one(attempt_id, lambda _id: quiz, over)

    with ThreadPoolExecutor(2) as pool:
        for attempt_id, student_id in ids:
            done = pool.submit(finalise, attempt_id), pool.submit(extend, student_id)
            closed = done[0].result()
            done[1].result()
            with app.app_context():
                attempt = db.session.get_one(Attempt, attempt_id)
                found = (attempt.state, minutes(attempt))
                assert found == (("submitted", 30) if closed else ("open", 40))


def test_a_start_and_a_closing_at_once_leave_no_attempt_without_a_deadline(app: Flask) -> None:
    with app.app_context():
        school = open_school(app)
        for number in range(6):
            school.join(f"Otter-{number}")
    at_once = Barrier(2)

    def begin(number: int) -> None:
        with app.app_context():
            given = school.assignment, school.find(f"Otter-{number}"), school.live
            assert given[1] is not None
            at_once.wait(timeout=20)
            attempts.start(given[0], given[1], given[2], NOW)

    def extend(number: int) -> None:
        with app.app_context():
            given = school.assignment, NOW + (number + 1) * HOUR, school.teacher
            at_once.wait(timeout=20)
            assignments.extend(*given, NOW)

    with ThreadPoolExecutor(2) as pool:
        for number in range(6):
            for done in [pool.submit(begin, number), pool.submit(extend, number)]:
                done.result()
            with app.app_context():
                ends = set(db.session.scalars(select(Attempt.deadline_at)))
                assert ends == set(db.session.scalars(select(Assignment.closes_at)))
