"""Receipts: all of an attempt, and whose a code on paper is."""

import re
from collections.abc import Sequence

from sqlalchemy import bindparam, select

from quizapp.access import rooms_of
from quizapp.database import db
from quizapp.models import Assignment, Attempt, Submission, Teacher
from quizapp.models.columns import CODE_LENGTH
from quizapp.sittings import Sitting


def receipts(attempt_ids: Sequence[int]) -> list[Submission]:
    """Return every submission of these attempts, oldest first."""
    return list(
        db.session.scalars(
            select(Submission).where(Submission.attempt_id.in_(attempt_ids)).order_by(Submission.id)
        )
    )


_NEWEST = (
    select(Submission)
    .where(Submission.attempt_id == bindparam("attempt"))
    .order_by(Submission.id.desc())
    .limit(1)
)


def find_submission(attempt: Attempt | Sitting) -> Submission | None:
    """Return the newest receipt of an attempt, or None."""
    return db.session.scalar(_NEWEST, {"attempt": attempt.id})


def strip_code(typed: str) -> str:
    """Return a receipt's code as it is stored, however it was typed."""
    return re.sub(r"[\s‐-―−-]", "", typed).upper()


def find_receipt(typed: str, teacher: Teacher) -> tuple[Submission, Attempt] | None:
    """Return the submission with this receipt in the teacher's classrooms; or None."""
    code = strip_code(typed)
    if len(code) != CODE_LENGTH:
        return None
    found = db.session.execute(
        select(Submission, Attempt)
        .join(Attempt, Attempt.id == Submission.attempt_id)
        .join(Assignment, Assignment.id == Attempt.assignment_id)
        .where(
            Submission.receipt == code,
            Assignment.classroom_id.in_(rooms_of(teacher)),
            Assignment.deleted_at.is_(None),
        )
    ).first()
    return None if found is None else (found[0], found[1])
