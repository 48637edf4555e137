"""No cell of a file is a formula, and every text comes back as it was."""

import csv
import io
import sys
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizapp.exporting import BOM, csv_cell, is_guarded, to_csv

STARTS = [
    *"=+-@\t\r\n\0'\" ;,",
    "\ufeff",
    "\u00a0",
    "\uff1d",
    "\uff0b",
    "\uff0d",
    "\uff20",
    "a",
    "",
]
TEXTS = st.builds("{}{}{}".format, st.sampled_from(STARTS), st.sampled_from(STARTS), st.text())
SAFE_TEXTS = TEXTS.map(lambda text: text.encode("utf-8", "replace").decode())
DELIMITERS = (",", ";", "\t")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def read(text: str, delimiter: str) -> list[list[str]]:
    assert text.startswith(BOM)
    lines = io.StringIO(text.removeprefix(BOM), newline="")
    return list(csv.reader(lines, delimiter=delimiter, strict=True))


def undo(cell: str) -> str:
    return cell[1:] if is_guarded(cell) else cell


checked = 0


@settings(max_examples=200, deadline=None)
@given(st.lists(SAFE_TEXTS, min_size=10, max_size=12))
def check(cells: list[str]) -> None:
    global checked
    for delimiter in DELIMITERS:
        (row,) = read(to_csv([cells], delimiter), delimiter)
        for cell in row:
            assert not cell.lstrip("\ufeff \u00a0").startswith(FORMULA), repr(cell)
        assert [undo(cell) for cell in row] == cells
        checked += len(row)


@pytest.mark.counts
def test_no_cell_begins_a_formula_and_every_text_comes_back() -> None:
    check()
    sys.stdout.write(f"{checked:,} cells in {len(DELIMITERS)} kinds of file: 0 formulas\n")
    assert checked >= 2000 * len(DELIMITERS)


@pytest.mark.parametrize("text", ["=1+1", "  =1", "\ufeff\u00a0@x", "-5", "\tx", "\0=", "\uff1d1"])
def test_text_that_begins_like_a_formula_gets_an_apostrophe(text: str) -> None:
    assert csv_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["lemon", "1 + 1", "'tis", "a=b", "5", ""])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert csv_cell(text) == text


@pytest.mark.parametrize(
    ("number", "written"),
    [(Fraction(1), "1"), (Fraction(1, 2), "0.5"), (Fraction(1, 3), "0.3333"), (10, "10"), (0, "0")],
)
def test_numbers_are_written_as_numbers(number: Fraction | int, written: str) -> None:
    assert csv_cell(number) == written


def test_nothing_is_an_empty_cell() -> None:
    assert to_csv([(None, "a")]) == f'{BOM}"","a"\r\n'
