"""Text as the marker compares it: one function for accepted forms, rejected forms and responses.

Works one character at a time, because Unicode normalisation of a whole string takes quadratic time
on a long run of combining marks. Linear in the length of the text; takes any string at all.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from quizapp.bank.model import Given, Quiz

_ALIKE = {
    **dict.fromkeys("‘’‚‛ʼ`´′", "'"),
    **dict.fromkeys("“”„‟«»″", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    "⁄": "/",
    "ı": "i",
}
_KEPT_AT_THE_EDGE = frozenset("%‰#&@")
_LEAD_INS = re.compile(
    r"(?:(?:the|an?|it is|it's|it was|they are|they're|they were|because(?: of)?) )*"
)
_GAP = " '\".,;:!?()/-"
_NO_GAP = str.maketrans("", "", _GAP)
_GAP_BEFORE_DIGIT = re.compile(rf"((?:^|(?<=\d))[{re.escape(_GAP)}]+(?=\d))")
_DIGIT = re.compile(r"\d")
_HYPHENATED_NO = re.compile(r"\b(?:non|un|in)-(?=\w)")
# The forms and questions of one quiz, which the checker and the marker fold again and again.
REMEMBERED = 512
_MOST_CHARACTERS = 8192
_LONGEST_LIGATURE = 4  # some characters stand for a phrase of 18; they stay themselves
_DIACRITIC = 200  # the lowest combining class of marks above, below or attached to a letter


@dataclass(frozen=True, slots=True)
class Answer:
    """One typed response, and the forms of it that the rules look at."""

    typed: str
    plain: str
    folded: str
    words: tuple[str, ...]


def read_answer(quiz: Quiz, given: Given) -> Answer:
    """Return the text of a response in every form that the rules need."""
    typed = " ".join(given.values)
    plain = fold_characters(typed)
    return Answer(typed, plain, fold(typed, quiz.language), split_words(plain))


@lru_cache(maxsize=REMEMBERED)
def fold(text: str, language: str = "en") -> str:
    """Return `text` as it is compared: characters folded, outer punctuation and lead-ins dropped.

    Articles and "it is", "they are", "because" at the front say nothing about the reading; they are
    English and stay where the quiz is in another language. Folding twice changes nothing.
    """
    english = language.casefold().split("-")[0] == "en"
    before, folded = None, _strip_edges(fold_characters(text))
    while before != folded:
        before = folded
        if english and (lead_in := _LEAD_INS.match(folded)):
            folded = _strip_edges(folded[lead_in.end() :])
    return folded


@lru_cache(maxsize=REMEMBERED)
def fold_characters(text: str) -> str:
    """Return `text` with case, width, digits, quotes, dashes, diacritics and white space folded."""
    return " ".join(text.translate(_FOLDING).split())


@lru_cache(maxsize=REMEMBERED)
def squash(folded: str) -> str:
    """Return folded text without the gaps that writers disagree on: "flash-tube", "flash tube".

    A gap between two digits stays, because "3.5" is not "35"; so does a sign before a number.
    """
    if not _DIGIT.search(folded):  # most texts; the other pattern looks long at each gap
        return folded.translate(_NO_GAP)
    pieces = _GAP_BEFORE_DIGIT.split(folded)
    pieces[::2] = [piece.translate(_NO_GAP) for piece in pieces[::2]]
    return "".join(pieces)


@lru_cache(maxsize=REMEMBERED)
def split_words(plain: str) -> tuple[str, ...]:
    """Return the words of character-folded text; "isn't" gives two, and "un-" the negator "non"."""
    spelled_out = plain.replace("n't", " not")
    if "-" in spelled_out:
        spelled_out = _HYPHENATED_NO.sub("non ", spelled_out)
    return tuple(spelled_out.translate(_LETTERS).split())


@lru_cache(maxsize=4096)
def vocabulary(text: str) -> frozenset[str]:
    """Return the words of a text of the quiz; remembered, as every marking asks for them."""
    return frozenset(split_words(fold_characters(text)))


class _Table(dict[int, str]):
    """A table for `str.translate` that fills as characters are met, up to a bound."""

    def __init__(self, change: Callable[[str], str]) -> None:
        super().__init__()
        self._change = change

    def __missing__(self, code: int) -> str:
        changed = self._change(chr(code))
        if len(self) < _MOST_CHARACTERS:
            self[code] = changed
        return changed


def _fold_character(character: str) -> str:
    if character in _ALIKE:
        return _ALIKE[character]
    # The case goes first: the capital of a Greek iota subscript is a letter, not a mark.
    parts = unicodedata.normalize("NFKD", character.casefold()).casefold()
    if len(parts) > _LONGEST_LIGATURE:
        return character
    return "".join(_fold_part(part) for part in unicodedata.normalize("NFKD", parts))


def _fold_part(part: str) -> str:
    category = unicodedata.category(part)
    if category == "Cf" or (category == "Mn" and unicodedata.combining(part) >= _DIACRITIC):
        return ""
    if category == "Cc" or category.startswith("Z"):
        return " "
    if category == "Cs":  # half of a surrogate pair cannot be written as UTF-8
        return "\ufffd"
    digit = unicodedata.decimal(part, None)
    return _ALIKE.get(part, part) if digit is None else str(digit)


def _letter_or_space(character: str) -> str:
    return character if unicodedata.category(character)[0] in "LMN" else " "


_FOLDING, _LETTERS = _Table(_fold_character), _Table(_letter_or_space)


def _strip_edges(text: str) -> str:
    if text[:1].isalnum() and text[-1:].isalnum():  # most forms and answers
        return text
    start, end = 0, len(text)
    while end > start and _is_edge(text[end - 1], ""):
        end -= 1
    while start < end and _is_edge(text[start], text[start + 1 : start + 2]):
        start += 1
    return text[start:end]


def _is_edge(character: str, following: str) -> bool:
    if character in "-." and following.isdigit():
        return False
    if character in _KEPT_AT_THE_EDGE:
        return False
    return character == " " or unicodedata.category(character).startswith("P")
