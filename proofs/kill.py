"""Kill -9 under load: an acknowledged submission survives, exactly once, whole."""

import os
import sqlite3
import threading
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from proofs.people import LOST, Student
from proofs.result import Result, Setting
from proofs.school import Room, application, open_room
from proofs.server import Server

CLIENTS = 6
PATIENCE = 120.0  # a busy machine takes its time to start the server again
ITEMS = ("cleaner", "early-stop")


@dataclass
class Ledger:
    """What clients were told, written and synced outside the application before they go on."""

    path: Path
    acknowledged: dict[str, tuple[str, Mapping[str, str]]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, attempt: str, receipt: str, answers: Mapping[str, str]) -> None:
        """Note that the server has acknowledged this attempt with this receipt."""
        with self._lock, self.path.open("a") as file:
            file.write(f"{attempt} {receipt}\n")
            file.flush()
            os.fsync(file.fileno())
            self.acknowledged[attempt.rpartition("/")[2]] = (receipt, answers)


def stubborn(student: Student, act: str, *words: object) -> object:
    """Do something until the server answers, as often as it takes; a restart takes seconds."""
    begun = time.monotonic()
    while time.monotonic() - begun < PATIENCE:
        try:
            return getattr(student, act)(*words)
        except LOST:
            time.sleep(0.05)
    raise RuntimeError(f"{act}: the server never came back")


def work(room: Room, port: int, ledger: Ledger, number: int, stop: threading.Event) -> None:
    """Join, answer and hand in, one student after another, until told to stop."""
    turn = 0
    while not stop.is_set():
        turn += 1
        student = Student(port)
        name = f"Otter-{number}-{turn}"
        answers = {ITEMS[0]: f"lemon {name}", ITEMS[1]: "sensor"}
        try:
            stubborn(student, "join", room.code, name)
            stubborn(student, "begin", room.assignment)
        except AssertionError:
            continue  # killed between the commit and the answer: the name is taken, take another
        saved = stubborn(student, "save", answers)
        handed_in = stubborn(student, "submit")
        if getattr(saved, "status", 0) == 303 and getattr(handed_in, "status", 0) == 303:
            receipt = stubborn(student, "receipt")
            if isinstance(receipt, str):
                ledger.note(student.attempt, receipt, answers)
        student.close()


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


def run(setting: Setting) -> list[Result]:
    """Kill the server again and again under six clients; compare the ledger with the database."""
    chance = setting.chance
    server = Server(setting.folder)
    app = application(f"sqlite:///{server.database}", setting.folder, server.questions)
    room = open_room(app)
    ledger, stop = Ledger(setting.folder / "ledger.txt"), threading.Event()
    server.start()
    clients = [
        threading.Thread(target=work, args=(room, server.port, ledger, number, stop), daemon=True)
        for number in range(CLIENTS)
    ]
    for client in clients:
        client.start()
    for _ in range(setting.times(200, least=4)):
        time.sleep(chance.uniform(0.25, 0.75))
        server.kill()
        server.start()
    time.sleep(0.5)
    stop.set()
    for client in clients:
        client.join(PATIENCE)
    server.stop()
    failed = compare(server.database, ledger)
    promise = "an acknowledged submission survives kill -9, once and whole"
    return [Result(promise, len(ledger.acknowledged), failed, setting.seed)]
