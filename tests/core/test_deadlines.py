"""Deadlines against an oracle, through the formula and through the database."""

from datetime import datetime, timedelta
from itertools import count
from typing import NamedTuple

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quizapp import assignments, attempts, reopening, students
from quizapp.bank.model import Given
from quizapp.database import db, writing
from quizapp.deadlines import FACTORS, deadline, is_late, lengthened, seconds_allowed
from quizapp.models import Allowance, Assignment, Attempt, Student
from quizapp.responses import responses, strays
from tests.school import NOW, School, open_school

numbers = count()


class Case(NamedTuple):
    """One student's sitting, as the rules are when something arrives; times in seconds."""

    start: int
    limit: int | None
    factor: int
    extra: int
    closing: int | None
    later: int | None
    arrival: int


def oracle(case: Case) -> bool:
    """Tell whether what arrives counts, in six lines that share nothing with the application."""
    ends = []
    if case.limit and case.factor:
        ends.append(case.start + case.limit * case.factor * 60 / 100 + case.extra * 60)
    if case.closing is not None:
        ends.append(max(case.closing, case.later or 0))
    return all(case.arrival <= end + 10 for end in ends)


near = st.integers(-15, 15)
cases = st.builds(
    Case,
    start=st.integers(0, 7200),
    limit=st.none() | st.sampled_from([1, 2, 3, 7, 30, 45, 600]) | st.integers(1, 600),
    factor=st.sampled_from(FACTORS),
    extra=st.integers(0, 40),
    closing=st.none() | st.integers(7201, 90_000),
    later=st.none() | st.integers(1, 90_000),
    arrival=st.integers(7200, 100_000),
)


@st.composite
def close_calls(draw: st.DrawFn) -> Case:
    """A case whose arrival is often within seconds of one of its ends."""
    case = draw(cases)
    own = case.start + 60 * ((case.limit or 0) * case.factor // 100 + case.extra)
    ends = [own, case.closing or own, case.later or own]
    arrival = draw(st.sampled_from(ends)) + draw(near)
    return case._replace(arrival=draw(st.sampled_from([case.arrival, max(arrival, case.start)])))


def at(seconds: int | None) -> datetime | None:
    return None if seconds is None else NOW + timedelta(seconds=seconds)


def moment(seconds: int) -> datetime:
    return NOW + timedelta(seconds=seconds)


@given(case=close_calls())
@settings(max_examples=1000, deadline=None)
def test_the_formula_says_what_the_oracle_says(case: Case) -> None:
    later = max(case.later or 0, case.closing) if case.closing is not None else None
    allowed = seconds_allowed(case.limit, case.factor)
    ends_at = deadline(moment(case.start), allowed, case.extra, at(later))
    assert is_late(ends_at, moment(case.arrival)) is not oracle(case)


@given(held=st.none() | st.integers(1, 9999), due=st.none() | st.integers(1, 9999))
def test_the_limit_of_a_running_attempt_never_gets_shorter(
    held: int | None, due: int | None
) -> None:
    def length(limit: int | None) -> float:
        return float("inf") if limit is None else limit

    assert length(lengthened(held, due)) == max(length(held), length(due))


@pytest.mark.parametrize("factor", FACTORS)
def test_every_limit_times_every_factor_is_whole_seconds(factor: int) -> None:
    for minutes in range(1, 601):
        seconds = seconds_allowed(minutes, factor)
        assert (seconds or 0) * 100 == minutes * 60 * factor


def begin(school: School, case: Case) -> Attempt:
    """Start an attempt under the rules of a case, set as a teacher sets them before."""
    rules = assignments.Rules(time_limit=case.limit, closes_at=at(case.closing))
    base = assignments.digest(assignments.rules_of(school.assignment))
    assignments.change(school.assignment, rules, base, school.teacher, NOW)
    student = school.join(f"Otter-{next(numbers)}")[0]
    students.change_time_factor(student, case.factor, school.teacher, NOW)
    help_student(school, student, case)
    return attempts.start(school.assignment, student, school.live, moment(case.start))


def help_student(school: School, student: Student, case: Case) -> None:
    given = (school.assignment, student)
    reopening.allow_time(*given, case.extra, school.teacher, NOW)
    reopening.close_later(*given, at(case.later), school.teacher, NOW)


def is_taken(attempt: Attempt, case: Case) -> bool:
    """Send an answer at the arrival; see that it is either taken or kept as late."""
    word = Given((f"lemon {case.arrival}",), "text")
    saved = attempts.save(attempt, {"cleaner": word}, "text", moment(case.arrival))
    held = responses(attempt).get("cleaner") == word
    kept = [one.why for one in strays(attempt) if word.values[0] in one.given]
    assert (saved.counts, held, kept) in ((True, True, []), (False, False, ["late"]))
    return saved.counts


@given(several=st.lists(close_calls(), min_size=40, max_size=40))
@settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_database_says_what_the_oracle_says(sqlite_app: Flask, several: list[Case]) -> None:
    with sqlite_app.app_context():
        school = find_school(sqlite_app)
        for case, (assignment_id, student_id) in zip(several, give(school, several), strict=True):
            assignment = db.session.get_one(Assignment, assignment_id)
            student = db.session.get_one(Student, student_id)
            attempt = attempts.start(assignment, student, school.live, moment(case.start))
            assert is_taken(attempt, case) is oracle(case)


def give(school: School, cases: list[Case]) -> list[tuple[int, int]]:
    """Give each case an assignment and a student of its own, in one write; return their ids."""
    room_id, quiz_id = school.assignment.classroom_id, school.assignment.quiz_id
    with writing() as session:
        made = []
        for case in cases:
            name = f"Heron-{next(numbers)}"
            own = {"name": name, "name_folded": name, "phrase_hash": name.rjust(64)}
            rules = {"time_limit": case.limit, "closes_at": at(case.closing)}
            student = Student(classroom_id=room_id, created_at=NOW, time_factor=case.factor, **own)
            assignment = Assignment(classroom_id=room_id, quiz_id=quiz_id, created_at=NOW, **rules)
            session.add_all((student, assignment))
            session.flush()
            ids = {"assignment_id": assignment.id, "student_id": student.id}
            session.add(Allowance(**ids, closes_at=at(case.later), extra_minutes=case.extra))
            made.append((assignment.id, student.id))
    return made


@given(case=close_calls(), change=close_calls())
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_change_in_mid_attempt_says_what_the_oracle_says(
    sqlite_app: Flask, case: Case, change: Case
) -> None:
    with sqlite_app.app_context():
        school = find_school(sqlite_app)
        attempt = begin(school, case)
        apply_change(school, attempt, change)
        assert is_taken(attempt, after(case, change)) is oracle(after(case, change))


def apply_change(school: School, attempt: Attempt, change: Case) -> None:
    """Set the closing, the limit, the factor, and what the student gets, while it runs."""
    rules = assignments.Rules(time_limit=change.limit, closes_at=at(change.closing))
    base = assignments.digest(assignments.rules_of(school.assignment))
    assignments.change(school.assignment, rules, base, school.teacher, NOW)
    students.change_time_factor(attempt.student, change.factor, school.teacher, NOW)
    help_student(school, attempt.student, change)


def after(case: Case, change: Case) -> Case:
    """Return the case after a change: rules and factor come one after the other, and only help."""
    limits = [case.limit, case.factor], [change.limit, case.factor], [change.limit, change.factor]
    longest = max(a * b if a and b else 10**9 for a, b in limits)
    free = longest == 10**9
    return change._replace(
        start=case.start, limit=None if free else longest, factor=1, arrival=change.arrival
    )


def find_school(app: Flask) -> School:
    """Return the school of the application, made the first time."""
    found = db.session.query(Assignment).first()
    return School(app, found.id) if found else open_school(app)
