"""PostgreSQL restarted at once, again and again, under load: what was acknowledged is there."""

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg

from proofs.kill import CLIENTS, Ledger, work
from proofs.result import Missing, Result, Setting
from proofs.school import application, open_room
from proofs.server import Server, free_port
from quizapp.dumps import find_program


class Cluster:
    """A PostgreSQL of our own on 127.0.0.1, with every safety on; it does not run as root."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
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
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories="
        log = str(self.folder / "data" / "server.log")
        self.run("pg_ctl", "-w", "-l", log, "-o", options, "start")
        return self

    def __exit__(self, *_: object) -> None:
        self.run("pg_ctl", "-m", "immediate", "stop")

    def restart(self) -> None:
        """Stop without a goodbye, as a crash does, and start again."""
        log = str(self.folder / "data" / "server.log")
        self.run("pg_ctl", "-w", "-m", "immediate", "-l", log, "restart")

    def read(self, attempt: str) -> tuple[list[str], Mapping[str, str], bool]:
        """Return the receipts and answers of an attempt, and whether each item has one mark."""
        with psycopg.connect(self.url.replace("+psycopg", "")) as connection:
            where = "JOIN attempts a ON a.id = x.attempt_id WHERE a.public_id = %s"
            receipts = connection.execute(
                f"SELECT x.receipt FROM submissions x {where}", (attempt,)
            ).fetchall()
            answers = connection.execute(
                f"SELECT x.item_id, x.given FROM responses x {where}", (attempt,)
            ).fetchall()
            marks = connection.execute(
                f"SELECT count(*), count(DISTINCT x.item_id) FROM marks x {where}", (attempt,)
            ).fetchone()
        each_once = marks is not None and marks[0] == marks[1] > 0
        return [row[0] for row in receipts], dict(answers), each_once


def run(setting: Setting) -> list[Result]:
    """Restart PostgreSQL under six clients; compare the ledger with the database."""
    chance = setting.chance
    # Not in the experiment's own folder, which is closed to the user that PostgreSQL runs as.
    base = Path("/tmp") / f"quizapp-cluster-{os.getpid()}-{setting.seed}"
    try:
        with Cluster(base) as cluster:
            server = Server(setting.folder, {"QUIZAPP_DATABASE_URL": cluster.url})
            room = open_room(application(cluster.url, setting.folder, server.questions))
            ledger, stop = Ledger(setting.folder / "ledger.txt"), threading.Event()
            with server:
                clients = [
                    threading.Thread(
                        target=work, args=(room, server.port, ledger, number, stop), daemon=True
                    )
                    for number in range(CLIENTS)
                ]
                for client in clients:
                    client.start()
                for _ in range(setting.times(50, least=3)):
                    time.sleep(chance.uniform(0.5, 1.5))
                    cluster.restart()
                time.sleep(1)
                stop.set()
                for client in clients:
                    client.join(60)
            failed = sum(
                not _is_whole(cluster, attempt, receipt, answers)
                for attempt, (receipt, answers) in ledger.acknowledged.items()
            )
    finally:
        shutil.rmtree(base, ignore_errors=True)
    promise = "an acknowledged submission survives a restart of PostgreSQL"
    return [Result(promise, len(ledger.acknowledged), failed, setting.seed)]


def _is_whole(cluster: Cluster, attempt: str, receipt: str, answers: Mapping[str, str]) -> bool:
    receipts, saved, marked = cluster.read(attempt)
    wanted = {item: f'["{text}"]' for item, text in answers.items()}
    return receipts == [receipt] and saved == wanted and marked
