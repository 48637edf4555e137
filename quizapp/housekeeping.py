"""Work that must happen without a visitor: one thread, plain jobs, each safe to run twice."""

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

from sqlalchemy import and_, delete, or_

from quizapp.accounts import STUDENT_IDLE, TEACHER_IDLE, TEACHER_LONGEST
from quizapp.database import writing
from quizapp.models import Failure, Login
from quizapp.retention import purge_archived

log = logging.getLogger(__name__)

EVERY_SECONDS = 600
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
    context: Callable[[], AbstractContextManager[object]], jobs: Sequence[Job] = JOBS
) -> threading.Thread:
    """Start the thread, which ends with the process. `context` opens an application context."""
    thread = threading.Thread(target=_run, args=(context, jobs), name="housekeeping", daemon=True)
    thread.start()
    return thread


def _run(context: Callable[[], AbstractContextManager[object]], jobs: Sequence[Job]) -> None:
    pause = threading.Event()
    while True:
        with context():
            run_jobs(datetime.now(UTC), jobs)
        pause.wait(EVERY_SECONDS)
