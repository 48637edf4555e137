"""Rows as the text of a CSV file that a spreadsheet may open: no cell is ever a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from fractions import Fraction

Cell = str | int | Fraction | None
FORMULA = tuple("=+-@\t\r\n\0\uff1d\uff0b\uff0d\uff20")  # the last four are full-width forms
LEADING = "\ufeff \u00a0"  # spreadsheets pass over these at the beginning of a cell
BOM = "\ufeff"  # without it Excel reads UTF-8 as something else
PLACES = 4


def csv_cell(value: Cell) -> str:
    """Return what stands in the cell; text that could begin a formula gets an apostrophe.

    So does text that would be mistaken for such a cell: whoever takes one apostrophe away from
    cells that `is_guarded` has the text as it was. Only numbers are written as numbers.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if _is_risky(value) else value
    return f"{float(value):.{PLACES}f}".rstrip("0").rstrip(".")


def is_guarded(cell: str) -> bool:
    """Return whether `csv_cell` has put an apostrophe before this text."""
    return cell.startswith("'") and _is_risky(cell)


def _is_risky(text: str) -> bool:
    return text.lstrip(LEADING + "'").startswith(FORMULA) or text.startswith(FORMULA)


def to_csv(rows: Iterable[Sequence[Cell]], delimiter: str = ",") -> str:
    """Return the text of the file, every cell in quotation marks, with a byte order mark."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerows([csv_cell(value) for value in row] for row in rows)
    return BOM + out.getvalue()
