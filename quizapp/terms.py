"""What holds for one student at one assignment: from when, until when, how often, what is shown.

The assignment's rules, with what the student's own allowance adds. An archived classroom is closed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import bindparam, func, select

from quizapp.bank.model import Quiz
from quizapp.bank.public import PublicQuiz, asked
from quizapp.database import db
from quizapp.models import Allowance, Assignment, Student

GRACE = timedelta(seconds=10)  # a save on its way when the clock strikes still counts


@dataclass(frozen=True, slots=True)
class Terms:
    """From when and until when (None: no limit), how many attempts, and how many minutes more
    than the time limit for each.
    """

    opens_at: datetime | None
    closes_at: datetime | None
    attempts: int
    extra_minutes: int = 0

    def is_early(self, now: datetime) -> bool:
        """True before the opening."""
        return self.opens_at is not None and now < self.opens_at

    def is_closed(self, now: datetime) -> bool:
        """True after the closing: nothing can be started."""
        return self.closes_at is not None and now > self.closes_at


@dataclass(frozen=True, slots=True)
class Release:
    """Whether a student may see marks and keys; if not, why, and from when if that is known.

    "busy": another attempt of the student at the same assignment is open, and keys would help it.
    """

    why: Literal["shown", "never", "closing", "busy"]
    at: datetime | None = None

    @property
    def shown(self) -> bool:
        """True when marks and keys may be seen."""
        return self.why == "shown"


def terms_of(assignment: Assignment, allowance: Allowance | None) -> Terms:
    """Return the terms of the student whose allowance this is. The later closing holds."""
    closes_at, more = assignment.closes_at, allowance
    if closes_at is not None and more is not None and more.closes_at is not None:
        closes_at = max(closes_at, more.closes_at)
    archived_at = assignment.classroom.archived_at
    if archived_at is not None:
        closes_at = min(closes_at or archived_at, archived_at)
    allowed = assignment.attempts_allowed
    if more is None:
        return Terms(assignment.opens_at, closes_at, allowed)
    return Terms(assignment.opens_at, closes_at, allowed + more.extra_attempts, more.extra_minutes)


_ALLOWANCE = select(Allowance).where(
    Allowance.assignment_id == bindparam("assignment"), Allowance.student_id == bindparam("student")
)


def find_allowance(assignment_id: int, student_id: int) -> Allowance | None:
    """Return what a student gets beyond the rules, or None."""
    return db.session.scalar(_ALLOWANCE, {"assignment": assignment_id, "student": student_id})


def read_terms(assignment: Assignment, student_id: int) -> Terms:
    """Return the terms of one student, the allowance read now."""
    return terms_of(assignment, find_allowance(assignment.id, student_id))


def latest_closings(assignments: Sequence[Assignment]) -> dict[int, datetime]:
    """Return when each assignment that closes has closed for everybody, by assignment id.

    Whoever was removed from the classroom holds nobody up; an archived classroom is closed.
    """
    closing = {one.id: one.closes_at for one in assignments if one.closes_at}
    rows = _later_closings(closing) if closing else ()
    for assignment_id, later in rows:
        closing[assignment_id] = max(closing[assignment_id], later)
    for one in assignments:
        archived_at = one.classroom.archived_at
        if archived_at is not None:
            closing[one.id] = min(closing.get(one.id, archived_at), archived_at)
    return closing


def _later_closings(assignment_ids: Iterable[int]) -> Iterable[tuple[int, datetime]]:
    """Return the latest closing of a single student at each assignment that has any."""
    rows = db.session.execute(
        select(Allowance.assignment_id, func.max(Allowance.closes_at))
        .join(Student, Student.id == Allowance.student_id)
        .where(
            Allowance.assignment_id.in_(assignment_ids),
            Allowance.closes_at.is_not(None),
            Student.removed_at.is_(None),
        )
        .group_by(Allowance.assignment_id)
    )
    return [(assignment_id, later) for assignment_id, later in rows if later is not None]


def release(assignment: Assignment, latest: datetime | None, busy: bool, now: datetime) -> Release:
    """Return what a student may see of an attempt that was handed in.

    `latest` is when the assignment has closed for everybody, so that nobody who still works can
    be told the keys by somebody who sees them. Practice always ends with the keys.
    """
    if assignment.is_practice:
        return Release("shown")
    if assignment.review == "never":
        return Release("never")
    if assignment.review == "closing" and (latest is None or now <= latest + GRACE):
        return Release("closing", latest)
    return Release("busy") if busy else Release("shown")


def offered_levels(
    quiz: Quiz | PublicQuiz, assignment: Assignment, own: str | None
) -> tuple[str, ...]:
    """Return the one level that a student reads at; empty when the student chooses.

    `own` is the level of the student, if the teacher gave one. A level that the quiz does not have,
    or has no question for, is passed over: the student chooses.
    """
    wanted = {"fixed": assignment.level, "each": own}.get(assignment.level_mode)
    known = [level.id for level in quiz.levels]
    return (wanted,) if wanted in known and wanted and asked(quiz, [wanted]) else ()


def middle_level(quiz: Quiz) -> str:
    """The level shown first: the middle one, which is the one written for most of the class."""
    return quiz.levels[len(quiz.levels) // 2].id
