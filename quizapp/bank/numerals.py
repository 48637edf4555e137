"""Numbers as a teacher writes them in a quiz file: "150", "1,200", "3.5", "-4", "7 million"."""

import re
from fractions import Fraction

_NUMBER = re.compile(
    r"(?P<sign>[-−]?)(?P<whole>\d{1,3}(?:,\d{3}){1,5}|\d{1,18})(?:\.(?P<part>\d{1,9}))?"
    r"(?:\s+(?P<scale>hundred|thousand|million|billion))?",
    re.IGNORECASE | re.ASCII,
)
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}


def find_number(text: str) -> Fraction | None:
    """Return the exact value of a number in digits, or None when the text is not one."""
    match = _NUMBER.fullmatch(text.strip())
    if match is None:
        return None
    digits = match["whole"].replace(",", "") + "." + (match["part"] or "0")
    scale = _SCALES[match["scale"].lower()] if match["scale"] else 1
    return Fraction(digits) * scale * (-1 if match["sign"] else 1)


def say_number(value: Fraction) -> str:
    """Return a number with thousands set apart, as a decimal where it is one."""
    if value.denominator == 1:
        return f"{value.numerator:,}"
    exact = Fraction(str(float(value))) == value
    return f"{float(value):,}" if exact else f"{value.numerator:,}/{value.denominator:,}"
