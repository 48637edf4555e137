"""One PostgreSQL database for one test after another, emptied between them.

To make and drop one for each test took longer than most of the tests.
"""

from sqlalchemy import Connection, NullPool, create_engine, inspect, text

LAYOUT = """SELECT concat_ws(' ', c.relname, a.attnum, a.attname, a.atttypid, a.atttypmod,
      a.attnotnull, pg_get_expr(d.adbin, d.adrelid))
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
      LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0
  UNION SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
  UNION SELECT prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace
  UNION SELECT concat_ws(' ', conname, pg_get_constraintdef(oid)) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
  UNION SELECT concat_ws(' ', tgenabled, pg_get_triggerdef(oid)) FROM pg_trigger
    WHERE NOT tgisinternal"""
REVISION = "SELECT version_num FROM alembic_version"
END_OTHERS = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid()"""
KEPT = "SELECT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal"
COUNT_ANEW = """SELECT setval(oid::regclass, 1, false) FROM pg_class
  WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace"""


class Lent:
    """A database that is lent to tests. What it looks like now is what it has to look like then."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._engine = create_engine(url, poolclass=NullPool)
        with self._engine.connect() as connection:
            self._made = _look(connection)
            tables = inspect(connection).get_sorted_table_and_fkc_names()
            self._kept = set(connection.execute(text(KEPT)).scalars())
        self._tables = [name for name, _ in tables if name not in (None, "alembic_version")]

    def empty(self) -> bool:
        """Delete every row and count from one again; False when its tables are others now."""
        with self._engine.begin() as connection:
            connection.execute(text(END_OTHERS))
            if _look(connection) != self._made:
                return False
            for name in reversed(self._tables):
                keeps = name in self._kept  # by a trigger, as the audit log does
                words = f'TRUNCATE "{name}"' if keeps else f'DELETE FROM "{name}"'
                connection.execute(text(words))
            connection.execute(text(COUNT_ANEW))
        return True


def _look(connection: Connection) -> tuple[object, ...]:
    """Return columns, indexes, constraints, triggers, functions, and the migrations' revision."""
    there = inspect(connection).has_table("alembic_version")
    revision = connection.execute(text(REVISION)).scalar() if there else None
    return set(connection.execute(text(LAYOUT)).scalars()), revision
