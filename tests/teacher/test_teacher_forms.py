"""Points are read exactly, or not at all."""

from fractions import Fraction

import pytest

from quizapp.teacher.forms import keep_storable, parse_points


@pytest.mark.parametrize(
    ("typed", "exact"),
    [
        ("0", Fraction(0)),
        (" 2 ", Fraction(2)),
        ("0.5", Fraction(1, 2)),
        ("0,25", Fraction(1, 4)),
        ("1/3", Fraction(1, 3)),
        ("1 1/2", Fraction(3, 2)),
        ("½", Fraction(1, 2)),
        ("1½", Fraction(3, 2)),
        ("1 ⅔", Fraction(5, 3)),
    ],
)
def test_points_are_read_as_exact_fractions(typed: str, exact: Fraction) -> None:
    assert parse_points(typed) == exact


@pytest.mark.parametrize("typed", ["", "one", "-1", "1/0", "1e3", "1/2/3", "nan", "99999999", "."])
def test_what_is_no_number_of_points_is_refused(typed: str) -> None:
    assert parse_points(typed) is None


def test_what_no_database_keeps_is_replaced_and_spaces_stay() -> None:
    assert keep_storable("a\0b  \ud800c") == "a\ufffdb  \ufffdc"
