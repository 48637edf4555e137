"""One row of the budget: its samples, their median and spread, and whether it keeps its limit."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

Better = Literal["higher", "lower"]
SIGNS = {"higher": "≥", "lower": "≤"}


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison: `samples` are the ratios of alternating rounds, `said` the figures behind.

    One that is not `required` is reported only.
    """

    name: str
    samples: Sequence[float]
    target: float
    better: Better
    said: str = ""
    required: bool = True

    @property
    def ratio(self) -> float:
        """The median of the rounds."""
        return median(self.samples)

    @property
    def passed(self) -> bool:
        """True when the median keeps the limit."""
        if self.better == "higher":
            return self.ratio >= self.target
        return self.ratio <= self.target

    @property
    def verdict(self) -> str:
        """The word in the table: a row that misses its limit is never left out."""
        if self.passed:
            return "passed"
        return "MISSED" if self.required else "missed, reported only"

    def as_json(self) -> dict[str, object]:
        """Return the fields that `--json` prints."""
        return {
            "name": self.name,
            "ratio": round(self.ratio, 3),
            "target": self.target,
            "low": round(min(self.samples), 3),
            "high": round(max(self.samples), 3),
            "better": self.better,
        }


def table(rows: Sequence[Row]) -> str:
    """Return the table that people read."""
    width = max(len(row.name) for row in rows)
    lines = [f"{'row':{width}}  {'ratio':>7}  {'limit':>8}  {'range':>15}  verdict"]
    for row in rows:
        limit = f"{SIGNS[row.better]} {row.target:g}"
        spread = f"{min(row.samples):.2f} – {max(row.samples):.2f}"
        head = f"{row.name:{width}}  {row.ratio:7.2f}  {limit:>8}  {spread:>15}  {row.verdict}"
        lines.append(f"{head}; {row.said}" if row.said else head)
    return "\n".join(lines)
