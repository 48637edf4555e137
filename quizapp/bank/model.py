"""The values of the bank: a quiz once its file has been read. Frozen, comparable, free of I/O.

Offsets are code points into `Level.text`, half open: `text[start:end]`. `Level.text` is canonical:
paragraphs joined by one blank line ("\\n\\n"), white space inside a paragraph folded to one space,
the `**` of bold words taken out and remembered in `Level.bold`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

Skill = Literal["retrieve", "infer", "vocabulary", "integrate", "evaluate"]
Misreading = Literal["misread", "elsewhere", "unsupported"]
Spelling = Literal["strict", "close"]
Review = Literal["never", "on_miss", "always"]
Qualifier = Literal["none", "about", "over", "under"]


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of code points in one level's text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Gloss:
    """A word explained at its first use; `span` is that use, found by the checker."""

    term: str
    meaning: str
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """The passage at one reading level."""

    id: str
    label: str
    text: str
    bold: tuple[Span, ...] = ()
    glossary: tuple[Gloss, ...] = ()

    @property
    def paragraphs(self) -> tuple[Span, ...]:
        """The place of each paragraph in `text`, in order."""
        spans, start = [], 0
        for piece in self.text.split("\n\n"):
            spans.append(Span(start, start + len(piece)))
            start += len(piece) + 2
        return tuple(spans)


@dataclass(frozen=True, slots=True)
class Evidence:
    """The words of the passage that decide an item, or tempt to an option.

    `quotes` are as typed, by level id; `spans` are where the checker found them, by level id, in
    the order of the quotes; they may overlap. `whole`: the item rests on the whole text.
    """

    quotes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    spans: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)
    whole: bool = False


NO_EVIDENCE = Evidence()


@dataclass(frozen=True, slots=True)
class Option:
    """One choice. `error` says how a wrong option goes wrong; `pin_last` keeps it at the end."""

    id: str
    text: str
    error: Misreading | None = None
    evidence: Evidence = NO_EVIDENCE
    feedback: str | None = None
    pin_last: bool = False


@dataclass(frozen=True, slots=True)
class Reject:
    """A wrong form that the teacher foresaw, with what to say to it."""

    form: str
    feedback: str


@dataclass(frozen=True, slots=True)
class Examples:
    """Responses that the marker must accept in full, and those it must give nothing."""

    accepts: tuple[str, ...] = ()
    rejects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseItem:
    """What every item has. `points` is the maximum; `levels` are the level ids it is valid at."""

    id: str
    question: str
    levels: tuple[str, ...]
    evidence: Evidence
    points: int = 1
    skill: Skill | None = None
    why: str | None = None
    hint: str | None = None
    feedback_correct: str | None = None
    feedback_wrong: str | None = None
    examples: Examples = Examples()


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleChoice(BaseItem):
    """Options with one key."""

    options: tuple[Option, ...]
    answer: str
    shuffle: bool = True
    kind: Literal["single"] = "single"


@dataclass(frozen=True, slots=True, kw_only=True)
class MultipleChoice(BaseItem):
    """Options with several keys: `net` = max(0, hits - false alarms) / keys, `exact` = all."""

    options: tuple[Option, ...]
    answers: tuple[str, ...]
    scoring: Literal["net", "exact"] = "net"
    shuffle: bool = True
    kind: Literal["multiple"] = "multiple"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortAnswer(BaseItem):
    """A word or a few. `accept` holds the accepted forms by level id (every level of the item)."""

    accept: Mapping[str, tuple[str, ...]]
    spelling: Spelling = "close"
    reject: tuple[Reject, ...] = ()
    review: Review = "on_miss"
    max_words: int = 12
    kind: Literal["short"] = "short"


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberAnswer(BaseItem):
    """A number with a qualifier. `reject` forms are numbers that belong to other facts."""

    value: Fraction
    qualifier: Qualifier = "none"
    tolerance: Fraction = Fraction(0)
    reject: tuple[Reject, ...] = ()
    review: Review = "never"
    kind: Literal["number"] = "number"


@dataclass(frozen=True, slots=True)
class Idea:
    """One idea of a sentence: any of its keywords earns it. `*` ends a keyword: any ending."""

    name: str
    keywords: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IdeasAnswer(BaseItem):
    """A sentence, one point for each idea in it."""

    ideas: tuple[Idea, ...]
    spelling: Spelling = "close"
    reject: tuple[Reject, ...] = ()
    review: Review = "on_miss"
    max_words: int = 40
    kind: Literal["ideas"] = "ideas"


Item = SingleChoice | MultipleChoice | ShortAnswer | NumberAnswer | IdeasAnswer
Choice = SingleChoice | MultipleChoice


@dataclass(frozen=True, slots=True)
class Defaults:
    """What the form for a new assignment begins with, where the file says so."""

    attempts: int | None = None
    shuffle_options: bool | None = None
    review: Literal["never", "submit", "closing"] | None = None


@dataclass(frozen=True, slots=True)
class Quiz:
    """One quiz: a passage at one or more levels, easiest first, and the items on it."""

    id: str
    title: str
    language: str
    source: str | None
    levels: tuple[Level, ...]
    items: tuple[Item, ...]
    defaults: Defaults = Defaults()

    def find_level(self, level_id: str) -> Level | None:
        """Return the level, or None."""
        return next((level for level in self.levels if level.id == level_id), None)

    def find_item(self, item_id: str) -> Item | None:
        """Return the item, or None."""
        return next((item for item in self.items if item.id == item_id), None)


@dataclass(frozen=True, slots=True)
class Given:
    """What a student gave to one item (option ids, or the text as typed), and at which level."""

    values: tuple[str, ...]
    level: str

    @property
    def is_blank(self) -> bool:
        """True when nothing but white space was given."""
        return not any(value.strip() for value in self.values)
