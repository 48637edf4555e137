"""Marks: read the current ones, add the teacher's. Rows are only ever added."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import bindparam, func, select

from quizapp import audit
from quizapp.bank.model import Quiz
from quizapp.bank.public import asked
from quizapp.database import db, writing
from quizapp.marking.verdict import Verdict
from quizapp.models import Assignment, Attempt, Mark, Teacher


@dataclass(frozen=True, slots=True)
class Score:
    """Points so far, the most that can be had, and how many responses wait for a teacher."""

    points: Fraction
    maximum: int
    waiting: int


_NEWEST = select(Mark).where(
    Mark.id.in_(
        select(func.max(Mark.id))
        .where(Mark.attempt_id.in_(bindparam("attempts", expanding=True)))
        .group_by(Mark.attempt_id, Mark.item_id)
    )
)


def current(attempt_ids: Iterable[int]) -> dict[int, dict[str, Mark]]:
    """Return the newest mark of every item, by attempt id and item id."""
    found: dict[int, dict[str, Mark]] = defaultdict(dict)
    for mark in db.session.scalars(_NEWEST, {"attempts": list(attempt_ids)}):
        found[mark.attempt_id][mark.item_id] = mark
    return dict(found)


def history(attempt_id: int) -> dict[str, list[Mark]]:
    """Return every mark of an attempt by item id, oldest first."""
    found: dict[str, list[Mark]] = defaultdict(list)
    for mark in db.session.scalars(
        select(Mark).where(Mark.attempt_id == attempt_id).order_by(Mark.id)
    ):
        found[mark.item_id].append(mark)
    return dict(found)


def score(marks: Mapping[str, Mark], quiz: Quiz, level_ids: Collection[str] = ()) -> Score:
    """Return the score of one attempt: a pure function of its current marks.

    `level_ids` are the levels that the attempt was offered (none: all of the quiz).
    """
    items = asked(quiz, level_ids)
    given = [marks[item.id].points for item in items if item.id in marks]
    return Score(
        points=sum((points for points in given if points is not None), Fraction(0)),
        maximum=sum(item.points for item in items),
        waiting=given.count(None),
    )


def rule_columns(verdict: Verdict) -> dict[str, Any]:
    """Return the columns of a mark that the rules gave: all but whose it is, and when."""
    return {
        "outcome": verdict.outcome,
        "points_numerator": None if verdict.points is None else verdict.points.numerator,
        "points_denominator": 1 if verdict.points is None else verdict.points.denominator,
        "source": "rule",
        "rule": verdict.trace.rule,
        "folded": verdict.trace.folded,
        "trace": json.dumps(_traced(verdict), ensure_ascii=False),
        "teacher_id": None,
        "reason": None,
    }


def rule_row(attempt_id: int, item_id: str, verdict: Verdict, now: datetime) -> dict[str, Any]:
    """Return the row of a mark that the rules gave."""
    whose = {"attempt_id": attempt_id, "item_id": item_id, "marked_at": now}
    return rule_columns(verdict) | whose


def _traced(verdict: Verdict) -> dict[str, Any]:
    """The trace as it is stored, with the points that the rules suggest for a waiting response."""
    suggestion = verdict.suggestion
    trace = verdict.trace  # field by field: `asdict` would copy each of them deeply
    return {
        "rule": trace.rule,
        "folded": trace.folded,
        "form": trace.form,
        "ideas": trace.ideas,
        "note": trace.note,
        "suggestion": None if suggestion is None else str(suggestion),
    }


def decide(
    assignment: Assignment,
    item_id: str,
    folded: str,
    points: Fraction,
    maximum: int,
    teacher: Teacher,
    reason: str | None,
    now: datetime,
) -> int:
    """Give every submitted response of this form the same points; return how many there were.

    `folded` is the response as it was compared. Raises ValueError unless 0 <= points <= maximum.
    """
    _check(points, maximum)
    ids, where = (assignment.id, teacher.id), _place(assignment)
    with writing():
        alike = _alike(ids[0], item_id, folded)
        _add([_teacher_mark(mark, points, maximum, ids[1], reason, now) for mark in alike])
        change = {"item": item_id, "points": str(points), "answers": len(alike)}
        audit.record("answers marked", now, ids[1], *where, change)
        return len(alike)


def give(
    attempt: Attempt,
    item_id: str,
    points: Fraction,
    maximum: int,
    teacher: Teacher,
    reason: str | None,
    now: datetime,
) -> None:
    """Give one response points. LookupError: no mark yet; ValueError: points out of range."""
    _check(points, maximum)
    attempt_id, teacher_id = attempt.id, teacher.id
    where = (attempt.assignment.classroom.public_id, attempt.public_id)
    with writing():
        marks = current([attempt_id]).get(attempt_id, {})
        if item_id not in marks:
            raise LookupError(item_id)
        before = marks[item_id].points
        was = None if before is None else str(before)
        _add([_teacher_mark(marks[item_id], points, maximum, teacher_id, reason, now)])
        change = {"item": item_id, "before": was, "points": str(points)}
        audit.record("points given", now, teacher_id, *where, change)


def is_marked(attempt: Attempt, item_id: str) -> bool:
    """Tell whether an answer has its points: giving it others changes them."""
    mark = current([attempt.id]).get(attempt.id, {}).get(item_id)
    return mark is not None and mark.points is not None


def take_back(
    assignment: Assignment, item_id: str, folded: str, teacher: Teacher, now: datetime
) -> int:
    """Put the rules' own mark back on every response of this form; return how many changed."""
    ids, where = (assignment.id, teacher.id), _place(assignment)
    with writing():
        alike = [mark for mark in _alike(ids[0], item_id, folded) if mark.source == "teacher"]
        by_rule = _rule_marks([mark.attempt_id for mark in alike], item_id)
        _add([_copy(by_rule[mark.attempt_id], ids[1], now) for mark in alike])
        change = {"item": item_id, "answers": len(alike)}
        audit.record("marks taken back", now, ids[1], *where, change)
        return len(alike)


def _place(assignment: Assignment) -> tuple[str, str]:
    return assignment.classroom.public_id, assignment.public_id


def _check(points: Fraction, maximum: int) -> None:
    if not 0 <= points <= maximum:
        raise ValueError(f"{points} is not between 0 and {maximum}")


def _alike(assignment_id: int, item_id: str, folded: str) -> list[Mark]:
    attempts = select(Attempt.id).where(
        Attempt.assignment_id == assignment_id, Attempt.state == "submitted"
    )
    newest = (
        select(func.max(Mark.id))
        .where(Mark.attempt_id.in_(attempts), Mark.item_id == item_id)
        .group_by(Mark.attempt_id)
    )
    return list(db.session.scalars(select(Mark).where(Mark.id.in_(newest), Mark.folded == folded)))


def _rule_marks(attempt_ids: list[int], item_id: str) -> dict[int, Mark]:
    rows = db.session.scalars(
        select(Mark)
        .where(
            Mark.attempt_id.in_(attempt_ids),
            Mark.item_id == item_id,
            Mark.source == "rule",
            Mark.teacher_id.is_(None),
        )
        .order_by(Mark.id)
    )
    return {mark.attempt_id: mark for mark in rows}


def _teacher_mark(
    mark: Mark, points: Fraction, maximum: int, teacher_id: int, reason: str | None, now: datetime
) -> Mark:
    full = {0: "wrong", maximum: "right"}
    return Mark(
        attempt_id=mark.attempt_id,
        item_id=mark.item_id,
        outcome=full.get(int(points), "partly") if points.denominator == 1 else "partly",
        points_numerator=points.numerator,
        points_denominator=points.denominator,
        source="teacher",
        rule="teacher",
        folded=mark.folded,
        trace=mark.trace,
        teacher_id=teacher_id,
        reason=reason,
        marked_at=now,
    )


def _copy(mark: Mark, teacher_id: int, now: datetime) -> Mark:
    """The rules' mark again, as the newest row, saying who put it back."""
    return Mark(
        attempt_id=mark.attempt_id,
        item_id=mark.item_id,
        outcome=mark.outcome,
        points_numerator=mark.points_numerator,
        points_denominator=mark.points_denominator,
        source="rule",
        rule=mark.rule,
        folded=mark.folded,
        trace=mark.trace,
        teacher_id=teacher_id,
        reason="taken back",
        marked_at=now,
    )


def _add(marks: list[Mark]) -> None:
    db.session.add_all(marks)
