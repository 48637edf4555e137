"""Handing in for the student what is over: once for each attempt, whoever looks first."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from quizapp.access import rooms_of
from quizapp.bank.model import Quiz
from quizapp.database import db, writing
from quizapp.deadlines import overdue
from quizapp.handing_in import hand_in
from quizapp.models import Assignment, Attempt, Student, Teacher
from quizapp.prepared import link_of

log = logging.getLogger(__name__)

QuizOf = Callable[[int], Quiz]
_told: set[str] = set()  # attempts that the log of this process has named


def close_one(attempt_id: int, quiz_of: QuizOf, now: datetime) -> bool:
    """Submit what was saved in an attempt that is over; True when it was this call that did.

    A deadline that has been moved meanwhile holds, and so does a submission.
    """
    attempt = db.session.get_one(Attempt, attempt_id)
    quiz = quiz_of(attempt.version_id)
    with writing() as session:
        closed = session.execute(
            update(Attempt)
            .where(Attempt.id == attempt_id, overdue(now))
            .values(state="submitted")
            .returning(Attempt.deadline_at)
        ).first()
        if closed is not None:
            hand_in(link_of(session.connection()), attempt, quiz, "deadline", closed.deadline_at)
    return closed is not None


def close_each(attempt_ids: Iterable[int], quiz_of: QuizOf, now: datetime) -> int:
    """Do `close_one` for each; return how many were submitted.

    One that fails, such as one whose version cannot be read, stays open and keeps none of the
    others from it, nor the page that asked; the log names it once in a process. Raises
    OperationalError at once: the database is away.
    """
    closed = 0
    for attempt_id in attempt_ids:
        try:
            closed += close_one(attempt_id, quiz_of, now)
        except OperationalError:
            raise
        except Exception:
            db.session.rollback()
            _tell(attempt_id)
    return closed


def _tell(attempt_id: int) -> None:
    """Log the error that is being handled, unless this attempt is gone or was named."""
    attempt = db.session.get(Attempt, attempt_id)
    if attempt is not None and attempt.public_id not in _told:
        _told.add(attempt.public_id)
        words = "Attempt %s is over, but cannot be handed in; it stays open."
        log.exception(words, attempt.public_id)


def close_overdue(
    assignment: Assignment, quiz_of: QuizOf, now: datetime, student: Student | None = None
) -> int:
    """Submit what was saved in the open attempts that are over; return how many.

    `quiz_of` gives the quiz of a version id. With `student` only theirs. Anybody may call it at any
    time and more than once: each attempt is submitted once, in a commit of its own.
    """
    query = select(Attempt.id).where(Attempt.assignment_id == assignment.id, overdue(now))
    if student is not None:
        query = query.where(Attempt.student_id == student.id)
    return close_each(db.session.scalars(query).all(), quiz_of, now)


def close_for(student: Student, quiz_of: QuizOf, now: datetime) -> int:
    """Do what `close_overdue` does for all work of one student; return how many attempts."""
    late = select(Attempt.id).where(Attempt.student_id == student.id, overdue(now))
    return close_each(db.session.scalars(late).all(), quiz_of, now)


def close_all_overdue(quiz_of: QuizOf, now: datetime, teacher: Teacher | None = None) -> int:
    """Do what `close_overdue` does for every assignment (of a teacher); return how many attempts.

    Figures over several assignments would else leave out what nobody has looked at since.
    """
    query = (
        select(Attempt.id)
        .join(Assignment, Assignment.id == Attempt.assignment_id)
        .where(overdue(now), Assignment.deleted_at.is_(None))
        .order_by(Attempt.deadline_at)
    )
    if teacher is not None:
        query = query.where(Assignment.classroom_id.in_(rooms_of(teacher)))
    return close_each(db.session.scalars(query).all(), quiz_of, now)
