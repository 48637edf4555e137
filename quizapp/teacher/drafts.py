"""A text on its way to become a quiz file: checked, questioned, saved, or shown again."""

from dataclasses import dataclass, replace

from quizapp import shelving
from quizapp.bank.model import Quiz
from quizapp.bank.problem import Problem
from quizapp.checking import Checked, check_as
from quizapp.checking.changes import breaking_changes
from quizapp.shelving import Cabinet
from quizapp.system.shelf import library
from quizapp.teacher import words
from quizapp.usage import Use

EXAMPLE = """\
# A quiz is one text and the questions on it. Words after a # are notes for you alone.
title: A small example
language: en
source: Written for this example.

passage: |
  The night bus leaves the station at 11. It stops at the hospital and at the port.

  The driver works five nights a week. She likes the quiet streets, but she misses dinner at home.

questions:
  # One right option: give `options`, and say which one is the `answer`.
  - id: what-she-likes
    skill: retrieve
    question: What does the driver like about her work?
    options:
      streets: The quiet streets
      dinner:
        text: Dinner at home
        error: misread
        feedback: Dinner is in the text. Read again how she feels about it.
      pay:
        text: The good pay
        error: unsupported
    answer: streets
    # Copy the words of the text that prove the answer.
    evidence: She likes the quiet streets
    why: The second paragraph says what she likes.

  # A short answer: `accept` lists what earns the points.
  - id: last-stop
    skill: retrieve
    question: Name ONE place where the bus stops.
    accept: [the hospital, the port]
    evidence: It stops at the hospital and at the port
    why: The first paragraph names both places.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What the editor shows. `quiz_id` is empty while a new quiz has no name yet.

    `base` is the digest of the file that was opened, empty where there was none. `error` says why
    nothing was saved; `theirs` is the file as somebody else saved it meanwhile; `asking` means that
    a button must confirm, `changes` what it is about.
    """

    quiz_id: str = ""
    name: str = ""
    text: str
    base: str = ""
    checked: Checked
    error: str | None = None
    theirs: str | None = None
    asking: bool = False
    changes: tuple[str, ...] = ()
    diff: tuple[tuple[str, str], ...] = ()
    unsaved: bool = False

    @property
    def is_new(self) -> bool:
        """True for a quiz that has no file yet."""
        return not self.quiz_id


def check(cabinet: Cabinet, quiz_id: str, data: bytes) -> Checked:
    """Check bytes as the file of a quiz; a new quiz without a name yet is checked as one."""
    return check_as(cabinet.path(quiz_id if shelving.is_id(quiz_id) else "new-quiz"), data)


def opened(cabinet: Cabinet, quiz_id: str, stamp: str | None) -> Draft:
    """Return the file as it is, or an earlier one to start from, ready to be edited.

    Raises LookupError when there is nothing to open.
    """
    now = shelving.find_bytes(cabinet, quiz_id)
    data = now
    if stamp is not None:
        data = shelving.get_earlier(cabinet, quiz_id, stamp)[1]
    if data is None:
        raise LookupError(quiz_id)
    return Draft(
        quiz_id=quiz_id,
        text=shelving.readable(data),
        base=shelving.digest(now) if now is not None else "",
        checked=check(cabinet, quiz_id, data),
        unsaved=stamp is not None,
    )


def broken_ties(quiz_id: str, new: Quiz, use: Use) -> tuple[str, ...]:
    """Return what stored attempts could not follow if `new` became the live version."""
    live = library().find(quiz_id)
    if live is None or not use.attempts:
        return ()
    return tuple(change.message for change in breaking_changes(live.quiz, new))


def against_file(cabinet: Cabinet, draft: Draft) -> Draft:
    """Return the draft with the file of now beside it, based on that file from here on."""
    now = shelving.find_bytes(cabinet, draft.quiz_id)
    theirs = shelving.readable(now or b"")
    return replace(
        draft,
        theirs=theirs,
        base=shelving.digest(now) if now is not None else "",
        diff=shelving.compare(theirs.encode(), draft.text.encode()),
    )


def as_json(checked: Checked) -> dict[str, object]:
    """Return what the editor's script shows: each message with its place and its source line."""
    return {
        "good": checked.quiz is not None,
        "problems": [_problem(problem, checked.lines) for problem in checked.problems],
    }


def _problem(problem: Problem, lines: tuple[str, ...]) -> dict[str, object]:
    cut = words.point(lines, problem.line, problem.column)
    return {
        "line": problem.line,
        "column": problem.column,
        "severity": problem.severity,
        "message": problem.message,
        "fix": problem.fix,
        "source": [cut.before, cut.at, cut.after] if cut else None,
    }
