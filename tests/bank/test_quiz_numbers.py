"""Numbers as a teacher writes them."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizapp.bank.numerals import find_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("150", Fraction(150)),
        ("1,200", Fraction(1200)),
        ("1,234,567.5", Fraction(2469135, 2)),
        ("3.5", Fraction(7, 2)),
        ("-4", Fraction(-4)),
        ("−4", Fraction(-4)),
        ("7 million", Fraction(7_000_000)),
        ("2.5 Billion", Fraction(2_500_000_000)),
        ("3 hundred", Fraction(300)),
        (" 12  thousand ", Fraction(12_000)),
        ("007", Fraction(7)),
    ],
)
def test_a_number_in_digits_is_exact(text: str, value: Fraction) -> None:
    assert find_number(text) == value


@pytest.mark.parametrize(
    "text",
    ["", "seven", "1,20", "12,0000", "1.", ".5", "1e3", "1_000", "7million", "5 %", "- 4", "٣",
     "1/2", "3 dozen", "nan", "1\n2", "9" * 19],
)  # fmt: skip
def test_anything_else_is_no_number(text: str) -> None:
    assert find_number(text) is None


@settings(deadline=None)
@given(st.integers(-(10**17), 10**17))
def test_thousands_may_be_separated(number: int) -> None:
    assert find_number(f"{number:,}") == find_number(str(number)) == number
