"""A quiz as canonical JSON: the text that a stored version holds, and its hash names.

Exact in both directions: fractions are written as "7/2", keys are sorted, nothing is rounded. What
is read has to fit the types of `model`. pydantic could do it; a start would load it for that alone.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from fractions import Fraction
from functools import cache
from hashlib import sha256
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from quizapp.bank.model import Defaults, Quiz

Make = Callable[[Any], Any]


def to_json(quiz: Quiz) -> str:
    """Return the one text that stands for this quiz; equal quizzes give equal texts."""
    plain = _plain(quiz)
    if quiz.defaults == Defaults():
        del plain["defaults"]  # a quiz from before there were defaults keeps its digest
    return json.dumps(
        plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_written
    )


def from_json(text: str) -> Quiz:
    """Return the quiz that `to_json` wrote. Raises ValueError for any other text."""
    try:
        quiz: Quiz = _maker(Quiz)(json.loads(text))
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    return quiz


def from_stored(text: str, stored: str) -> Quiz:
    """Return the quiz of a text that was stored with a digest. Raises ValueError for another text.

    A text of which one letter fell over may still make a quiz: one with another key.
    """
    if digest(text) != stored:
        raise ValueError("the text is not the one that was stored")
    return from_json(text)


def digest(text: str) -> str:
    """Return the SHA-256 of a canonical text, in hexadecimal."""
    return sha256(text.encode()).hexdigest()


def _plain(value: Any) -> dict[str, object]:
    return {name: getattr(value, name) for name in _names(value.__class__)}


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(one.name for one in fields(kind))


def _written(value: object) -> object:
    return str(value) if isinstance(value, Fraction) else _plain(value)


@cache
def _maker(kind: Any) -> Make:
    """Return what makes a value of this type from plain JSON, or raises ValueError."""
    origin, inner = get_origin(kind), get_args(kind)
    if is_dataclass(kind):
        return _object(kind)
    if origin in (Union, UnionType):
        return _either(inner)
    if origin is tuple:
        one = _maker(inner[0])
        return lambda value: tuple(map(one, _checked(value, list)))
    if origin is Mapping:
        each = _maker(inner[1])
        return lambda value: {key: each(held) for key, held in _checked(value, dict).items()}
    if origin is Literal:
        return lambda value: _chosen(value, inner)
    if kind is Fraction:
        return _fraction
    return lambda value: _checked(value, kind)


def _object(kind: Any) -> Make:
    hints = get_type_hints(kind)
    makers = {one.name: _maker(hints[one.name]) for one in fields(kind)}

    def make(value: Any) -> Any:
        known = {name: held for name, held in _checked(value, dict).items() if name in makers}
        try:
            return kind(**{name: makers[name](held) for name, held in known.items()})
        except TypeError as error:  # a field is missing; its name is in the message
            raise ValueError(str(error)) from error

    return make


def _either(kinds: tuple[Any, ...]) -> Make:
    """Return the maker for a value or null, or for one of the kinds of items."""
    if type(None) in kinds:
        (other,) = (kind for kind in kinds if kind is not type(None))
        rest = _maker(other)
        return lambda value: None if value is None else rest(value)
    by_name = {get_args(get_type_hints(kind)["kind"])[0]: _maker(kind) for kind in kinds}
    return lambda value: by_name[_chosen(_checked(value, dict).get("kind"), by_name)](value)


def _chosen(value: Any, known: Any) -> Any:
    if not isinstance(value, str | int) or value not in known:
        raise ValueError(f"{value!r} is none of {', '.join(map(str, known))}")
    return value


def _checked(value: Any, kind: type) -> Any:
    if type(value) is not kind:
        raise ValueError(f"{value!r} is no {kind.__name__}")
    return value


def _fraction(value: Any) -> Fraction:
    try:
        return Fraction(_checked(value, str))
    except ZeroDivisionError as error:
        raise ValueError(value) from error
