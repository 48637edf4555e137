"""Statements that a class sends by the hundred: compiled once, then run as text, values apart.

SQLAlchemy prepares each execution of a statement anew; of a short one, that is most of its cost.
Errors, connections and listeners are those of SQLAlchemy all the same.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Dialect, Executable
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.types import TypeEngine

Change = Callable[[Any], Any]


class _Text:
    """One statement in the words of one database: what goes in, in order, and what comes out."""

    def __init__(self, statement: Any, dialect: Dialect, columns: Sequence[str]) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=columns or None)
        assert isinstance(compiled, SQLCompiler)
        self.sql, self._named = compiled.string, compiled.positiontup is None
        names = compiled.positiontup or list(compiled.params)
        self._sent = [
            (name, compiled.params[name], _sending(compiled.binds[name].type, dialect))
            for name in names
        ]
        shown = getattr(statement, "exported_columns", ())
        found = [_received(column.type, dialect) for column in shown]
        self._changes = [(place, change) for place, change in enumerate(found) if change]

    def send(self, values: Mapping[str, Any]) -> Any:
        """Return the values as the driver takes them: by name or in order."""
        sent = [
            (name, change(values.get(name, fixed)) if change else values.get(name, fixed))
            for name, fixed, change in self._sent
        ]
        return dict(sent) if self._named else tuple(value for _, value in sent)

    def receive(self, row: Sequence[Any]) -> tuple[Any, ...]:
        """Return a row with the types of its columns."""
        changed = list(row)
        for place, change in self._changes:
            changed[place] = change(changed[place])
        return tuple(changed)


class Prepared:
    """A statement with named parameters, or a function that makes it for a dialect by its name.

    `columns` are those that an INSERT without values of its own is given.
    """

    def __init__(
        self, statement: Executable | Callable[[str], Executable], columns: Sequence[str] = ()
    ) -> None:
        self._statement, self._columns = statement, columns
        self._texts: dict[str, _Text] = {}

    def run(self, link: Connection, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Run it, return its rows. Raises SQLAlchemyError."""
        text = self._text(link.dialect)
        done = link.exec_driver_sql(text.sql, text.send(values))
        return [text.receive(row) for row in done.all()] if done.returns_rows else []

    def run_each(self, link: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run it once for each of these sets of values. Raises SQLAlchemyError."""
        text = self._text(link.dialect)
        link.exec_driver_sql(text.sql, [text.send(row) for row in rows])

    def _text(self, dialect: Dialect) -> _Text:
        if dialect.name not in self._texts:
            made = self._statement
            if not isinstance(made, ClauseElement):
                made = made(dialect.name)  # type: ignore[operator]  # one of the two
            self._texts[dialect.name] = _Text(made, dialect, self._columns)
        return self._texts[dialect.name]


def _sending(kind: TypeEngine[Any], dialect: Dialect) -> Change | None:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _received(kind: TypeEngine[Any], dialect: Dialect) -> Change | None:
    return kind.dialect_impl(dialect).result_processor(dialect, None)
