"""What the list of quizzes shows: each file or version once, what is broken first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from flask import current_app

from quizapp import shelving
from quizapp.bank.problem import Problem
from quizapp.library import BrokenFile, Library, LiveVersion, Shelf
from quizapp.shelving import Cabinet
from quizapp.system.shelf import library
from quizapp.usage import attempts_of

QuizState = Literal["live", "older", "broken", "gone"]
STATES: dict[QuizState, str] = {
    "live": "In use",
    "older": "File has errors, last good version in use",
    "broken": "File has errors, not in use",
    "gone": "File is gone, last version in use",
}
ORDER: tuple[QuizState, ...] = ("broken", "older", "gone", "live")


@dataclass(frozen=True, slots=True)
class Row:
    """One quiz. `id` is None for a file whose name is no id: it has no page, only messages."""

    id: str | None
    name: str
    state: QuizState
    live: LiveVersion | None
    file: BrokenFile | None
    warnings: tuple[Problem, ...]
    attempts: int
    changed_at: datetime | None

    @property
    def title(self) -> str:
        """The title of the live version, else the name of the file."""
        return self.live.quiz.title if self.live else self.name

    @property
    def said(self) -> str:
        """The state in words."""
        return STATES[self.state]


def cabinet() -> Cabinet:
    """Return where quiz files and the earlier ones are."""
    return Cabinet(library().folder, Path(current_app.instance_path) / "earlier")


def rows(shelf: Shelf) -> tuple[Row, ...]:
    """Return every quiz of the shelf, what is broken first, then by title."""
    names = {f"{quiz_id}.yaml" for quiz_id in shelf.quizzes} | set(shelf.broken)
    found = _rows(shelf, names)
    return tuple(sorted(found, key=lambda row: (ORDER.index(row.state), row.title.casefold())))


def get_row(bank: Library, quiz_id: str) -> Row:
    """Return one quiz of the shelf. Raises LookupError when there is none.

    Another process may have saved a new one a moment ago: then its file is taken now.
    """
    name = f"{quiz_id}.yaml"
    if not shelving.is_id(quiz_id):
        raise LookupError(quiz_id)
    if not _is_known(bank.shelf, name) and shelving.find_bytes(cabinet(), quiz_id) is not None:
        bank.take(name)
    if not _is_known(bank.shelf, name):
        raise LookupError(quiz_id)
    return _rows(bank.shelf, [name])[0]


def _is_known(shelf: Shelf, name: str) -> bool:
    return name in shelf.broken or name.removesuffix(".yaml") in shelf.quizzes


def _rows(shelf: Shelf, names: Iterable[str]) -> list[Row]:
    counts = attempts_of([version.id for version in shelf.quizzes.values()])
    return [_row(shelf, name, counts) for name in names]


def _row(shelf: Shelf, name: str, counts: Mapping[int, int]) -> Row:
    stem = Path(name).stem
    known = name == f"{stem}.yaml" and shelving.is_id(stem)
    live = shelf.quizzes.get(stem) if name.endswith(".yaml") else None
    file = shelf.broken.get(name)
    return Row(
        id=stem if known else None,
        name=file.name if file else name,
        state=_state(live, file),
        live=live,
        file=file,
        warnings=shelf.warnings.get(name, ()),
        attempts=counts.get(live.id, 0) if live else 0,
        changed_at=shelving.find_changed_at(cabinet(), stem) if known else None,
    )


def _state(live: LiveVersion | None, file: BrokenFile | None) -> QuizState:
    if file is None:
        return "live"
    if file.gone:
        return "gone"
    return "older" if live else "broken"
