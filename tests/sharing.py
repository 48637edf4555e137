"""What the applications of a test run share: each test has one of its own, which costs time.

Nothing here can carry anything from one test to another but what is worked out from files and
from code: compiled templates, addresses and statements, and the check of the tests' own quizzes.
"""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Dialect
from werkzeug.routing import Rule

from quizapp import library
from quizapp.checking import Checked, check_file
from quizapp.database import db
from quizapp.system import files

QUESTIONS = Path(__file__).parent / "questions"
COMPILED = ("arguments", "_parts", "_trace", "_converters", "_build", "_build_unknown")


class _Templates(BytecodeCache):
    """The code of templates, in memory. One that is edited has another checksum."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take the code of a template, if it is here."""
        if bucket.key in self._code:
            bucket.bytecode_from_string(self._code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code of a template."""
        self._code[bucket.key] = bucket.bytecode_to_string()


_templates = _Templates()
_dialects: dict[str, Dialect] = {}
_statements: dict[Any, Any] = {}


def share(app: Flask) -> None:
    """Let an application use what others have compiled."""
    app.jinja_env.bytecode_cache = _templates
    with app.app_context():
        # Statements are found by their dialect: with one per kind of database, once is enough.
        engine = db.engine
        engine.dialect = _dialects.setdefault(engine.dialect.name, engine.dialect)
        engine.update_execution_options(compiled_cache=_statements)


def share_results(patch: pytest.MonkeyPatch) -> None:
    """Keep what was worked out for an address, and for a quiz of the tests that has not changed."""
    patch.setattr(library, "check_file", _check)
    patch.setattr(files, "_read", functools.cache(files._read))
    patch.setattr(Rule, "compile", _sharing(Rule.compile))


@functools.cache
def _check_once(path: Path, _state: tuple[int, int, int]) -> Checked:
    return check_file(path)


def _check(path: Path) -> Checked:
    if path.parent != QUESTIONS:
        return check_file(path)
    state = path.stat()
    return _check_once(path, (state.st_mtime_ns, state.st_size, state.st_ino))


def _sharing(compile_rule: Callable[[Rule], None]) -> Callable[[Rule], None]:
    """What a rule is compiled to fits the same rule of another application with the same map."""
    compiled: dict[tuple[object, ...], dict[str, Any]] = {}

    def compile_once(rule: Rule) -> None:
        own = (type(rule), rule.rule, repr(rule.defaults), rule.merge_slashes)
        key = (*own, rule.subdomain, rule.host, *sorted(rule.map.converters.items()))
        if key not in compiled:
            compile_rule(rule)
            compiled[key] = {name: vars(rule)[name] for name in COMPILED}
        vars(rule).update(compiled[key])

    return compile_once
