"""How each student of a class stands: how far, which attempt gives the score, what it shows."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sqlalchemy import select

from quizapp.analysis.mastery import Family
from quizapp.counting import counted
from quizapp.database import db
from quizapp.figures import Tally, families
from quizapp.marks import Score
from quizapp.models import Assignment, Attempt, Student
from quizapp.outcomes import Paper
from quizapp.receipts import receipts
from quizapp.responses import count_late
from quizapp.students import in_counting_order

StudentState = Literal["finished", "working", "not started"]


@dataclass(frozen=True, slots=True)
class StudentRow:
    """One student of the class: the attempts, oldest first; no score while one is open.

    `counts` is the attempt that gives the score; `families` rest on the first one. `by_itself`:
    the newest attempt was handed in when its time was over; `late` answers came after that.
    """

    student: Student
    state: StudentState
    attempts: tuple[tuple[Attempt, Score | None], ...]
    counts: tuple[Attempt, Score] | None
    families: Mapping[Family, Tally]
    by_itself: bool = False
    late: int = 0


def standings(assignment: Assignment, papers: Iterable[Paper]) -> tuple[StudentRow, ...]:
    """Return a row for each student of the class, by name; `papers` are the submitted attempts.

    Students who were removed have none.
    """
    attempts: dict[int, list[Attempt]] = defaultdict(list)
    for attempt in db.session.scalars(
        select(Attempt).where(Attempt.assignment_id == assignment.id).order_by(Attempt.number)
    ):
        attempts[attempt.student_id].append(attempt)
    sat, policy = _by_student(papers), assignment.counts
    students = sorted(_students(assignment), key=lambda one: in_counting_order(one.name_folded))
    ids = [one.id for all_ in attempts.values() for one in all_]
    how = {one.attempt_id: one.how for one in receipts(ids)}  # the newest of each
    late = count_late(ids)
    rows = (_row(one, attempts[one.id], sat[one.id], policy) for one in students)
    return tuple(_with_ends(row, how, late) for row in rows)


def _with_ends(row: StudentRow, how: Mapping[int, str], late: Mapping[int, int]) -> StudentRow:
    ids = [attempt.id for attempt, _ in row.attempts]
    newest = how.get(ids[-1]) if ids and row.attempts[-1][1] else None
    return replace(row, by_itself=newest == "deadline", late=sum(late.get(one, 0) for one in ids))


def find_counting(assignment: Assignment, papers: Iterable[Paper]) -> set[int]:
    """Return the ids of the attempts that give the scores of their students."""
    found = (find_counted(sat, assignment.counts) for sat in _by_student(papers).values())
    return {counts[0].id for counts in found if counts is not None}


def _by_student(papers: Iterable[Paper]) -> defaultdict[int, list[Paper]]:
    sat: defaultdict[int, list[Paper]] = defaultdict(list)
    for one in papers:
        sat[one.attempt.student_id].append(one)
    return sat


def _students(assignment: Assignment) -> Iterable[Student]:
    return db.session.scalars(
        select(Student).where(
            Student.classroom_id == assignment.classroom_id, Student.removed_at.is_(None)
        )
    )


def _row(
    student: Student, attempts: Sequence[Attempt], sat: Sequence[Paper], policy: str
) -> StudentRow:
    scores = {one.attempt.id: one.score for one in sat}
    return StudentRow(
        student=student,
        state="finished" if sat else "working" if attempts else "not started",
        attempts=tuple((one, scores.get(one.id)) for one in attempts),
        counts=find_counted(sat, policy),
        families=families(sat[:1]),
    )


def find_counted(sat: Sequence[Paper], policy: str) -> tuple[Attempt, Score] | None:
    """Return the attempt of one student that gives the score, with it; None before the first."""
    if not sat:
        return None
    scores = [one.score for one in sat]
    place = counted([score.points for score in scores], policy)
    return sat[place].attempt, scores[place]
