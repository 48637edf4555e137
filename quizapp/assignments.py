"""Assignments: given, changed, closed, extended, deleted, put back. Each act is audited.

The rules of an attempt that runs never change under the student: level, order and version are
frozen at its start, and the first one fixes whether this is practice, where each answer can be
checked. A time limit meets it only when it is longer or none. The closing, and when answers are
seen, do hold for it.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from quizapp import audit, deadlines
from quizapp.access import rooms_of
from quizapp.database import db, writing
from quizapp.models import Allowance, Assignment, Attempt, Classroom, Student, Teacher
from quizapp.models.columns import fold_code

KEPT = timedelta(days=30)  # how long a deleted assignment can be put back
MOST_ATTEMPTS = 20


class ChangedMeanwhile(Exception):
    """The rules are not those that were shown: somebody changed, closed or extended it."""


class NeedsClosing(Exception):
    """Review after closing has no meaning without a closing."""


class IsArchived(Exception):
    """The classroom is closed: nobody could start what is given to it."""


class HasBegun(Exception):
    """Practice would show the keys to those who work at a test, or count what was practice."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything that a teacher decides about an assignment, but the quiz and the classroom."""

    opens_at: datetime | None = None
    closes_at: datetime | None = None
    attempts_allowed: int = 1
    time_limit: int | None = None
    counts: str = "first"
    level_mode: str = "choice"
    level: str | None = None
    shuffle: bool = True
    review: str = "submit"
    is_practice: bool = False
    walk_in: bool = False


def rules_of(assignment: Assignment) -> Rules:
    """Return the rules of an assignment as they are."""
    return Rules(**{name: getattr(assignment, name) for name in Rules.__slots__})


def digest(rules: Rules) -> str:
    """Return a digest of rules, by which a form that was shown is compared with what stands."""
    told = json.dumps(_told(asdict(rules)), sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


def make(
    classroom: Classroom, quiz_id: str, rules: Rules, teacher: Teacher, now: datetime
) -> Assignment:
    """Give a quiz to a classroom. Raises NeedsClosing, IsArchived."""
    _check(rules)
    room, teacher_id = (classroom.id, classroom.public_id), teacher.id
    with writing() as session:
        # The lock makes an archiving at this moment wait, on PostgreSQL too.
        if session.get_one(Classroom, room[0], with_for_update=True).archived_at is not None:
            raise IsArchived
        made = Assignment(classroom_id=room[0], quiz_id=quiz_id, created_at=now, **asdict(rules))
        session.add(made)
        session.flush()
        details = {"quiz": quiz_id, **_told(asdict(rules))}
        audit.record("assignment made", now, teacher_id, room[1], made.public_id, details)
    return made


def change(
    assignment: Assignment, rules: Rules, base: str, teacher: Teacher, now: datetime
) -> None:
    """Put new rules in the place of the old ones, whose digest is `base`.

    Raises NeedsClosing; ChangedMeanwhile when others stand there by now; HasBegun when practice is
    to change and an attempt has been started.
    """
    _check(rules)

    def is_as_shown(row: Assignment) -> bool:
        if digest(rules_of(row)) != base:
            raise ChangedMeanwhile
        return True

    _act("assignment changed", assignment, asdict(rules), teacher, now, is_as_shown)


def close(assignment: Assignment, teacher: Teacher, now: datetime) -> None:
    """Close now: what is saved will be handed in. Who was given longer goes on until then.

    What is closed already keeps the moment at which it closed.
    """

    def is_open(row: Assignment) -> bool:
        return row.closes_at is None or row.closes_at > now

    _act("assignment closed", assignment, {"closes_at": now}, teacher, now, is_open)


def extend(assignment: Assignment, until: datetime | None, teacher: Teacher, now: datetime) -> None:
    """Close at another time (None: not at all), also after it has closed. Raises NeedsClosing."""
    if until is None and assignment.review == "closing":
        raise NeedsClosing
    _act("assignment extended", assignment, {"closes_at": until}, teacher, now)


def delete(assignment: Assignment, teacher: Teacher, now: datetime) -> None:
    """Take an assignment away from students and figures; `restore` puts it back."""
    _act("assignment deleted", assignment, {"deleted_at": now}, teacher, now)


def restore(assignment: Assignment, teacher: Teacher, now: datetime) -> None:
    """Put a deleted assignment back as it was. LookupError: deleted too long ago, or not at all."""
    if assignment.deleted_at is None or now - assignment.deleted_at > KEPT:
        raise LookupError(assignment.public_id)
    _act("assignment restored", assignment, {"deleted_at": None}, teacher, now)


def _check(rules: Rules) -> None:
    if rules.review == "closing" and rules.closes_at is None:
        raise NeedsClosing


def _act(
    action: str,
    assignment: Assignment,
    values: Mapping[str, object],
    teacher: Teacher,
    now: datetime,
    fits: Callable[[Assignment], bool] = lambda row: True,
) -> None:
    """Write the values that differ, with one audit entry; nothing when none does.

    `fits` looks at the locked row first, and may raise; where it says no, nothing is written.
    """
    place = (assignment.classroom.public_id, assignment.public_id)
    assignment_id, teacher_id = assignment.id, teacher.id
    with writing() as session:
        row = session.get_one(Assignment, assignment_id, with_for_update={"of": Assignment})
        if not fits(row):
            return
        before = {name: getattr(row, name) for name in values}
        changed = {name: value for name, value in values.items() if value != before[name]}
        if "is_practice" in changed and has_begun(row):
            raise HasBegun
        for name, value in changed.items():
            setattr(row, name, value)
        if changed.keys() & {"closes_at", "time_limit"}:
            deadlines.refresh(Attempt.assignment_id == assignment_id)
        if changed:
            was = {name: before[name] for name in changed}
            details = {"before": _told(was), "after": _told(changed)}
            audit.record(action, now, teacher_id, *place, details)


def _told(values: Mapping[str, object]) -> dict[str, object]:
    """Return values as JSON holds them."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
    }


def find_by_code(code: str) -> Assignment | None:
    """Return the assignment whose link this is, however it was typed; None when it is deleted."""
    return db.session.scalar(
        select(Assignment).where(
            Assignment.code == fold_code(code), Assignment.deleted_at.is_(None)
        )
    )


def has_begun(assignment: Assignment) -> bool:
    """Return whether anybody has started an attempt."""
    query = select(Attempt.id).where(Attempt.assignment_id == assignment.id).limit(1)
    return db.session.scalar(query) is not None


def count_working(assignment: Assignment) -> int:
    """Return how many students are working on it now."""
    query = (
        select(func.count(Attempt.id))
        .join(Student, Student.id == Attempt.student_id)
        .where(
            Attempt.assignment_id == assignment.id,
            Attempt.state == "open",
            Student.removed_at.is_(None),
        )
    )
    return db.session.scalar(query) or 0


def later_closings(assignment: Assignment, now: datetime) -> Sequence[datetime]:
    """Return until when students may still work who have longer than the class, the last first.

    Empty while it is open for the class: that the class may work is then all there is to say.
    """
    closes_at = assignment.closes_at
    if assignment.classroom.archived_at or closes_at is None or closes_at > now:
        return ()
    rows = db.session.scalars(
        select(Allowance.closes_at)
        .join(Student, Student.id == Allowance.student_id)
        .where(
            Allowance.assignment_id == assignment.id,
            Allowance.closes_at > now,
            Student.removed_at.is_(None),
        )
        .order_by(Allowance.closes_at.desc())
    )
    return [moment for moment in rows if moment is not None]


def deleted(classroom: Classroom, now: datetime) -> Sequence[Assignment]:
    """Return what can still be put back, the newest deletion first."""
    return db.session.scalars(
        select(Assignment)
        .where(Assignment.classroom_id == classroom.id, Assignment.deleted_at > now - KEPT)
        .order_by(Assignment.deleted_at.desc(), Assignment.id.desc())
    ).all()


def rooms(teacher: Teacher) -> Sequence[Classroom]:
    """Return the classrooms that a teacher can give a quiz to, by name."""
    return db.session.scalars(
        select(Classroom)
        .where(Classroom.id.in_(rooms_of(teacher)), Classroom.archived_at.is_(None))
        .order_by(Classroom.name, Classroom.id)
    ).all()
