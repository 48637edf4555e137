"""Attempts: start, save, submit, close. The database is the referee of every race."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from hmac import compare_digest
from types import MappingProxyType

from sqlalchemy import or_, select, update

from quizapp import audit
from quizapp.access import rooms_of
from quizapp.bank.model import Given, Quiz
from quizapp.database import db, writing
from quizapp.library import LiveVersion
from quizapp.marking_again import mark_rows
from quizapp.models import (
    Allowance,
    Assignment,
    Attempt,
    Classroom,
    Mark,
    Student,
    Submission,
    Teacher,
)
from quizapp.models.columns import new_code, new_public_id
from quizapp.responses import responses
from quizapp.saving import Base, Page, Saved, keep
from quizapp.terms import Terms, middle_level, offered_levels, read_terms, terms_of


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
    """Start an attempt on the live version, or return the one that is open.

    Raises NotOpen, NoAttemptsLeft, LookupError when the student is gone by now (merged with another
    entry). Two requests at once start one attempt: the write section runs
    one at a time on SQLite, the row of the student is locked on PostgreSQL, and a constraint stands
    behind. Levels and order are frozen here: a change of the rules meets the next attempt only.
    """
    assignment_id, student_id = assignment.id, student.id
    with writing() as session:
        own_level = _lock(student_id)
        terms = read_terms(assignment, student_id)
        latest = session.scalar(
            select(Attempt)
            .where(Attempt.assignment_id == assignment_id, Attempt.student_id == student_id)
            .order_by(Attempt.number.desc())
            .limit(1)
        )
        if terms.is_closed(now) or terms.is_early(now) or assignment.deleted_at is not None:
            raise NotOpen(terms)
        if latest is not None and latest.state == "open":
            return latest
        if latest is not None and latest.number >= terms.attempts:
            raise NoAttemptsLeft(latest)
        offered = offered_levels(live.quiz, assignment, own_level)
        attempt = Attempt(
            assignment_id=assignment_id,
            student_id=student_id,
            number=latest.number + 1 if latest else 1,
            version_id=live.id,
            level=offered[0] if offered else middle_level(live.quiz),
            levels=" ".join(offered),
            state="open",
            shuffled=assignment.shuffle,
            seed=new_public_id(),
            submission_key=new_public_id(),
            started_at=now,
        )
        session.add(attempt)
    return attempt


def _lock(student_id: int) -> str | None:
    """Lock the row of a student; return the reading level in it. Raises LookupError."""
    wanted = select(Student.id, Student.level).where(Student.id == student_id)
    locked = db.session.execute(wanted.with_for_update()).first()
    if locked is None:
        raise LookupError(student_id)
    level: str | None = locked.level
    return level


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

    It does not count when the attempt was submitted before, or the assignment closed more than the
    grace before `now`: then what differs is kept as stray.
    """
    with writing():
        return keep(attempt, Page(given, level, second, bases, settled), now)


def submit(
    attempt: Attempt,
    key: str,
    quiz: Quiz,
    now: datetime,
    how: str = "student",
    teacher_id: int | None = None,
) -> Submission:
    """Submit the saved answers and mark them, once: any number of repeats gives the same receipt.

    `how`: "student", "deadline" or "teacher" (`teacher_id` then goes into the audit log). A key of
    before a reopening gives its old receipt. LookupError: the key was never this attempt's.
    """
    attempt_id, room = attempt.id, attempt.assignment.classroom.public_id
    if not compare_digest(key.encode("utf-8", "replace"), attempt.submission_key.encode()):
        return _get_submission(attempt_id, key)
    with writing() as session:
        closed = session.execute(
            update(Attempt)
            .where(Attempt.id == attempt_id, Attempt.state == "open", Attempt.submission_key == key)
            .values(state="submitted")
            .returning(Attempt.id)
        ).first()
        if closed is None:
            return _get_submission(attempt_id, key)
        last = find_submission(attempt)
        handed_in = last.answers if last else None
        rows = mark_rows(attempt, quiz, responses(attempt), handed_in, now)
        session.add_all(Mark(**row) for row in rows)
        submission = Submission(
            attempt_id=attempt_id,
            submission_key=key,
            receipt=new_code(),
            how=how,
            submitted_at=now,
        )
        session.add(submission)
        if teacher_id is not None:
            audit.record("attempt handed in", now, teacher_id, room, attempt.public_id)
    return submission


def close_overdue(
    assignment: Assignment,
    quiz_of: Callable[[int], Quiz],
    now: datetime,
    student: Student | None = None,
) -> int:
    """Submit what was saved in open attempts whose closing and grace are past; return how many.

    `quiz_of` gives the quiz of a version id. With `student` only theirs. Anybody may call it at any
    time and more than once: each attempt is submitted once, in a commit of its own.
    """
    query = (
        select(Attempt, Allowance)
        .outerjoin(
            Allowance,
            (Allowance.assignment_id == Attempt.assignment_id)
            & (Allowance.student_id == Attempt.student_id),
        )
        .where(Attempt.assignment_id == assignment.id, Attempt.state == "open")
    )
    if student is not None:
        query = query.where(Attempt.student_id == student.id)
    found = [(one, terms_of(assignment, more)) for one, more in db.session.execute(query)]
    overdue = [(one.id, terms.closes_at) for one, terms in found if terms.is_over(now)]
    for attempt_id, closed_at in overdue:
        attempt = db.session.get_one(Attempt, attempt_id)
        submit(
            attempt,
            attempt.submission_key,
            quiz_of(attempt.version_id),
            closed_at or now,
            "deadline",
        )
    return len(overdue)


def close_all_overdue(
    quiz_of: Callable[[int], Quiz], now: datetime, teacher: Teacher | None = None
) -> int:
    """Do what `close_overdue` does for every assignment (of a teacher); return how many attempts.

    Figures over several assignments would else leave out what nobody has looked at since.
    """
    query = (
        select(Assignment)
        .join(Classroom, Classroom.id == Assignment.classroom_id)
        .where(
            Assignment.deleted_at.is_(None),
            Assignment.id.in_(select(Attempt.assignment_id).where(Attempt.state == "open")),
            or_(Assignment.closes_at < now, Classroom.archived_at < now),
        )
    )
    if teacher is not None:
        query = query.where(Assignment.classroom_id.in_(rooms_of(teacher)))
    return sum(close_overdue(one, quiz_of, now) for one in db.session.scalars(query).all())


def _get_submission(attempt_id: int, key: str) -> Submission:
    found = db.session.scalar(
        select(Submission).where(
            Submission.attempt_id == attempt_id, Submission.submission_key == key
        )
    )
    if found is None:
        raise LookupError(key)
    return found


def find_submission(attempt: Attempt) -> Submission | None:
    """Return the newest receipt of an attempt, or None."""
    return db.session.scalar(
        select(Submission)
        .where(Submission.attempt_id == attempt.id)
        .order_by(Submission.id.desc())
        .limit(1)
    )
