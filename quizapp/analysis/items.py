"""One question in numbers: how many got it right, how it goes with the others, a doubtful key."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import atanh, fsum, sqrt, tanh
from typing import Literal

from quizapp.analysis.gates import KEY_SUSPECT, KEY_SUSPECT_SURE

Z = 1.96  # 95 % of a normal distribution lies within
Tier = Literal["look", "probably"]


@dataclass(frozen=True, slots=True)
class Suspect:
    """A wrong option that the strongest third prefers to the key, and how sure that is."""

    option: str
    chose: int
    top: int
    tier: Tier


def wilson(right: float, number: int) -> tuple[float, float]:
    """Return the 95 % interval of a share of at least one response.

    Wilson (1927), as recommended for small numbers by Brown, Cai & DasGupta (2001).
    """
    share, over = right / number, Z * Z / number
    centre = (share + over / 2) / (1 + over)
    half = Z / (1 + over) * sqrt(share * (1 - share) / number + over / (4 * number))
    return max(0.0, centre - half), min(1.0, centre + half)


def pearson(one: Sequence[float], other: Sequence[float]) -> float | None:
    """Return the correlation of two equally long rows; None when either does not vary."""
    number = len(one)
    if number < 2 or min(one) == max(one) or min(other) == max(other):
        return None
    mean, middle = fsum(one) / number, fsum(other) / number
    both = fsum((x - mean) * (y - middle) for x, y in zip(one, other, strict=True))
    spread = fsum((x - mean) ** 2 for x in one) * fsum((y - middle) ** 2 for y in other)
    return both / sqrt(spread)


def item_rest(matrix: Sequence[Sequence[float]], item: int) -> float | None:
    """Return the correlation of an item with the score on the *other* items; None if undefined.

    `matrix` holds one row of marks for each student.
    """
    marks = [row[item] for row in matrix]
    return pearson(marks, rest_scores(matrix, item))


def rest_scores(matrix: Sequence[Sequence[float]], item: int) -> list[float]:
    """Return every student's score without this item."""
    return [fsum(row[:item]) + fsum(row[item + 1 :]) for row in matrix]


def correlation_interval(r: float, number: int) -> tuple[float, float]:
    """Return Fisher's 95 % interval of a correlation from more than three students."""
    if abs(r) >= 1:
        return r, r
    half = Z / sqrt(number - 3)
    return tanh(atanh(r) - half), tanh(atanh(r) + half)


def suspect_key(choices: Sequence[str | None], rest: Sequence[float], key: str) -> Suspect | None:
    """Return the wrong option that makes the key doubtful, or None.

    `choices` are what students chose (None: nothing), `rest` their scores on the other items. In
    the top third by rest score more than half chose the same wrong option, and fewer than a
    quarter the key. Ties keep the order in which students come.
    """
    number = len(choices)
    if number < KEY_SUSPECT:
        return None
    ranked = sorted(range(number), key=lambda place: -rest[place])
    top = [choices[place] for place in ranked[: max(3, number // 3)]]
    wrong = Counter(choice for choice in top if choice not in (None, key))
    if not wrong:
        return None
    ((option, chose),) = wrong.most_common(1)
    if option is None or 2 * chose <= len(top) or 4 * top.count(key) >= len(top):
        return None
    tier: Tier = "probably" if number >= KEY_SUSPECT_SURE else "look"
    return Suspect(option, chose, len(top), tier)
