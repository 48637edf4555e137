"""How far the scores of a class can be trusted: Cronbach's alpha and what follows from it."""

from collections.abc import Sequence
from math import fsum, sqrt
from statistics import stdev, variance

from quizapp.analysis.items import Z


def alpha(matrix: Sequence[Sequence[float]]) -> float | None:
    """Return Cronbach's alpha; None with fewer than two students or items, or equal scores.

    `matrix` holds one row of marks for each student. Sample variances; never clamped, so it may be
    below zero. On marks of 0 and 1 it is Kuder and Richardson's formula 20.
    """
    if len(matrix) < 2 or len(matrix[0]) < 2:
        return None
    whole = variance(totals(matrix))
    if whole == 0:
        return None
    items = len(matrix[0])
    parts = fsum(variance([row[item] for row in matrix]) for item in range(items))
    return items / (items - 1) * (1 - parts / whole)


def totals(matrix: Sequence[Sequence[float]]) -> list[float]:
    """Return every student's score."""
    return [fsum(row) for row in matrix]


def standard_error(matrix: Sequence[Sequence[float]]) -> float | None:
    """Return the standard error of measurement in points; None where alpha has no value."""
    reliability = alpha(matrix)
    if reliability is None:
        return None
    return stdev(totals(matrix)) * sqrt(1 - reliability)


def noise(error: float) -> float:
    """Return the difference of two scores below which it may well be chance."""
    return Z * sqrt(2) * error
