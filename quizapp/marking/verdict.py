"""What marking one response gives: points, or the state "waiting", and the trace of how."""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

Outcome = Literal["right", "partly", "wrong", "blank", "waiting"]

WAITING_NOTE = "A teacher will read this answer. It counts as not yet marked, not as wrong."


@dataclass(frozen=True, slots=True)
class Trace:
    """How a verdict came about, readable by anyone.

    `rule` is the name of the step that decided; `folded` the response as it was compared; `form`
    the accepted or rejected form (or option id) that matched; `ideas` the names of the ideas found;
    `note` one sentence for the student (a spelling slip, a magnitude hint, a targeted feedback).
    """

    rule: str
    folded: str = ""
    form: str | None = None
    ideas: tuple[str, ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome for one response.

    `points` is None exactly when the outcome is "waiting" (no rule decides; never counted wrong);
    then `suggestion` may hold the points that the rules would give (`review: always`).
    """

    outcome: Outcome
    points: Fraction | None
    trace: Trace
    suggestion: Fraction | None = None


def scored(points: Fraction, maximum: int, trace: Trace) -> Verdict:
    """Return the verdict for `points` of `maximum`: right, partly or wrong."""
    if points >= maximum:
        return Verdict("right", points, trace)
    return Verdict("partly" if points > 0 else "wrong", points, trace)


def waiting(trace: Trace, suggestion: Fraction | None = None) -> Verdict:
    """Return the verdict for a response that a person must read."""
    return Verdict("waiting", None, replace(trace, note=trace.note or WAITING_NOTE), suggestion)
