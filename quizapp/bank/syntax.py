"""YAML's own complaints, said in a teacher's words and put where the mistake was made."""

import re
from typing import Protocol

import yaml

from quizapp.bank.problem import Problem
from quizapp.bank.source import Mark

_SWALLOWED = re.compile(r":(\s|$)")
_KEY_ALONE = re.compile(r"\s*(- +)*[\w-]+\s*$")
_MARKS_OF_TEXT = {"@": "@", "`": "a backtick", "%": "%"}


class Event(Protocol):
    """What the parser of YAML hands on, with its place."""

    start_mark: Mark
    end_mark: Mark


class Node(Event, Protocol):
    """The event of a value; the library's own types leave open whether it has a place."""

    anchor: str | None
    tag: str | None


class Scalar(Node, Protocol):
    """The event of a value that is a text; `style` is how it is quoted."""

    value: str
    style: str


def shown(text: str) -> str:
    """Return the text, cut to a length that fits into a message."""
    return text if len(text) <= 40 else text[:39] + "…"


def explain(error: yaml.YAMLError, last: Scalar | None, lines: tuple[str, ...]) -> Problem:
    """Return the problem behind `error`; `last` is the text that was read just before it."""
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return Problem(1, 1, "this file cannot be read as YAML")
    mark, start = error.problem_mark, error.context_mark or error.problem_mark
    quoted = _runaway_quote(last)
    if quoted:
        return quoted
    said = error.problem or ""
    here, there = (mark.line + 1, mark.column + 1), (start.line + 1, start.column + 1)
    line = lines[mark.line] if mark.line < len(lines) else ""
    if said == "mapping values are not allowed in this context":
        return _colon(here, line)
    if said == "did not find expected key":
        return _expected_key(here, there, line, last)
    if said == "found unexpected end of stream":
        message = f"the quote opened on line {there[0]} is never closed"
        return Problem(*there, message, "add the closing quote")
    if "tab character" in said or said == "found character that cannot start any token":
        return _bad_start(here, line)
    return _rarer(said, error.context or "", here, there)


def _runaway_quote(last: Scalar | None) -> Problem | None:
    """A quote that was closed lines later, by the next one, and swallowed keys on its way."""
    if not last or not last.style or last.style not in "'\"":
        return None
    start, end = last.start_mark, last.end_mark
    if start.line == end.line or not _SWALLOWED.search(last.value):
        return None
    message = f"the quote opened on line {start.line + 1} is not closed before line {end.line + 1}"
    fix = "add the closing quote at the end of the text"
    return Problem(start.line + 1, start.column + 1, message, fix)


def _colon(here: tuple[int, int], line: str) -> Problem:
    if _KEY_ALONE.match(line[: here[1] - 1]):
        message = "this line does not fit under the line above it"
        return Problem(*here, message, "check the spaces at the start of both lines")
    message = "a colon inside a text needs quotes around the text"
    return Problem(*here, message, "put the whole sentence in quotes")


def _expected_key(
    here: tuple[int, int], there: tuple[int, int], line: str, last: Scalar | None
) -> Problem:
    quoted = last and last.style and last.style in "'\""
    if last and quoted and last.end_mark.line + 1 == here[0]:
        message = "something follows the closing quote"
        return Problem(*here, message, "put the whole sentence in quotes")
    if not line[: here[1] - 1].strip():
        message = f"this line does not line up with the group that begins on line {there[0]}"
        return Problem(*here, message, "check the spaces at the start of the line")
    return Problem(*here, "this cannot stand here", "put the whole sentence in quotes")


def _bad_start(here: tuple[int, int], line: str) -> Problem:
    character = line[here[1] - 1 : here[1]]
    if character == "\t" or "\t" in line[: len(line) - len(line.lstrip())]:
        return Problem(*here, "a tab stands at the start of this line", "use spaces instead")
    name = _MARKS_OF_TEXT.get(character, "this character")
    return Problem(*here, f"a text cannot begin with {name}", "put the whole text in quotes")


def _rarer(said: str, context: str, here: tuple[int, int], there: tuple[int, int]) -> Problem:
    if "alphabetic or numeric" in said:
        sign = "&" if "anchor" in context else "*"
        return Problem(*there, f"a text cannot begin with `{sign}`", "put the whole text in quotes")
    if "tag" in context:
        return Problem(*there, "a text cannot begin with `!`", "put the whole text in quotes")
    if said == "could not find expected ':'":
        message = "this line has no colon after its first word"
        return Problem(*there, message, "write `word: text`, or indent a text that goes on")
    if "escape" in said:
        message = "a backslash inside double quotes means something else"
        return Problem(*here, message, "use single quotes, or write two backslashes")
    if said.startswith("did not find expected ',' or"):
        message = f"the bracket opened on line {there[0]} is not closed before this place"
        return Problem(*here, message, f"add `{said[-2]}`, or put a text with quotes in quotes")
    if said.startswith("block sequence entries"):
        return Problem(*here, "a list cannot begin here", "start the list on its own line")
    if said.startswith("did not find expected '-'"):
        message = f"this line does not belong to the list that begins on line {there[0]}"
        return Problem(*here, message, "begin it with a dash, or check its spaces")
    return Problem(*here, "this cannot be read here", "check the line, and put text in quotes")
