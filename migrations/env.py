"""Runs migrations. On SQLite foreign keys are off meanwhile: a rebuilt table would cascade."""

from typing import Any

from alembic import context
from flask import current_app

config = context.config


def run() -> None:
    """Migrate the application's own database, and check its references before the commit."""
    database: Any = current_app.extensions["migrate"].db
    with database.engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            _set_foreign_keys(connection, "OFF")
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            render_as_batch=True,
            compare_type=True,
            render_item=_render,
        )
        with context.begin_transaction():
            context.run_migrations()
            if sqlite:
                _refuse_dangling(connection)
        connection.commit()
        if sqlite:
            _set_foreign_keys(connection, "ON")


def _render(kind: str, item: Any, _context: Any) -> str | bool:
    """Write our own type as what it is stored as: a migration must not need the code of its day."""
    return "sa.DateTime(timezone=True)" if kind == "type" and _is_moment(item) else False


def _is_moment(item: Any) -> bool:
    return type(item).__name__ == "UtcDateTime"


def _set_foreign_keys(connection: Any, state: str) -> None:
    """Past SQLAlchemy, which begins a transaction: inside one the pragma does nothing."""
    connection.connection.driver_connection.execute(f"PRAGMA foreign_keys={state}")


def _refuse_dangling(connection: Any) -> None:
    bad = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if bad:
        raise RuntimeError(f"the migration broke references: {bad[:5]}")


run()
