"""PostgreSQL restarted at once, again and again, under load: what was acknowledged is there."""

import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg

from proofs.kill import Ledger, compare, disturb, enlist, enough, goals
from proofs.result import Missing, Result, Setting
from proofs.school import Books, application
from proofs.server import Server, free_port
from quizapp.dumps import find_program


class Cluster:
    """A PostgreSQL of our own on 127.0.0.1, with every safety on; it does not run as root."""

    def __init__(self, folder: Path, setting: str = "") -> None:
        self.folder, self.port = folder, free_port()
        self._options = (
            f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= {setting}"
        )
        program = find_program("pg_ctl")
        if program is None:
            raise Missing("PostgreSQL is not here: apt-get install postgresql")
        self._programs = Path(program).resolve().parent
        self._owner: dict[str, Any] = {}
        if os.geteuid() == 0:
            self._owner = {"user": "postgres", "group": "postgres", "extra_groups": []}
        folder.mkdir(parents=True)
        if self._owner:
            shutil.chown(folder, "postgres", "postgres")

    @property
    def url(self) -> str:
        """The address for the application."""
        return f"postgresql+psycopg://quiz@127.0.0.1:{self.port}/postgres"

    def database(self, name: str) -> str:
        """Make a database and return its address."""
        address = self.url.replace("+psycopg", "")
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"'.encode())
        return self.url.removesuffix("postgres") + name

    def run(self, program: str, *words: str) -> None:
        """Run one of its programs. Raises RuntimeError with what it said."""
        command = [str(self._programs / program), "-D", str(self.folder / "data"), *words]
        with (self.folder / "commands.log").open("ab") as out:
            done = subprocess.run(
                command, cwd="/", stdout=out, stderr=out, check=False, **self._owner
            )
        if done.returncode:
            raise RuntimeError((self.folder / "commands.log").read_text()[-2000:])

    def __enter__(self) -> "Cluster":
        self.run("initdb", "-U", "quiz", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8")
        log = str(self.folder / "data" / "server.log")
        self.run("pg_ctl", "-w", "-l", log, "-o", self._options, "start")
        return self

    def __exit__(self, *_: object) -> None:
        self.run("pg_ctl", "-m", "immediate", "stop")

    def restart(self) -> None:
        """Stop without a goodbye, as a crash does, and start again."""
        log = str(self.folder / "data" / "server.log")
        self.run("pg_ctl", "-w", "-m", "immediate", "-l", log, "restart")


@contextmanager
def cluster_for(setting: Setting, options: str = "") -> Iterator[Cluster]:
    """A cluster for one experiment; nothing of it stays."""
    # Not in the experiment's own folder, which is closed to the user that PostgreSQL runs as.
    base = Path(tempfile.mkdtemp(prefix="quizapp-cluster-", dir="/tmp"))
    base.chmod(0o755)
    try:
        with Cluster(base / "cluster", options) as cluster:
            yield cluster
    finally:
        shutil.rmtree(base, ignore_errors=True)


def restart_under_load(
    setting: Setting, name: str, restarts: int, each: int, options: str
) -> tuple[int, int]:
    """Restart PostgreSQL under six clients, whenever about `each` more have handed in.

    Return how many handed in, and how many acknowledged ones are not as they should be.
    """
    folder = setting.folder / name
    moments = goals(setting.chance, restarts, each, 0.05)
    with cluster_for(setting, options) as cluster:
        server = Server(folder, {"QUIZAPP_DATABASE_URL": cluster.url})
        app = application(cluster.url, folder, server.questions)
        ledger, stop = Ledger(folder / "ledger.txt"), threading.Event()
        clients = enlist(app, server.port, ledger, stop, enough(moments))
        with server:
            disturb(clients, ledger, stop, moments, cluster.restart)
        with closing(Books(cluster.url)) as books:
            return ledger.tried, len(ledger.stuck) + compare(books, ledger.acknowledged)


def run(setting: Setting) -> list[Result]:
    """Restart the database again and again; the control answers before its log is on the disk."""
    restarts, few, seed = setting.times(50, least=1), setting.times(10, least=4), setting.seed
    each, forgetful = setting.times(10_000) // restarts, "-c synchronous_commit=off"
    tried, failed = restart_under_load(setting, "whole", restarts, each, "")
    weak, caught = restart_under_load(setting, "weak", few, 25, forgetful)
    promise = "an acknowledged submission survives a restart of PostgreSQL"
    return [
        Result(promise, tried, failed, seed),
        Result("control: PostgreSQL with synchronous_commit=off", weak, caught, seed, True),
    ]
