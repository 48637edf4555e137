"""Which attempt gives the score."""

from fractions import Fraction

import pytest

from quizapp.counting import counted


@pytest.mark.parametrize(("policy", "place"), [("first", 0), ("last", 3), ("best", 1)])
def test_the_rule_of_the_assignment_picks_the_attempt(policy: str, place: int) -> None:
    assert counted([Fraction(1), Fraction(3), Fraction(3), Fraction(2)], policy) == place
