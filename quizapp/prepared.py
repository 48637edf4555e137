"""Statements that a class sends by the hundred: compiled once, then run as text, values apart.

SQLAlchemy prepares each execution of a statement anew, and its connections keep account of much
that a statement or two do not need: that was most of their cost. So they go to the driver. The
words, the types and the errors are those of SQLAlchemy all the same, and so is the pool.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, cast

from sqlalchemy import Connection, Dialect, Engine, Executable
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.types import TypeEngine

Change = Callable[[Any], Any]


class Link:
    """A connection of the driver: what runs on it is in the transaction that is open there."""

    def __init__(self, dialect: Dialect, driver: Any) -> None:
        self.dialect, self._driver = dialect, driver

    def begin(self, *, immediate: bool) -> None:
        """Begin a transaction, of SQLite as its writer or not; PostgreSQL's driver begins itself.

        Raises DBAPIError, as do the others.
        """
        if self.dialect.name == "sqlite":
            self.run("BEGIN IMMEDIATE" if immediate else "BEGIN", ())

    def run(self, sql: str, values: Any) -> list[tuple[Any, ...]]:
        """Run a statement; return its rows, none where it has none."""
        try:
            done = self._driver.execute(sql, values)
            return done.fetchall() if done.description else []
        except self._failed as error:
            raise self._translated(error, sql) from error

    def run_each(self, sql: str, rows: Sequence[Any]) -> None:
        """Run a statement once for each of these sets of values."""
        try:
            self._driver.cursor().executemany(sql, rows)
        except self._failed as error:
            raise self._translated(error, sql) from error

    def commit(self) -> None:
        """End the transaction; what was written is kept."""
        try:
            self._driver.commit()
        except self._failed as error:
            raise self._translated(error, "COMMIT") from error

    @property
    def _failed(self) -> type[Exception]:
        return self.dialect.loaded_dbapi.Error

    def _translated(self, error: Exception, sql: str) -> Exception:
        return translated(error, self.dialect, sql)


def translated(error: Exception, dialect: Dialect, sql: str) -> Exception:
    """Return the error of SQLAlchemy for one of the driver; it does not say what was sent."""
    failed = dialect.loaded_dbapi.Error
    return cast(
        Exception,
        DBAPIError.instance(sql, None, error, failed, hide_parameters=True, dialect=dialect),
    )


def link_of(connection: Connection) -> Link:
    """Return the link on which a connection of SQLAlchemy works, and its transaction."""
    return Link(connection.dialect, connection.connection.dbapi_connection)


@contextmanager
def lend(engine: Engine) -> Iterator[Link]:
    """Lend a connection of the pool, which rolls back what is open when it is given back.

    Raises DBAPIError when the database has none, SQLAlchemy's TimeoutError when the pool has.
    """
    dialect = engine.dialect
    try:
        lent = engine.raw_connection()
    except dialect.loaded_dbapi.Error as error:
        raise translated(error, dialect, "") from error
    try:
        yield Link(dialect, lent.dbapi_connection)
    except DBAPIError as error:
        if dialect.is_disconnect(cast(Any, error.orig), lent.dbapi_connection, None):
            lent.invalidate(error.orig)
        raise
    finally:
        lent.close()


class _Text:
    """One statement in the words of one database: what goes in, in order, and what comes out."""

    def __init__(self, statement: Any, dialect: Dialect, columns: Sequence[str]) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=columns or None)
        assert isinstance(compiled, SQLCompiler)
        self.sql, self._named = compiled.string, compiled.positiontup is None
        names = compiled.positiontup or list(compiled.params)
        self._names = [(name, compiled.params[name]) for name in names]
        kinds = [_sending(compiled.binds[name].type, dialect) for name in names]
        self._sent = [(place, change) for place, change in enumerate(kinds) if change]
        shown = getattr(statement, "exported_columns", ())
        found = [_received(column.type, dialect) for column in shown]
        self._changes = [(place, change) for place, change in enumerate(found) if change]

    def send(self, values: Mapping[str, Any]) -> Any:
        """Return the values as the driver takes them: by name or in order."""
        sent = [values.get(name, fixed) for name, fixed in self._names]
        for place, change in self._sent:
            sent[place] = change(sent[place])
        if self._named:
            return {name: value for (name, _), value in zip(self._names, sent, strict=True)}
        return tuple(sent)

    def receive(self, row: Sequence[Any]) -> tuple[Any, ...]:
        """Return a row with the types of its columns."""
        if not self._changes:
            return tuple(row)
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

    def run(self, link: Link, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Run it, return its rows. Raises DBAPIError."""
        text = self._text(link.dialect)
        return [text.receive(row) for row in link.run(text.sql, text.send(values))]

    def run_each(self, link: Link, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run it once for each of these sets of values. Raises DBAPIError."""
        text = self._text(link.dialect)
        link.run_each(text.sql, [text.send(row) for row in rows])

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
