"""Disk full, a lock held by somebody else: nothing acknowledged is lost."""

import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from proofs.people import Student
from proofs.result import Missing, Result, Setting
from proofs.school import application, enrol, open_room
from proofs.server import Server
from proofs.together import seated

TINY = "6m"
SEATS = 12
ROOM = 120_000  # bytes that are left at the beginning of a round
PASSES = 4  # times that everybody saves in a round
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


def count_lost(acknowledged: dict[str, str], database: Path) -> int:
    """Return how many of the acknowledged answers (by attempt) are not what is stored."""
    saved = saved_answers(database)
    return sum(
        saved.get((attempt, "cleaner")) != f'["{text}"]' for attempt, text in acknowledged.items()
    )


def prepare(
    folder: Path, students: int, module: tuple[str, ...] = ("quizapp",)
) -> tuple[Server, Callable[[int], Student]]:
    """Return a server, not yet started, and how to get a student who works at its quiz."""
    server = Server(folder, module=module)
    app = application(f"sqlite:///{server.database}", folder, server.questions)
    room = open_room(app)
    cookies = enrol(app, room, students)
    return server, lambda number: seated(server.port, room, cookies[number])


@dataclass
class Filled:
    """What was seen on a file system that fills up and is made room on, again and again."""

    saves: int = 0
    acknowledged: int = 0
    lost: int = 0
    refused: int = 0
    odd: int = 0
    rounds: int = 0
    stuck: int = 0


def fill_the_disk(setting: Setting) -> list[Result]:
    """Work on a file system of a few megabytes until it is full; make room; work on; and again."""
    seed, rounds, few = setting.seed, setting.times(20, least=1), setting.times(3, least=1)
    seen = _on_a_small_disk(setting, "whole", ("quizapp",), rounds)
    weak = _on_a_small_disk(setting, "weak", ("proofs.weak", "deaf-commits"), few)
    assert seen.refused > 0, "the disk was never full: the experiment proves nothing"
    after, control = "after room is made, saving works without a restart", "failed commits ignored"
    return [
        Result("a full disk loses no acknowledged answer", seen.acknowledged, seen.lost, seed),
        Result("a full disk refuses with 503 and reads on", seen.refused, seen.odd, seed),
        Result(after, seen.rounds, seen.stuck, seed),
        Result(f"control: {control}, full disk", weak.acknowledged, weak.lost, seed, True),
    ]


def _on_a_small_disk(setting: Setting, name: str, module: tuple[str, ...], rounds: int) -> Filled:
    mount = setting.folder / name
    mount.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={TINY}", "tmpfs", str(mount)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        raise Missing("mounting a small file system needs root")
    try:
        return _fill(mount, module, rounds)
    finally:
        subprocess.run(["umount", "-l", str(mount)], check=False)


def _fill(mount: Path, module: tuple[str, ...], rounds: int) -> Filled:
    server, sit_down = prepare(mount, SEATS, module)
    seen, told, ballast = Filled(), dict[str, str](), mount / "ballast"
    with server:
        students = [sit_down(number) for number in range(SEATS)]
        for _ in range(rounds):
            ballast.write_bytes(b"\0" * max(0, shutil.disk_usage(mount).free - ROOM))
            for student in students * PASSES:
                _save_once(student, told, seen)
            lost = count_lost(told, server.database)
            ballast.unlink()
            with closing(sqlite3.connect(server.database)) as operator:
                operator.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # or the log has room for more
            time.sleep(1)
            again = students[0].save({"cleaner": "after room was made"})
            seen.stuck += not (server.is_alive() and again.status == 303)
            seen.acknowledged, seen.lost = seen.acknowledged + len(told), seen.lost + lost
            seen.rounds += 1
            told.clear()
    return seen


def _save_once(student: Student, told: dict[str, str], seen: Filled) -> None:
    """Save a long answer, and read: the one may be refused, the other never."""
    seen.saves += 1
    text = f"{seen.saves} {LONG_ANSWER}".strip()
    page = student.save({"cleaner": text})
    if page.status == 303:
        told[student.public_id] = text
    else:
        seen.refused += 1
        seen.odd += page.status != 503 or student.get(student.attempt).status != 200


def storm_the_lock(setting: Setting) -> list[Result]:
    """Another program holds the write lock of the database for 3 seconds, again and again."""
    times, few, seed = setting.times(25, least=1), setting.times(5, least=1), setting.seed
    failed = _hold_the_lock(setting.folder / "whole", ("quizapp",), times)
    caught = _hold_the_lock(setting.folder / "weak", ("proofs.weak", "busy_timeout=0"), few)
    promise = "a lock held elsewhere for 3 s loses nothing and stops no reading"
    return [
        Result(promise, times, failed, seed),
        Result("control: busy_timeout=0", few, caught, seed, True),
    ]


def _hold_the_lock(folder: Path, module: tuple[str, ...], times: int) -> int:
    """Return how often a save did not wait for the lock, or a page was not shown beside it."""
    folder.mkdir()
    server, sit_down = prepare(folder, 2, module)
    acknowledged: dict[str, str] = {}
    odd = 0
    with server:
        writer, reader = sit_down(0), sit_down(1)
        for turn in range(times):
            with closing(sqlite3.connect(server.database, isolation_level=None)) as rogue:
                rogue.execute("BEGIN IMMEDIATE")
                with ThreadPoolExecutor(1) as pool:
                    saving = pool.submit(writer.save, {"cleaner": f"turn {turn}"})
                    begun = time.monotonic()
                    # It is answered while the lock is still held, or not at all.
                    shown = reader.get(reader.attempt).status == 200
                    time.sleep(max(0.0, HELD - (time.monotonic() - begun)))
                    rogue.execute("ROLLBACK")
                    page = saving.result()
            odd += not (shown and page.status == 303)
            if page.status == 303:
                acknowledged[writer.public_id] = f"turn {turn}"
        return odd + count_lost(acknowledged, server.database)
