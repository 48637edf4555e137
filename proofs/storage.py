"""Disk full, a lock held by somebody else, failing writes: nothing acknowledged is lost."""

import re
import shutil
import sqlite3
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from proofs.people import LOST, Student
from proofs.result import Missing, Result, Setting
from proofs.school import Room, application, open_room
from proofs.server import Server

TINY = "6m"
HELD = 3.0  # seconds
LONG_ANSWER = "word " * 380


def saved_answers(database: Path) -> dict[tuple[str, str], str]:
    """Return every saved answer by attempt and item."""
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute(
            "SELECT a.public_id, r.item_id, r.given FROM responses r "
            "JOIN attempts a ON a.id = r.attempt_id"
        ).fetchall()
    return {(attempt, item): given for attempt, item, given in rows}


def newcomer(server: Server, room: Room, name: str) -> Student:
    """Return a student who has joined and started."""
    student = Student(server.port)
    student.join(room.code, name)
    student.begin(room.assignment)
    return student


def count_lost(acknowledged: dict[str, str], database: Path) -> int:
    """Return how many of the acknowledged answers (by attempt) are not what is stored."""
    saved = saved_answers(database)
    return sum(
        saved.get((attempt, "cleaner")) != f'["{text}"]' for attempt, text in acknowledged.items()
    )


def prepare(folder: Path) -> tuple[Server, Room]:
    """Return a server, not yet started, with a room in its database."""
    server = Server(folder)
    app = application(f"sqlite:///{server.database}", folder, server.questions)
    return server, open_room(app)


def fill_the_disk(setting: Setting) -> list[Result]:
    """Work on a file system of a few megabytes until it is full; make room; work on."""
    mount = setting.folder / "small"
    mount.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={TINY}", "tmpfs", str(mount)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        raise Missing("mounting a small file system needs root")
    try:
        return _fill(setting, mount)
    finally:
        subprocess.run(["umount", "-l", str(mount)], check=False)


def _fill(setting: Setting, mount: Path) -> list[Result]:
    server, room = prepare(mount)
    ballast = mount / "ballast"
    with server:
        students = [newcomer(server, room, f"Otter-{number}") for number in range(6)]
        acknowledged: dict[str, str] = {}
        free = shutil.disk_usage(mount).free
        ballast.write_bytes(b"\0" * max(0, free - 120_000))
        refused, bad_status = 0, 0
        for turn in range(setting.times(2_000, least=60)):
            student = students[turn % len(students)]
            text = f"{turn} {LONG_ANSWER}".strip()
            page = student.save({"cleaner": text})
            if page.status == 303:
                acknowledged[student.attempt.rpartition("/")[2]] = text
            else:
                refused += 1
                bad_status += page.status != 503
            if turn % 7 == 0:
                bad_status += student.get(student.attempt).status != 200
        lost = count_lost(acknowledged, server.database)
        ballast.unlink()
        time.sleep(1)
        again = students[0].save({"cleaner": "after room was made"})
        alive = server.is_alive() and again.status == 303
    seed = setting.seed
    tried = len(acknowledged)
    assert refused > 0, "the disk was never full: the experiment proves nothing"
    return [
        Result("a full disk loses no acknowledged answer", tried, lost, seed),
        Result("a full disk refuses with 503 and reads on", refused, bad_status, seed),
        Result("after room is made, saving works without a restart", 1, int(not alive), seed),
    ]


def storm_the_lock(setting: Setting) -> list[Result]:
    """Another program holds the write lock of the database for 3 seconds, again and again."""
    server, room = prepare(setting.folder)
    acknowledged: dict[str, str] = {}
    tried, odd = setting.times(100, least=2), 0
    with server:
        writer, reader = newcomer(server, room, "Otter-1"), newcomer(server, room, "Heron-4")
        for turn in range(tried):
            with closing(sqlite3.connect(server.database, isolation_level=None)) as rogue:
                rogue.execute("BEGIN IMMEDIATE")
                with ThreadPoolExecutor(1) as pool:
                    saving = pool.submit(writer.save, {"cleaner": f"turn {turn}"})
                    begun = time.monotonic()
                    # It is answered while the lock is still held, or not at all.
                    odd += reader.get(reader.attempt).status != 200
                    time.sleep(max(0.0, HELD - (time.monotonic() - begun)))
                    rogue.execute("ROLLBACK")
                    page = saving.result()
            odd += page.status not in (303, 503)
            if page.status == 303:
                acknowledged[writer.attempt.rpartition("/")[2]] = f"turn {turn}"
        lost = count_lost(acknowledged, server.database)
    promise = "a lock held elsewhere loses nothing and stops no reading"
    return [Result(promise, tried, lost + odd, setting.seed)]


def fail_the_nth_write(setting: Setting) -> list[Result]:
    """Let the n-th write or sync fail, for n = 1, 2, 3 …: acknowledged is what is stored."""
    if shutil.which("strace") is None:
        raise Missing("strace is not here: apt-get install strace")
    chance, tried, failed = setting.chance, 0, 0
    points = [
        (call, error, number)
        for number in range(1, 301)
        for call in ("pwrite64", "fdatasync")
        for error in ("ENOSPC", "EIO")
    ]
    for index, (call, error, number) in enumerate(
        chance.sample(points, setting.times(len(points), least=6))
    ):
        folder = setting.folder / f"point-{index}"
        folder.mkdir()
        tried += 1
        failed += not _survives(folder, call, error, number)
    promise = "the n-th failing write or sync loses nothing acknowledged"
    return [Result(promise, tried, failed, setting.seed)]


def _survives(folder: Path, call: str, error: str, number: int) -> bool:
    server, room = prepare(folder)
    inject = f"inject={call}:error={error}:when={number}..{number + 2}"
    acknowledged: dict[str, str] = {}
    with server:
        student = newcomer(server, room, "Otter-1")
        tracer = subprocess.Popen(
            ["strace", "-f", "-q", "-o", "/dev/null", "-e", f"trace={call}", "-e", inject,
             "-p", str(server.pid)],
        )  # fmt: skip
        time.sleep(0.3)
        for turn in range(40):
            try:
                page = student.save({"cleaner": f"turn {turn}"})
            except LOST:
                continue
            if page.status == 303:
                acknowledged[student.attempt.rpartition("/")[2]] = f"turn {turn}"
        tracer.terminate()
        tracer.wait()
        after = student.save({"cleaner": "afterwards"})
        if after.status == 303:
            acknowledged[student.attempt.rpartition("/")[2]] = "afterwards"
        alive = server.is_alive() and after.status == 303
        lost = count_lost(acknowledged, server.database)
    return alive and lost == 0 and not re.search("Traceback.*memory", server.log())
