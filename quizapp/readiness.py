"""Is everything there that a quiz needs? Read by the health page and at the start.

Alembic is left out of it: a start with nothing to migrate does without.
"""

import ast
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from sqlalchemy import inspect

from quizapp.database import db
from quizapp.library import Library

_SAID = re.compile(r"^(revision|down_revision) = (.+)$", re.MULTILINE)


def find_fault(library: Library, scripts: str) -> str | None:
    """Return the first thing that is missing, in words, or None. Raises SQLAlchemyError.

    `scripts` is the folder of migrations.
    """
    if not is_migrated(scripts):
        return "the database has not been migrated"
    if not library.shelf.quizzes:
        return "no quiz is live"
    return None


def is_migrated(scripts: str) -> bool:
    """Tell whether the database stands at the newest migration."""
    return _revision() == _head(scripts)


def is_behind(scripts: str) -> bool:
    """Tell whether the database was made by an older version: there is something to lose."""
    revision = _revision()
    return revision in _steps(scripts) and revision != _head(scripts)


def _revision() -> str | None:
    link = db.session.connection()
    if not inspect(link).has_table("alembic_version"):
        return None
    found: str | None = link.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return found


def _head(scripts: str) -> str:
    """Return the one migration that no other comes after. Raises ValueError when two could be."""
    steps = _steps(scripts)
    (head,) = steps.keys() - set(steps.values())
    return head


@cache
def _steps(scripts: str) -> Mapping[str, str | None]:
    """Return each migration with the one before it, as their files say at the top."""
    return dict(_step(path) for path in Path(scripts, "versions").glob("*.py"))


def _step(path: Path) -> tuple[str, str | None]:
    said = {name: ast.literal_eval(value) for name, value in _SAID.findall(path.read_text("utf-8"))}
    return said["revision"], said["down_revision"]
