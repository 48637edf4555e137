"""The database: engine settings that are read back, the one write section, UTC and exact types."""

import logging
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy import (
    DateTime,
    Dialect,
    Engine,
    MetaData,
    Table,
    TypeDecorator,
    event,
    inspect,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, scoped_session

from quizapp.locking import WriteLock, locked
from quizapp.prepared import Link, lend

# Read back after setting; any other answer stops the start (WAL + FULL survives a power cut).
PRAGMAS: tuple[tuple[str, str | int], ...] = (
    ("journal_mode=WAL", "wal"),
    ("synchronous=FULL", 2),
    ("foreign_keys=ON", 1),
    ("busy_timeout=5000", 5000),
    ("wal_autocheckpoint=0", 0),
    ("secure_delete=ON", 1),
    ("trusted_schema=OFF", 0),
)
log = logging.getLogger(__name__)

COMMITS_PER_CHECKPOINT = 500
START_LOCK = 1_903_520  # any number that nothing else on this database asks for


class Base(DeclarativeBase):
    """Every table; constraints have names, so that migrations can address them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Database(SQLAlchemy):
    """Flask-SQLAlchemy, with an end of a request that cannot fail."""

    def _teardown_session(self, exc: BaseException | None) -> None:
        """Let go of the session. A server that goes away right then is no fault of the answer.

        There is nothing left to roll back, and the pool drops the broken connection.
        """
        try:
            super()._teardown_session(exc)
        except DBAPIError:
            self.session.registry.clear()


db = Database(model_class=Base, disable_autonaming=True)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC: aware on both sides, refused when naive (SQLite would drop the zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the moment in UTC; raise ValueError when it has no zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the stored moment as aware UTC."""
        if value is None or value.tzinfo is not None:
            return value.astimezone(UTC) if value else None
        return value.replace(tzinfo=UTC)


class SettingRefused(RuntimeError):
    """SQLite did not take a setting that a promise rests on."""


def init_app(app: Flask) -> None:
    """Bind the database to the application and put the settings on its engine."""
    # A file does not hang up; a server may have, and is asked first.
    ping = not app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite")
    # As many connections as threads, or those beyond are opened and closed for every request.
    # The one given back last is taken first: it still has the pages that were read and written.
    options = {"pool_pre_ping": ping, "pool_size": 10, "max_overflow": 5, "pool_use_lifo": True}
    options["hide_parameters"] = True  # or an error in the log would hold names and answers
    app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", options)
    db.init_app(app)
    with app.app_context():
        engine = db.engine
        if engine.dialect.name == "sqlite":
            file = Path(engine.url.database or "")
            # SQLite's own waiting has no queue and starves; and no checkpoint may run beside a
            # commit (the WAL-reset bug of SQLite before 3.51.3).
            app.extensions["quizapp_write_lock"] = WriteLock(file.with_suffix(".lock"))
            _watch_sqlite(engine)
        else:
            _limit_indexes()


def _limit_indexes() -> None:
    """Limit indexes as on SQLite. Said at the model, it would load PostgreSQL at every start."""
    for table in Base.metadata.tables.values():
        for one in table.indexes:
            one.dialect_kwargs["postgresql_where"] = one.dialect_options["sqlite"]["where"]


def inserting(into: type[Base] | Table, dialect: str) -> sqlite.Insert:
    """Return an INSERT that may conflict, in the words of `dialect`; both have the same methods."""
    if dialect != "postgresql":
        return sqlite.insert(into)
    from sqlalchemy.dialects import postgresql  # a start on SQLite does without

    return cast(sqlite.Insert, postgresql.insert(into))


def _watch_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def apply_settings(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # only the "begin" below starts a transaction
        for pragma, wanted in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
            got = connection.execute(f"PRAGMA {pragma.split('=')[0]}").fetchone()[0]
            if got != wanted:
                raise SettingRefused(f"SQLite refused {pragma}: it answers {got!r}.")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        if connection.get_execution_options().get("write"):
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:  # straight to the driver: every request begins one
            connection.connection.driver_connection.execute("BEGIN")


@contextmanager
def writing() -> Iterator[scoped_session[Session]]:
    """Open the one write section: yields the session, commits at the end, rolls back on any error.

    Ends a read transaction that is open, so read again inside what the decision rests on. No
    hashing of passwords, no files, no rendering in here.
    """
    session = db.session
    session.rollback()
    lock = _find_lock()
    if lock is None:
        yield from _transaction(session)
        return
    with lock.hold():
        session.connection(execution_options={"write": True})
        yield from _transaction(session)
        _checkpoint_sometimes(lock)


@contextmanager
def reading_rows() -> Iterator[Link]:
    """Open a link for one statement that reads and makes no objects; the session costs far more."""
    with lend(db.engine) as link:
        yield link


@contextmanager
def writing_rows() -> Iterator[Link]:
    """Open the write section as `writing` does, for statements that make no objects."""
    if db.session.registry.has():
        db.session.rollback()
    lock = _find_lock()
    with lock.hold() if lock else nullcontext():
        with lend(db.engine) as link:
            link.begin(immediate=lock is not None)
            yield link
            link.commit()
        if lock:
            _checkpoint_sometimes(lock)


def _transaction(session: scoped_session[Session]) -> Iterator[scoped_session[Session]]:
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise


def _find_lock() -> WriteLock | None:
    lock: WriteLock | None = current_app.extensions.get("quizapp_write_lock")
    return lock


def _checkpoint_sometimes(lock: WriteLock) -> None:
    """Move the write-ahead log into the database, under the lock, every few hundred commits.

    What was written is safe by then: a checkpoint that fails, on a full disk, fails nothing else.
    """
    lock.commits += 1
    if lock.commits % COMMITS_PER_CHECKPOINT == 0:
        try:
            with closing(db.engine.raw_connection()) as connection:
                connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)")
        except (sqlite3.Error, SQLAlchemyError):
            log.warning("The write-ahead log could not be moved into the database.", exc_info=True)


@contextmanager
def alone() -> Iterator[None]:
    """Let one process at a time in, of all that start on this database; the others wait.

    The lock ends with the process that holds it, however that ends.
    """
    engine = db.engine
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(f"SELECT pg_advisory_lock({START_LOCK})")
            try:
                yield
            finally:
                connection.exec_driver_sql(f"SELECT pg_advisory_unlock({START_LOCK})")
        return
    with open(Path(engine.url.database or "").with_suffix(".starting"), "a") as file, locked(file):
        yield


def table_of(model: type[Base]) -> Table:
    """Return the table of a model, for statements that make no objects."""
    table = model.__table__
    assert isinstance(table, Table)
    return table


def columns_of(model: type[Base]) -> list[str]:
    """Return the names of a model's columns but for its number, which the database gives."""
    return [one.name for one in table_of(model).columns if not one.primary_key]


def upsert(
    session: scoped_session[Session],
    model: type[Base],
    rows: Sequence[Mapping[str, Any]],
    keys: Sequence[str],
    keep: Sequence[str] = (),
) -> None:
    """Insert the rows, or update those whose unique `keys` exist, but for the columns `keep`."""
    if not rows:
        return
    statement = inserting(model, session.get_bind().dialect.name)
    changed = {name: statement.excluded[name] for name in rows[0] if name not in {*keys, *keep}}
    statement = statement.on_conflict_do_update(index_elements=list(keys), set_=changed)
    session.execute(statement, list(rows))


def insert_missing(
    session: scoped_session[Session], model: type[Base], row: Mapping[str, Any], key: str
) -> bool:
    """Insert a row unless one with the same unique `key` exists; True when it was inserted."""
    insert = inserting(model, session.get_bind().dialect.name).values(dict(row))
    kept = insert.on_conflict_do_nothing(index_elements=[key])
    return session.execute(kept.returning(*inspect(model).primary_key)).first() is not None
