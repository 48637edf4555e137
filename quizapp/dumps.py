"""One database as one file, and back: SQLite by VACUUM INTO, PostgreSQL by its own programs.

Copying a SQLite file while it is written misses commits without anybody noticing; VACUUM INTO reads
one snapshot. The caller gives paths that nobody else uses, and renames.
"""

import glob
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL

try:
    import fcntl
except ImportError:  # Windows, where an open file cannot be moved away
    fcntl = None  # type: ignore[assignment]  # mypy sees the POSIX module only

SQLITE, POSTGRES = "database.sqlite", "database.dump"
PROGRAMS = ("pg_dump", "pg_restore", "psql")
LOGS = ("-wal", "-shm")
DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
UNREADABLE = {sqlite3.SQLITE_IOERR_READ, sqlite3.SQLITE_IOERR_SHORT_READ}
SHARED = (0x40000002, 510)  # where SQLite locks a file: the first byte, and how many
# Drops all that is ours where the tables are, but what an extension or another of these brings with
# it. The schema itself may be somebody else's, and stays with its rights.
EMPTY = """DO $$ BEGIN EXECUTE (WITH kinds (kind, place, word) AS (VALUES
    ('r', 1, 'TABLE'), ('p', 1, 'TABLE'), ('f', 1, 'FOREIGN TABLE'),
    ('v', 2, 'VIEW'), ('m', 2, 'MATERIALIZED VIEW'), ('S', 3, 'SEQUENCE')),
  found (place, word, name, owner, catalogue, id) AS (
    SELECT place, word, quote_ident(relname), relowner, 'pg_class'::regclass, oid
      FROM pg_class JOIN kinds ON kind = relkind::text
      WHERE relnamespace = current_schema()::regnamespace
    UNION ALL SELECT 4, 'ROUTINE', format('%I(%s)', proname,
        pg_get_function_identity_arguments(oid)), proowner, 'pg_proc'::regclass, oid
      FROM pg_proc WHERE pronamespace = current_schema()::regnamespace
    UNION ALL SELECT 5, 'TYPE', quote_ident(typname), typowner, 'pg_type'::regclass, t.oid
      FROM pg_type t LEFT JOIN pg_class c ON c.oid = typrelid
      WHERE typnamespace = current_schema()::regnamespace
        AND (typtype IN ('d', 'e', 'r') OR relkind = 'c'))
  SELECT coalesce(string_agg(format('DROP %s IF EXISTS %I.%s CASCADE', word, current_schema(),
      name), '; ' ORDER BY place), 'SELECT')
    FROM found WHERE pg_has_role(owner, 'USAGE') AND NOT EXISTS (SELECT FROM pg_depend
      WHERE classid = catalogue AND objid = id
        AND deptype IN ('e', 'i') AND (refclassid, refobjid) <> (classid, objid))); END $$"""


class DumpFault(Exception):
    """A dump could not be made, is damaged, or cannot be put back; the message says why."""


class DatabaseDamaged(DumpFault):
    """The database itself is damaged, so that no sound dump of it can be made."""


def name_for(url: URL) -> str:
    """Return the name that a dump of this kind of database has in a backup."""
    return SQLITE if url.get_backend_name() == "sqlite" else POSTGRES


def dump(url: URL, target: Path) -> None:
    """Write the whole database into `target`, as of one moment. Raises DumpFault."""
    if url.get_backend_name() != "sqlite":
        _run("pg_dump", url, "--format=custom", "--no-owner", f"--file={target}")
        verify(target)
        return
    try:
        _vacuum(Path(str(url.database)), target)
        verify(target)
    except DumpFault as fault:  # which does not tell a damaged file from a full disk
        if damage := find_damage(url):
            raise DatabaseDamaged(damaged(damage)) from fault
        raise


def _vacuum(source: Path, target: Path) -> None:
    if not source.exists():
        raise DumpFault(f"The database {source} is not there.")
    try:
        with closing(sqlite3.connect(f"file:{source}?mode=rw", uri=True, timeout=30)) as connection:
            connection.execute("VACUUM INTO ?", (str(target),))
    except sqlite3.Error as error:
        raise DumpFault(f"SQLite could not copy the database: {error}.") from error


def verify(path: Path) -> None:
    """Read a dump from end to end. Raises DumpFault when it is damaged."""
    if path.name == POSTGRES or path.suffix == ".dump":
        _run("pg_restore", None, "--list", str(path))
        return
    try:
        damage = _look_through(f"file:{path}?mode=ro&immutable=1")
    except sqlite3.Error as error:
        damage = str(error)
    if damage:
        raise DumpFault(f"The copy is damaged: {damage}.")


def _look_through(address: str) -> str | None:
    with closing(sqlite3.connect(address, uri=True, timeout=30)) as connection:
        answer: str = connection.execute("PRAGMA integrity_check").fetchone()[0]
        dangling = connection.execute("PRAGMA foreign_key_check").fetchall()
    if answer != "ok":
        return answer.splitlines()[-1]
    return f"{len(dangling)} dangling references" if dangling else None


def find_damage(url: URL) -> str | None:
    """Read a SQLite database from end to end; say what is damaged, or return None."""
    if url.get_backend_name() != "sqlite":
        return None
    try:
        return _look_through(f"file:{url.database}?mode=rw")
    except sqlite3.Error as error:
        return str(error) if is_damage(error) else None


def is_damage(error: BaseException | None) -> bool:
    """Tell whether an error of SQLite means that the file is damaged."""
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF in DAMAGE or code in UNREADABLE  # above the lowest byte stands which kind


def damaged(reason: str) -> str:
    """Return the sentence on a damaged database: what is wrong, and what to do."""
    return (
        f"The database file is damaged ({reason}): stop quizapp, "
        "then bring back a backup with python3 dev.py restore FILE."
    )


def is_in_use(url: URL) -> bool:
    """Tell whether somebody else has the database open."""
    if url.get_backend_name() != "sqlite":
        import psycopg  # SQLite does without

        with psycopg.connect(_bare(url), password=url.password) as connection:
            others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            row = connection.execute(f"{others} AND pid <> pg_backend_pid()").fetchone()
        return bool(row and row[0])
    if not Path(str(url.database)).exists():
        return False
    with closing(sqlite3.connect(str(url.database), timeout=1)) as connection:
        try:  # every connection in WAL mode holds a share of the file for as long as it is open
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            if not is_damage(error):
                return True
        else:
            connection.execute("ROLLBACK")
            return False
    return _is_shared(Path(str(url.database)))


def _is_shared(path: Path) -> bool:
    """Tell whether another process has a share of a file that SQLite itself cannot read."""
    if fcntl is None:
        return False
    first, number = SHARED
    try:
        with path.open("r+b") as file:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, number, first)
    except OSError:
        return True
    return False


def copy_logs(url: URL, folder: Path) -> None:
    """Copy what lies beside a SQLite file: where that is damaged, opening it can delete them."""
    if url.get_backend_name() == "sqlite":
        for path in _logs(Path(str(url.database))):
            try:
                shutil.copyfile(path, folder / path.name)
            except OSError:  # not there, or unreadable: then it may still be moved
                (folder / path.name).unlink(missing_ok=True)


def _logs(database: Path) -> list[Path]:
    return [database.with_name(database.name + suffix) for suffix in LOGS]


def put_back(path: Path, url: URL, aside: Path | None = None) -> None:
    """Replace the whole database by a verified dump; nobody may be using it. Raises DumpFault.

    What was there before moves into the folder `aside`, where one is given and it is a file.
    """
    if url.get_backend_name() != "sqlite":
        _put_back_postgres(path, url)
        return
    target = Path(str(url.database))
    fresh = target.with_name(f".{target.name}.restoring")
    try:
        shutil.copyfile(path, fresh)
        fresh.chmod(0o600)
        flush(fresh)
        # The log of the old file must not be played into the new one.
        for log in _logs(target):
            if aside and log.exists() and not (aside / log.name).exists():
                log.replace(aside / log.name)
            log.unlink(missing_ok=True)
        if aside:
            target.replace(aside / target.name)
        fresh.replace(target)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise DumpFault(f"The database could not be put back: {error.strerror}.") from error
    flush(target.parent)


def _put_back_postgres(path: Path, url: URL) -> None:
    """Empty the schema and fill it, in one transaction.

    A dump made before an upgrade does not know the tables that came later; left where they are,
    they would hold on to what it replaces. It becomes a whole script first: of a script that ended
    too early, psql would keep the first half.
    """
    script = path.with_suffix(".sql")
    words = ["--clean", "--if-exists", "--no-owner", f"--file={script}"]
    _run("pg_restore", None, *words, str(path))
    alone = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"]
    _run("psql", url, *alone, f"--command={EMPTY}", f"--file={script}")


def flush(path: Path) -> None:
    """Ask the disk to keep a file, or the names in a folder, before going on."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def find_program(name: str) -> str | None:
    """Return the path of one of PostgreSQL's programs: on the PATH, else the newest of Debian's."""
    if on_path := shutil.which(name):
        return on_path
    found = [Path(path) for path in glob.glob(f"/usr/lib/postgresql/*/bin/{name}")]
    return str(max(found, key=lambda path: float(path.parts[-3]), default="")) or None


def _bare(url: URL) -> str:
    """The address as PostgreSQL's own programs take it, without the password."""
    return url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)


def _run(program: str, url: URL | None, *words: str) -> None:
    path = find_program(program)
    if path is None:
        raise DumpFault(f"{program} is not here: apt-get install postgresql-client.")
    environ, address = dict(os.environ), []
    if url is not None:
        if url.password:
            environ["PGPASSWORD"] = str(url.password)  # arguments are visible to every user
        address = [f"--dbname={_bare(url)}"]
    done = subprocess.run(
        [path, *address, *words], env=environ, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["no reason given"]
        reason = next((line for line in said if "error:" in line.lower()), said[-1])
        raise DumpFault(f"{program} failed: {reason}")
