"""What a row is given: an empty folder, how many rounds, and how much of the full size to do."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.row import Row


@dataclass(frozen=True, slots=True)
class Setting:
    """`scale` is 1.0 for `dev.py bench`, and small where only the shape matters."""

    folder: Path
    rounds: int
    scale: float

    def times(self, full: int, least: int) -> int:
        """Return how often to do what the full run does `full` times."""
        return max(least, round(full * self.scale))


Measure = Callable[[Setting], list[Row]]
