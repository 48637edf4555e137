"""What the machines that serve must agree on: one clock for each, one housekeeper for all."""

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.database import Base
from quizapp.models.columns import Key, Moment


class ClockAnchor(Base):
    """One boot of a machine: the wall clock read `wall_at` when `elapsed` nanoseconds had passed
    since the boot.

    `noticed` is by how many milliseconds the wall clock was off when that was last recorded.
    """

    __tablename__ = "clock_anchors"

    id: Mapped[Key]
    boot: Mapped[str] = mapped_column(String(36), unique=True)
    wall_at: Mapped[Moment]
    elapsed: Mapped[int] = mapped_column(BigInteger)
    noticed: Mapped[int] = mapped_column(BigInteger, default=0)


class Lease(Base):
    """A duty that one process at a time has: `holder` has it until `until`, if not renewed."""

    __tablename__ = "leases"

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(String(20), unique=True)
    holder: Mapped[str] = mapped_column(String(22))
    until: Mapped[Moment]
