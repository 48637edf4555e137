"""What is past its closing is handed in before a teacher's page or file counts it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from quizapp import (
    accounts,
    attempts,
    closing,
    deadlines,
    desk,
    housekeeping,
    receipts,
    rooms,
    serving,
)
from quizapp.bank.model import Given, Quiz
from quizapp.database import db, writing
from quizapp.deadlines import SETTLING
from quizapp.library import Library, Unreadable
from quizapp.models import Attempt, Classroom, Version
from quizapp.system.shelf import quiz_of
from quizapp.terms import GRACE
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


def test_a_look_waits_for_what_arrived_in_time_and_is_still_to_be_written(
    school: School,
) -> None:
    attempt, over = leave_open(school), NOW + HOUR + GRACE
    arrived, settled = over - timedelta(seconds=1), over + SETTLING
    assert closing.close_overdue(school.assignment, quiz_of, settled) == 0
    assert closing.close_for(attempt.student, quiz_of, settled) == 0
    assert not desk.close_if_over(attempt, quiz_of, settled)
    answer = {"cleaner": Given(("lemon juice",), "text")}
    assert attempts.save(attempt, answer, "text", arrived).counts
    assert desk.close_if_over(attempt, quiz_of, settled + timedelta(seconds=1))


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
            raise ZeroDivisionError
        return school.library.version(version_id).quiz

    assert closing.close_all_overdue(quiz_of, NOW + 2 * HOUR) == 1
    assert (state(first), state(second)) == ("open", "submitted")


def test_an_attempt_that_cannot_be_handed_in_is_logged_once(
    school: School, caplog: pytest.LogCaptureFixture
) -> None:
    first, _second, _broken = two_over(school)

    def quiz_of(_id: int) -> Quiz:
        raise ZeroDivisionError

    for _ in range(3):
        closing.close_all_overdue(quiz_of, NOW + 2 * HOUR)
    told = [one.getMessage() for one in caplog.records if first.public_id in one.getMessage()]
    assert len(told) == 1


@pytest.fixture
def damaged(school: School) -> Attempt:
    """An attempt that is over, on a version whose text was damaged; another is on a good one."""
    first, _second, version_id = two_over(school)
    with writing() as session:
        session.get_one(Version, version_id).content = "{"
    del school.library._versions[version_id]
    return first


@pytest.mark.parametrize(
    "end",
    [
        "",
        "classrooms/{room}",
        "students/{student}",
        "assignments/{assignment}",
        "assignments/{assignment}/now",
        "assignments/{assignment}/now.json",
        "assignments/{assignment}/answers.csv",
        "assignments/{assignment}/students/{student}",
    ],
)
def test_a_version_nobody_can_read_keeps_no_other_page_from_the_teacher(
    school: School, damaged: Attempt, end: str
) -> None:
    place = end.format(
        room=school.assignment.classroom.public_id,
        student=damaged.student.public_id,
        assignment=school.assignment.public_id,
    )
    assert school.as_teacher().get(f"/teach/{place}").status_code == 200


def test_the_page_of_who_works_says_whose_quiz_cannot_be_read(
    school: School, damaged: Attempt
) -> None:
    place = f"/teach/assignments/{school.assignment.public_id}/now.json"
    state = school.as_teacher().get(place).json
    assert state is not None
    seats = state["seats"]
    said = {seat["name"]: seat["when"] for seat in seats}
    assert said["Otter-1"] == "the stored quiz cannot be read"
    assert "cannot" not in said["Otter-2"]


def test_the_page_of_an_attempt_nobody_can_read_says_whom_to_tell(
    school: School, damaged: Attempt, caplog: pytest.LogCaptureFixture
) -> None:
    now = datetime.now(UTC)
    token = accounts.add_login(teacher_id=None, student_id=damaged.student_id, now=now)
    db.session.commit()
    student = school.client(token)
    for _ in range(2):
        page = student.get(f"/attempts/{damaged.public_id}")
        assert page.status_code == 500
        assert "tell your teacher" in page.text
    assert len([one for one in caplog.records if "cannot be read" in one.getMessage()]) == 1
    home = student.get("/home")
    assert (home.status_code, "please tell your teacher" in home.text) == (200, True)
    assert "Go on" not in home.text
    work = student.get(f"/assignments/{school.assignment.public_id}")
    assert ("Go on" in work.text, "Back to your work" in work.text) == (False, True)
    assert (work.status_code, "please tell your teacher" in work.text) == (200, True)


def test_a_version_nobody_can_read_keeps_no_score_from_the_student(school: School) -> None:
    attempt = school.hand_in("Otter-1", {"cleaner": "lemon"})
    with writing() as session:
        session.get_one(Version, attempt.version_id).content = "{"
    del school.library._versions[attempt.version_id]
    todo, done = desk.home(attempt.student, quiz_of, NOW + HOUR)
    assert (todo, [work.score for work in done]) == ([], [None])


def test_a_version_nobody_can_read_does_not_keep_the_application_from_starting(
    school: School,
) -> None:
    with writing() as session:
        for version in session.scalars(select(Version)):
            version.content = "{"
    restarted = Library(school.library.folder, school.app.app_context)
    restarted._restore()
    assert restarted.find("kettles") is None


@pytest.mark.parametrize("damage", [lambda _text: "{", lambda text: text.replace("repair", "r")])
def test_a_damaged_version_is_written_anew_from_its_file(
    school: School, damage: Callable[[str], str]
) -> None:
    with writing() as session:
        row = session.get_one(Version, school.live.id)
        row.content = damage(row.content)
    restarted = Library(school.library.folder, school.app.app_context)
    restarted.load()
    assert restarted.version(school.live.id).quiz == school.live.quiz


def test_a_version_that_reads_well_but_is_not_what_was_stored_marks_nothing(
    school: School,
) -> None:
    live = school.live
    with writing() as session:
        row = session.get_one(Version, live.id)
        row.content = row.content.replace("repair", "r")
    restarted = Library(school.library.folder, school.app.app_context)
    with pytest.raises(Unreadable):
        restarted.version(live.id)


def test_a_database_that_is_away_is_told_at_once(school: School) -> None:
    two_over(school)
    asked: list[int] = []

    def quiz_of(version_id: int) -> Quiz:
        asked.append(version_id)
        raise OperationalError("SELECT", None, OSError())

    with pytest.raises(OperationalError):
        closing.close_all_overdue(quiz_of, NOW + 2 * HOUR)
    assert len(asked) == 1
