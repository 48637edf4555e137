"""Who is where at an assignment, while they work: reads, in the same few queries for any class."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from sqlalchemy import select

from quizapp.bank.model import Given
from quizapp.bank.public import asked
from quizapp.database import db
from quizapp.library import Library
from quizapp.models import Allowance, Assignment, Attempt, Response, Student, Submission
from quizapp.receipts import receipts
from quizapp.responses import unpacked
from quizapp.students import in_counting_order

SeatState = Literal["not started", "working", "handed in"]


@dataclass(frozen=True, slots=True)
class Seat:
    """One student with the open attempt, else the newest; `saved_at`: when an answer last changed.

    `submission` is the newest receipt of that attempt; while it is open again, what came before.
    `extra_minutes` are those that the student has beyond the time limit. `asked` is 0 before the
    start, and where the version of the attempt cannot be read: see `is_readable`.
    """

    student: Student
    state: SeatState
    attempt: Attempt | None
    answered: int
    asked: int
    saved_at: datetime | None
    submission: Submission | None
    extra_minutes: int = 0
    is_readable: bool = True

    @property
    def is_timed(self) -> bool:
        """True while the student works under a time limit."""
        return self.state == "working" and bool(self.attempt and self.attempt.time_limit)


@dataclass(frozen=True, slots=True)
class Seating:
    """All students of the class by name, and how many are how far."""

    seats: tuple[Seat, ...]

    def count(self, state: SeatState) -> int:
        """Return how many students are in this state."""
        return sum(seat.state == state for seat in self.seats)


def look_around(assignment: Assignment, library: Library) -> Seating:
    """Return where every student of the class is, in the order of their names."""
    students = db.session.scalars(
        select(Student).where(
            Student.classroom_id == assignment.classroom_id, Student.removed_at.is_(None)
        )
    ).all()
    current = _current_attempts(assignment)
    ids = [attempt.id for attempt in current.values()]
    saved = _read_saved(ids)
    newest = {one.attempt_id: one for one in receipts(ids)}
    extra = _read_extra(assignment)
    ordered = sorted(students, key=lambda student: in_counting_order(student.name_folded))
    return Seating(
        tuple(
            replace(
                _seat(student, current.get(student.id), saved, newest, library),
                extra_minutes=extra.get(student.id, 0),
            )
            for student in ordered
        )
    )


def list_attempts(assignment: Assignment, student: Student) -> list[Attempt]:
    """Return a student's attempts at an assignment, oldest first."""
    return list(
        db.session.scalars(
            select(Attempt)
            .where(Attempt.assignment_id == assignment.id, Attempt.student_id == student.id)
            .order_by(Attempt.number)
        )
    )


def _current_attempts(assignment: Assignment) -> dict[int, Attempt]:
    current: dict[int, Attempt] = {}
    for attempt in db.session.scalars(
        select(Attempt).where(Attempt.assignment_id == assignment.id).order_by(Attempt.number)
    ):
        before = current.get(attempt.student_id)
        if before is None or before.state != "open":
            current[attempt.student_id] = attempt
    return current


def _read_extra(assignment: Assignment) -> dict[int, int]:
    rows = db.session.execute(
        select(Allowance.student_id, Allowance.extra_minutes).where(
            Allowance.assignment_id == assignment.id, Allowance.extra_minutes > 0
        )
    )
    return {student_id: minutes for student_id, minutes in rows}


def _read_saved(ids: Sequence[int]) -> dict[int, dict[str, tuple[Given, datetime]]]:
    rows = db.session.execute(
        select(
            Response.attempt_id,
            Response.item_id,
            Response.given,
            Response.level,
            Response.saved_at,
        ).where(Response.attempt_id.in_(ids))
    )
    found: dict[int, dict[str, tuple[Given, datetime]]] = defaultdict(dict)
    for attempt_id, item_id, given, level, saved_at in rows:
        found[attempt_id][item_id] = unpacked(given, level), saved_at
    return dict(found)


def _seat(
    student: Student,
    attempt: Attempt | None,
    saved: Mapping[int, Mapping[str, tuple[Given, datetime]]],
    newest: Mapping[int, Submission],
    library: Library,
) -> Seat:
    if attempt is None:
        return Seat(student, "not started", None, 0, 0, None, None)
    version = library.find_version(attempt.version_id)
    items = asked(version.quiz, attempt.level_ids) if version else ()
    entries = saved.get(attempt.id, {})
    return Seat(
        student=student,
        state="working" if attempt.state == "open" else "handed in",
        attempt=attempt,
        answered=sum(item.id in entries and not entries[item.id][0].is_blank for item in items),
        asked=len(items),
        saved_at=max((moment for _, moment in entries.values()), default=None),
        submission=newest.get(attempt.id),
        is_readable=version is not None,
    )
