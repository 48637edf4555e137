"""YAML to plain values with positions, bounded while the events arrive, and without surprises.

Every scalar stays the text that the teacher typed (`no`, `1:30`, `007`). Nothing here builds an
object from a tag, follows an alias or recurses, so no file can crash, hang or swell the process.
"""

import codecs
import re
from collections.abc import Callable

import yaml

from quizapp.bank.problem import Problem
from quizapp.bank.source import MAX_BYTES, Mark, Place, Plain, Source, Step
from quizapp.bank.syntax import Event, Node, Scalar, explain, shown

MAX_DEPTH = 20
MAX_NODES = 50_000
MAX_PROBLEMS = 100

# Not what YAML 1.1 calls printable, or a byte order mark inside the text: nobody sees it there.
_FORBIDDEN = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_NULLS = frozenset(("", "~", "null"))
_DROPPED = object()


def read(data: bytes) -> Source:
    """Read the bytes of a quiz file. Never raises: what is wrong stands in `problems`."""
    text, problem = _decode(data)
    lines = tuple(text.splitlines())
    if problem:
        return Source(None, (problem,), lines)
    builder = _Builder()
    try:
        builder.feed(text)
    except _StopError as stop:
        return Source(None, (*builder.problems, stop.problem), lines)
    except yaml.YAMLError as error:
        return Source(None, (*builder.problems, explain(error, builder.last, lines)), lines)
    return builder.source(lines)


def _decode(data: bytes) -> tuple[str, Problem | None]:
    """Return the text without its byte order mark, and the problem that stops the reading."""
    if len(data) > MAX_BYTES:
        head = data[:MAX_BYTES].decode("utf-8", "replace")
        return head, Problem(1, 1, "this file is larger than 1 MiB, too large for a quiz")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        message = "this file is saved as UTF-16"
        return data.decode("utf-16", "replace"), Problem(1, 1, message, "save it again as UTF-8")
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        place = _place_after(data[: error.start].decode("utf-8"))
        message = "this character is not UTF-8, so it cannot be read"
        return data.decode("utf-8", "replace"), Problem(*place, message, "save the file as UTF-8")
    found = _FORBIDDEN.search(text)
    return text, _invisible(*_place_after(text[: found.start()]), found[0]) if found else None


def _place_after(text: str) -> tuple[int, int]:
    """Return line and column of the character that follows `text`."""
    lines = (text + "|").splitlines()
    return len(lines), len(lines[-1])


def _invisible(line: int, column: int, character: str) -> Problem:
    message = f"an invisible character (U+{ord(character):04X}) stands here"
    return Problem(line, column, message, "delete it and type the text again")


class _StopError(Exception):
    """The file must not be read any further."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class _Frame:
    """A mapping or list that is still open; `key` is the key that waits for its value."""

    __slots__ = ("box", "is_key", "key", "key_mark", "places")

    def __init__(self, box: dict[str, Plain] | list[Plain], is_key: bool = False) -> None:
        self.box = box
        self.is_key = is_key
        self.places: dict[Step, Place] = {}
        self.key: object = None
        self.key_mark: Mark | None = None


class _Builder:
    """Builds the plain values and their places from YAML events, within the limits."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.last: Scalar | None = None
        self._root: list[Plain] = []
        self._frame = _Frame(self._root)
        self._stack: list[_Frame] = []
        self._nodes = 0
        self._documents = 0

    def feed(self, text: str) -> None:
        """Take in a whole file. Raises _StopError at a limit, yaml.YAMLError at bad syntax."""
        handlers: dict[type[yaml.Event], Callable[..., None]] = {
            yaml.ScalarEvent: self._scalar,
            yaml.MappingStartEvent: self._open,
            yaml.SequenceStartEvent: self._open,
            yaml.MappingEndEvent: self._close,
            yaml.SequenceEndEvent: self._close,
            yaml.AliasEvent: self._alias,
            yaml.DocumentStartEvent: self._document,
        }
        for event in iter(yaml.CSafeLoader(text).get_event, None):
            handler = handlers.get(type(event))
            if handler:
                handler(event)

    def source(self, lines: tuple[str, ...]) -> Source:
        """Return what was read; a file that is not a mapping becomes a problem."""
        data = self._root[0] if self._root else None
        root = self._frame.places.get(0)
        if isinstance(data, dict):
            return Source(data, tuple(self.problems), lines, root)
        what = "empty" if data is None else "not a quiz: it should begin with `title:`"
        mark = root.value if root and data is not None else None
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        self.problems.append(Problem(*place, f"this file is {what}"))
        return Source(None, tuple(self.problems), lines)

    def _scalar(self, event: Scalar) -> None:
        self._count(event)
        self.last = event
        text: str | None = event.value
        style = event.style
        if not style and text in _NULLS:
            text = None
        elif style in ("", ">") and "\n" in event.value:
            # YAML folds a blank line to one line break; the teacher typed a paragraph.
            text = event.value.replace("\n", "\n\n")
        elif style == '"' and (found := _FORBIDDEN.search(event.value)):
            mark = event.start_mark
            self._report(_invisible(mark.line + 1, mark.column + 1, found[0]))
        frame = self._frame
        if frame.key is None and type(frame.box) is dict:
            self._key(text, event)
        else:
            self._put(text, event.start_mark, {})

    def _key(self, text: str | None, event: Scalar) -> None:
        frame = self._frame
        frame.key_mark = event.start_mark
        frame.key = _DROPPED
        if text is None:
            self._problem(event, "the word before this colon is missing")
        elif text == "<<" and not event.style:
            self._problem(event, "`<<` is not allowed here", "write the lines out in full")
        elif text in frame.places:
            first = frame.places[text].key.line + 1
            message = f"key '{shown(text)}' is given twice (first on line {first})"
            self._problem(event, message, "keep one of the two")
        else:
            frame.key = text

    def _put(self, value: Plain, mark: Mark, inside: dict[Step, Place]) -> None:
        frame = self._frame
        box = frame.box
        if type(box) is list:
            frame.places[len(box)] = Place(mark, mark, inside)
            box.append(value)
            return
        key, frame.key = frame.key, None
        # A key that was refused takes its value with it.
        if type(key) is str and type(box) is dict and frame.key_mark:
            box[key] = value
            frame.places[key] = Place(frame.key_mark, mark, inside)

    def _open(self, event: Node) -> None:
        self._count(event)
        self.last = None
        parent = self._frame
        is_key = parent.key is None and type(parent.box) is dict
        frame = _Frame({} if isinstance(event, yaml.MappingStartEvent) else [], is_key)
        if is_key:
            advice = "put a text that has brackets, braces or a question mark in quotes"
            self._problem(event, "a list or a group cannot stand before a colon", advice)
        else:
            self._put(frame.box, event.start_mark, frame.places)
        self._stack.append(parent)
        self._frame = frame
        if len(self._stack) > MAX_DEPTH:
            raise _StopError(_at(event, f"this is nested more than {MAX_DEPTH} levels deep"))

    def _close(self, event: Event) -> None:
        self.last = None
        closed, self._frame = self._frame, self._stack.pop()
        if closed.is_key:
            self._frame.key = _DROPPED
            self._frame.key_mark = event.start_mark

    def _alias(self, event: Node) -> None:
        mark = event.start_mark
        self._problem(event, "a text cannot begin with `*` here", "put the whole text in quotes")
        frame = self._frame
        if frame.key is None and type(frame.box) is dict:
            frame.key = _DROPPED
        else:
            self._put(f"*{event.anchor}", mark, {})

    def _document(self, event: Event) -> None:
        self._documents += 1
        if self._documents > 1:
            message = "`---` starts a second quiz here"
            raise _StopError(_at(event, message, "keep one quiz in each file"))

    def _count(self, event: Node) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise _StopError(_at(event, f"this file has more than {MAX_NODES:,} entries"))
        if event.anchor is not None:
            self._problem(event, "a text cannot begin with `&` here", "put it in quotes")
        if event.tag is not None:
            self._problem(event, "a text cannot begin with `!` here", "put it in quotes")

    def _problem(self, event: Event, message: str, fix: str | None = None) -> None:
        self._report(_at(event, message, fix))

    def _report(self, problem: Problem) -> None:
        if len(self.problems) >= MAX_PROBLEMS:
            raise _StopError(problem)
        self.problems.append(problem)


def _at(event: Event, message: str, fix: str | None = None) -> Problem:
    return Problem(event.start_mark.line + 1, event.start_mark.column + 1, message, fix)
