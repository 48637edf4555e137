"""What is wrong with one field, in a sentence for a teacher, at the line where it can be mended.

pydantic finds the faults; none of its own words leave this file.
"""

import re
from collections.abc import Sequence

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from quizapp.bank.format import (
    DefaultsFields,
    ExampleFields,
    FeedbackFields,
    IdeasFields,
    LevelFields,
    MultipleFields,
    NumberFields,
    NumberItemFields,
    OptionFields,
    QuizFields,
    ShortFields,
    SingleFields,
)
from quizapp.bank.problem import Problem
from quizapp.bank.source import Path, Source, Step, find_plain
from quizapp.bank.syntax import shown
from quizapp.bank.words import KIND_KEYS, NOT_YET, guess

_KINDS: tuple[type[BaseModel], ...] = (
    SingleFields,
    MultipleFields,
    ShortFields,
    NumberItemFields,
    IdeasFields,
)
ITEM_KEYS = list(dict.fromkeys(key for kind in _KINDS for key in kind.model_fields))
_GROUPS: dict[Step, type[BaseModel]] = {
    "defaults": DefaultsFields,
    "feedback": FeedbackFields,
    "tests": ExampleFields,
    "number": NumberFields,
}
_FIXES = {
    "missing evidence": "add `evidence:` with the words of the passage that decide it",
    "missing options": "write the options, or use `accept:` for a short answer",
    "missing answer": "add `answer:` with the id of the right option",
    "missing tolerance": "write `tolerance: 0` if only the exact number counts",
    "missing language": "add `language: en`, or the language of your passage",
}
_SENTENCES = {
    "empty": ("{name} is empty", "write a text after the colon, or remove the line"),
    "telling": ("the option id '{value}' tells students too much", "name it after its content"),
    "language": ("{name} should be a language tag", "write it like `en`, `de` or `pt-BR`"),
    "number": ("{name} should be a number", "write it like 150, 3.5, 1,200 or 7 million"),
    "negative": ("{name} cannot be less than 0", None),
    "bool_parsing": ("{name} should be true or false", None),
    "bool_type": ("{name} should be true or false", None),
    "too_short": ("{name} is empty", "add at least one entry, or remove the line"),
    "too_long": ("{name} has more than {max_length} entries", None),
    "greater_than_equal": ("{name} should be at least {ge}", None),
    "less_than_equal": ("{name} should be at most {le}", None),
    "int_parsing": ("{name} should be a whole number", None),
    "int_from_float": ("{name} should be a whole number", None),
    "int_parsing_size": ("{name} is too large", None),
    "int_type": ("{name} should be a whole number", None),
    "string_type": ("{name} should be a text", "put a text with brackets or braces in quotes"),
    "list_type": ("{name} should be a list", "write `[{value}]`"),
    "dict_type": ("{name} should be a group of `name: text` lines", "indent them below it"),
    "model_type": ("{name} should be a group of `name: text` lines", "indent them below it"),
}


def field_problems(errors: Sequence[ErrorDetails], source: Source) -> list[Problem]:
    """Return a problem for each of pydantic's errors, without those that follow from another."""
    meant = meant_keys(errors, source)
    problems = []
    for error in errors:
        path = _path(error, source)
        key = str(error["loc"][-1])
        alike = KIND_KEYS if key in KIND_KEYS else (key,)
        if error["type"] == "missing" and any((path, word) in meant for word in alike):
            continue
        problems.append(_problem(error, path, source))
    return problems


def meant_keys(errors: Sequence[ErrorDetails], source: Source) -> set[tuple[tuple[Step, ...], str]]:
    """Return the keys that were mistyped: the path of their group, and the key that was meant."""
    meant = set()
    for error in errors:
        if error["type"] == "extra_forbidden":
            path = _path(error, source)
            word = _guess(path)
            if word:
                meant.add((path[:-1], word))
    return meant


def _path(error: ErrorDetails, source: Source) -> tuple[Step, ...]:
    """Return the way to the deepest value of the file on the way of the error (tags fall out)."""
    path: tuple[Step, ...] = ()
    place = source.root
    for step in error["loc"]:
        inner = place.inside.get(step) if place else None
        if inner is not None:
            path, place = (*path, step), inner
    return path


def _problem(error: ErrorDetails, path: tuple[Step, ...], source: Source) -> Problem:
    kind = error["type"]
    if kind == "missing":
        return _missing(str(error["loc"][-1]), path, source)
    if kind == "extra_forbidden":
        return _extra(error, path, source)
    if kind == "union_tag_not_found":
        return _no_kind(path, source)
    if kind == "literal_error":
        return _not_a_choice(error, path, source)
    if kind == "string_pattern_mismatch":
        return _bad_id(error, path, source)
    if kind == "union_tag_invalid":
        return _wrong_shape(error, path, source)
    on_key = error["loc"][-1] == "[key]"
    return source.problem(path, *_sentence(error, path), on_key=on_key)


def _sentence(error: ErrorDetails, path: Path) -> tuple[str, str | None]:
    empty = error["input"] is None or error["input"] == ""
    message, fix = _SENTENCES.get(
        "empty" if empty else error["type"], ("{name} is not right", None)
    )
    words = {"name": _name(path), "value": shown(str(error["input"])), **(error.get("ctx") or {})}
    return message.format(**words), fix.format(**words) if fix else None


def _name(path: Path) -> str:
    """Return what a teacher calls the value at `path`."""
    words = [step for step in path if isinstance(step, str)]
    if not path or isinstance(path[-1], str):
        return f"`{shown(words[-1])}:`" if words else "this file"
    number = int(path[-1]) + 1
    return (
        f"question {number}"
        if path[0] == "questions" == words[-1]
        else (f"entry {number} of `{shown(words[-1])}:`")
    )


def _group(path: Path) -> str:
    """Return what a teacher calls the group of keys at `path`."""
    if not path:
        return "this quiz"
    if len(path) == 2 and path[0] in ("questions", "passage"):
        return "this question" if path[0] == "questions" else "this level"
    return "this option" if len(path) > 3 and path[-2] == "options" else f"`{path[-1]}:`"


def _missing(key: str, path: Path, source: Source) -> Problem:
    rule = "K06" if key in ("value", "tolerance") else None
    message = f"{_group(path)} has no `{key}:`"
    return source.problem(path, message, _FIXES.get(f"missing {key}"), rule=rule)


def _known_keys(path: Path) -> Sequence[str]:
    """Return the keys that the group with the unknown key may have."""
    if len(path) == 1:
        return list(QuizFields.model_fields)
    if path[0] == "passage":
        return list(LevelFields.model_fields)
    if len(path) == 3:
        return ITEM_KEYS
    return list(_GROUPS.get(path[-2], OptionFields).model_fields)


def _guess(path: Path) -> str | None:
    key = str(path[-1])
    known = _known_keys(path)
    return None if key in NOT_YET or key in known else guess(key, known)


def _extra(error: ErrorDetails, path: Path, source: Source) -> Problem:
    key = str(path[-1])
    name = f"`{shown(key)}:`"
    group = _group(path[:-1])
    if key in NOT_YET and group in ("this quiz", "this question"):
        message = f"{name} is part of the format but this version of quizapp cannot use it yet"
        return source.problem(path, message, "remove it", on_key=True)
    if group == "this question" and key in ITEM_KEYS:
        return _wrong_kind(key, path, source)
    word = _guess(path)
    fix = f"did you mean `{word}:`?" if word else None
    value = find_plain(source.data, path)
    if word and isinstance(value, str) and len(value) <= 40 and "\n" not in value:
        fix = f"did you mean `{word}: {value}`?"
    return source.problem(path, f"{group} has an unknown key {name}", fix, on_key=True)


def _wrong_kind(key: str, path: Path, source: Source) -> Problem:
    item = find_plain(source.data, path[:-1])
    keys = item if isinstance(item, dict) else {}
    decides = next((word for word in KIND_KEYS if word in keys and word != key), "options")
    if key in KIND_KEYS:
        message = f"`{key}:` and `{decides}:` cannot stand in one question"
        return source.problem(path, message, "keep one way to answer", on_key=True)
    message = f"`{key}:` does not belong to a question with `{decides}:`"
    return source.problem(path, message, "remove it", on_key=True)


def _no_kind(path: Path, source: Source) -> Problem:
    item = find_plain(source.data, path)
    if isinstance(item, dict) and "select" in item:
        message = "`select:` is part of the format but this version of quizapp cannot use it yet"
        return source.problem([*path, "select"], message, "remove the question", on_key=True)
    fix = "add `options:` with `answer:` or `answers:`, or `accept:`, `number:` or `ideas:`"
    return source.problem(path, "this question has no answer", fix)


def _not_a_choice(error: ErrorDetails, path: Path, source: Source) -> Problem:
    choices = re.findall("'([^']*)'", (error.get("ctx") or {}).get("expected", ""))
    key, value = path[-1], error["input"]
    if not isinstance(value, str):
        return source.problem(
            path, f"`{key}:` is empty" if value is None else f"`{key}:` should be a word"
        )
    word = guess(value, choices)
    fix = f"did you mean `{key}: {word}`?" if word else None
    allowed = " or ".join(choices) if len(choices) < 3 else ", ".join(choices)
    return source.problem(path, f"`{key}: {shown(value)}` is not one of: {allowed}", fix)


def _bad_id(error: ErrorDetails, path: Path, source: Source) -> Problem:
    on_key = error["loc"][-1] == "[key]"
    value = str(error["input"])
    message = (
        f"the id '{shown(value)}' should have only small letters, digits and hyphens, 40 at most"
    )
    plain = id_from(value)
    fix = f"did you mean `{plain}`?" if plain and plain != value else None
    if on_key and error["input"] and find_plain(source.data, path) is None:
        fix = "a comma inside braces starts a new entry: put a text with commas in quotes"
    return source.problem(path, message, fix, on_key=on_key)


def id_from(text: str) -> str:
    """Return the id that is nearest to `text`; empty when nothing of it can stand in an id."""
    return re.sub("[^a-z0-9]+", "-", text[:80].casefold()).strip("-")[:40].rstrip("-")


def _wrong_shape(error: ErrorDetails, path: Path, source: Source) -> Problem:
    """A value that is written as a text, a list or a group where only the others may stand."""
    value = error["input"]
    expected = (error.get("ctx") or {}).get("expected_tags", "")
    names = {"<text>": "a text", "<list>": "a list", "<map>": "a group of `name: text` lines"}
    allowed = " or ".join(name for tag, name in names.items() if tag in expected)
    if value is None:
        return source.problem(path, f"{_name(path)} is empty", "write it after the colon")
    fix = "put a text with brackets or braces in quotes"
    if isinstance(value, str):
        fix = f"write `[{shown(value)}]`"
    return source.problem(path, f"{_name(path)} should be {allowed}", fix)
