"""What Flask-Migrate finds at the application. It loads Alembic when a migration is asked for."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask_sqlalchemy import SQLAlchemy

if TYPE_CHECKING:
    from flask_migrate import Migrate


class Migrations:
    """The database and the folder of its migrations, under the names of Flask-Migrate."""

    def __init__(self, db: SQLAlchemy, folder: Path) -> None:
        self.db, self.directory = db, str(folder)
        self.configure_args: dict[str, Any] = {}

    @property
    def migrate(self) -> "Migrate":
        """Flask-Migrate itself."""
        from flask_migrate import Migrate

        return Migrate(db=self.db, directory=self.directory, compare_type=True)
