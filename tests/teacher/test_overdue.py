"""What is past its closing is handed in before a teacher's page or file counts it."""

from datetime import datetime, timedelta

import pytest

from quizapp import attempts, deadlines, housekeeping, rooms, serving
from quizapp.database import db, writing
from quizapp.models import Attempt, Classroom
from tests.school import NOW, School

HOUR = timedelta(hours=1)


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
    submission = attempts.find_submission(attempt)
    assert submission is not None
    assert (submission.how, submission.submitted_at) == ("deadline", NOW + HOUR)


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
