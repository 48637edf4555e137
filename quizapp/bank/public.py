"""What a student may see of a quiz before it is marked: no field here could hold a key."""

from collections.abc import Collection
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal, overload

from quizapp.bank.model import (
    Choice,
    Gloss,
    IdeasAnswer,
    Item,
    Level,
    MultipleChoice,
    Quiz,
    ShortAnswer,
    SingleChoice,
    Span,
    Spelling,
)

Kind = Literal["single", "multiple", "short", "number", "ideas"]


@dataclass(frozen=True, slots=True)
class PublicOption:
    """One choice, as students see it; `pin_last` keeps it at the end."""

    id: str
    text: str
    pin_last: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicItem:
    """One question, as students see it.

    `choose` is the number of options to choose and `scoring` its rule, for multiple choice only;
    `max_words` and `spelling` are for written answers only.
    """

    id: str
    kind: Kind
    question: str
    points: int
    levels: tuple[str, ...]
    hint: str | None = None
    options: tuple[PublicOption, ...] = ()
    shuffle: bool = False
    choose: int | None = None
    scoring: Literal["net", "exact"] | None = None
    max_words: int | None = None
    spelling: Spelling | None = None


@dataclass(frozen=True, slots=True)
class PublicLevel:
    """The passage at one reading level; spans are code points into `text`."""

    id: str
    label: str
    text: str
    bold: tuple[Span, ...]
    glossary: tuple[Gloss, ...]
    paragraphs: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class PublicQuiz:
    """One quiz, as students see it."""

    id: str
    title: str
    language: str
    source: str | None
    levels: tuple[PublicLevel, ...]
    items: tuple[PublicItem, ...]


def public(quiz: Quiz) -> PublicQuiz:
    """Return what a student may see of `quiz` before release."""
    return PublicQuiz(
        id=quiz.id,
        title=quiz.title,
        language=quiz.language,
        source=quiz.source,
        levels=tuple(_level(level) for level in quiz.levels),
        items=tuple(_item(item) for item in quiz.items),
    )


def ordered(item: PublicItem, seed: str | None) -> tuple[PublicOption, ...]:
    """Return the options in the order for `seed`: shuffled the same way each time it is asked.

    The order depends on nothing but the seed and the ids, so it cannot betray the key. Options
    that are pinned stay last; `shuffle: false`, or no seed, keeps the order of the file.
    """
    if seed is None or not item.shuffle:
        return tuple(sorted(item.options, key=lambda option: option.pin_last))
    return tuple(
        sorted(item.options, key=lambda option: (option.pin_last, _rank(seed, item.id, option.id)))
    )


def _rank(seed: str, item_id: str, option_id: str) -> bytes:
    return sha256("\0".join((seed, item_id, option_id)).encode()).digest()


@overload
def items_at(quiz: Quiz, level_ids: Collection[str]) -> tuple[Item, ...]: ...
@overload
def items_at(quiz: PublicQuiz, level_ids: Collection[str]) -> tuple[PublicItem, ...]: ...
def items_at(quiz: Quiz | PublicQuiz, level_ids: Collection[str]) -> tuple[Item | PublicItem, ...]:
    """Return the items that are valid at every one of the levels offered, in their order."""
    return tuple(item for item in quiz.items if set(level_ids) <= set(item.levels))


@overload
def asked(quiz: Quiz, level_ids: Collection[str] = ()) -> tuple[Item, ...]: ...
@overload
def asked(quiz: PublicQuiz, level_ids: Collection[str] = ()) -> tuple[PublicItem, ...]: ...
def asked(
    quiz: Quiz | PublicQuiz, level_ids: Collection[str] = ()
) -> tuple[Item | PublicItem, ...]:
    """Return the items of an attempt at which these levels (none: all of them) are offered."""
    return items_at(quiz, level_ids or [level.id for level in quiz.levels])


def _level(level: Level) -> PublicLevel:
    return PublicLevel(
        level.id, level.label, level.text, level.bold, level.glossary, level.paragraphs
    )


def _item(item: Item) -> PublicItem:
    choice = item if isinstance(item, SingleChoice | MultipleChoice) else None
    several = item if isinstance(item, MultipleChoice) else None
    written = item if isinstance(item, ShortAnswer | IdeasAnswer) else None
    return PublicItem(
        id=item.id,
        kind=item.kind,
        question=item.question,
        points=item.points,
        levels=item.levels,
        hint=item.hint,
        options=_options(choice) if choice else (),
        shuffle=bool(choice and choice.shuffle),
        choose=len(several.answers) if several else None,
        scoring=several.scoring if several else None,
        max_words=written.max_words if written else None,
        spelling=written.spelling if written else None,
    )


def _options(item: Choice) -> tuple[PublicOption, ...]:
    return tuple(PublicOption(one.id, one.text, one.pin_last) for one in item.options)
