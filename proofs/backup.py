"""Backups made while students hand in: each holds all that was acknowledged before it began."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from proofs.kill import Ledger, enlist
from proofs.result import Result, Setting
from proofs.school import application
from proofs.server import ROOT, Server
from quizapp import backups, dumps

STUDENTS = 400  # more than hand in during one backup
Copy = Callable[[Server, Path], None]
RECEIPTS = """SELECT a.public_id, s.receipt FROM submissions s
  JOIN attempts a ON a.id = s.attempt_id"""


@contextmanager
def under_load(folder: Path, backups_wanted: int) -> Iterator[tuple[Server, Ledger]]:
    """Serve six clients who hand in all the time."""
    folder.mkdir()
    server = Server(folder)
    app = application(f"sqlite:///{server.database}", folder, server.questions)
    ledger, stop = Ledger(folder / "ledger.txt"), threading.Event()
    clients = enlist(app, server.port, ledger, stop, STUDENTS * backups_wanted)
    with server:
        for client in clients:
            client.start()
        while not ledger.acknowledged:
            time.sleep(0.05)
        yield server, ledger
        assert all(client.is_alive() for client in clients), "too few students handed in"
        stop.set()
        for client in clients:
            client.join(60)


def by_command(server: Server, target: Path) -> None:
    """Back up as an operator does."""
    done = start_backup(server, target).wait(120)
    assert done == 0, "the backup failed"


def start_backup(server: Server, target: Path) -> subprocess.Popen[bytes]:
    """Start the command, in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "quizapp", "backup", str(target)],
        cwd=ROOT,
        env=server.environment(),
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )


def by_copying(server: Server, target: Path) -> None:
    """Copy the file of the database, as no operator should."""
    shutil.copyfile(server.database, target)


def missing(database: Path, told: dict[str, str]) -> int:
    """Return how many receipts are not in a copy; all of them when it cannot be read."""
    try:
        with closing(sqlite3.connect(database)) as connection:
            sound = connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            found = dict(connection.execute(RECEIPTS).fetchall())
    except sqlite3.DatabaseError:
        return max(1, len(told))
    return len(told.items() - found.items()) if sound else max(1, len(told))


def is_whole(archive: Path, told: dict[str, str]) -> bool:
    """Unpack an archive as `restore` does, and look for every receipt."""
    with tempfile.TemporaryDirectory(prefix="quizapp-restore-") as scratch:
        backups.unpack(archive, Path(scratch))
        return missing(Path(scratch) / dumps.SQLITE, told) == 0


def make_many(folder: Path, times: int, copy: Copy) -> int:
    """Make backups under load; return how many lack something acknowledged before they began."""
    failed = 0
    with under_load(folder, times) as (server, ledger):
        for number in range(times):
            told = {key: receipt for key, (receipt, _) in list(ledger.acknowledged.items())}
            target = folder / f"copy-{number}"
            copy(server, target)
            whole = is_whole(target, told) if copy is by_command else not missing(target, told)
            failed += not whole
            target.unlink()
            time.sleep(0.1)
    return failed


def kill_many(folder: Path, times: int, chance: random.Random) -> int:
    """Kill backups at any moment; return how many left a file that only looks complete."""
    failed, longest = 0, 0.0
    with under_load(folder, times) as (server, _):
        begun = time.monotonic()
        by_command(server, folder / "first")
        longest = time.monotonic() - begun
        for number in range(times):
            target = folder / f"killed-{number}"
            backing_up = start_backup(server, target)
            time.sleep(chance.uniform(0.3, 1.0) * longest)
            with suppress(ProcessLookupError):
                os.killpg(backing_up.pid, signal.SIGKILL)
            backing_up.wait()
            with suppress(FileNotFoundError):
                failed += not is_whole(target.rename(folder / "found"), {})
    return failed


def run(setting: Setting) -> list[Result]:
    """Back up under load, kill backups; the control copies the file of the database."""
    times, kills, seed = setting.times(75, least=1), setting.times(75, least=1), setting.seed
    few = setting.times(25, least=1)
    failed = make_many(setting.folder / "made", times, by_command)
    broken = kill_many(setting.folder / "killed", kills, setting.chance)
    caught = make_many(setting.folder / "copied", few, by_copying)
    return [
        Result("a backup under load holds all acknowledged before it", times, failed, seed),
        Result("a backup that is killed leaves no file that looks whole", kills, broken, seed),
        Result("control: the database's file copied", few, caught, seed, True),
    ]
