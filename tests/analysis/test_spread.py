"""Where the dots of the scores stand."""

from fractions import Fraction

from quizapp.analysis.spread import Dot, spread


def test_equal_scores_stand_on_each_other() -> None:
    found = spread([Fraction(2), Fraction(1), Fraction(2)], 3)
    assert found.dots == (Dot(Fraction(1), 1, 0), Dot(Fraction(2), 2, 0), Dot(Fraction(2), 2, 1))
    assert found.highest == 2


def test_the_median_of_an_even_number_of_scores_is_exact() -> None:
    assert spread([Fraction(1), Fraction(1, 3)], 3).median == Fraction(2, 3)


def test_the_lowest_and_highest_score_stand_at_the_ends() -> None:
    found = spread([Fraction(100), Fraction(0)], 100)
    assert [dot.column for dot in found.dots] == [0, found.columns]
