"""Work that must happen without a visitor: one thread, plain jobs, each safe to run twice."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, or_
from sqlalchemy.exc import OperationalError

from quizapp.accounts import STUDENT_IDLE, TEACHER_IDLE, TEACHER_LONGEST
from quizapp.clock import Clock, find_boot
from quizapp.database import writing
from quizapp.leases import hold
from quizapp.models import Failure, Login
from quizapp.models.columns import new_public_id
from quizapp.retention import purge_archived
from quizapp.timekeeping import keep_time

log = logging.getLogger(__name__)

EVERY_SECONDS = 600
LOOK_SECONDS = 2
FAILURES_KEPT = timedelta(days=1)
Job = Callable[[datetime], object]


def forget_failures(now: datetime) -> None:
    """Delete the failed tries at a door that are older than a day."""
    with writing() as session:
        session.execute(delete(Failure).where(Failure.failed_at < now - FAILURES_KEPT))


def forget_logins(now: datetime) -> None:
    """Delete the log-ins that have run out; their tokens open nothing any more."""
    students = and_(Login.student_id.is_not(None), Login.seen_at < now - STUDENT_IDLE)
    idle = or_(Login.seen_at < now - TEACHER_IDLE, Login.created_at < now - TEACHER_LONGEST)
    with writing() as session:
        session.execute(
            delete(Login).where(or_(students, and_(Login.teacher_id.is_not(None), idle)))
        )


def delete_archived(now: datetime) -> None:
    """Delete the archived classrooms whose date has passed, with all their work."""
    purge_archived(now, dry_run=False)


# Several workers may run a job at once, so each must do no harm when it finds nothing left to do.
JOBS: tuple[Job, ...] = (forget_failures, forget_logins, delete_archived)


def run_jobs(now: datetime, jobs: Sequence[Job] = JOBS) -> None:
    """Run every job; one that fails is logged, and the others still run."""
    for job in jobs:
        try:
            job(now)
        except Exception:  # a database that is away must not end the thread
            log.exception("Housekeeping: %s failed.", getattr(job, "__name__", "a job"))


def start(
    context: Callable[[], AbstractContextManager[object]],
    clock: Clock,
    jobs: Sequence[Job] = JOBS,
    soon: Sequence[Job] = (),
) -> threading.Thread:
    """Set the clock, then start the thread, which ends with the process.

    `context` opens an application context. `jobs` are done every ten minutes, `soon` every two
    seconds, both by one worker of all.
    """
    keeper = Keeper(clock, jobs, soon)
    try:
        with context():
            keep_time(clock, keeper.boot)
    except OperationalError:  # the database is away; the thread asks again
        log.exception("Housekeeping: the clock could not be set yet.")
    thread = threading.Thread(target=_run, args=(context, keeper), name="housekeeping", daemon=True)
    thread.start()
    return thread


class Keeper:
    """What the thread of one worker does each time."""

    def __init__(self, clock: Clock, jobs: Sequence[Job], soon: Sequence[Job]) -> None:
        self.boot = find_boot()
        self._clock, self._jobs, self._soon = clock, jobs, soon
        self._holder, self._due = new_public_id(), 0.0

    def look(self) -> bool:
        """Look at the clock, and do what is due if this worker was elected; True when it was."""
        keep_time(self._clock, self.boot)
        now = self._clock.now()
        if not hold("housekeeping", self._holder, now):
            return False
        run_jobs(now, self._soon)
        if time.monotonic() >= self._due:
            self._due = time.monotonic() + EVERY_SECONDS
            run_jobs(now, self._jobs)
        return True


def _run(context: Callable[[], AbstractContextManager[object]], keeper: Keeper) -> None:
    pause, well = threading.Event(), True
    while True:
        try:
            with context():
                keeper.look()
            well = True
        except Exception:  # a database that is away must not end the thread, nor fill the log
            if well:
                log.exception("Housekeeping waits for the database.")
            well = False
        pause.wait(LOOK_SECONDS)
