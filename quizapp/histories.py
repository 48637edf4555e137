"""One student across the assignments of the classroom: scores side by side, never averaged."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from quizapp.analysis.mastery import Family
from quizapp.database import db
from quizapp.figures import Tally, families
from quizapp.library import Library
from quizapp.marks import Score
from quizapp.models import Assignment, Attempt, Student
from quizapp.outcomes import Paper, read_papers
from quizapp.standings import find_counted
from quizapp.summaries import find_title


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One assignment: the student's attempts, oldest first, and the one that gives the score."""

    assignment: Assignment
    title: str
    attempts: tuple[Attempt, ...]
    counts: tuple[Attempt, Score] | None


@dataclass(frozen=True, slots=True)
class History:
    """All work of a student, newest assignment first; `families` rest on `quizzes` first attempts.

    Practice is listed, and enters nothing.
    """

    student: Student
    lines: tuple[HistoryLine, ...]
    families: Mapping[Family, Tally]
    quizzes: int


def history(student: Student, library: Library) -> History:
    """Return what a student has done in the classroom, removed students too."""
    assignments = db.session.scalars(
        select(Assignment)
        .where(Assignment.classroom_id == student.classroom_id, Assignment.deleted_at.is_(None))
        .order_by(Assignment.id.desc())
    ).all()
    attempts: dict[int, list[Attempt]] = defaultdict(list)
    for attempt in db.session.scalars(
        select(Attempt)
        .where(
            Attempt.student_id == student.id,
            Attempt.assignment_id.in_([assignment.id for assignment in assignments]),
        )
        .order_by(Attempt.number)
    ):
        attempts[attempt.assignment_id].append(attempt)
    sat: dict[int, list[Paper]] = defaultdict(list)
    for one in read_papers([one for group in attempts.values() for one in group], library):
        sat[one.attempt.assignment_id].append(one)
    first = [sat[one.id][0] for one in assignments if sat[one.id] and not one.is_practice]
    return History(
        student=student,
        lines=tuple(
            HistoryLine(
                assignment=one,
                title=find_title(one, library),
                attempts=tuple(attempts[one.id]),
                counts=None if one.is_practice else find_counted(sat[one.id], one.counts),
            )
            for one in assignments
        ),
        families=families(first),
        quizzes=len(first),
    )
