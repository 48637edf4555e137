"""Power loss: from the writes and syncs of a run, what a disk may hold at any moment is rebuilt.

At a moment a disk holds all that was synced and any part of what was not: nothing, everything, the
first few writes, some of them, one of them torn at a sector. Each such image is opened, with the
recovery of a restart, and must be sound and hold every answer and every receipt acknowledged before
that moment. What counts are the different images: none is looked at twice, unless more has been
promised since.
"""

import json
import os
import random
import sqlite3
import struct
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from proofs.result import Result, Setting
from proofs.school import ASKED, application, enrol, open_room
from proofs.server import Server
from proofs.shares import in_shares
from proofs.shims import build
from proofs.together import seated

HELD = """SELECT a.public_id, 'receipt', s.receipt FROM submissions s
  JOIN attempts a ON a.id = s.attempt_id
  UNION ALL SELECT a.public_id, r.item_id, r.given FROM responses r
  JOIN attempts a ON a.id = r.attempt_id"""
UNMARKED = f"""SELECT count(*) FROM submissions s WHERE {ASKED} <>
  (SELECT count(DISTINCT item_id) FROM marks m WHERE m.attempt_id = s.attempt_id)"""
HEAD = struct.Struct("<cIQQ")
SECTOR = 512
PENDING_KINDS = ("none", "all", "prefix", "some", "torn")
Told = dict[tuple[str, str], str]  # the receipt and the answers, by attempt and what it is


@dataclass(frozen=True, slots=True)
class Event:
    """One record: a write, sync, truncation, removal ('w' 's' 't' 'u') or promise ('a')."""

    kind: str
    path: str
    offset: int
    data: bytes


def read_log(path: Path) -> Iterator[Event]:
    """Yield the records in order."""
    with path.open("rb") as file:
        while head := file.read(HEAD.size):
            kind, path_length, offset, length = HEAD.unpack(head)
            name = file.read(path_length).decode()
            data = file.read(length) if kind in (b"w", b"a") else b""
            yield Event(kind.decode(), name, offset, data)


def promise(log: Path, attempt: str, what: str, text: str) -> None:
    """Add to the log that a student was told now that this is kept."""
    data = json.dumps([attempt, what, text]).encode()
    with log.open("ab", buffering=0) as file:
        file.write(HEAD.pack(b"a", 0, 0, len(data)) + data)


class Disk:
    """A database's two files as they certainly are on the disk, and what was done to each since.

    They are kept as files in a folder, where an image changes only what it differs in. An empty
    log stands for one that is not there.
    """

    def __init__(self, folder: Path, database: str, beginning: bytes) -> None:
        self.path = folder / "db"
        self.path.write_bytes(beginning)
        self.pending: dict[str, list[Event]] = {database: [], f"{database}-wal": []}
        self._certain = dict.fromkeys(self.pending, 0)
        self._files = {
            path: os.open(f"{self.path}{path.removeprefix(database)}", os.O_RDWR | os.O_CREAT)
            for path in self.pending
        }

    def take(self, event: Event) -> None:
        """Let one event happen. The index of the log is not kept: each start makes it anew."""
        if event.path not in self.pending:
            return
        if event.kind in "wt":
            self.pending[event.path].append(event)
            return
        done = self.pending[event.path] if event.kind == "s" else [cut_off(event.path, 0)]
        play(self._files[event.path], done)
        self._certain, self.pending[event.path] = self._follow(done), []

    def choose(self, kind: str, chance: random.Random) -> list[Event]:
        """Return what may have reached the disk, of all that is not certain, when power fails."""
        return [one for events in self.pending.values() for one in choose(events, kind, chance)]

    def name(self, chosen: Sequence[Event]) -> int:
        """Return what tells the image apart in which these are on the disk, by what made it."""
        return hash(tuple(self._follow(chosen).values()))

    def _follow(self, events: Sequence[Event]) -> dict[str, int]:
        made = dict(self._certain)
        for event in events:
            made[event.path] = hash((made[event.path], event))
        return made

    @contextmanager
    def after(self, chosen: Sequence[Event]) -> Iterator[None]:
        """Let these reach the files; afterwards they are as before."""
        files = [self._files[event.path] for event in chosen]
        undone = [play(file, [event]) for file, event in zip(files, chosen, strict=True)]
        try:
            yield
        finally:
            for file, events in zip(reversed(files), reversed(undone), strict=True):
                play(file, events)

    def close(self) -> None:
        """Close the files."""
        for file in self._files.values():
            os.close(file)


def choose(events: Sequence[Event], kind: str, chance: random.Random) -> list[Event]:
    """Return the part of the unsynced events that reached the disk."""
    if kind == "none" or not events:
        return []
    if kind == "all":
        return list(events)
    if kind == "some":
        return [event for event in events if chance.random() < 0.5]
    kept = list(events[: chance.randint(0, len(events))])
    if kind == "torn" and kept and kept[-1].kind == "w":
        last = kept.pop()
        cut = SECTOR * chance.randint(0, len(last.data) // SECTOR)
        kept += [Event("w", last.path, last.offset, last.data[:cut])] if cut else []
    return kept


def cut_off(path: str, size: int) -> Event:
    """Return the truncation of a file to this size."""
    return Event("t", path, size, b"")


def play(file: int, events: Sequence[Event]) -> list[Event]:
    """Do this to an open file; return what undoes it."""
    undoing: list[Event] = []
    for event in events:
        size = os.fstat(file).st_size
        length = size if event.kind == "t" else len(event.data)
        before = Event("w", event.path, event.offset, os.pread(file, length, event.offset))
        undoing = [cut_off(event.path, size), before, *undoing]
        if event.kind == "t":
            os.ftruncate(file, event.offset)
        else:
            os.pwrite(file, event.data, event.offset)
    return undoing


def is_sound(path: Path, told: Told) -> bool:
    """Open an image: is it whole, and is everything in it that was promised?

    It is opened for reading only, since what writes would fold the log into the database as it
    closes; the log is recovered all the same.
    """
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            if connection.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                return False
            held = {(attempt, what): text for attempt, what, text in connection.execute(HELD)}
            unmarked = connection.execute(UNMARKED).fetchone()
    except sqlite3.DatabaseError:
        return False
    return unmarked == (0,) and told.items() <= held.items()


def record(setting: Setting, module: tuple[str, ...], students: int) -> tuple[Path, str, bytes]:
    """Let students hand in under the watching shim; return the log, the database, its beginning."""
    folder = setting.folder / module[-1].replace("=", "-")
    folder.mkdir()
    log = folder / "writes.log"
    settings = {
        "LD_PRELOAD": str(build("writes", folder)),
        "QUIZAPP_WRITES": str(log),
        "QUIZAPP_WATCHED": str(folder / "quizapp.sqlite"),
    }
    server = Server(folder, settings, module=module)
    app = application(f"sqlite:///{server.database}", folder, server.questions)
    room = open_room(app)
    people = enrol(app, room, students)
    with closing(sqlite3.connect(server.database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    beginning = server.database.read_bytes()
    with server:
        for number, cookies in enumerate(people):
            student = seated(server.port, room, cookies)
            saved = student.autosave("cleaner", [f"lemon {number}"], 0)
            assert saved.status == 200, f"saving: {saved.status}"
            promise(log, student.public_id, "cleaner", f'["lemon {number}"]')
            student.submit()
            receipt = student.receipt()
            assert receipt is not None, "handing in gave no receipt"
            promise(log, student.public_id, "receipt", receipt)
            student.close()
        server.kill()
    return log, str(server.database), beginning


def count_broken(
    log: Path, database: str, beginning: bytes, draws: int, setting: Setting
) -> tuple[int, int]:
    """Draw images at moments spread over the run; return how many differ and are not sound."""
    chance, events = setting.chance, list(read_log(log))
    disk, told = Disk(setting.folder, database, beginning), Told()
    seen, broken = set[int](), 0
    due = Counter(chance.randrange(len(events)) for _ in range(draws))
    with closing(disk):
        for index, event in enumerate(events):
            if event.kind == "a":
                attempt, what, text = json.loads(event.data)
                told[attempt, what] = text
            else:
                disk.take(event)
            for _ in range(due[index]):
                chosen = disk.choose(chance.choice(PENDING_KINDS), chance)
                image = hash((disk.name(chosen), len(told)))
                if image not in seen:
                    seen.add(image)
                    with disk.after(chosen):
                        broken += not is_sound(disk.path, told)
    return len(seen), broken


def judge(
    setting: Setting, draws: int, *, module: tuple[str, ...], students: int
) -> tuple[int, int]:
    """Record a run and draw images of it; return how many differ and how many are not sound."""
    return count_broken(*record(setting, module, students), draws, setting)


def run(setting: Setting) -> list[Result]:
    """Try the settings of the application, and two weaker ones that must fail."""
    students = setting.times(300, least=8)
    cases = (
        ("an acknowledged submission survives power loss", ("quizapp",), 400_000, False),
        ("control: synchronous=NORMAL", ("proofs.weak", "synchronous=NORMAL"), 4_000, True),
        ("control: synchronous=OFF", ("proofs.weak", "synchronous=OFF"), 4_000, True),
    )
    results = []
    for name, module, full, control in cases:
        work = partial(judge, module=module, students=students)
        shares = in_shares(setting, work, setting.times(full, least=60))
        images, broken = (sum(column) for column in zip(*shares, strict=True))
        results.append(Result(name, images, broken, setting.seed, control))
    return results
