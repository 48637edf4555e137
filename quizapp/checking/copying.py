"""The copying rule: a quiz retold from a source shares no run of six words with that source.

Only hashes of the source's runs are kept, so that the source itself is never part of the project.
Both sides are cut into words in the same way: NFKC, case and diacritics folded, apostrophes
deleted, everything else that is no word character separates.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from quizapp.bank.problem import Problem
from quizapp.bank.source import Plain, Source, Step

RUN_LENGTH = 6
APOSTROPHES = frozenset("'’‘ʼ＇")
WORD = re.compile(r"\w+")
# Quotations of the passage are checked where they stand, and a credit may name its source.
UNCHECKED = frozenset({"evidence", "source"})


class Word(NamedTuple):
    """A word as it is compared, and where it stands in the text."""

    text: str
    start: int
    end: int


def fingerprint(source_text: str, allowed: Sequence[str]) -> dict[str, Any]:
    """Return what may be kept of a source: the number of its words and the hashes of its runs.

    `allowed` are the phrases (quotations, lists of names) that a retelling may repeat.
    """
    words = [word.text for word in _words(source_text)]
    return {
        "words": len(words),
        "length": RUN_LENGTH,
        "allowed": list(allowed),
        "runs": sorted({_digest(run) for run in _runs(words, RUN_LENGTH)}),
    }


def copied_runs(text: str, fingerprint: Mapping[str, Any]) -> list[tuple[int, int, str]]:
    """Return (start, end, words) of every longest stretch that `text` shares with the source."""
    words = _words(text)
    length: int = fingerprint["length"]
    known = frozenset(fingerprint["runs"])
    compared = _without_allowed([word.text for word in words], fingerprint["allowed"])
    copied: set[int] = set()
    for first, run in enumerate(_runs(compared, length)):
        if _digest(run) in known:
            copied.update(range(first, first + length))
    stretches = []
    # Numbers that follow each other keep the same distance from their rank.
    for _, group in groupby(enumerate(sorted(copied)), key=lambda pair: pair[1] - pair[0]):
        places = [place for _, place in group]
        start, end = words[places[0]].start, words[places[-1]].end
        stretches.append((start, end, " ".join(text[start:end].split())))
    return stretches


def check_copying(source: Source, fingerprint: Mapping[str, Any]) -> list[Problem]:
    """Return an error for every text of the file that shares a run of words with the source."""
    return [
        source.problem(
            path,
            f"these words are copied from the source: “{words}”",
            "say it in your own words",
            rule="I07",
        )
        for path, text in _texts(source.data, ())
        for _, _, words in copied_runs(text, fingerprint)
    ]


def _texts(value: Plain, path: tuple[Step, ...]) -> Iterator[tuple[tuple[Step, ...], str]]:
    """Yield every text of the file that people read, with its path."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key not in UNCHECKED:
                yield from _texts(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _texts(inner, (*path, index))


def _words(text: str) -> list[Word]:
    """Cut a text into words as they are compared, each with its place in the original."""
    folded: list[str] = []
    origin: list[int] = []
    for place, character in enumerate(text):
        piece = _folded(character)
        folded.append(piece)
        origin.extend([place] * len(piece))
    return [
        Word(match[0], origin[match.start()], origin[match.end() - 1] + 1)
        for match in WORD.finditer("".join(folded))
    ]


def _folded(character: str) -> str:
    """Return one character without case, diacritics and apostrophes; one for one in plain ASCII."""
    if character in APOSTROPHES:
        return ""
    if character.isascii():
        return character.lower()
    plain = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", character).casefold())
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


def _without_allowed(words: list[str], allowed: Sequence[str]) -> list[str]:
    """Return the words with allowed phrases made empty, which matches nothing; longest first."""
    compared = list(words)
    phrases = [[word.text for word in _words(phrase)] for phrase in allowed]
    for phrase in sorted(filter(None, phrases), key=len, reverse=True):
        size = len(phrase)
        for first in range(len(words) - size + 1):
            if compared[first : first + size] == phrase:
                compared[first : first + size] = [""] * size
    return compared


def _runs(words: Sequence[str], length: int) -> Iterator[Sequence[str]]:
    return (words[first : first + length] for first in range(len(words) - length + 1))


def _digest(run: Sequence[str]) -> str:
    return hashlib.sha256(" ".join(run).encode()).hexdigest()
