"""Power loss: from the writes and syncs of a run, what a disk may hold at any moment is rebuilt.

At a moment a disk holds all that was synced and any part of what was not: nothing, everything, the
first few writes, some of them, one of them torn at a sector. Each such image is opened as a restart
would, and must be sound and hold everything acknowledged before that moment.
"""

import json
import random
import shutil
import sqlite3
import struct
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from proofs.result import Result, Setting
from proofs.school import application, enrol, open_room
from proofs.server import Server
from proofs.shims import build
from proofs.together import seated

HEAD = struct.Struct("<cIQQ")
SECTOR = 512
PENDING_KINDS = ("none", "all", "prefix", "some", "torn")


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


def promise(log: Path, attempt: str, receipt: str) -> None:
    """Add to the log that a student was told so now."""
    data = json.dumps([attempt, receipt]).encode()
    with log.open("ab", buffering=0) as file:
        file.write(HEAD.pack(b"a", 0, 0, len(data)) + data)


@dataclass
class Disk:
    """The files as they certainly are on the disk, and what was done to each since its sync."""

    durable: dict[str, bytes] = field(default_factory=dict)
    pending: dict[str, list[Event]] = field(default_factory=dict)

    def take(self, event: Event) -> None:
        """Let one event happen."""
        if event.kind == "s":
            before, since = self.durable.get(event.path, b""), self.pending.pop(event.path, [])
            self.durable[event.path] = play(before, since)
        elif event.kind == "u":
            self.durable.pop(event.path, None)
            self.pending.pop(event.path, None)
        elif event.kind in "wt":
            self.pending.setdefault(event.path, []).append(event)

    def image(self, kind: str, chance: random.Random) -> Mapping[str, bytes]:
        """Return what the disk may hold when the power fails now."""
        return {
            path: play(
                self.durable.get(path, b""), choose(self.pending.get(path, []), kind, chance)
            )
            for path in self.durable.keys() | self.pending.keys()
            if path in self.durable or kind != "none"
        }


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
        kept.append(Event("w", last.path, last.offset, last.data[:cut]))
    return kept


def play(content: bytes, events: Sequence[Event]) -> bytes:
    """Return the content of a file after these events."""
    after = bytearray(content)
    for event in events:
        if event.kind == "t":
            del after[event.offset :]
            after.extend(b"\0" * (event.offset - len(after)))
        else:
            after.extend(b"\0" * (event.offset - len(after)))
            after[event.offset : event.offset + len(event.data)] = event.data
    return bytes(after)


def is_sound(image: Mapping[str, bytes], database: str, told: Mapping[str, str], at: Path) -> bool:
    """Open an image as a restart would: whole, and everything that was promised is in it."""
    shutil.rmtree(at, ignore_errors=True)
    at.mkdir()
    for suffix in ("", "-wal"):
        if (content := image.get(database + suffix)) is not None:
            (at / f"db{suffix}").write_bytes(content)
    try:
        with closing(sqlite3.connect(at / "db")) as connection:
            if connection.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                return False
            stored = connection.execute(
                "SELECT a.public_id, s.receipt FROM submissions s "
                "JOIN attempts a ON a.id = s.attempt_id"
            ).fetchall()
            partial = connection.execute(
                "SELECT count(*) FROM submissions s WHERE NOT EXISTS "
                "(SELECT 1 FROM marks m WHERE m.attempt_id = s.attempt_id)"
            ).fetchone()
    except sqlite3.DatabaseError:
        return False
    return partial == (0,) and told.items() <= dict(stored).items()


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
            student.save({"cleaner": f"lemon {number}"})
            student.submit()
            receipt = student.receipt()
            if receipt:
                promise(log, student.public_id, receipt)
            student.close()
        server.kill()
    return log, str(server.database), beginning


def count_broken(log: Path, database: str, beginning: bytes, images: int, setting: Setting) -> int:
    """Rebuild this many images at moments spread over the run; return how many are not sound."""
    chance, events = setting.chance, list(read_log(log))
    disk, told, broken = Disk({database: beginning}), dict[str, str](), 0
    due = sorted(chance.randrange(len(events)) for _ in range(images))
    for index, event in enumerate(events):
        if event.kind == "a":
            attempt, receipt = json.loads(event.data)
            told[attempt] = receipt
        else:
            disk.take(event)
        while due and due[0] == index:
            due.pop(0)
            image = disk.image(chance.choice(PENDING_KINDS), chance)
            broken += not is_sound(image, database, told, setting.folder / "image")
    return broken


def run(setting: Setting) -> list[Result]:
    """Try the settings of the application, and two weaker ones that must fail."""
    students = setting.times(200, least=8)
    cases = (
        ("an acknowledged submission survives power loss", ("quizapp",), 20_000, False),
        ("control: synchronous=NORMAL", ("proofs.weak", "synchronous=NORMAL"), 2_000, True),
        ("control: synchronous=OFF", ("proofs.weak", "synchronous=OFF"), 2_000, True),
    )
    results = []
    for name, module, full, control in cases:
        images = setting.times(full, least=60)
        log, database, beginning = record(setting, module, students)
        broken = count_broken(log, database, beginning, images, setting)
        results.append(Result(name, images, broken, setting.seed, control))
    return results
