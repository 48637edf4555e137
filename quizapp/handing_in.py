"""Handing in: an attempt is closed, marked and given its receipt, inside one write section."""

from datetime import datetime

from sqlalchemy import bindparam, insert, select, update

from quizapp.bank.model import Quiz
from quizapp.database import columns_of, table_of
from quizapp.deadlines import OPEN, is_late
from quizapp.marking_again import mark_rows
from quizapp.models import Attempt, Mark, Submission
from quizapp.models.columns import new_code
from quizapp.prepared import Link, Prepared
from quizapp.responses import read_on
from quizapp.sittings import Sitting

_CLOSE = Prepared(
    update(table_of(Attempt))
    .where(
        Attempt.id == bindparam("attempt"),
        Attempt.state == OPEN,
        Attempt.submission_key == bindparam("key"),
    )
    .values(state="submitted")
    .returning(table_of(Attempt).c.deadline_at)
)
_HANDED_IN = Prepared(
    select(Submission.answers)
    .where(Submission.attempt_id == bindparam("attempt"))
    .order_by(Submission.id.desc())
    .limit(1)
)
_MARK = Prepared(insert(table_of(Mark)), columns_of(Mark))
_RECEIPT = Prepared(insert(table_of(Submission)), columns_of(Submission))


def close(
    link: Link, attempt: Attempt | Sitting, quiz: Quiz, how: str, now: datetime
) -> Submission | None:
    """Close an attempt by its key and hand it in; None when that key has closed it before.

    What comes later than the deadline and its grace is handed in as of the deadline.
    """
    asked = {"attempt": attempt.id, "key": attempt.submission_key}
    closed = _CLOSE.run(link, asked)
    if not closed:
        return None
    due = closed[0][0]
    when = ("deadline", due) if due and is_late(due, now) else (how, now)
    return hand_in(link, attempt, quiz, *when)


def hand_in(
    link: Link, attempt: Attempt | Sitting, quiz: Quiz, how: str, at: datetime
) -> Submission:
    """Mark what is saved and make the receipt, inside the section that closed the attempt."""
    before = _HANDED_IN.run(link, {"attempt": attempt.id})
    entries = read_on(link, attempt.id)
    rows = mark_rows(attempt, quiz, entries, before[0][0] if before else None, at)
    if rows:
        _MARK.run_each(link, rows)
    receipt = {
        "attempt_id": attempt.id,
        "submission_key": attempt.submission_key,
        "receipt": new_code(),
        "how": how,
        "submitted_at": at,
        "answers": None,
    }
    _RECEIPT.run(link, receipt)
    return Submission(**receipt)
