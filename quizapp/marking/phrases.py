"""Where a keyword stands in a response, and whether a negator or an "or" stands beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from quizapp.marking.normalise import REMEMBERED, fold_characters, split_words
from quizapp.marking.spelling import Known, are_close, is_name

NEGATORS = frozenset({"no", "not", "never", "without", "cannot", "neither", "nor", "non"}) | {
    f"{verb}nt"  # students leave the apostrophe out
    for verb in ("do", "does", "did", "is", "are", "was", "were", "ca", "could", "wo", "would")
}
_NEAR = 3


@dataclass(frozen=True, slots=True)
class Keyword:
    """One keyword: its words, whether any ending may follow, whether it is a name."""

    words: tuple[str, ...]
    open_ended: bool
    name: bool


@dataclass(frozen=True, slots=True)
class Place:
    """A half-open range of words of the response."""

    start: int
    end: int

    def distance(self, index: int) -> int:
        """Return how many words lie from this place to the word at `index`; 0 inside it."""
        return max(self.start - index, index - self.end + 1, 0)


@lru_cache(maxsize=REMEMBERED)
def read_keyword(written: str) -> Keyword:
    """Return the keyword that a teacher wrote; `*` at its end stands for any ending."""
    words = split_words(fold_characters(written))
    return Keyword(words, written.rstrip().endswith("*"), is_name(written))


def find_places(said: Sequence[str], keyword: Keyword) -> list[Place]:
    """Return every place where the keyword stands, whatever its hyphens and spaces."""
    wanted = "".join(keyword.words)
    places = []
    for start in _starts(said, wanted):
        end = _end_of(said, start, wanted, keyword.open_ended)
        if end and NEGATORS.intersection(said[start:end]) <= set(keyword.words):
            places.append(Place(start, end))
    return places


def find_slips(said: Sequence[str], keyword: Keyword, is_known: Known) -> list[Place]:
    """Return every place where the keyword stands with a small spelling slip."""
    if keyword.open_ended or keyword.name or not keyword.words:
        return []
    length = len(keyword.words)
    return [
        Place(start, start + length)
        for start in _starts(said, keyword.words[0])
        if are_close(keyword.words, said[start : start + length], is_known)
    ]


def is_negated(said: Sequence[str], places: Sequence[Place]) -> bool:
    """Return True when a negator stands within three words of a place, and in none of them."""
    return any(
        word in NEGATORS
        and all(place.distance(index) for place in places)
        and any(place.distance(index) <= _NEAR for place in places)
        for index, word in enumerate(said)
    )


def names_alternatives(said: Sequence[str], ideas: Sequence[Sequence[Place]]) -> bool:
    """Return True when an "or" has an idea close on one side of it, and not on the other."""
    return any(
        word == "or" and any(_is_one_sided(index, places) for places in ideas)
        for index, word in enumerate(said)
    )


def _is_one_sided(index: int, places: Sequence[Place]) -> bool:
    near = [place for place in places if 0 < place.distance(index) <= _NEAR]
    return len({place.end <= index for place in near}) == 1


def _starts(said: Sequence[str], wanted: str) -> list[int]:
    return [index for index, word in enumerate(said) if word[0] == wanted[:1]]


def _end_of(said: Sequence[str], start: int, wanted: str, open_ended: bool) -> int | None:
    joined = ""
    for end in range(start + 1, len(said) + 1):
        joined += said[end - 1]
        if len(joined) >= len(wanted):
            fits = joined.startswith(wanted) if open_ended else joined == wanted
            return end if fits and wanted else None
        if not wanted.startswith(joined):
            return None
    return None
