"""Double submits and a race for the last attempt: one submission, one receipt, no attempt more."""

import sqlite3
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

from proofs.people import Student
from proofs.result import Result, Setting
from proofs.school import Room, application, open_room
from proofs.server import Server

MOST_SENDS = 8
RUNNERS = 16


def at_once(acts: Sequence[Callable[[], object]]) -> list[object]:
    """Do everything at the same moment; return what each returned."""
    barrier = threading.Barrier(len(acts))

    def one(act: Callable[[], object]) -> object:
        barrier.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def twin(student: Student) -> Student:
    """Return another tab of the same browser."""
    other = Student(student.port, cookies=dict(student.cookies), token=student.token)
    other.attempt, other.key = student.attempt, student.key
    return other


def hand_in_often(server: Server, room: Room, number: int, sends: int) -> bool:
    """Hand in one attempt `sends` times at once; tell whether all got the one receipt."""
    student = Student(server.port)
    student.join(room.code, f"Otter-{number}")
    student.begin(room.assignment)
    student.save({"cleaner": f"lemon {number}"})
    tabs = [twin(student) for _ in range(sends)]
    pages = at_once([tab.submit for tab in tabs])
    receipts = {tab.receipt() for tab in tabs}
    for tab in (student, *tabs):
        tab.close()
    with closing(sqlite3.connect(server.database)) as connection:
        rows = connection.execute(
            "SELECT count(*) FROM submissions s JOIN attempts a ON a.id = s.attempt_id "
            "WHERE a.public_id = ?",
            (student.attempt.rpartition("/")[2],),
        ).fetchone()
    kind = all(getattr(page, "status", 0) == 303 for page in pages)
    return kind and rows == (1,) and len(receipts) == 1 and None not in receipts


def start_at_once(server: Server, room: Room, number: int) -> bool:
    """Let one student start from many tabs at once; tell whether there is exactly one attempt."""
    student = Student(server.port)
    student.join(room.code, f"Heron-{number}")
    student.get("/home")
    tabs = [twin(student) for _ in range(RUNNERS)]
    path = f"/assignments/{room.assignment}/attempts"
    pages = at_once([lambda tab=tab: tab.post(path, {}) for tab in tabs])  # type: ignore[misc]
    for tab in (student, *tabs):
        tab.close()
    return len({getattr(page, "location", number) for page in pages}) == 1


def run(setting: Setting) -> list[Result]:
    """Hand in each of many attempts 1 to 8 times at once; start each from 16 tabs at once."""
    chance = setting.chance
    server = Server(setting.folder)
    room = open_room(application(f"sqlite:///{server.database}", setting.folder, server.questions))
    submits, starts = setting.times(10_000, least=40), setting.times(1_000, least=10)
    with server:
        doubled = sum(
            not hand_in_often(server, room, number, chance.randint(1, MOST_SENDS))
            for number in range(submits)
        )
        over = sum(not start_at_once(server, room, number) for number in range(starts))
    return [
        Result(
            "any number of submits of an attempt is one receipt", submits, doubled, setting.seed
        ),
        Result("a race of 16 starts makes one attempt", starts, over, setting.seed),
    ]
