"""A student's desk: the work that was given, how far each piece is, and whose it is."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import bindparam, select

from quizapp.bank.model import Quiz
from quizapp.closing import close_for, close_one, close_overdue
from quizapp.counting import counted
from quizapp.database import db
from quizapp.deadlines import OPEN, is_late
from quizapp.library import Unreadable
from quizapp.marks import Score, current, score
from quizapp.models import Allowance, Assignment, Attempt, Student
from quizapp.responses import read_given
from quizapp.terms import Release, Terms, latest_closings, release, terms_of

# Not open yet; may be started; begun; finished and may be tried again; finished; never begun.
WorkState = Literal["early", "ready", "going", "again", "done", "missed"]
QuizOf = Callable[[int], Quiz]


@dataclass(frozen=True, slots=True)
class Work:
    """One assignment on a student's desk.

    `attempt` is the open one, else the one whose score counts, if any; `score` is None unless it
    may be seen.
    """

    assignment: Assignment
    terms: Terms
    state: WorkState
    attempt: Attempt | None
    finished: int
    answered: int
    score: Score | None
    release: Release

    @property
    def level_ids(self) -> tuple[str, ...]:
        """The levels that the attempt was offered; empty before there is one."""
        return self.attempt.level_ids if self.attempt else ()


def home(student: Student, quiz_of: QuizOf, now: datetime) -> tuple[list[Work], list[Work]]:
    """Return a student's work: to do, and finished or closed. The newest assignment is first.

    `quiz_of` gives the quiz of a version id. What is overdue is submitted first.
    """
    close_for(student, quiz_of, now)
    assignments = db.session.scalars(
        select(Assignment)
        .where(Assignment.classroom_id == student.classroom_id, Assignment.deleted_at.is_(None))
        .order_by(Assignment.id.desc())
    ).all()
    works = _works(student, assignments, quiz_of, now)
    now_or_soon = [work for work in works if work.state in ("ready", "going")]
    now_or_soon += [work for work in works if work.state == "early"]
    return now_or_soon, [work for work in works if work not in now_or_soon]


def look(assignment: Assignment, student: Student, quiz_of: QuizOf, now: datetime) -> Work:
    """Return one piece of work; what is overdue is submitted first."""
    close_overdue(assignment, quiz_of, now, student)
    return _works(student, [assignment], quiz_of, now)[0]


def _works(
    student: Student, assignments: Sequence[Assignment], quiz_of: QuizOf, now: datetime
) -> list[Work]:
    ids = [assignment.id for assignment in assignments]
    mine: dict[int, list[Attempt]] = defaultdict(list)
    for attempt in db.session.scalars(
        select(Attempt)
        .where(Attempt.student_id == student.id, Attempt.assignment_id.in_(ids))
        .order_by(Attempt.number)
    ):
        mine[attempt.assignment_id].append(attempt)
    scores = _scores([one for held in mine.values() for one in held], quiz_of)
    allowances = {
        one.assignment_id: one
        for one in db.session.scalars(select(Allowance).where(Allowance.student_id == student.id))
    }
    given = read_given([one.id for held in mine.values() for one in held if one.state == "open"])
    answered = {key: sum(not one.is_blank for one in all_.values()) for key, all_ in given.items()}
    latest = latest_closings(assignments)
    return [
        _work(
            assignment,
            terms_of(assignment, allowances.get(assignment.id)),
            mine[assignment.id],
            scores,
            answered,
            latest.get(assignment.id),
            now,
        )
        for assignment in assignments
    ]


def _scores(attempts: Sequence[Attempt], quiz_of: QuizOf) -> dict[int, Score]:
    """Return the scores of what is handed in, by attempt id, but for versions nobody can read."""
    done = [attempt for attempt in attempts if attempt.state == "submitted"]
    marks = current([attempt.id for attempt in done])
    found = {}
    for one in done:
        with suppress(Unreadable):
            quiz = quiz_of(one.version_id)
            found[one.id] = score(marks.get(one.id, {}), quiz, one.level_ids)
    return found


def _work(
    assignment: Assignment,
    terms: Terms,
    attempts: Sequence[Attempt],
    scores: Mapping[int, Score],
    answered: Mapping[int, int],
    latest: datetime | None,
    now: datetime,
) -> Work:
    done = [one for one in attempts if one.state == "submitted"]
    working = next((one for one in attempts if one.state == "open"), None)
    shown = release(assignment, latest, working is not None, now)
    scored = [one for one in done if one.id in scores]
    counts = done[0] if done else None
    if scored:
        counts = scored[counted([scores[one.id].points for one in scored], assignment.counts)]
    return Work(
        assignment=assignment,
        terms=terms,
        state=_state(terms, len(attempts), len(done), working is not None, now),
        attempt=working or counts,
        finished=len(done),
        answered=answered.get(working.id, 0) if working else 0,
        score=scores.get(counts.id) if counts and not working and shown.shown else None,
        release=shown,
    )


def _state(terms: Terms, begun: int, done: int, working: bool, now: datetime) -> WorkState:
    if working:
        return "going"
    if terms.is_closed(now):
        return "done" if done else "missed"
    if terms.is_early(now) and not done:
        return "early"
    if not done:
        return "ready"
    return "again" if begun < terms.attempts and not terms.is_early(now) else "done"


# Made once: putting a statement together costs as much as running it.
_OPEN = select(Attempt.id).where(
    Attempt.assignment_id == bindparam("assignment"),
    Attempt.student_id == bindparam("student"),
    Attempt.state == OPEN,
)
_ASSIGNMENT = select(Assignment).where(
    Assignment.public_id == bindparam("public_id"),
    Assignment.classroom_id == bindparam("classroom"),
    Assignment.deleted_at.is_(None),
)
_ATTEMPT = (
    select(Attempt)
    .join(Assignment, Assignment.id == Attempt.assignment_id)
    .where(
        Attempt.public_id == bindparam("public_id"),
        Attempt.student_id == bindparam("student"),
        Assignment.deleted_at.is_(None),
    )
)


def find_release(attempt: Attempt, now: datetime) -> Release:
    """Return what the student may see of an attempt of their own that was handed in."""
    assignment = attempt.assignment
    whose = {"assignment": attempt.assignment_id, "student": attempt.student_id}
    busy = db.session.scalar(_OPEN, whose)
    latest = latest_closings([assignment]).get(assignment.id)
    return release(assignment, latest, busy is not None, now)


def close_if_over(attempt: Attempt, quiz_of: QuizOf, now: datetime) -> bool:
    """Submit an attempt of a student whose time is over; True when this was the moment."""
    if attempt.state != "open" or not is_late(attempt.deadline_at, now):
        return False
    return close_one(attempt.id, quiz_of, now)


def get_assignment(public_id: str, student: Student) -> Assignment:
    """Return an assignment of the student's own classroom; LookupError otherwise."""
    found = find_assignment(public_id, student)
    if found is None:
        raise LookupError(public_id)
    return found


def find_assignment(public_id: str, student: Student) -> Assignment | None:
    """Return an assignment of the student's own classroom, or None; a deleted one is gone."""
    wanted = {"public_id": public_id, "classroom": student.classroom_id}
    return db.session.scalar(_ASSIGNMENT, wanted)


def get_attempt(public_id: str, student: Student) -> Attempt:
    """Return the student's own attempt; LookupError otherwise, or when its work was deleted."""
    found = db.session.scalar(_ATTEMPT, {"public_id": public_id, "student": student.id})
    if found is None:
        raise LookupError(public_id)
    return found
