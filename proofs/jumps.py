"""The wall clock is set while attempts with a time limit run: nobody loses, nobody gains."""

import mmap
import random
import struct
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from proofs.deadline import GRACE, shift
from proofs.people import Student
from proofs.result import Result, Setting
from proofs.school import Books, Room, application, enrol, open_room
from proofs.server import Server
from proofs.shims import build
from proofs.together import seated, stubborn

HOUR, DAY = 3600.0, 86400.0
STARTED = "SELECT started_at FROM attempts WHERE public_id = :attempt"
LOSES = 1.0  # seconds that a jump may cost
NEAR = (GRACE - 1.5, GRACE + 2.0)  # where the second that may be lost, or the way, decides
SHARE_NOTICED, NOTICED = 0.05, 3.0  # seconds in which housekeeping notices a jump


class WallClock:
    """The wall clock of a server, to be set while it runs."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "clock"
        self.path.write_bytes(struct.pack("d", 0.0))
        self._file = self.path.open("r+b")
        self._mapped = mmap.mmap(self._file.fileno(), 8)
        self.settings = {
            "LD_PRELOAD": str(build("clock", folder)),
            "QUIZAPP_CLOCK": str(self.path),
        }

    def move(self, seconds: float) -> None:
        """Let the server's wall clock be so much ahead of the true one."""
        self._mapped[:8] = struct.pack("d", seconds)

    def close(self) -> None:
        """Let go of the file."""
        self._mapped.close()
        self._file.close()


def jump(chance: random.Random) -> float:
    """Return an hour or a day either way (an hour is what the summer takes), or back to 1970."""
    return chance.choice((HOUR, -HOUR, DAY, -DAY, 1.0 - time.time()))


def draw(chance: random.Random) -> float:
    """Return how many seconds after a deadline to come, not too near the end of the grace."""
    while NEAR[0] < (late := chance.uniform(-20, 90)) < NEAR[1]:
        pass
    return late


def is_fair(student: Student, late: float) -> bool:
    """Answer so long after the true deadline; tell whether it counts as it should."""
    # The server may have closed a connection that seems to be idle for a day; browsers ask again.
    page = stubborn(partial(student.autosave, "cleaner", ["lemon"]))
    return page.status == 200 and ('"late"' in page.text) == (late > GRACE)


def begins_now(server: Server, room: Room, cookies: dict[str, str], books: Books) -> Student | None:
    """Start after a jump; return the student, or None when the start is off by over a second."""
    begun = time.time()
    student = stubborn(partial(seated, server.port, room, cookies))
    row = str(books.rows(STARTED, attempt=student.public_id)[0][0])
    noted = datetime.fromisoformat(row).replace(tzinfo=UTC).timestamp()
    return student if begun - LOSES <= noted <= time.time() + LOSES else None


def count_unfair(folder: Path, module: tuple[str, ...], times: int, seed: int) -> int:
    """Set the clock so often while students work; return how many were treated unfairly."""
    folder.mkdir()
    chance, wall = random.Random(seed), WallClock(folder)
    server = Server(folder, wall.settings, module)
    url = f"sqlite:///{server.database}"
    app = application(url, folder, server.questions)
    room = open_room(app, time_limit=600)
    first, *others = enrol(app, room, times + 1)
    books, unfair = Books(url), 0
    with server:
        seated(server.port, room, first)  # works all the while, so that the time is held on to
        for one in others:
            student = begins_now(server, room, dict(one), books)
            late = draw(chance)
            if student is not None:
                wall.move(jump(chance))
                if chance.random() < SHARE_NOTICED:
                    time.sleep(NOTICED)
                shift(books, student, late)
            unfair += student is None or not is_fair(student, late)
    books.close()
    wall.close()
    return unfair


def run(setting: Setting) -> list[Result]:
    """Set the clock again and again; the control takes the wall clock as it is."""
    times, few, seed = setting.times(300, least=6), setting.times(30, least=4), setting.seed
    unfair = count_unfair(setting.folder / "whole", ("quizapp",), times, seed)
    caught = count_unfair(setting.folder / "weak", ("proofs.weak", "bare-clock"), few, seed)
    return [
        Result("a clock that is set costs nobody a second", times, unfair, seed),
        Result("control: the bare wall clock", few, caught, seed, True),
    ]
