"""What Flask-Migrate finds at the application. It loads Alembic when a migration is asked for."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

if TYPE_CHECKING:
    from flask_migrate import Migrate


class Migrations:
    """The database and the folder of its migrations, under the names of Flask-Migrate."""

    def __init__(self, app: Flask, db: SQLAlchemy, folder: Path) -> None:
        self.db, self.directory = db, str(folder)
        self.configure_args: dict[str, Any] = {}
        app.extensions["migrate"] = self
        app.cli.add_command(_Commands("db", help="Perform database migrations."))

    @property
    def migrate(self) -> "Migrate":
        """Flask-Migrate itself."""
        from flask_migrate import Migrate

        return Migrate(db=self.db, directory=self.directory, compare_type=True)


class _Commands(click.Command):
    """`flask db …`: stands for the commands of Flask-Migrate until one of them is called."""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Return the context of the real command, which click then goes on with."""
        from flask_migrate.cli import db

        context: click.Context = db.make_context(info_name, args, parent, **extra)
        return context
