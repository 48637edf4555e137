"""Servers short of descriptors, readers that never end: work goes on."""

import resource
import socket
import sqlite3
import time
from contextlib import closing, suppress

from proofs.people import LOST, Student
from proofs.result import Result, Setting
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


def run_out_of_files(setting: Setting) -> list[Result]:
    """Take the server's descriptors away, give them back: nothing lost, no restart."""
    server, sit_down = prepare(setting.folder, 1)
    times = setting.times(60, least=3)
    acknowledged: dict[str, str] = {}
    with server:
        student = sit_down(0)
        student.timeout = 1.0  # seconds; who is not let in now comes back later
        before = resource.prlimit(server.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (FEW_FILES, before[1]))
        hoard = [socket.socket() for _ in range(2 * FEW_FILES)]
        for one in hoard:
            one.settimeout(0.2)
            with suppress(OSError):
                one.connect(("127.0.0.1", server.port))
        for turn in range(times):
            with suppress(*LOST):
                if student.save({"cleaner": f"turn {turn}"}).status == 303:
                    acknowledged[student.public_id] = f"turn {turn}"
        lost = count_lost(acknowledged, server.database)
        for one in hoard:
            one.close()
        resource.prlimit(server.pid, resource.RLIMIT_NOFILE, before)
        time.sleep(1)
        student.close()
        student.timeout = ENOUGH
        well = is_answered(student, times) and server.is_alive()
    promise = "a server out of descriptors loses nothing and recovers"
    return [Result(promise, times, lost + (not well), setting.seed)]


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
