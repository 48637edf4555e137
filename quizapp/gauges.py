"""How much work there is, for monitoring: counts alone."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from quizapp.database import db
from quizapp.models import Attempt, Mark


@dataclass(frozen=True, slots=True)
class Work:
    """Attempts by state, answers that wait, and the bytes of SQLite's write-ahead log."""

    open: int
    submitted: int
    waiting: int
    log_bytes: int


def count_work() -> Work:
    """Return the counts as they stand now."""
    rows = db.session.execute(select(Attempt.state, func.count()).group_by(Attempt.state))
    states = {state: number for state, number in rows}
    newest = select(func.max(Mark.id)).group_by(Mark.attempt_id, Mark.item_id)
    waiting = select(func.count()).where(Mark.id.in_(newest), Mark.outcome == "waiting")
    return Work(
        states.get("open", 0),
        states.get("submitted", 0),
        db.session.scalar(waiting) or 0,
        _log_bytes(),
    )


def _log_bytes() -> int:
    url = db.engine.url
    if url.get_backend_name() != "sqlite":
        return 0
    log = Path(f"{url.database}-wal")
    return log.stat().st_size if log.exists() else 0
