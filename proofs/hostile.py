"""Servers short of descriptors, readers that never end: work goes on."""

import resource
import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from proofs.failing import harmed_among
from proofs.people import LOST, Browser, Student
from proofs.result import Result, Setting
from proofs.server import Server
from proofs.storage import count_lost, prepare

ENOUGH = 5.0  # seconds in which an ordinary request has to be answered
FEW_FILES = 64


def is_answered(student: Student, turn: int) -> bool:
    """Save and read; tell whether both went well and in time."""
    begun = time.monotonic()
    try:
        saved = student.save({"cleaner": f"turn {turn}"}).status == 303
        shown = student.get(student.attempt).status == 200
    except LOST:
        return False
    return saved and shown and time.monotonic() - begun < ENOUGH


@contextmanager
def out_of_files(server: Server) -> Iterator[None]:
    """Leave the server no descriptor. Raises AssertionError when it still has one after a while."""
    before = resource.prlimit(server.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (FEW_FILES, before[1]))
    hoard = [socket.socket() for _ in range(2 * FEW_FILES)]
    try:
        for one in hoard:
            one.setblocking(False)
            with suppress(BlockingIOError):
                one.connect(("127.0.0.1", server.port))
        begun = time.monotonic()
        while len(list(Path(f"/proc/{server.pid}/fd").iterdir())) < FEW_FILES:
            assert time.monotonic() - begun < ENOUGH, "the server never ran out of descriptors"
            time.sleep(0.02)
        yield
    finally:
        for one in hoard:
            one.close()
        resource.prlimit(server.pid, resource.RLIMIT_NOFILE, before)


def is_turned_away(port: int) -> bool:
    """Tell whether somebody who comes now gets no page within a second.

    Raises AssertionError when it is a fault that they get.
    """
    newcomer = Browser(port, timeout=1.0)
    try:
        status = newcomer.get("/join").status
        assert status in (200, 503), f"a newcomer without a descriptor: {status}"
        return status != 200
    except LOST:
        return True
    finally:
        newcomer.close()


def run_out_of_files(setting: Setting) -> list[Result]:
    """Take the server's descriptors away and give them back, again and again."""
    server, sit_down = prepare(setting.folder, 1)
    times, failed, refused = setting.times(60, least=3), 0, 0
    with server:
        student = sit_down(0)
        student.close()
        student.timeout = ENOUGH
        for turn in range(times):
            well = is_answered(student, turn)
            may_hold = [f"turn {turn}"]
            with out_of_files(server):
                refused += is_turned_away(server.port)
                text = f"turn {turn}, out of descriptors"
                with suppress(*LOST):  # this one came before, and is heard
                    status = student.save({"cleaner": text}).status
                    assert status in (303, 503), f"saving without a descriptor: {status}"
                    may_hold = [text] if status == 303 else [*may_hold, text]
                lost = harmed_among({student.public_id: may_hold}, server.database)
            student.close()
            failed += bool(lost) or not (well and is_answered(student, turn) and server.is_alive())
    assert refused > 0, "nobody was turned away: the experiment proves nothing"
    promise = "a server out of descriptors loses nothing and recovers"
    return [Result(promise, times, failed, setting.seed)]


def read_for_long(setting: Setting) -> list[Result]:
    """Hold a read transaction open while others write: nobody is told that anything is locked."""
    server, sit_down = prepare(setting.folder, 1)
    times, failed = setting.times(3_000, least=40), 0
    with server:
        student = sit_down(0)
        with closing(sqlite3.connect(server.database, isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM responses").fetchone()
            for turn in range(times):
                failed += not is_answered(student, turn)
        failed += count_lost({student.public_id: f"turn {times - 1}"}, server.database)
    return [Result("a reader that does not end stops no writing", times, failed, setting.seed)]
