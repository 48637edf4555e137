"""Kill -9 under load: an acknowledged submission survives, exactly once, whole."""

import os
import sqlite3
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import Event

from flask import Flask

from proofs.people import Student
from proofs.result import Result, Setting
from proofs.school import Room, application, enrol, open_room
from proofs.server import Server
from proofs.together import PATIENCE, stubborn

CLIENTS = 6
Cookies = Mapping[str, str]
ITEMS = ("cleaner", "early-stop")


@dataclass
class Ledger:
    """What clients were told, written and synced outside the application before they go on.

    `stuck` are the attempts that the server would not take, however often they were handed in.
    """

    path: Path
    acknowledged: dict[str, tuple[str, Mapping[str, str]]] = field(default_factory=dict)
    stuck: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, attempt: str, receipt: str, answers: Mapping[str, str]) -> None:
        """Note that the server has acknowledged this attempt with this receipt."""
        with self._lock, self.path.open("a") as file:
            file.write(f"{attempt} {receipt}\n")
            file.flush()
            os.fsync(file.fileno())
            self.acknowledged[attempt.rpartition("/")[2]] = (receipt, answers)


def work(port: int, room: Room, people: Sequence[Cookies], ledger: Ledger, stop: Event) -> None:
    """Start, answer and hand in, one student after another, until told to stop."""
    for number, cookies in enumerate(people):
        if stop.is_set():
            return
        student = Student(port, cookies=dict(cookies))
        answers = {ITEMS[0]: f"lemon {number}", ITEMS[1]: "sensor"}
        stubborn(partial(student.begin, room.assignment))
        saved = stubborn(partial(student.save, answers))
        handed_in = stubborn(student.submit)
        receipt = stubborn(student.receipt) if handed_in.status == saved.status == 303 else None
        if receipt is None:
            ledger.stuck.append(student.attempt)
        else:
            ledger.note(student.attempt, receipt, answers)
        student.close()


def enlist(
    app: Flask, port: int, ledger: Ledger, stop: Event, interruptions: int
) -> list[threading.Thread]:
    """Return six clients, not yet started, with as many students as they may need."""
    room = open_room(app)
    each = 30 * (interruptions + 1)  # more than are handed in between two interruptions
    people = enrol(app, room, CLIENTS * each)
    return [
        threading.Thread(
            target=work, args=(port, room, people[start::CLIENTS], ledger, stop), daemon=True
        )
        for start in range(CLIENTS)
    ]


def compare(database: Path, ledger: Ledger) -> int:
    """Return how many acknowledged attempts are lost, doubled, partial or altered."""
    failed = 0
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        for attempt, (receipt, answers) in ledger.acknowledged.items():
            rows = connection.execute(
                "SELECT s.receipt FROM submissions s JOIN attempts a ON a.id = s.attempt_id "
                "WHERE a.public_id = ? AND a.state = 'submitted'",
                (attempt,),
            ).fetchall()
            saved = connection.execute(
                "SELECT item_id, given FROM responses r JOIN attempts a ON a.id = r.attempt_id "
                "WHERE a.public_id = ?",
                (attempt,),
            ).fetchall()
            marks = connection.execute(
                "SELECT count(*), count(DISTINCT item_id) FROM marks m "
                "JOIN attempts a ON a.id = m.attempt_id WHERE a.public_id = ?",
                (attempt,),
            ).fetchone()
            right = rows == [(receipt,)] and dict(saved) == {
                item: f'["{text}"]' for item, text in answers.items()
            }
            failed += not (right and marks[0] == marks[1] > 0)
    return failed


def interrupt(
    setting: Setting,
    name: str,
    module: tuple[str, ...],
    times: int,
    how: str = "kill",
    wait: float = 0,
) -> tuple[int, int]:
    """Kill (or "stop") the server under six clients; return the acknowledged, and what failed."""
    chance, folder = setting.chance, setting.folder / name
    folder.mkdir()
    server = Server(folder, module=module)
    app = application(f"sqlite:///{server.database}", folder, server.questions)
    ledger, stop = Ledger(folder / "ledger.txt"), Event()
    clients = enlist(app, server.port, ledger, stop, times)
    server.start()
    for client in clients:
        client.start()
    for _ in range(times):
        time.sleep(wait + chance.uniform(0.25, 0.75))
        getattr(server, how)()
        server.start()
    time.sleep(0.5)
    stop.set()
    for client in clients:
        client.join(PATIENCE)
    server.stop()
    tried = len(ledger.acknowledged) + len(ledger.stuck)
    return tried, compare(server.database, ledger) + len(ledger.stuck)


def run(setting: Setting) -> list[Result]:
    """Kill the server again and again; the control closes and marks in two commits."""
    times, few, seed = setting.times(80, least=2), setting.times(15, least=4), setting.seed
    tried, failed = interrupt(setting, "whole", ("quizapp",), times)
    weak, caught = interrupt(setting, "weak", ("proofs.weak", "two-commits"), few, wait=0.75)
    return [
        Result("an acknowledged submission survives kill -9, once and whole", tried, failed, seed),
        Result("control: closed in one commit, marked in the next", weak, caught, seed, True),
    ]


def ask_to_end(setting: Setting) -> list[Result]:
    """Ask the server to end, again and again, while students hand in."""
    times = setting.times(30, least=1)
    tried, failed = interrupt(setting, "whole", ("quizapp",), times, "stop")
    promise = "an acknowledged submission survives a restart on request, once and whole"
    return [Result(promise, tried, failed, setting.seed)]
