"""Which of several finished attempts gives the score."""

from collections.abc import Sequence
from fractions import Fraction


def counted(points_by_attempt: Sequence[Fraction], policy: str) -> int:
    """Return the index of the attempt that counts; `policy` is "first", "last" or "best".

    `points_by_attempt` are in the order of the attempts. Of equal bests the earlier one counts.
    Raises ValueError when there is no attempt, or no such policy.
    """
    if not points_by_attempt:
        raise ValueError("no attempt to count")
    last = len(points_by_attempt) - 1
    best = max(range(last + 1), key=lambda index: (points_by_attempt[index], -index))
    try:
        return {"first": 0, "last": last, "best": best}[policy]
    except KeyError:
        raise ValueError(policy) from None
