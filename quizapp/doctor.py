"""What can go wrong on a machine, looked at one by one: each finding says what to do."""

import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal

from sqlalchemy import URL, select, text
from sqlalchemy.exc import SQLAlchemyError

from quizapp import audit, dumps
from quizapp.backups import Place
from quizapp.bank import canonical
from quizapp.checking import check_file
from quizapp.checking.report import find_files
from quizapp.clock import TOLERATED, Anchor, Clock, find_boot
from quizapp.database import PRAGMAS, db
from quizapp.models import Version
from quizapp.readiness import is_migrated
from quizapp.timekeeping import find_anchor

FindingState = Literal["good", "note", "bad"]
LOW_SPACE = 0.05
MOST_APART = timedelta(seconds=2)
WAL_ALARM = 64 * 1024 * 1024
MEGABYTE = 1024 * 1024
# The WAL-reset bug: present since 3.7.0, mended in 3.51.3 and in two older lines.
MENDED = ((3, 51, 3), (3, 50, 7), (3, 44, 6))


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, and a sentence on it."""

    state: FindingState
    subject: str
    sentence: str


def examine(place: Place, scripts: str) -> Iterator[Finding]:
    """Look at everything; yield a finding for each. Nothing is changed."""
    yield from _folders(place)
    yield from _space(place.instance)
    if damage := dumps.find_damage(place.url):
        yield Finding("bad", "SQLite", dumps.damaged(damage))
    else:
        yield from _database(place.url, scripts)
    yield from _quizzes(place.questions)
    yield from _backups(place)


def _database(url: URL, scripts: str) -> Iterator[Finding]:
    if url.get_backend_name() == "sqlite":
        yield from _sqlite(url)
    else:
        yield from _postgres()
        yield from _apart(Clock())
    yield from _tables(scripts)
    yield from _clock(Clock(), find_boot())


def _folders(place: Place) -> Iterator[Finding]:
    key = place.instance / "secret_key"
    if not key.exists():
        yield Finding("note", "secret key", "It comes from QUIZAPP_SECRET_KEY; keep a copy of it.")
    elif key.stat().st_mode & 0o077:
        yield Finding("bad", "secret key", f"Others can read it: chmod 600 {key}")
    else:
        yield Finding("good", "secret key", "Only its owner can read it.")


def _space(folder: Path) -> Iterator[Finding]:
    usage = shutil.disk_usage(folder)
    share = usage.free / usage.total
    words = f"{usage.free // MEGABYTE:,} MB are free ({share:.0%})."
    if share < LOW_SPACE:
        yield Finding("bad", "disk", f"{words} Make room: a full disk refuses every answer.")
    else:
        yield Finding("good", "disk", words)


def is_affected(version: tuple[int, int, int]) -> bool:
    """Tell whether a SQLite has the bug by which a checkpoint beside a commit can lose it."""
    line = [mended for mended in MENDED if mended[:2] == version[:2]]
    return version < line[0] if line else (3, 7, 0) <= version < max(MENDED)


def _sqlite(url: URL) -> Iterator[Finding]:
    version = sqlite3.sqlite_version
    if is_affected(sqlite3.sqlite_version_info):
        yield Finding(
            "note",
            "SQLite",
            f"{version} has the WAL-reset bug; quizapp keeps checkpoints and commits apart, so it "
            "cannot strike. Do not let other programs write into the file.",
        )
    else:
        yield Finding("good", "SQLite", f"{version}, without known bugs that concern quizapp.")
    for pragma, wanted in PRAGMAS:
        got = db.session.execute(text(f"PRAGMA {pragma.split('=')[0]}")).scalar()
        if got != wanted:
            yield Finding("bad", "SQLite", f"{pragma} is not in force: it answers {got!r}.")
    wal = Path(f"{url.database}-wal")
    if wal.exists() and wal.stat().st_size > WAL_ALARM:
        size = wal.stat().st_size // MEGABYTE
        yield Finding("bad", "SQLite", f"The write-ahead log has {size} MB: restart quizapp.")
    yield Finding("good", "SQLite", "The file is sound and its settings are in force.")


def _postgres() -> Iterator[Finding]:
    version = db.session.execute(text("SHOW server_version")).scalar()
    yield Finding("good", "PostgreSQL", f"It answers, version {version}.")
    for name in ("fsync", "full_page_writes", "synchronous_commit"):
        got = db.session.execute(text(f"SHOW {name}")).scalar()
        if got == "off":
            yield Finding("bad", "PostgreSQL", f"{name} is off: a power cut can lose answers.")
    for name in dumps.PROGRAMS:
        if dumps.find_program(name) is None:
            words = f"No {name} here, which backing up or restoring needs"
            yield Finding("bad", "PostgreSQL", f"{words}: apt-get install postgresql-client.")


def _apart(clock: Clock) -> Iterator[Finding]:
    """Compare the clock of the database's machine with ours; asking takes a moment itself."""
    before = clock.read().wall
    theirs = db.session.execute(text("SELECT clock_timestamp()")).scalar_one()
    after = clock.read().wall
    off = max(before - theirs, theirs - after, timedelta(0))
    if off > MOST_APART:
        words = f"This machine and the database's are {off.total_seconds():,.0f} s apart"
        yield Finding("bad", "clock", f"{words}: keep all machines in step by NTP.")
    else:
        yield Finding("good", "clock", "This machine and the database's agree.")


def _tables(scripts: str) -> Iterator[Finding]:
    try:
        migrated = is_migrated(scripts)
        broken = audit.find_break() if migrated else None
    except SQLAlchemyError as error:
        yield Finding("bad", "tables", f"They cannot be read: {error.__class__.__name__}.")
        return
    if not migrated:
        yield Finding("bad", "tables", "They are of another version: start quizapp once.")
        return
    yield Finding("good", "tables", "They are those of this version.")
    if broken is not None:
        yield Finding("bad", "audit log", f"Entry {broken} does not fit the one before it.")
    else:
        yield Finding("good", "audit log", "Every entry fits the one before it.")
    yield from _versions()


def _versions() -> Iterator[Finding]:
    """Compare every version of a quiz that went live with the digest that was stored beside it."""
    try:
        rows = db.session.execute(select(Version.quiz_id, Version.digest, Version.content)).all()
    except SQLAlchemyError as error:
        yield Finding("bad", "versions", f"They cannot be read: {error.__class__.__name__}.")
        return
    damaged = sorted({name for name, digest, kept in rows if canonical.digest(kept) != digest})
    for name in damaged:
        words = f"A stored version of {name} is damaged: attempts on it cannot be read. Start with"
        words += " the file it was made from in questions/; if that is gone, restore a backup."
        yield Finding("bad", "versions", words)
    if not damaged:
        yield Finding("good", "versions", "Every version that went live is as it was stored.")


def _clock(clock: Clock, boot: str | None) -> Iterator[Finding]:
    """Compare the wall clock with the time that quizapp goes by, if it runs or ran in this boot."""
    try:
        row = find_anchor(boot) if boot is not None else None
    except SQLAlchemyError:
        return
    if row is None:
        return
    clock.anchor = Anchor(row.wall_at, row.elapsed)
    off = clock.off()
    if abs(off) > TOLERATED:
        words = f"It was moved by {off.total_seconds():+,.0f} s. quizapp keeps the time from before"
        yield Finding("note", "clock", f"{words} until nobody works against a time limit.")
    else:
        yield Finding("good", "clock", "It has not been moved.")


def _quizzes(folder: Path) -> Iterator[Finding]:
    checked = {path.name: check_file(path) for path in find_files([folder])}
    broken = [name for name, one in checked.items() if one.quiz is None]
    if not checked:
        yield Finding("bad", "quizzes", "There is none: put a file into questions/.")
    elif len(broken) < len(checked):
        yield Finding("good", "quizzes", f"{len(checked) - len(broken)} without errors.")
    for name in broken:
        yield Finding("bad", "quizzes", f"{name} has errors: python3 dev.py check shows them.")


def _backups(place: Place) -> Iterator[Finding]:
    made = sorted(place.folder.glob("quizapp-*.tar")) if place.folder.is_dir() else []
    if not made:
        yield Finding("note", "backups", "There is none here: python3 dev.py backup makes one.")
    else:
        yield Finding("good", "backups", f"The newest here is {made[-1].name}.")
