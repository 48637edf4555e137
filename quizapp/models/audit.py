"""The audit log, and the failed tries at every door."""

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.database import Base
from quizapp.models.columns import Digest, Key, Moment


class AuditEntry(Base):
    """One act of a teacher that changed a mark, a deadline or a person. Triggers refuse changes.

    `classroom` and `subject` are public ids, not names: the log outlives those it speaks of.
    `digest` covers the entry and the digest of the one before it.
    """

    __tablename__ = "audit_entries"

    id: Mapped[Key]
    at: Mapped[Moment]
    teacher_id: Mapped[int | None] = mapped_column(ForeignKey("teachers.id"))
    action: Mapped[str] = mapped_column(String(40))
    classroom: Mapped[str | None] = mapped_column(String(22), index=True)
    subject: Mapped[str | None] = mapped_column(String(22))
    details: Mapped[str] = mapped_column(Text)
    previous: Mapped[Digest]
    digest: Mapped[Digest] = mapped_column(unique=True)


class Failure(Base):
    """One failed try at a door. `subject` is a keyed hash of whom or whence, never the address."""

    __tablename__ = "failures"
    __table_args__ = (Index("ix_failures_door_subject_failed_at", "door", "subject", "failed_at"),)

    id: Mapped[Key]
    door: Mapped[str] = mapped_column(String(20))
    subject: Mapped[Digest]
    failed_at: Mapped[Moment]
