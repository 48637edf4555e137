"""The report of `check`: for people as text with a caret, for tools as JSON."""

import json
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from quizapp.bank.problem import Problem
from quizapp.checking import Checked

WIDTH = 100  # columns of a source line that are shown around the caret
LEAD = 60


def find_files(paths: Sequence[Path]) -> list[Path]:
    """Return the quiz files that `paths` name: a file as it is, a folder as the quizzes in it.

    A file ending in `.yml` is included, so that the checker can say what to do about it.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = (*path.glob("*.yaml"), *path.glob("*.yml"))
            found += sorted(file for file in inside if not file.name.startswith("."))
        else:
            found.append(path)
    return found


def render_text(results: Sequence[tuple[str, Checked]]) -> str:
    """Return the report for people; every result comes with the path to show for it."""
    parts = [
        _entry(path, problem, checked.lines)
        for path, checked in results
        for problem in checked.problems
    ]
    return "\n".join([*parts, _closing(results)]) + "\n"


def render_json(results: Sequence[tuple[str, Checked]]) -> str:
    """Return the report for tools: a JSON list with one object for each problem."""
    rows = [
        {
            "file": path,
            "line": problem.line,
            "column": problem.column,
            "severity": problem.severity,
            "rule": problem.rule,
            "message": problem.message,
            "fix": problem.fix,
        }
        for path, checked in results
        for problem in checked.problems
    ]
    return json.dumps(rows, indent=2) + "\n"


def _entry(path: str, problem: Problem, lines: Sequence[str]) -> str:
    """Return one problem: where and what, its source line with a caret, and the fix."""
    kind = "warning: " if problem.severity == "warning" else ""
    rule = f" [{problem.rule}]" if problem.rule else ""
    head = f"{path}:{problem.line}:{problem.column}: {kind}{problem.message}{rule}"
    entry = [_visible(head)]
    if problem.line <= len(lines):
        entry += _pointed(lines[problem.line - 1], problem.column)
    if problem.fix:
        entry.append(f"    fix: {_visible(problem.fix)}")
    return "\n".join(entry)


def _pointed(line: str, column: int) -> list[str]:
    """Return the source line and the line with the caret, both cut to what fits on a screen."""
    start = max(0, column - LEAD) if len(line) > WIDTH else 0
    shown = _visible(line[start : start + WIDTH])
    before = "…" if start else ""
    after = "…" if start + WIDTH < len(line) else ""
    indent = sum(map(_columns, before + shown[: column - 1 - start]))
    return [f"    {before}{shown}{after}", f"    {' ' * indent}^"]


def _visible(text: str) -> str:
    """Return the text, one character for one, with nothing in it that moves the cursor."""
    return "".join(
        sign if sign.isprintable() else " " if sign.isspace() else "\ufffd" for sign in text
    )


def _columns(sign: str) -> int:
    """Return how many columns of a terminal a character takes."""
    if unicodedata.combining(sign):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1


def _closing(results: Sequence[tuple[str, Checked]]) -> str:
    found = [problem.severity for _, checked in results for problem in checked.problems]
    counts = [
        _counted(found.count("error"), "error"),
        _counted(found.count("warning"), "warning"),
    ]
    said = ", ".join(filter(None, counts)) or "no problems"
    return f"{_counted(len(results), 'file') or 'no files'}, {said}"


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}" if number else ""
