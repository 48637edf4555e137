"""What an experiment found: how often a promise was tried, how often it failed."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class Missing(RuntimeError):
    """A tool or a right that the experiment needs is not here; the message says which."""


@dataclass(frozen=True, slots=True)
class Result:
    """One promise, tried. A `control` has its protection removed and must fail, to show teeth."""

    promise: str
    tried: int
    failed: int
    seed: int
    control: bool = False

    @property
    def held(self) -> bool:
        """True when the promise never failed; for a control, when it failed as it should."""
        return self.tried > 0 and (self.failed > 0 if self.control else self.failed == 0)

    @property
    def bound(self) -> float:
        """The failure rate that is excluded at 95 %: the rule of three, for no failure seen."""
        return min(1.0, 3 / self.tried) if self.tried else 1.0

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> "Result":
        """Return the result that `as_json` made these fields of; `held` follows from the others."""
        return cls(**{name: value for name, value in fields.items() if name != "held"})

    def as_json(self) -> dict[str, object]:
        """Return the fields that `--json` prints."""
        return {
            "promise": self.promise,
            "tried": self.tried,
            "failed": self.failed,
            "seed": self.seed,
            "control": self.control,
            "held": self.held,
        }


@dataclass(frozen=True, slots=True)
class Setting:
    """What an experiment is given: an empty folder, its chance, and how much to do.

    `scale` is 1.0 for the target figures and small inside the tests.
    """

    folder: Path
    seed: int
    scale: float

    @property
    def chance(self) -> random.Random:
        """A source of chance that begins at the seed."""
        return random.Random(self.seed)

    def times(self, full: int, least: int = 1) -> int:
        """Return how often to do what the target says `full` times, at this scale."""
        return max(least, round(full * self.scale))


Experiment = Callable[[Setting], list[Result]]
