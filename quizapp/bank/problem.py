"""A problem in a quiz file, at the place where the teacher can mend it."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One line of the report. `line` and `column` count from 1; columns count code points."""

    line: int
    column: int
    message: str
    fix: str | None = None
    severity: Severity = "error"
    rule: str | None = None
