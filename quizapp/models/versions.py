"""Versions: a quiz at one content hash, kept as long as anything points to it."""

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.database import Base
from quizapp.models.columns import Digest, Key, Moment


class Version(Base):
    """The canonical JSON of a quiz that went live, and when it last became the live one."""

    __tablename__ = "versions"
    __table_args__ = (UniqueConstraint("quiz_id", "digest"),)

    id: Mapped[Key]
    quiz_id: Mapped[str] = mapped_column(String(40))
    digest: Mapped[Digest]
    content: Mapped[str] = mapped_column(Text)
    created_at: Mapped[Moment]
    live_at: Mapped[Moment]
