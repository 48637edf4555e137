"""The keys of the quiz format, and what a mistyped word was probably meant to be."""

from collections.abc import Iterable
from difflib import get_close_matches

# The key that decides the kind of a question, the most telling first.
KIND_KEYS = {
    "number": "number",
    "ideas": "ideas",
    "accept": "short",
    "answers": "multiple",
    "answer": "single",
    "options": "single",
}
NOT_YET = ("select", "then")
_LONGEST_WORD = 40


def guess(word: str, words: Iterable[str]) -> str | None:
    """Return the word of `words` that `word` was probably meant to be, or None."""
    if len(word) > _LONGEST_WORD:
        return None
    known = {known.casefold(): known for known in words}
    close = get_close_matches(word.casefold(), list(known), n=1, cutoff=0.7)
    return known[close[0]] if close else None
