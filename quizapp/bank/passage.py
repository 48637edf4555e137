"""The canonical text of a passage, as described at `model.Level`."""

import re

from quizapp.bank.model import Span

_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")
_BOLD = re.compile(r"\*\*(?![\s*])((?:(?!\*\*).)+)(?<!\s)\*\*")


def canonical_text(typed: str) -> tuple[str, tuple[Span, ...]]:
    """Return the text with its white space folded and its `**` taken out, and the bold spans."""
    folded = (" ".join(piece.split()) for piece in _BLANK_LINE.split(typed))
    text = "\n\n".join(piece for piece in folded if piece)
    pieces: list[str] = []
    spans: list[Span] = []
    done = length = 0
    for match in _BOLD.finditer(text):
        before, word = text[done : match.start()], match[1]
        start = length + len(before)
        length = start + len(word)
        pieces += before, word
        spans.append(Span(start, length))
        done = match.end()
    return "".join([*pieces, text[done:]]), tuple(spans)
