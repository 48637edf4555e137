"""What the teacher's pages say in words: keys, answers, problems in a quiz file."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from quizapp.bank.model import (
    Given,
    Item,
    MultipleChoice,
    NumberAnswer,
    ShortAnswer,
    SingleChoice,
)
from quizapp.bank.numerals import say_number

SHOWN_BEFORE = 60
SHOWN_AFTER = 50


@dataclass(frozen=True, slots=True)
class Pointed:
    """A line of a quiz file, cut around the character that a problem points at."""

    before: str
    at: str
    after: str


def point(lines: Sequence[str], line: int, column: int) -> Pointed | None:
    """Return the source line cut around its column (both count from 1); None beyond the file."""
    if not 1 <= line <= len(lines):
        return None
    text, place = lines[line - 1], column - 1
    before, after = text[:place], text[place + 1 :]
    return Pointed(
        before if len(before) <= SHOWN_BEFORE else "…" + before[-SHOWN_BEFORE:],
        text[place : place + 1] or " ",
        after if len(after) <= SHOWN_AFTER else after[:SHOWN_AFTER] + "…",
    )


def describe_key(item: Item, level: str) -> tuple[str, ...]:
    """Return what earns the points, as the teacher wrote it, for the level of an answer."""
    if isinstance(item, SingleChoice | MultipleChoice):
        keys = (item.answer,) if isinstance(item, SingleChoice) else item.answers
        return tuple(option.text for option in item.options if option.id in keys)
    if isinstance(item, ShortAnswer):
        return item.accept.get(level) or next(iter(item.accept.values()))
    if isinstance(item, NumberAnswer):
        qualifier = "" if item.qualifier == "none" else f"{item.qualifier} "
        return (qualifier + say_number(item.value),)
    return tuple(f"{idea.name}: {', '.join(idea.keywords)}" for idea in item.ideas)


def describe_given(item: Item | None, given: Given) -> tuple[str, ...]:
    """Return an answer as the student saw it: the texts of options, or what was typed."""
    if not isinstance(item, SingleChoice | MultipleChoice):
        return tuple(value for value in given.values if value.strip())
    texts = {option.id: option.text for option in item.options}
    return tuple(texts.get(value, value) for value in given.values)


def count_of(number: int, word: str) -> str:
    """Return a number with its noun: "1 answer", "2 answers"."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def is_loopback(host: str) -> bool:
    """Return whether only this computer can open an address, such as localhost:8000."""
    name = urlsplit(f"//{host}").hostname or ""
    return name in ("localhost", "::1") or name.startswith("127.")


def option_ids(item: Item) -> tuple[str, ...]:
    """Return the ids of all options; none for a written answer."""
    if not isinstance(item, SingleChoice | MultipleChoice):
        return ()
    return tuple(option.id for option in item.options)
