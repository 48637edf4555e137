"""What the reader hands on: the plain values of a quiz file, and where each of them stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeAlias

from quizapp.bank.problem import Problem, Severity

Plain: TypeAlias = "dict[str, Plain] | list[Plain] | str | None"
Step: TypeAlias = str | int
Path: TypeAlias = Sequence[Step]

MAX_BYTES = 1024 * 1024


class Mark(Protocol):
    """A place in the file as YAML counts it, from 0."""

    line: int
    column: int


class Place(NamedTuple):
    """Where a value stands, where its key stands, and the places of what is inside it."""

    key: Mark
    value: Mark
    inside: "dict[Step, Place]"


@dataclass(frozen=True, slots=True)
class Source:
    """A quiz file as read: text stays text, and every value knows its line and column.

    `data` is None when the file could not be read as a mapping; then `problems` says why. It may
    also be readable and still have problems. `root` holds the places, in the shape of `data`.
    """

    data: dict[str, Plain] | None
    problems: tuple[Problem, ...]
    lines: tuple[str, ...]
    root: Place | None = None

    def value_at(self, *path: Step) -> tuple[int, int]:
        """Return line and column of the value at `path`, or of its deepest existing parent."""
        place = self._deepest(path)
        return (place.value.line + 1, place.value.column + 1) if place else (1, 1)

    def key_at(self, *path: Step) -> tuple[int, int]:
        """Return line and column of the key at `path`, or of its deepest existing parent's key."""
        place = self._deepest(path)
        return (place.key.line + 1, place.key.column + 1) if place else (1, 1)

    def problem(
        self,
        path: Path,
        message: str,
        fix: str | None = None,
        *,
        on_key: bool = False,
        severity: Severity = "error",
        rule: str | None = None,
    ) -> Problem:
        """Return a problem at the value at `path`, or at its key."""
        line, column = self.key_at(*path) if on_key else self.value_at(*path)
        return Problem(line, column, message, fix, severity, rule)

    def _deepest(self, path: Path) -> Place | None:
        place = self.root
        for step in path:
            inner = place.inside.get(step) if place else None
            if inner is None:
                break
            place = inner
        return place


def find_plain(data: Plain, path: Path) -> Plain:
    """Return the value at `path` in plain data, or None when the path leads nowhere."""
    for step in path:
        if isinstance(data, dict) and isinstance(step, str):
            data = data.get(step)
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            return None
    return data
