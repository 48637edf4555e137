"""What is past its closing is handed in before a teacher's page or file counts it."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy.exc import OperationalError

from quizapp import attempts, deadlines, housekeeping, receipts, rooms, serving
from quizapp.bank.model import Given, Quiz
from quizapp.database import db, writing
from quizapp.models import Attempt, Classroom
from tests.school import NOW, School

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def leave_open(school: School, closes_at: datetime | None = NOW + HOUR) -> Attempt:
    attempt = school.start("Otter-1", {"cleaner": "lemon"})
    with writing():
        school.assignment.closes_at = closes_at
        deadlines.refresh()
    return attempt


def state(attempt: Attempt) -> str:
    db.session.expire_all()
    return attempt.state


@pytest.mark.parametrize(
    "end",
    [
        "",
        "classrooms/{room}",
        "students/{student}",
        "assignments/{assignment}/answers.csv",
        "assignments/{assignment}/scores.csv",
        "assignments/{assignment}/questions/cleaner",
    ],
)
def test_the_first_look_after_the_closing_hands_in(school: School, end: str) -> None:
    attempt = leave_open(school)
    place = end.format(
        room=school.assignment.classroom.public_id,
        student=attempt.student.public_id,
        assignment=school.assignment.public_id,
    )
    assert school.as_teacher().get(f"/teach/{place}").status_code == 200
    assert state(attempt) == "submitted"


def test_the_look_of_another_teacher_hands_in_nothing(school: School) -> None:
    attempt = leave_open(school)
    school.as_teacher("Mr Hale").get("/teach/")
    assert state(attempt) == "open"


def test_housekeeping_hands_in_what_nobody_looks_at(school: School) -> None:
    attempt = leave_open(school)
    housekeeping.run_jobs(NOW + 2 * HOUR, serving.SOON)
    assert state(attempt) == "submitted"
    submission = receipts.find_submission(attempt)
    assert submission is not None
    assert (submission.how, submission.submitted_at) == ("deadline", NOW + HOUR)


def test_housekeeping_waits_for_what_arrived_in_time_and_is_still_to_be_written(
    school: School,
) -> None:
    attempt, arrived = leave_open(school), NOW + HOUR + timedelta(seconds=9)
    housekeeping.run_jobs(arrived + timedelta(seconds=3), serving.SOON)
    answer = {"cleaner": Given(("lemon juice",), "text")}
    assert attempts.save(attempt, answer, "text", arrived).counts
    housekeeping.run_jobs(arrived + timedelta(seconds=9), serving.SOON)
    assert state(attempt) == "submitted"


def test_housekeeping_leaves_what_may_still_be_worked_at(school: School) -> None:
    attempt = leave_open(school)
    housekeeping.run_jobs(NOW + HOUR, serving.SOON)
    assert state(attempt) == "open"


def test_housekeeping_hands_in_what_an_archived_class_left_open(school: School) -> None:
    attempt = leave_open(school, None)
    room = db.session.get_one(Classroom, school.assignment.classroom_id)
    rooms.archive(room, NOW + timedelta(days=90), school.teacher, NOW + HOUR)
    housekeeping.run_jobs(NOW + 2 * HOUR, serving.SOON)
    assert state(attempt) == "submitted"


class Unreadable(Exception):
    """What stands for any fault in one version."""


def two_over(school: School) -> tuple[Attempt, Attempt, int]:
    """Return two attempts that are over, on two versions, and the version of the earlier one."""
    first = school.start("Otter-1", {"cleaner": "lemon"})
    newer = school.library._store(replace(school.live.quiz, title="Another title"))
    school.library.shelf = replace(school.library.shelf, quizzes={newer.quiz.id: newer})
    second = school.start("Otter-2", {"cleaner": "lemon"})
    with writing():
        first.deadline_at, second.deadline_at = NOW + HOUR, NOW + HOUR + MINUTE
    assert first.version_id != second.version_id
    return first, second, first.version_id


def test_an_attempt_that_cannot_be_read_keeps_no_other_open(school: School) -> None:
    first, second, broken = two_over(school)

    def quiz_of(version_id: int) -> Quiz:
        if version_id == broken:
            raise Unreadable
        return school.library.version(version_id).quiz

    with pytest.raises(Unreadable):
        attempts.close_all_overdue(quiz_of, NOW + 2 * HOUR)
    assert (state(first), state(second)) == ("open", "submitted")


def test_a_database_that_is_away_is_told_at_once(school: School) -> None:
    two_over(school)
    asked: list[int] = []

    def quiz_of(version_id: int) -> Quiz:
        asked.append(version_id)
        raise OperationalError("SELECT", None, OSError())

    with pytest.raises(OperationalError):
        attempts.close_all_overdue(quiz_of, NOW + 2 * HOUR)
    assert len(asked) == 1
