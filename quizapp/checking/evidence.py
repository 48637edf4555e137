"""The evidence chain: every quote stands word for word, and once, in each level that it claims."""

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from typing import NamedTuple

from rapidfuzz import fuzz

from quizapp.bank.model import (
    Evidence,
    Gloss,
    Item,
    Level,
    MultipleChoice,
    Option,
    Quiz,
    SingleChoice,
    Span,
)
from quizapp.bank.problem import Problem
from quizapp.bank.source import Source, Step, find_plain

FOLDED = str.maketrans(
    dict.fromkeys(map(ord, "‘’‚‛ʼ′"), "'")
    | dict.fromkeys(map(ord, "“”„‟″"), '"')
    | dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")
)
CLOSE_ENOUGH = 50  # per cent of equal letters; below that a hint misleads more than it helps
SEPARATOR = re.compile(r"(?:\s*\*\*)+\s*|\s{2,}|[^\S ]")  # what folding makes shorter or other
GAP = re.compile(r"\s{2,}|[^\S ]")  # the same where no word is bold
MAX_PLACES = 9  # enough to say "too often"
MAX_TRIES = 1_000  # inside words, as "a" in a long text; more would only burn time
MAX_HINTS = 20  # looking for the closest words is the one slow step here
LONGEST_HINT = 300  # letters


class Located(NamedTuple):
    """The quiz with every span filled in, and what is wrong with its quotes."""

    quiz: Quiz
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class FoldedText:
    """A text as quotes are compared with it, and the way back to the original.

    The text is made of pieces; `starts` and `origins` say where each begins here and there.
    """

    text: str
    starts: tuple[int, ...]
    origins: tuple[int, ...]

    def places(self, words: str, limit: int = MAX_PLACES) -> list[Span]:
        """Return the spans, in the original, where the folded `words` stand as whole words."""
        found: list[Span] = []
        start = self.text.find(words) if words else -1
        for _ in range(MAX_TRIES):
            if start < 0 or len(found) >= limit:
                break
            end = start + len(words)
            if not (self._inside_word(start) or self._inside_word(end)):
                found.append(Span(self._origin(start), self._origin(end - 1) + 1))
            start = self.text.find(words, start + 1)
        return found

    def closest(self, words: str) -> str | None:
        """Return the words of the text that come closest to `words`, or None."""
        if len(words) > len(self.text):
            return None
        sought = words[:LONGEST_HINT]
        best = fuzz.partial_ratio_alignment(sought, self.text, score_cutoff=CLOSE_ENOUGH)
        if best is None:
            return None
        start = self.text.rfind(" ", 0, best.dest_start + 1) + 1
        end = self.text.find(" ", max(best.dest_end - 1, start))
        return self.text[start : end if end >= 0 else None].strip() or None

    def _origin(self, place: int) -> int:
        piece = bisect_right(self.starts, place) - 1
        return self.origins[piece] + place - self.starts[piece]

    def _inside_word(self, place: int) -> bool:
        """True when the letters on both sides of `place` belong to one word."""
        before, after = self.text[max(place - 1, 0) : place], self.text[place : place + 1]
        return before.isalnum() and after.isalnum()


def fold_words(text: str) -> str:
    """Fold quotation marks, dashes and white space only; take the `**` of bold words out."""
    return " ".join(text.replace("**", "").translate(FOLDED).split())


def fold(text: str) -> FoldedText:
    """Return what `fold_words` gives for a passage, with the way back to its offsets."""
    pieces, starts, origins = [], [0], [0]
    length = done = 0
    separator = SEPARATOR if "**" in text else GAP
    for match in (*separator.finditer(text), None):
        piece = text[done : match.start() if match else None]
        if match and match[0].replace("**", "") and (length or piece):
            piece += " "
        done = match.end() if match else done
        length += len(piece)
        pieces.append(piece)
        starts.append(length)
        origins.append(done)
    return FoldedText("".join(pieces).translate(FOLDED), tuple(starts), tuple(origins))


def _lowered(text: str) -> str:
    """Lower the case of a text without changing its length (`İ` would become two letters)."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(sign.lower() if len(sign.lower()) == 1 else sign for sign in text)


def locate(quiz: Quiz, source: Source) -> Located:
    """Find every quote and every glossary term of `quiz` in its levels.

    `source` gives the places for the problems: quotes not found (I05) or found more than once
    (I06), wrong options whose evidence contradicts their kind (I09), unused terms (I10).
    """
    locator = _Locator(quiz, source)
    items = tuple(locator.item(index, item) for index, item in enumerate(quiz.items))
    levels = tuple(locator.level(level) for level in quiz.levels)
    return Located(replace(quiz, items=items, levels=levels), tuple(locator.problems))


class _Locator:
    """Walks one quiz, gathers the problems, keeps every level folded once."""

    def __init__(self, quiz: Quiz, source: Source) -> None:
        self.problems: list[Problem] = []
        self._source = source
        self._texts = {level.id: fold(level.text) for level in quiz.levels}
        self._hints = 0

    def item(self, index: int, item: Item) -> Item:
        """Return the item with its spans, and with those of its options."""
        path: tuple[Step, ...] = ("questions", index)
        item = replace(item, evidence=self._evidence(item.evidence, (*path, "evidence")))
        if not isinstance(item, SingleChoice | MultipleChoice):
            return item
        options = (self._option(option, (*path, "options", option.id)) for option in item.options)
        return replace(item, options=tuple(options))

    def level(self, level: Level) -> Level:
        """Return the level with the place of every glossary term's first use."""
        if not level.glossary:
            return level
        folded = self._texts[level.id]
        text = replace(folded, text=_lowered(folded.text))
        terms = []
        for gloss in level.glossary:
            places = text.places(_lowered(fold_words(gloss.term)), limit=1)
            terms.append(replace(gloss, span=places[0] if places else None))
            if not places:
                self._unused(gloss, level)
        return replace(level, glossary=tuple(terms))

    def _option(self, option: Option, path: tuple[Step, ...]) -> Option:
        quoted = bool(option.evidence.quotes)
        if option.error == "elsewhere" and not quoted:
            message = "this option says “elsewhere”, but quotes no words of the passage"
            fix = "add `evidence:` with the words that tempt to it"
            problem = self._source.problem(path, message, fix, severity="warning", rule="I09")
            self.problems.append(problem)
        if option.error == "unsupported" and quoted:
            message = "an unsupported option cannot have evidence in the passage"
            fix = "take the evidence out, or write `error: elsewhere`"
            where = (*path, "evidence")
            problem = self._source.problem(where, message, fix, on_key=True, rule="I09")
            self.problems.append(problem)
        if not quoted:
            return option
        return replace(option, evidence=self._evidence(option.evidence, (*path, "evidence")))

    def _evidence(self, evidence: Evidence, path: tuple[Step, ...]) -> Evidence:
        spans = {
            level: tuple(
                span
                for rank, quote in enumerate(quotes)
                if (span := self._span(quote, level, path, rank))
            )
            for level, quotes in evidence.quotes.items()
        }
        return Evidence(evidence.quotes, spans, evidence.whole)

    def _path_of(self, path: tuple[Step, ...], level: str, rank: int) -> tuple[Step, ...]:
        """Return the place of a quote: evidence may be a text, a list, or either for each level."""
        value = find_plain(self._source.data, path)
        if isinstance(value, dict):
            path = (*path, level)
            value = value.get(level)
        return (*path, rank) if isinstance(value, list) else path

    def _span(self, quote: str, level: str, path: tuple[Step, ...], rank: int) -> Span | None:
        text, words = self._texts[level], fold_words(quote)
        places = text.places(words)
        if len(places) == 1:
            return places[0]
        where = "in the passage" if len(self._texts) == 1 else f"in level {level}"
        if places:
            message = f"these words stand {len(places)} times {where}"
            fix, rule = "quote a few words more", "I06"
        else:
            message = f"these words do not stand {where}"
            fix, rule = self._hint(text, words, where), "I05"
        where_it_is = self._path_of(path, level, rank)
        self.problems.append(self._source.problem(where_it_is, message, fix, rule=rule))
        return None

    def _hint(self, text: FoldedText, words: str, where: str) -> str:
        self._hints += 1
        closest = text.closest(words) if self._hints <= MAX_HINTS else None
        if closest is None:
            return "copy the words from the passage, exactly as they stand there"
        return f"the closest words {where} are: “{closest}”"

    def _unused(self, gloss: Gloss, level: Level) -> None:
        path = ("passage", level.id, "glossary", gloss.term)
        message = f"“{gloss.term}” is explained but is never used in level {level.id}"
        fix = "write it as it stands in the text, or take it out"
        self.problems.append(
            self._source.problem(path, message, fix, on_key=True, severity="warning", rule="I10")
        )
