"""The passage cut into segments, so that words can be bold, explained and marked at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from quizapp.bank.model import Gloss, Span

Kind = Literal["bold", "gloss", "key", "misread", "elsewhere"]
EVIDENCE_KINDS: tuple[Kind, ...] = ("key", "misread", "elsewhere")


@dataclass(frozen=True, slots=True)
class Place:
    """A span of the text and what it is; `gloss` is its explanation when the kind is "gloss"."""

    kind: Kind
    span: Span
    gloss: Gloss | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a paragraph over which the same places lie."""

    text: str
    places: tuple[Place, ...]

    @property
    def bold(self) -> bool:
        """True when the piece is bold."""
        return any(place.kind == "bold" for place in self.places)

    @property
    def gloss(self) -> Gloss | None:
        """The explanation of the word that the piece belongs to, or None."""
        return next((place.gloss for place in self.places if place.gloss), None)

    @property
    def marks(self) -> tuple[Kind, ...]:
        """The kinds of evidence that lie over the piece, in a fixed order."""
        kinds = {place.kind for place in self.places}
        return tuple(kind for kind in EVIDENCE_KINDS if kind in kinds)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph: its number from 1, its segments, and the quotes of each kind of evidence."""

    number: int
    segments: tuple[Segment, ...]
    labels: tuple[tuple[Kind, str], ...]


def paragraphs(text: str, spans: Sequence[Span], places: Iterable[Place]) -> tuple[Paragraph, ...]:
    """Cut `text` into its paragraphs (`spans`) and those at the edges of the places.

    Places may overlap, lie in several paragraphs, or reach beyond the text. The segments of a
    paragraph, joined, are exactly its text.
    """
    known = tuple(places)
    return tuple(
        Paragraph(
            number,
            _segments(text, span, [place for place in known if _overlap(place.span, span)]),
            _labels(text, span, known),
        )
        for number, span in enumerate(spans, start=1)
    )


def _overlap(one: Span, other: Span) -> bool:
    return max(one.start, other.start) < min(one.end, other.end)


def _segments(text: str, within: Span, places: Sequence[Place]) -> tuple[Segment, ...]:
    edges = {within.start, within.end}
    for place in places:
        edges |= {max(place.span.start, within.start), min(place.span.end, within.end)}
    cuts = sorted(edges)
    return tuple(
        Segment(
            text[start:end],
            tuple(place for place in places if place.span.start <= start < place.span.end),
        )
        for start, end in pairwise(cuts)
    )


def _labels(text: str, within: Span, places: Sequence[Place]) -> tuple[tuple[Kind, str], ...]:
    found = []
    for kind in EVIDENCE_KINDS:
        quotes = [
            text[max(place.span.start, within.start) : min(place.span.end, within.end)]
            for place in places
            if place.kind == kind and _overlap(place.span, within)
        ]
        if quotes:
            found.append((kind, " … ".join(quotes)))
    return tuple(found)
