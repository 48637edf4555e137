"""A student's desk: the work that was given, how far each piece is, and whose it is."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select

from quizapp.attempts import read_given
from quizapp.bank.model import Quiz
from quizapp.database import db
from quizapp.marks import Score, current, score
from quizapp.models import Assignment, Attempt, Student


@dataclass(frozen=True, slots=True)
class Work:
    """One assignment on a student's home, with the newest attempt at it, if any."""

    assignment: Assignment
    attempt: Attempt | None
    answered: int
    score: Score | None

    @property
    def level_ids(self) -> tuple[str, ...]:
        """The levels that the attempt was offered; empty before there is one."""
        return self.attempt.level_ids if self.attempt else ()


def home(student: Student, quiz_of: Callable[[int], Quiz]) -> tuple[list[Work], list[Work]]:
    """Return a student's open and finished work. `quiz_of` gives the quiz of a version id."""
    assignments = db.session.scalars(
        select(Assignment)
        .where(Assignment.classroom_id == student.classroom_id)
        .order_by(Assignment.id.desc())
    ).all()
    attempts = {
        attempt.assignment_id: attempt
        for attempt in db.session.scalars(
            select(Attempt).where(Attempt.student_id == student.id).order_by(Attempt.number)
        )
    }
    ids = [attempt.id for attempt in attempts.values()]
    saved, marks = read_given(ids), current(ids)
    answered = {
        attempt_id: sum(not entry.is_blank for entry in given.values())
        for attempt_id, given in saved.items()
    }
    todo, done = [], []
    for assignment in assignments:
        attempt = attempts.get(assignment.id)
        if attempt is not None and attempt.state == "submitted":
            quiz = quiz_of(attempt.version_id)
            result = score(marks.get(attempt.id, {}), quiz, attempt.level_ids)
            done.append(Work(assignment, attempt, answered.get(attempt.id, 0), result))
        else:
            count = answered.get(attempt.id, 0) if attempt else 0
            todo.append(Work(assignment, attempt, count, None))
    return todo, done


def get_assignment(public_id: str, student: Student) -> Assignment:
    """Return an assignment of the student's own classroom; LookupError otherwise."""
    found = db.session.scalar(
        select(Assignment).where(
            Assignment.public_id == public_id, Assignment.classroom_id == student.classroom_id
        )
    )
    if found is None:
        raise LookupError(public_id)
    return found


def get_attempt(public_id: str, student: Student) -> Attempt:
    """Return the student's own attempt; LookupError otherwise."""
    found = db.session.scalar(
        select(Attempt).where(Attempt.public_id == public_id, Attempt.student_id == student.id)
    )
    if found is None:
        raise LookupError(public_id)
    return found
