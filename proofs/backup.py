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
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from sqlalchemy.exc import DatabaseError

from proofs.kill import Ledger, Told, compare, enlist
from proofs.result import Result, Setting
from proofs.school import Books, application
from proofs.server import ROOT, Server
from quizapp import backups, dumps

AT_ONCE = 6  # backups side by side, or those who hand in take most of the machine
STUDENTS = 80  # more than hand in during one backup
REST = 0.1  # seconds between two of a client, or the database outgrows any classroom
Copy = Callable[[Server, Path], None]


@contextmanager
def under_load(folder: Path, backups_wanted: int) -> Iterator[tuple[Server, Ledger]]:
    """Serve six clients who hand in all the time."""
    folder.mkdir()
    server = Server(folder)
    app = application(f"sqlite:///{server.database}", folder, server.questions)
    ledger, stop = Ledger(folder / "ledger.txt"), threading.Event()
    most = STUDENTS * (backups_wanted + AT_ONCE)
    clients = enlist(app, server.port, ledger, stop, most, REST)
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
        assert not ledger.stuck, "not everybody could hand in"


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


def holds(database: Path, told: Mapping[str, Told]) -> bool:
    """Tell whether a copy can be read and has every receipt, answer and mark that it should."""
    try:
        with closing(sqlite3.connect(database)) as connection:
            if connection.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                return False
        with closing(Books(f"sqlite:///{database}")) as books:
            return compare(books, told) == 0
    except (sqlite3.DatabaseError, DatabaseError):
        return False


def is_whole(archive: Path, told: Mapping[str, Told]) -> bool:
    """Unpack an archive as `restore` does, and look for everything that was acknowledged."""
    with tempfile.TemporaryDirectory(prefix="quizapp-restore-") as scratch:
        try:
            backups.unpack(archive, Path(scratch))
        except dumps.DumpFault:
            return False
        return holds(Path(scratch) / dumps.SQLITE, told)


def make_many(folder: Path, times: int, copy: Copy) -> int:
    """Make backups under load; return how many lack something acknowledged before they began."""
    with under_load(folder, times) as (server, ledger):

        def lacks_some(number: int) -> bool:
            told, target = dict(ledger.acknowledged), folder / f"copy-{number}"
            copy(server, target)
            whole = is_whole(target, told) if copy is by_command else holds(target, told)
            target.unlink()
            time.sleep(0.1)
            return not whole

        with ThreadPoolExecutor(AT_ONCE) as pool:
            return sum(pool.map(lacks_some, range(times)))


def kill_many(folder: Path, times: int, seed: int) -> int:
    """Kill backups at any moment; return how many left a file that only looks complete."""
    with under_load(folder, times) as (server, _), ThreadPoolExecutor(AT_ONCE) as pool:

        def measure(number: int) -> float:
            begun = time.monotonic()
            by_command(server, folder / f"first-{number}")
            return time.monotonic() - begun

        longest = max(pool.map(measure, range(min(AT_ONCE, times))))

        def looks_whole(number: int) -> bool:
            target, chance = folder / f"killed-{number}", random.Random(f"{seed} {number}")
            moment = chance.uniform(0.3, 1.0) * longest
            while not kill_after(moment, start_backup(server, target)):
                target.unlink()
                moment *= 0.9
            return target.exists() and not is_whole(target, {})

        return sum(pool.map(looks_whole, range(times)))


def kill_after(moment: float, backing_up: subprocess.Popen[bytes]) -> bool:
    """Kill a backup so many seconds after its start; tell whether it had not ended before."""
    time.sleep(moment)
    with suppress(ProcessLookupError):
        os.killpg(backing_up.pid, signal.SIGKILL)
    return backing_up.wait() == -signal.SIGKILL


def run(setting: Setting) -> list[Result]:
    """Back up under load, kill backups; the control copies the file of the database."""
    times, kills, seed = setting.times(200, least=1), setting.times(100, least=1), setting.seed
    few = setting.times(25, least=1)
    failed = make_many(setting.folder / "made", times, by_command)
    broken = kill_many(setting.folder / "killed", kills, seed)
    caught = make_many(setting.folder / "copied", few, by_copying)
    return [
        Result("a backup under load holds all acknowledged before it", times, failed, seed),
        Result("a backup that is killed leaves no file that looks whole", kills, broken, seed),
        Result("control: the database's file copied", few, caught, seed, True),
    ]
