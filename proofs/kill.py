"""Kill -9 under load: an acknowledged submission survives, exactly once, whole."""

import os
import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from itertools import accumulate
from pathlib import Path
from threading import Event

from flask import Flask

from proofs.people import Seat, Student
from proofs.result import Result, Setting
from proofs.school import ASKED, Books, Room, application, open_room, seat
from proofs.server import Server
from proofs.together import PATIENCE, at_once, halves, stubborn

CLIENTS = 6
LONG_WAY = 10  # one student in so many has not begun
SLACK = 30  # who may hand in between the goal and the interruption
ITEMS = ("cleaner", "early-stop")
RECEIPTS = """SELECT a.public_id, s.receipt FROM submissions s
  JOIN attempts a ON a.id = s.attempt_id WHERE a.state = 'submitted'"""
ANSWERS = """SELECT a.public_id, r.item_id, r.given FROM responses r
  JOIN attempts a ON a.id = r.attempt_id"""
MARKS = """SELECT a.public_id, count(*), count(DISTINCT m.item_id) FROM marks m
  JOIN attempts a ON a.id = m.attempt_id GROUP BY a.public_id"""
Told = tuple[str, Mapping[str, str]]  # the receipt, and the answers by item
Tried = tuple[int, int]
Moments = list[tuple[int, float]]


@dataclass
class Ledger:
    """What clients were told, written and synced outside the application before they go on.

    `stuck` are the attempts that the server would not take, however often they were handed in.
    """

    path: Path
    acknowledged: dict[str, Told] = field(default_factory=dict)
    stuck: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, attempt: str, receipt: str, answers: Mapping[str, str]) -> None:
        """Note that the server has acknowledged this attempt with this receipt."""
        with self._lock, self.path.open("a") as file:
            file.write(f"{attempt} {receipt}\n")
            file.flush()
            os.fsync(file.fileno())
            self.acknowledged[attempt.rpartition("/")[2]] = (receipt, answers)

    @property
    def tried(self) -> int:
        """How many attempts have come to an end."""
        return len(self.acknowledged) + len(self.stuck)

    def reach(self, goal: int) -> None:
        """Wait until so many were tried. Raises RuntimeError when no more of them come."""
        begun, before = time.monotonic(), self.tried
        while (seen := self.tried) < goal:
            if seen > before:
                begun, before = time.monotonic(), seen
            if time.monotonic() - begun > PATIENCE:
                raise RuntimeError(f"{seen} have handed in, and nobody after them")
            time.sleep(0.005)


def work(
    port: int,
    room: Room,
    people: Iterator[tuple[int, Seat]],
    ledger: Ledger,
    stop: Event,
    rest: float,
) -> None:
    """Answer and hand in, as one student after another with a rest between, until told to stop.

    Who has not begun goes the long way: starts, and saves the whole page, as without scripts.
    """
    student = Student(port)
    for number, one in people:
        student.sit(one)
        answers = {ITEMS[0]: f"lemon {number}"}
        try:
            receipt = hand_in(student, room, answers)
        except Exception:  # whatever ends a student's way early is a failure, not one less to count
            receipt = None
        if receipt is None:
            ledger.stuck.append(student.attempt)
        else:
            ledger.note(student.attempt, receipt, answers)
        if stop.wait(rest):
            break
    student.close()


def hand_in(student: Student, room: Room, answers: dict[str, str]) -> str | None:
    """Answer and hand in, add to `answers` what else was saved; return the receipt, if any."""
    if student.attempt:
        saved = stubborn(partial(student.autosave, ITEMS[0], [answers[ITEMS[0]]], 0))
    else:
        answers[ITEMS[1]] = "sensor"
        stubborn(partial(student.begin, room.assignment))
        saved = stubborn(partial(student.save, answers))
    handed_in = stubborn(student.submit)
    told = saved.status in (200, 303) and handed_in.status == 303
    return stubborn(student.receipt) if told else None


def enlist(
    app: Flask, port: int, ledger: Ledger, stop: Event, most: int, rest: float = 0
) -> list[threading.Thread]:
    """Return six clients, not yet started, and seat the students they may need together."""
    room = open_room(app)
    seats = seat(app, room, most)
    seats[::LONG_WAY] = seat(app, room, len(seats[::LONG_WAY]), "Heron", begun=False)
    people = enumerate(seats)  # each client takes the next
    return [
        threading.Thread(target=work, args=(port, room, people, ledger, stop, rest), daemon=True)
        for _ in range(CLIENTS)
    ]


def disturb(
    clients: Sequence[threading.Thread],
    ledger: Ledger,
    stop: Event,
    moments: Moments,
    act: Callable[[], None],
) -> None:
    """Let clients hand in, and act at these moments; one that never ends its turn is stuck."""
    for client in clients:
        client.start()
    for goal, wait in moments:
        ledger.reach(goal)
        time.sleep(wait)
        act()
    time.sleep(1)
    stop.set()
    for client in clients:
        client.join(PATIENCE)
        ledger.stuck += [client.name] if client.is_alive() else []


def compare(books: Books, acknowledged: Mapping[str, Told]) -> int:
    """Return how many acknowledged attempts are lost, doubled, partial or altered."""
    receipts, answers = dict[str, list[str]](), dict[str, dict[str, str]]()
    for attempt, receipt in books.rows(RECEIPTS):
        receipts.setdefault(attempt, []).append(receipt)
    for attempt, item, given in books.rows(ANSWERS):
        answers.setdefault(attempt, {})[item] = given
    marked = {row[0] for row in books.rows(MARKS) if row[1:] == (ASKED, ASKED)}
    return sum(
        not (
            receipts.get(attempt) == [receipt]
            and answers.get(attempt) == {item: f'["{text}"]' for item, text in told.items()}
            and attempt in marked
        )
        for attempt, (receipt, told) in acknowledged.items()
    )


def goals(chance: random.Random, times: int, each: int, wait: float) -> Moments:
    """Return for each interruption how many shall have handed in, and the seconds after that."""
    more = [chance.randint(each // 2, each + each // 2) for _ in range(times)]
    return [(total, chance.uniform(0, wait)) for total in accumulate(more)]


def enough(moments: Moments) -> int:
    """Return how many students that takes, those who hand in a little later included."""
    return moments[-1][0] + SLACK * (len(moments) + 1)


def interrupt(
    setting: Setting,
    name: str,
    module: tuple[str, ...],
    times: int,
    each: int,
    wait: float = 0.05,
    how: str = "kill",
) -> Tried:
    """Kill (or "stop") servers under six clients each, up to `wait` s after `each` more, about.

    Return how many handed in, and how many acknowledged ones are not as they should be.
    """
    acts = [
        _prepare(
            Server(setting.folder / f"{name}-{number}", module=module),
            goals(random.Random(setting.seed + number), share, each, wait),
            how,
        )
        for number, share in enumerate(halves(times))
    ]
    tried, failed = zip(*at_once(acts), strict=True)
    return sum(tried), sum(failed)


def _prepare(server: Server, moments: Moments, how: str) -> Callable[[], Tried]:
    folder = server.folder
    app = application(f"sqlite:///{server.database}", folder, server.questions)
    ledger, stop = Ledger(folder / "ledger.txt"), Event()
    clients = enlist(app, server.port, ledger, stop, enough(moments))

    def start_anew() -> None:
        getattr(server, how)()
        server.start()

    def act() -> Tried:
        with server:
            disturb(clients, ledger, stop, moments, start_anew)
        return ledger.tried, len(ledger.stuck) + _compare_file(server.database, ledger)

    return act


def _compare_file(database: Path, ledger: Ledger) -> int:
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    with closing(Books(f"sqlite:///{database}")) as books:
        return compare(books, ledger.acknowledged)


def run(setting: Setting) -> list[Result]:
    """Kill the server again and again; the control closes and marks in two commits."""
    times, few, seed = setting.times(200, least=2), setting.times(15, least=4), setting.seed
    each, weak_module = setting.times(25_000) // times, ("proofs.weak", "two-commits")
    tried, failed = interrupt(setting, "whole", ("quizapp",), times, each)
    weak, caught = interrupt(setting, "weak", weak_module, few, each=3, wait=0.5)
    return [
        Result("an acknowledged submission survives kill -9, once and whole", tried, failed, seed),
        Result("control: closed in one commit, marked in the next", weak, caught, seed, True),
    ]


def ask_to_end(setting: Setting) -> list[Result]:
    """Ask the server to end, again and again, while students hand in."""
    times = setting.times(30, least=1)
    tried, failed = interrupt(setting, "whole", ("quizapp",), times, each=30, how="stop")
    promise = "an acknowledged submission survives a restart on request, once and whole"
    return [Result(promise, tried, failed, setting.seed)]
