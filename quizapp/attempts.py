"""Attempts: start, save, submit. The database is the referee of every race."""

from collections.abc import Collection, Mapping
from datetime import datetime
from hmac import compare_digest
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select

from quizapp import audit
from quizapp.bank.model import Given, Quiz
from quizapp.database import db, writing, writing_rows
from quizapp.deadlines import deadline, seconds_allowed
from quizapp.handing_in import close
from quizapp.library import LiveVersion
from quizapp.models import Assignment, Attempt, Classroom, Student, Submission
from quizapp.models.columns import new_public_id
from quizapp.prepared import link_of
from quizapp.saving import Base, Page, Saved, keep
from quizapp.sittings import Sitting
from quizapp.terms import Terms, middle_level, offered_levels, read_terms


class NoAttemptsLeft(Exception):
    """Every attempt that the assignment allows has been submitted; `last` is the newest."""

    def __init__(self, last: Attempt) -> None:
        super().__init__("no attempts left")
        self.last = last


class NotOpen(Exception):
    """The assignment is not open yet, or is closed by now, or was deleted; `terms` say when."""

    def __init__(self, terms: Terms) -> None:
        super().__init__("not open")
        self.terms = terms


def start(assignment: Assignment, student: Student, live: LiveVersion, now: datetime) -> Attempt:
    """Start an attempt on the live version, or return the one that is open, the newest or not.

    Raises NotOpen, NoAttemptsLeft, LookupError when the student is gone by now (merged with another
    entry). Two requests at once start one attempt: the write section runs
    one at a time on SQLite, the row of the student is locked on PostgreSQL, and a constraint stands
    behind. Levels, order and time limit are frozen here: a change of the rules meets the next
    attempt only.
    """
    assignment_id, student_id = assignment.id, student.id
    with writing() as session:
        own = _lock(student_id, assignment_id)
        terms = read_terms(assignment, student_id)
        key = {"assignment": assignment_id, "student": student_id}
        latest = session.scalar(_OPEN_OR_LATEST, key)
        if terms.is_closed(now) or terms.is_early(now) or assignment.deleted_at is not None:
            raise NotOpen(terms)
        if latest is not None and latest.state == "open":
            return latest
        if latest is not None and latest.number >= terms.attempts:
            raise NoAttemptsLeft(latest)
        attempt = Attempt(
            assignment_id=assignment_id,
            student_id=student_id,
            number=latest.number + 1 if latest else 1,
            version_id=live.id,
            state="open",
            seed=new_public_id(),
            submission_key=new_public_id(),
            started_at=now,
            **_frozen(assignment, live.quiz, own, terms, now),
        )
        session.add(attempt)
    return attempt


_OPEN_OR_LATEST = (
    select(Attempt)
    .where(
        Attempt.assignment_id == bindparam("assignment"),
        Attempt.student_id == bindparam("student"),
    )
    .order_by(Attempt.state != "open", Attempt.number.desc())
    .limit(1)
)


class _Own(NamedTuple):
    level: str | None
    time_factor: int


def _frozen(
    assignment: Assignment, quiz: Quiz, own: _Own, terms: Terms, now: datetime
) -> dict[str, Any]:
    """Return the columns that hold the rules as they are for this attempt."""
    offered = offered_levels(quiz, assignment, own.level)
    seconds = seconds_allowed(assignment.time_limit, own.time_factor)
    return {
        "level": offered[0] if offered else middle_level(quiz),
        "levels": " ".join(offered),
        "shuffled": assignment.shuffle,
        "time_limit": seconds,
        "deadline_at": deadline(now, seconds, terms.extra_minutes, terms.closes_at),
    }


_STUDENT = select(Student.level, Student.time_factor).where(Student.id == bindparam("student"))
_RULES = (
    select(Assignment.id)
    .join(Classroom, Classroom.id == Assignment.classroom_id)
    .where(Assignment.id == bindparam("assignment"))
)


def _lock(student_id: int, assignment_id: int) -> _Own:
    """Lock the row of a student; return what it says of every attempt. Raises LookupError.

    Assignment and classroom are locked against a change, which could not see an attempt that is
    not committed, and so would leave its deadline as it was.
    """
    locked = db.session.execute(_STUDENT.with_for_update(), {"student": student_id}).first()
    if locked is None:
        raise LookupError(student_id)
    db.session.execute(_RULES.with_for_update(read=True), {"assignment": assignment_id})
    return _Own(locked.level, locked.time_factor)


def save(
    attempt: Attempt,
    given: Mapping[str, Given],
    level: str | None,
    now: datetime,
    second: Mapping[str, Given] = MappingProxyType({}),
    bases: Mapping[str, Base] = MappingProxyType({}),
    settled: Collection[str] = (),
) -> Saved:
    """Save what a page sends; see saving.Page for the arguments, saving.keep for the rules.

    It does not count when the attempt was submitted before, or its deadline was more than the grace
    before `now`: then what differs is kept as stray.
    """
    with writing():
        return keep(attempt, Page(given, level, second, bases, settled), now)


def submit(
    attempt: Attempt | Sitting,
    key: str,
    quiz: Quiz,
    now: datetime,
    how: str = "student",
    teacher_id: int | None = None,
) -> Submission:
    """Submit the saved answers and mark them, once: any number of repeats gives the same receipt.

    `how`: "student", "deadline" or "teacher" (`teacher_id` then goes into the audit log). A key of
    before a reopening gives its old receipt. What comes later than the deadline and its grace hands
    in what was saved in time, as of the deadline. LookupError: the key was never this attempt's.
    """
    attempt_id = attempt.id
    if not compare_digest(key.encode("utf-8", "replace"), attempt.submission_key.encode()):
        return _get_submission(attempt_id, key)
    if isinstance(attempt, Sitting):  # whoever is at work has no objects that would have to expire
        with writing_rows() as link:
            submission = close(link, attempt, quiz, how, now)
        return submission or _get_submission(attempt_id, key)
    with writing() as session:
        submission = close(link_of(session.connection()), attempt, quiz, how, now)
        if submission is None:
            return _get_submission(attempt_id, key)
        if teacher_id is not None:
            audit.record("attempt handed in", now, teacher_id, _room(attempt_id), attempt.public_id)
    return submission


def _room(attempt_id: int) -> str:
    """Return the public id of the classroom that an attempt belongs to."""
    room: str = db.session.execute(
        select(Classroom.public_id)
        .join(Assignment, Assignment.classroom_id == Classroom.id)
        .join(Attempt, Attempt.assignment_id == Assignment.id)
        .where(Attempt.id == attempt_id)
    ).scalar_one()
    return room


def _get_submission(attempt_id: int, key: str) -> Submission:
    found = db.session.scalar(
        select(Submission).where(
            Submission.attempt_id == attempt_id, Submission.submission_key == key
        )
    )
    if found is None:
        raise LookupError(key)
    return found
