"""QR codes as one path, drawn by a template: no image file, no inline style, no script."""

from dataclasses import dataclass
from itertools import groupby

QUIET = 4  # modules of white around the code, which readers need


@dataclass(frozen=True, slots=True)
class Code:
    """A code of `size` modules on each side, its quiet zone included; `path` is what is dark."""

    size: int
    path: str


def draw(text: str) -> Code:
    """Return the code of a text, with a quarter of it spare for a smudged or skewed picture."""
    import segno  # with all its formats of pictures: nothing but this page needs it

    matrix = segno.make(text, error="q", micro=False).matrix
    pieces = []
    for y, row in enumerate(matrix, QUIET):
        x = QUIET
        for dark, run in groupby(row):
            length = len(list(run))
            if dark:
                pieces.append(f"M{x} {y}h{length}v1h-{length}z")
            x += length
    return Code(len(matrix) + 2 * QUIET, "".join(pieces))
