"""Reads for the teacher's pages: who has worked, how each question went, which answers wait.

Only submitted attempts count. The figures rest on the first one of each student; lists of answers
hold all of them, since every answer wants to be marked. What waits is never counted as wrong.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from quizapp.access import rooms_of
from quizapp.analysis.gates import SHARES
from quizapp.analysis.spread import Spread, spread
from quizapp.database import db
from quizapp.discussing import Talk, discuss
from quizapp.figures import (
    Doubt,
    Errors,
    Separation,
    Tally,
    Trust,
    comparable,
    doubts,
    errors,
    separations,
    skills,
    trust,
)
from quizapp.library import Library
from quizapp.models import Assignment, Attempt, Classroom, Mark, Student, Teacher
from quizapp.outcomes import Paper, Question, count_questions, keep_first, load_papers
from quizapp.standings import StudentRow, StudentState, standings


@dataclass(frozen=True, slots=True)
class AssignmentLine:
    """One assignment on the teacher's home: how many students have done what."""

    assignment: Assignment
    title: str
    finished: int
    working: int
    not_started: int
    waiting: int


@dataclass(frozen=True, slots=True)
class ClassroomLines:
    """One classroom on the teacher's home; `deleted_at`: when one of its assignments last was."""

    classroom: Classroom
    students: int
    lines: tuple[AssignmentLine, ...]
    deleted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Scores:
    """The spread of `number` first attempts worth the same points, from low to high.

    Drawn from `gates.SHARES` on. `dots` hold for each one the name, and whether answers behind it
    still wait; `provisional` says how many do in all.
    """

    number: int
    spread: Spread | None
    dots: tuple[tuple[str, bool], ...]
    provisional: int


@dataclass(frozen=True, slots=True)
class Summary:
    """Everything the page of one assignment says. `removed` students had work; it is left out."""

    assignment: Assignment
    title: str
    students: tuple[StudentRow, ...]
    states: Mapping[StudentState, int]
    removed: int
    questions: tuple[Question, ...]
    other_versions: int
    repeated: bool
    scores: Scores
    trust: Trust
    doubts: tuple[Doubt, ...]
    talks: tuple[Talk, ...]
    separations: Mapping[str, Separation]
    skills: Mapping[str, Tally]
    errors: Errors

    @property
    def waiting(self) -> int:
        """How many answers wait for the teacher."""
        return sum(question.waiting for question in self.questions)


def overview(teacher: Teacher, library: Library) -> tuple[ClassroomLines, ...]:
    """Return the teacher's classrooms with their assignments, the newest assignment first."""
    own = rooms_of(teacher)
    rooms = db.session.scalars(
        select(Classroom).where(Classroom.id.in_(own)).order_by(Classroom.id)
    )
    students: Counter[int] = Counter(
        db.session.scalars(
            select(Student.classroom_id).where(
                Student.classroom_id.in_(own), Student.removed_at.is_(None)
            )
        )
    )
    given = db.session.scalars(
        select(Assignment).where(Assignment.classroom_id.in_(own)).order_by(Assignment.id.desc())
    ).all()
    assignments = [row for row in given if row.deleted_at is None]
    deleted = {
        row.classroom_id: row.deleted_at
        for row in sorted(given, key=lambda row: row.deleted_at or row.created_at)
        if row.deleted_at is not None
    }
    ids = [assignment.id for assignment in assignments]
    states, waiting = _count_states(ids), _count_waiting(ids)
    lines = defaultdict(list)
    for row in assignments:
        done, working = states[row.id]["submitted"], states[row.id]["open"]
        left = students[row.classroom_id] - done - working
        title, count = find_title(row, library), waiting.get(row.id, 0)
        lines[row.classroom_id].append(AssignmentLine(row, title, done, working, left, count))
    return tuple(
        ClassroomLines(room, students[room.id], tuple(lines[room.id]), deleted.get(room.id))
        for room in rooms
    )


def find_title(assignment: Assignment, library: Library) -> str:
    """Return the title of the quiz that is assigned; its id when no version is live."""
    live = library.find(assignment.quiz_id)
    return live.quiz.title if live else assignment.quiz_id


def _count_states(assignment_ids: Sequence[int]) -> dict[int, Counter[str]]:
    """Count students by how far they are; in the alphabet "submitted" comes after "open"."""
    rows = db.session.execute(
        select(Attempt.assignment_id, func.max(Attempt.state))
        .join(Student, Student.id == Attempt.student_id)
        .where(Attempt.assignment_id.in_(assignment_ids), Student.removed_at.is_(None))
        .group_by(Attempt.assignment_id, Attempt.student_id)
    )
    states: dict[int, Counter[str]] = defaultdict(Counter)
    for assignment_id, state in rows:
        states[assignment_id][state] += 1
    return states


def _count_waiting(assignment_ids: Sequence[int]) -> dict[int, int]:
    """Count answers that wait, but for those of students who were removed."""
    newest = (
        select(func.max(Mark.id))
        .join(Attempt, Attempt.id == Mark.attempt_id)
        .where(Attempt.assignment_id.in_(assignment_ids))
        .group_by(Mark.attempt_id, Mark.item_id)
    )
    rows = db.session.execute(
        select(Attempt.assignment_id, func.count(Mark.id))
        .join(Mark, Mark.attempt_id == Attempt.id)
        .join(Student, Student.id == Attempt.student_id)
        .where(
            Mark.id.in_(newest),
            Mark.outcome == "waiting",
            Attempt.state == "submitted",
            Student.removed_at.is_(None),
        )
        .group_by(Attempt.assignment_id)
    )
    return {assignment_id: count for assignment_id, count in rows}


def summary(assignment: Assignment, library: Library) -> Summary:
    """Return the summary of one assignment."""
    papers = load_papers(assignment, library)
    first = keep_first(papers)
    students = standings(assignment, papers)
    questions = count_questions(assignment, library, papers)
    live = library.find(assignment.quiz_id)
    newest = live.id if live else max((one.attempt.version_id for one in first), default=0)
    by_age = sorted(first, key=lambda one: one.attempt.version_id, reverse=True)
    quizzes = [*([live.quiz] if live else []), *(one.quiz for one in by_age)]
    base = comparable(first)
    return Summary(
        assignment=assignment,
        title=find_title(assignment, library),
        students=students,
        states=Counter(row.state for row in students),
        removed=_count_removed(assignment),
        questions=questions,
        other_versions=sum(one.attempt.version_id != newest for one in first),
        repeated=len(first) < len(papers),
        scores=_scores(first),
        trust=trust(base),
        doubts=doubts(base, questions),
        talks=discuss(questions, first, quizzes),
        separations=separations(base),
        skills=skills(first),
        errors=errors(questions),
    )


def _scores(first: Sequence[Paper]) -> Scores:
    full = [(one.score, one.attempt.student.name) for one in first]
    maximum = max((score.maximum for score, _ in full), default=0)
    drawn = sorted(
        ((score, name) for score, name in full if score.maximum == maximum),
        key=lambda pair: (pair[0].points, pair[0].waiting),
    )
    points = [score.points for score, _ in drawn]
    return Scores(
        number=len(drawn),
        spread=spread(points, maximum) if len(drawn) >= SHARES and maximum else None,
        dots=tuple((name, score.waiting > 0) for score, name in drawn),
        provisional=sum(score.waiting for score, _ in drawn),
    )


def _count_removed(assignment: Assignment) -> int:
    """Count the students who have submitted and were removed since."""
    return (
        db.session.scalar(
            select(func.count(func.distinct(Attempt.student_id)))
            .join(Student, Student.id == Attempt.student_id)
            .where(
                Attempt.assignment_id == assignment.id,
                Attempt.state == "submitted",
                Student.removed_at.is_not(None),
            )
        )
        or 0
    )
