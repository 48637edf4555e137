"""What a student's answers to one family of questions show, and what they cannot show."""

from math import exp, lgamma, log, log1p
from typing import Final, Literal

from quizapp.analysis.gates import MASTERY

Family = Literal["find", "think"]
FamilyState = Literal["secure", "not yet", "not enough evidence"]
FAMILIES: Final[dict[str, Family]] = {
    "retrieve": "find",
    "infer": "find",
    "vocabulary": "find",
    "integrate": "think",
    "evaluate": "think",
}
AIM = 0.8  # a reader who answers four of five such questions has the skill
SURE = 0.8  # and so likely must that be before it is said
TINY, CLOSE, MOST_STEPS = 1e-300, 1e-14, 500


def beta_share(x: float, a: float, b: float) -> float:
    """Return the regularised incomplete beta function I_x(a, b) for 0 <= x <= 1 and a, b > 0.

    Continued fraction 8.17.22 of the NIST Digital Library of Mathematical Functions, evaluated by
    the method of Lentz as Thompson and Barnett (1986) mended it.
    """
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):  # where the fraction would converge slowly
        return 1 - beta_share(1 - x, b, a)
    front = lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)
    value, c, d = 1.0, 1.0, 0.0
    for step in range(1, MOST_STEPS):
        d = 1 + _term(step, x, a, b) * d
        c = 1 + _term(step, x, a, b) / c
        d, c = 1 / (d or TINY), c or TINY
        value *= c * d
        if abs(c * d - 1) < CLOSE:
            break
    return exp(front) / (a * value)


def _term(step: int, x: float, a: float, b: float) -> float:
    """The coefficient of one step, counted from 1."""
    m, odd = divmod(step, 2)
    if odd:
        return -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
    return m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))


def chance_of_mastery(right: float, number: int) -> float:
    """Return P(true share >= .8) after `right` of `number`, from the prior of Jeffreys."""
    return beta_share(1 - AIM, number - right + 0.5, right + 0.5)


def state(right: float, number: int) -> FamilyState | None:
    """Return the state that the answers show; None where there are too few to name one."""
    if number < MASTERY:
        return None
    chance = chance_of_mastery(right, number)
    if chance >= SURE:
        return "secure"
    return "not yet" if chance <= 1 - SURE else "not enough evidence"
