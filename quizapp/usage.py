"""Who uses a quiz: its versions with their attempts, and the assignments that rest on it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from quizapp.access import rooms_of
from quizapp.database import db
from quizapp.models import Assignment, Attempt, Classroom, Teacher, Version


@dataclass(frozen=True, slots=True)
class Use:
    """Where a quiz is in use: the teacher's own assignments, and only a count of others' classes.

    `attempts` are those of every version, by anyone.
    """

    attempts: int
    mine: tuple[Assignment, ...]
    others: int

    @property
    def any(self) -> bool:
        """True when somebody depends on the quiz."""
        return bool(self.attempts or self.mine or self.others)


def find_use(quiz_id: str, teacher: Teacher) -> Use:
    """Return where a quiz is in use, as far as this teacher may see."""
    given = Assignment.quiz_id == quiz_id, Assignment.deleted_at.is_(None)
    own = rooms_of(teacher)
    mine = db.session.scalars(
        select(Assignment)
        .join(Classroom)
        .where(*given, Assignment.classroom_id.in_(own))
        .order_by(Classroom.name, Assignment.id)
    ).all()
    others = db.session.scalar(
        select(func.count(Assignment.classroom_id.distinct())).where(
            *given, Assignment.classroom_id.not_in(own)
        )
    )
    attempts = db.session.scalar(
        select(func.count(Attempt.id)).join(Version).where(Version.quiz_id == quiz_id)
    )
    return Use(attempts or 0, tuple(mine), others or 0)


@dataclass(frozen=True, slots=True)
class PastVersion:
    """A version that was or is live, and the number of attempts that hold it."""

    version: Version
    attempts: int


def history(quiz_id: str) -> tuple[PastVersion, ...]:
    """Return every version of a quiz, the one that was live last first."""
    query = select(Version).where(Version.quiz_id == quiz_id)
    versions = db.session.scalars(query.order_by(Version.live_at.desc(), Version.id.desc())).all()
    counts = attempts_of({version.id for version in versions})
    return tuple(PastVersion(version, counts.get(version.id, 0)) for version in versions)


def attempts_of(version_ids: Collection[int]) -> Mapping[int, int]:
    """Return the number of attempts by version; a version without any is left out."""
    query = (
        select(Attempt.version_id, func.count(Attempt.id))
        .where(Attempt.version_id.in_(version_ids))
        .group_by(Attempt.version_id)
    )
    return {version_id: count for version_id, count in db.session.execute(query)}
