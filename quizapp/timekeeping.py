"""One time for all workers of a machine: the anchor of its clock is a row, one for each boot.

When somebody sets the wall clock, attempts with a time limit go on in the time that they began in;
the new one holds from when none is open. Until they have looked, which takes a few seconds, other
workers still have the old one. An attempt of before the anchor has its limit in another time, and
does not hold a wrong one up until somebody works at it again: a machine without a clock of its own
starts in the past, and is put right when it finds a time server.
"""

from sqlalchemy import exists, or_, select

from quizapp import audit
from quizapp.clock import TOLERATED, Anchor, Clock
from quizapp.database import db, insert_missing, writing
from quizapp.models import Assignment, Attempt, ClockAnchor, Response

MOVED = "clock moved"
TOLERATED_MS = TOLERATED.total_seconds() * 1000


def keep_time(clock: Clock, boot: str | None) -> None:
    """Give a clock the anchor of this boot, and look whether the wall clock has been moved.

    A move of more than a second is recorded once. Safe to call from any number of processes. Where
    the system tells no boot the anchor is the process's own.
    """
    if boot is None:
        if clock.anchor is None or (_is_off(clock) and not _has_limited(clock.anchor, clock)):
            clock.anchor = clock.read()
        return
    row = find_anchor(boot) or _put_down(clock.read(), boot)
    clock.anchor = Anchor(row.wall_at, row.elapsed)
    if _is_off(clock):
        _settle(clock, row.id)


def find_anchor(boot: str) -> ClockAnchor | None:
    """Return the anchor of a boot, or None before the application has run in it."""
    return db.session.scalar(select(ClockAnchor).where(ClockAnchor.boot == boot))


def _put_down(read: Anchor, boot: str) -> ClockAnchor:
    with writing() as session:
        row = {"boot": boot, "wall_at": read.wall, "elapsed": read.elapsed, "noticed": 0}
        insert_missing(session, ClockAnchor, row, "boot")
    return db.session.scalars(select(ClockAnchor).where(ClockAnchor.boot == boot)).one()


def _is_off(clock: Clock) -> bool:
    return abs(clock.off()) > TOLERATED


def _has_limited(anchor: Anchor, clock: Clock) -> bool:
    """Whether anybody works at an attempt with a time limit, in the time of this anchor.

    It was begun since, or has an answer since. Nobody works at what was deleted.
    """
    now = clock.now()
    saved = select(Response.attempt_id).where(
        Response.attempt_id == Attempt.id, Response.saved_at.between(anchor.wall, now)
    )
    running = (
        select(Attempt.id)
        .join(Assignment, Assignment.id == Attempt.assignment_id)
        .where(
            Attempt.state == "open",
            Attempt.time_limit.is_not(None),
            Assignment.deleted_at.is_(None),
            Attempt.started_at <= now,
            or_(Attempt.started_at >= anchor.wall, exists(saved)),
        )
    )
    return bool(db.session.scalar(select(exists(running))))


def _settle(clock: Clock, row_id: int) -> None:
    """Record once that the wall clock was moved; take its time when that harms nobody."""
    with writing() as session:
        row = session.get_one(ClockAnchor, row_id, with_for_update=True, populate_existing=True)
        anchor = clock.anchor = Anchor(row.wall_at, row.elapsed)
        off = round(clock.off().total_seconds() * 1000)
        known = abs(off - row.noticed) <= TOLERATED_MS
        if abs(off) <= TOLERATED_MS or (known and _has_limited(anchor, clock)):
            return
        now = clock.now()
        if _has_limited(anchor, clock):
            row.noticed = off
        else:
            clock.anchor = clock.read()
            row.wall_at, row.elapsed, row.noticed = clock.anchor.wall, clock.anchor.elapsed, 0
        if not known:
            audit.record(MOVED, now, None, details={"seconds": off / 1000})
