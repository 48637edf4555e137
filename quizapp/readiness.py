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
    return _revision() == _folder(scripts).get_current_head()


def is_behind(scripts: str) -> bool:
    """Tell whether the database was made by an older version: there is something to lose."""
    revision, folder = _revision(), _folder(scripts)
    known = {script.revision for script in folder.walk_revisions()}
    return revision in known and revision != folder.get_current_head()


def _revision() -> str | None:
    return MigrationContext.configure(db.session.connection()).get_current_revision()


def _folder(scripts: str) -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", scripts)
    return ScriptDirectory.from_config(config)
