"""What time it is: a moment, and what has passed since, which no setting of a clock moves.

The wall clock is read once, at the anchor; the clock that runs since the machine was started tells
the rest. `timekeeping` sees to it that all workers of a machine have one anchor.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
TOLERATED = timedelta(seconds=1)


def read_wall() -> datetime:
    """Return what the wall clock of this machine says, in UTC."""
    return datetime.now(UTC)


def read_elapsed() -> int:
    """Return nanoseconds since this machine was started, with its sleep where the system tells."""
    boottime = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic_ns() if boottime is None else time.clock_gettime_ns(boottime)


def find_boot() -> str | None:
    """Return the id of this start of the machine, or None where the system has none."""
    try:
        return BOOT_ID.read_text().strip() or None
    except OSError:
        return None


@dataclass(frozen=True, slots=True)
class Anchor:
    """A reading of both clocks at once: `elapsed` in nanoseconds."""

    wall: datetime
    elapsed: int

    def at(self, elapsed: int) -> datetime:
        """Return the time at which the other clock says `elapsed`."""
        return self.wall + timedelta(microseconds=(elapsed - self.elapsed) // 1000)


class Clock:
    """The clock of a process. Until it has an anchor, it is the wall clock."""

    def __init__(
        self,
        wall: Callable[[], datetime] = read_wall,
        elapsed: Callable[[], int] = read_elapsed,
    ) -> None:
        self._wall = wall
        self.elapsed = elapsed
        self.anchor: Anchor | None = None

    def read(self) -> Anchor:
        """Return a reading of both clocks of the machine."""
        return Anchor(self._wall(), self.elapsed())

    def now(self) -> datetime:
        """Return the time in UTC."""
        return self.at(self.elapsed())

    def at(self, elapsed: int) -> datetime:
        """Return the time at which the clock since the start of the machine said `elapsed`."""
        return (self.anchor or self.read()).at(elapsed)

    def off(self) -> timedelta:
        """Return by how much the wall clock is ahead of the time; negative when it is behind."""
        read = self.read()
        return read.wall - self.at(read.elapsed)
