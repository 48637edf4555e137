"""Is everything there that a quiz needs? Read by the health page and at the start."""

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from quizapp.database import db
from quizapp.library import Library


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
    context = MigrationContext.configure(db.session.connection())
    folder = Config()
    folder.set_main_option("script_location", scripts)
    return context.get_current_revision() == ScriptDirectory.from_config(folder).get_current_head()
