"""Everything `check` says about a quiz file, each problem with its line and column."""

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from json import loads
from pathlib import Path
from typing import Any

from quizapp.bank.model import Quiz
from quizapp.bank.problem import Problem
from quizapp.bank.public import asked
from quizapp.bank.source import MAX_BYTES
from quizapp.checking.copying import check_copying
from quizapp.checking.evidence import locate
from quizapp.checking.keys import check_keys
from quizapp.checking.silence import silence


@dataclass(frozen=True, slots=True)
class Checked:
    """What the check gives: the quiz, ready to use unless there is an error, and its problems.

    `lines` are the lines of the file, for the report.
    """

    quiz: Quiz | None
    problems: tuple[Problem, ...]
    lines: tuple[str, ...]


def check(quiz_id: str, data: bytes, fingerprint: Mapping[str, Any] | None = None) -> Checked:
    """Check the bytes of a quiz file; `fingerprint` is that of the text it was retold from.

    Never raises: a fault of the checker becomes a problem too, so that one file cannot keep the
    others from being checked.
    """
    try:
        return _check(quiz_id, data, fingerprint)
    except Exception as error:
        return _refused(f"the checker itself failed ({type(error).__name__})", rule="internal")


def check_file(path: Path) -> Checked:
    """Check a quiz file, with `sources/<id>.json` beside it when the quiz is a retelling.

    What cannot be read (a folder, a link, a pipe, a file that is gone) is a problem, never a wait.
    """
    if not path.name.isprintable():  # bytes that are no UTF-8 are in it; no page could show them
        return _refused("the file name has characters that cannot be read", "rename the file")
    if path.suffix != ".yaml":
        return _refused("a quiz file ends in .yaml", f"rename it to {path.stem}.yaml")
    try:
        data = read_bytes(path)
    except OSError as error:
        return _refused(f"this file cannot be read: {_reason(error)}")
    return check_as(path, data)


def check_as(path: Path, data: bytes) -> Checked:
    """Check bytes as if `path` held them: before they are saved there. Never raises."""
    source = source_beside(path)
    try:
        fingerprint = _fingerprint(source) if source.exists() else None
    except (OSError, ValueError, RecursionError):
        return _refused(f"sources/{source.name} is damaged", "write it again from the source text")
    return check(path.stem, data, fingerprint)


def source_beside(path: Path) -> Path:
    """Return where the fingerprint is of the text that a quiz file is retold from, if it is."""
    return path.parent / "sources" / f"{path.stem}.json"


def _check(quiz_id: str, data: bytes, fingerprint: Mapping[str, Any] | None) -> Checked:
    from quizapp.bank import reader, schema  # with pydantic and YAML: many a start does without

    source = reader.read(data)
    built = schema.build(quiz_id, source)
    quiz, problems = built.quiz, list(built.problems)
    if quiz and not asked(quiz):
        remedy = "leave `levels:` out where a question can be answered at every level"
        message = "no question can be asked at every level, so students would see none"
        problems.append(source.problem(("questions",), message, remedy, on_key=True))
    if quiz:
        quiz, unproved = locate(quiz, source)
        problems += unproved
        problems += check_keys(quiz, source)
    if fingerprint:
        problems += check_copying(source, fingerprint)
    problems = silence(problems, built.ignores, source, all_rules_ran=quiz is not None)
    problems.sort(key=lambda problem: (problem.line, problem.column))
    if any(problem.severity == "error" for problem in problems):
        quiz = None
    return Checked(quiz, tuple(problems), source.lines)


def read_bytes(path: Path) -> bytes:
    """Return the bytes of a regular file, one more than the reader takes at most.

    Raises OSError for anything else; O_NONBLOCK keeps a pipe without a writer from hanging us. A
    file with a second name may be one from outside the folder, under a name inside it.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    try:
        state = os.fstat(handle)
        if not stat.S_ISREG(state.st_mode) or state.st_nlink > 1:
            raise OSError("it is not an ordinary file")
        with os.fdopen(handle, "rb", closefd=False) as file:
            return file.read(MAX_BYTES + 1)
    finally:
        os.close(handle)


def _reason(error: OSError) -> str:
    match error:
        case FileNotFoundError():
            return "it does not exist"
        case PermissionError():
            return "you may not read it"
        case _:
            return "it is a folder, a link or no ordinary file"


def _fingerprint(path: Path) -> Mapping[str, Any]:
    """Return the fingerprint of a source; raises ValueError when the file does not hold one."""
    value = loads(read_bytes(path))
    match value:
        case {"length": int(length), "runs": [*runs], "allowed": [*allowed]}:
            if length > 0 and all(isinstance(text, str) for text in (*runs, *allowed)):
                return dict(value)
    raise ValueError("not a fingerprint")


def _refused(message: str, fix: str | None = None, rule: str | None = None) -> Checked:
    return Checked(None, (Problem(1, 1, message, fix, rule=rule),), ())
