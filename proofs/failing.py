"""The n-th write or sync of the database's files fails: what was acknowledged is what is stored."""

import errno
import mmap
import random
import struct
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from proofs.people import LOST, Student
from proofs.result import Result, Setting
from proofs.school import application, enrol, open_room
from proofs.server import Server
from proofs.shims import build
from proofs.storage import saved_answers
from proofs.together import seated

REACH = 3  # saves beyond the number of a call, of which each save makes one at least
FARTHEST = 30  # calls from one fault to the next, at most; one server lives through all of them
WRITES, SYNCS = 1, 2
LAYOUT = struct.Struct("6i")  # kind, first, times, code, seen, failed: as in the shim


@dataclass(frozen=True, slots=True)
class Point:
    """Which calls fail: so many of this kind, from the one with this number on, with this code."""

    kind: int
    first: int
    code: int
    times: int


class Faults:
    """The plan that a server's calls fail by, to be changed while it runs."""

    def __init__(self, folder: Path, watched: Path) -> None:
        path = folder / "faults"
        path.write_bytes(bytes(LAYOUT.size))
        with path.open("r+b") as file:
            self._mapped = mmap.mmap(file.fileno(), LAYOUT.size)
        self.settings = {
            "LD_PRELOAD": str(build("fails", folder)),
            "QUIZAPP_FAULTS": str(path),
            "QUIZAPP_WATCHED": str(watched),
        }

    def arm(self, point: Point) -> None:
        """Count the calls from now on, and let those of the point fail."""
        words = (point.kind, point.first, point.times, point.code, 0, 0)
        self._mapped[:] = LAYOUT.pack(*words)

    def failed(self) -> int:
        """Return how many calls have failed since then."""
        count: int = LAYOUT.unpack(self._mapped[:])[-1]
        return count

    def disarm(self) -> None:
        """Let everything go well again."""
        self._mapped[:] = bytes(LAYOUT.size)

    def close(self) -> None:
        """Let go of the file."""
        self._mapped.close()


def draw_points(times: int, chance: random.Random) -> list[Point]:
    """Return so many points: any kind and error, one call or three, near to the last or farther."""
    return [
        Point(
            chance.choice((WRITES, SYNCS)),
            chance.randint(1, FARTHEST),
            chance.choice((errno.ENOSPC, errno.EIO)),
            chance.choice((1, 3)),
        )
        for _ in range(times)
    ]


def fail_at(folder: Path, module: tuple[str, ...], points: Sequence[Point]) -> tuple[int, int]:
    """Let calls fail at each point; return how many points there were and how many were harmed.

    At the end the server is killed: what was acknowledged must be there for the next one, too.
    """
    folder.mkdir()
    faults = Faults(folder, folder / "quizapp.sqlite")
    server = Server(folder, faults.settings, module)
    app = application(f"sqlite:///{server.database}", folder, server.questions)
    room = open_room(app)
    people = enrol(app, room, len(points))
    may_hold: dict[str, list[str]] = {}
    harmed = set[str]()
    with server:
        for point, cookies in zip(points, people, strict=True):
            student = seated(server.port, room, cookies)
            student.save({"cleaner": "seated"})
            mine = student.public_id
            may_hold[mine] = fail_once(faults, student, point)
            harmed |= harmed_among({mine: may_hold[mine]}, server.database)
            if student.save({"cleaner": "afterwards"}).status != 303 or not server.is_alive():
                harmed.add(mine)
            may_hold[mine] = ["afterwards"]
            student.close()
        server.kill()
    faults.close()
    return len(points), len(harmed | harmed_among(may_hold, server.database))


def fail_once(faults: Faults, student: Student, point: Point) -> list[str]:
    """Save until a call has failed; return what the database may hold then.

    That is the answer acknowledged last, or the one whose fate the student was not told. Raises
    AssertionError when no call has failed: such a point would prove nothing.
    """
    faults.arm(point)
    acknowledged, turn = "seated", 0
    while turn < point.first + REACH and not faults.failed():
        turn += 1
        with suppress(*LOST):
            if student.save({"cleaner": f"turn {turn}"}).status == 303:
                acknowledged = f"turn {turn}"
    assert faults.failed(), f"{turn} saves never came to {point}"
    faults.disarm()
    return [acknowledged, f"turn {turn}"]


def harmed_among(may_hold: Mapping[str, Sequence[str]], database: Path) -> set[str]:
    """Return the attempts whose stored answer is none of those that it may be."""
    saved = saved_answers(database)
    return {
        attempt
        for attempt, texts in may_hold.items()
        if saved.get((attempt, "cleaner")) not in [f'["{text}"]' for text in texts]
    }


def run(setting: Setting) -> list[Result]:
    """Try many points; the control does not listen to what the database says of a commit."""
    chance, seed = setting.chance, setting.seed
    points = draw_points(setting.times(1_200, least=12), chance)
    tried, harmed = fail_at(setting.folder / "whole", ("quizapp",), points)
    few = [Point(SYNCS, 1 + turn, errno.EIO, 3) for turn in range(setting.times(20, least=3))]
    weak = ("proofs.weak", "deaf-commits")
    weakly, caught = fail_at(setting.folder / "weak", weak, few)
    return [
        Result("the n-th failing write or sync loses nothing acknowledged", tried, harmed, seed),
        Result("control: failed commits ignored, failing sync", weakly, caught, seed, True),
    ]
