"""Disk full, a lock held by somebody else, failing writes: nothing acknowledged is lost."""

import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path

from proofs.people import LOST, Student
from proofs.result import Missing, Result, Setting
from proofs.school import application, enrol, open_room
from proofs.server import Server
from proofs.together import seated

TINY = "6m"
HELD = 3.0  # seconds
DEEPEST = 100  # the last write or sync that is made to fail
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


def fill_the_disk(setting: Setting) -> list[Result]:
    """Work on a file system of a few megabytes until it is full; make room; work on."""
    seed, times, few = setting.seed, setting.times(2_000, least=40), setting.times(200, least=20)
    tried, lost, refused, odd, stuck = _on_a_small_disk(setting, "whole", ("quizapp",), times)
    weak = _on_a_small_disk(setting, "weak", ("proofs.weak", "deaf-commits"), few)
    assert refused > 0, "the disk was never full: the experiment proves nothing"
    return [
        Result("a full disk loses no acknowledged answer", tried, lost, seed),
        Result("a full disk refuses with 503 and reads on", refused, odd, seed),
        Result("after room is made, saving works without a restart", 1, stuck, seed),
        Result("control: failed commits ignored, full disk", weak[0], weak[1], seed, True),
    ]


def _on_a_small_disk(
    setting: Setting, name: str, module: tuple[str, ...], times: int
) -> tuple[int, ...]:
    mount = setting.folder / name
    mount.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={TINY}", "tmpfs", str(mount)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        raise Missing("mounting a small file system needs root")
    try:
        return _fill(mount, module, times)
    finally:
        subprocess.run(["umount", "-l", str(mount)], check=False)


def _fill(mount: Path, module: tuple[str, ...], times: int) -> tuple[int, ...]:
    server, sit_down = prepare(mount, 6, module)
    ballast, acknowledged, refused, odd = mount / "ballast", dict[str, str](), 0, 0
    with server:
        students = [sit_down(number) for number in range(6)]
        ballast.write_bytes(b"\0" * max(0, shutil.disk_usage(mount).free - 120_000))
        for turn in range(times):
            student = students[turn % len(students)]
            text = f"{turn} {LONG_ANSWER}".strip()
            page = student.save({"cleaner": text})
            if page.status == 303:
                acknowledged[student.public_id] = text
            else:
                refused += 1
                odd += page.status != 503
            if turn % 7 == 0:
                odd += student.get(student.attempt).status != 200
        lost = count_lost(acknowledged, server.database)
        ballast.unlink()
        time.sleep(1)
        again = students[0].save({"cleaner": "after room was made"})
        stuck = not (server.is_alive() and again.status == 303)
    return len(acknowledged), lost, refused, odd, int(stuck)


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


def fail_the_nth_write(setting: Setting) -> list[Result]:
    """Let the n-th write or sync fail, for many n: acknowledged is what is stored."""
    if shutil.which("strace") is None:
        raise Missing("strace is not here: apt-get install strace")
    points = [
        (call, error, number)
        for number in range(1, DEEPEST + 1)
        for call in ("pwrite64", "fdatasync")
        for error in ("ENOSPC", "EIO")
    ]
    chosen = setting.chance.sample(points, setting.times(100, least=4))
    tried, failed = _fail_at(setting.folder / "whole", ("quizapp",), chosen)
    weak = ("proofs.weak", "deaf-commits")
    few = [("fdatasync", "EIO", 1 + number) for number in range(setting.times(10, least=2))]
    weakly, caught = _fail_at(setting.folder / "weak", weak, few)
    promise, seed = "the n-th failing write or sync loses nothing acknowledged", setting.seed
    return [
        Result(promise, tried, failed, seed),
        Result("control: failed commits ignored, failing sync", weakly, caught, seed, True),
    ]


def _fail_at(
    folder: Path, module: tuple[str, ...], points: Sequence[tuple[str, str, int]]
) -> tuple[int, int]:
    """Return at how many points a call was made to fail, and at how many that did harm."""
    folder.mkdir()
    server, sit_down = prepare(folder, len(points), module)
    tried = failed = 0
    with server:
        for index, point in enumerate(points):
            hit, harmed = _fail_once(server, sit_down(index), *point)
            tried += hit
            failed += harmed
    return tried, failed


def _fail_once(
    server: Server, student: Student, call: str, error: str, number: int
) -> tuple[bool, bool]:
    said = server.folder / "strace.log"
    inject = f"inject={call}:error={error}:when={number}..{number + 2}"
    command = ["strace", "-f", "-q", "-o", str(said), "-e", f"trace={call}", "-e", inject]
    tracer = subprocess.Popen([*command, "-p", str(server.pid)])
    time.sleep(0.3)
    acknowledged: dict[str, str] = {}
    for turn in range(number + 6):
        with suppress(*LOST):
            if student.save({"cleaner": f"turn {turn}"}).status == 303:
                acknowledged[student.public_id] = f"turn {turn}"
    tracer.terminate()
    tracer.wait()
    hit = "(INJECTED)" in said.read_text(errors="replace")
    lost = count_lost(acknowledged, server.database)
    after = student.save({"cleaner": "afterwards"})
    return hit, not (server.is_alive() and after.status == 303 and lost == 0)
