"""The spread of a class's scores: where each dot stands, and the median."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median

MOST_COLUMNS = 40


@dataclass(frozen=True, slots=True)
class Dot:
    """One score: its `column`, counted from 0, and how many dots lie below it in that column."""

    score: Fraction
    column: int
    below: int


@dataclass(frozen=True, slots=True)
class Spread:
    """Dots from low to high; columns 0 ... `columns` stand for 0 ... `maximum` points."""

    dots: tuple[Dot, ...]
    columns: int
    maximum: int
    median: Fraction
    highest: int


def spread(scores: Sequence[Fraction], maximum: int) -> Spread:
    """Return the dots for at least one score of 0 ... `maximum`.

    A column is one point wide, or more when the quiz has more points than columns can be told
    apart. Parts of a point go to the nearest column; the median is exact.
    """
    columns = min(maximum, MOST_COLUMNS)
    taken: Counter[int] = Counter()
    dots = []
    for score in sorted(scores):
        column = round(score * columns / maximum)
        dots.append(Dot(score, column, taken[column]))
        taken[column] += 1
    middle = Fraction(median(sorted(scores)))
    return Spread(tuple(dots), columns, maximum, middle, max(taken.values()))
