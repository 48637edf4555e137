"""A student at work, found by one query: who it is, and the attempt that the request is about.

Answers that are saved, the page, and handing in come by the hundred. Where nothing is out of the
ordinary, they need no more than this; else `find_sitting` gives None, and the longer way decides.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from quizapp.accounts import SEEN_STEP, hash_token
from quizapp.database import reading_rows
from quizapp.deadlines import is_open_since
from quizapp.models import Assignment, Attempt, Classroom, Login, PracticeTry, Student
from quizapp.prepared import Prepared
from quizapp.terms import GRACE


@dataclass(frozen=True, slots=True)
class Person:
    """What pages say of a student who is logged in."""

    id: int
    public_id: str
    name: str
    classroom_id: int


@dataclass(frozen=True, slots=True)
class Sitting:
    """An open attempt in time, no practice, of a student whose class goes on; see models.Attempt.

    `student_id` to `seed` are columns of the attempt.
    """

    id: int
    public_id: str
    student_id: int
    version_id: int
    level: str
    levels: str
    shuffled: bool
    seed: str
    submission_key: str
    time_limit: int | None
    deadline_at: datetime | None
    state: str
    person: Person

    @property
    def level_ids(self) -> tuple[str, ...]:
        """The ids of the levels offered; empty when all of the quiz's are."""
        return tuple(self.levels.split())


STUDENT_ID = 2
_tries = select(PracticeTry.id).where(PracticeTry.attempt_id == Attempt.id)
_WANTED = Prepared(
    select(
        Attempt.id,
        Attempt.public_id,
        Attempt.student_id,
        Attempt.version_id,
        Attempt.level,
        Attempt.levels,
        Attempt.shuffled,
        Attempt.seed,
        Attempt.submission_key,
        Attempt.time_limit,
        Attempt.deadline_at,
        Attempt.state,
        Student.public_id,
        Student.name,
        Student.classroom_id,
    )
    .join(Student, Student.id == Attempt.student_id)
    .join(Login, Login.student_id == Student.id)
    .join(Classroom, Classroom.id == Student.classroom_id)
    .join(Assignment, Assignment.id == Attempt.assignment_id)
    .where(
        Attempt.public_id == bindparam("attempt"),
        is_open_since(bindparam("latest")),
        Login.token_hash == bindparam("token"),
        Login.seen_at >= bindparam("seen"),
        Student.removed_at.is_(None),
        Classroom.archived_at.is_(None),
        Assignment.deleted_at.is_(None),
        Assignment.is_practice.is_(False),
        ~_tries.exists(),
    )
)


def find_sitting(token: str, public_id: str, now: datetime) -> Sitting | None:
    """Return the attempt with this public id and its student, if the log-in token is theirs.

    None in every case that is not plain: another's attempt, one that is handed in or over,
    practice, an archived class, or a log-in whose last use is due to be noted.
    """
    wanted = {
        "attempt": public_id,
        "token": hash_token(token),
        "seen": now - SEEN_STEP,
        "latest": now - GRACE,
    }
    with reading_rows() as link:
        found = _WANTED.run(link, wanted)
    if not found:
        return None
    *columns, student_public_id, name, classroom_id = found[0]
    person = Person(columns[STUDENT_ID], student_public_id, name, classroom_id)
    return Sitting(*[*columns, person])
