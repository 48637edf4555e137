"""A year group at once: every student starts, answers and hands in inside the same minute."""

import heapq
import os
import random
import resource
import shutil
import sqlite3
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles

from proofs.people import LOST, Student
from proofs.result import Result, Setting
from proofs.school import Room, application, enrol, open_room
from proofs.server import Server

Cookies = Mapping[str, str]
MINUTE = 60.0
BEGIN_WITHIN, WORK = 42.0, 12.0  # when the last of them starts, and how long each takes
STEPS = ("begin", "cleaner", "how-many", "early-stop", "check", "submit", "receipt")
HANDS = 48
CLASS = 30  # students in a classroom


@dataclass
class Sitting:
    """One student, when to do each step, and what the server said."""

    student: Student
    assignment: str
    plan: list[float]
    answers: dict[str, str]
    receipt: str | None = None
    finished: float = 0.0


@dataclass
class Crowd:
    """The sittings by the moment of their next step, worked off by a number of hands."""

    sittings: Sequence[Sitting]
    taken: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    _due: list[tuple[float, int, int]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self) -> None:
        """Let everybody work; return when all are done."""
        self._begun = time.monotonic()
        self._due = [(one.plan[0], number, 0) for number, one in enumerate(self.sittings)]
        heapq.heapify(self._due)
        hands = [threading.Thread(target=self._work) for _ in range(HANDS)]
        for hand in hands:
            hand.start()
        for hand in hands:
            hand.join()

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._due:
                    return
                due, number, step = heapq.heappop(self._due)
            time.sleep(max(0.0, due - self._now()))
            sitting = self.sittings[number]
            try:
                self._do(sitting, STEPS[step])
            except (*LOST, AssertionError) as error:
                self.faults.append(f"{STEPS[step]}: {error}")
            # From when it was due, so that waiting for a free hand counts as well.
            self.taken.append(self._now() - due)
            if step + 1 < len(STEPS):
                with self._lock:
                    following = max(sitting.plan[step + 1], self._now())
                    heapq.heappush(self._due, (following, number, step + 1))
            else:
                sitting.finished = self._now()

    def _now(self) -> float:
        return time.monotonic() - self._begun

    def _do(self, sitting: Sitting, step: str) -> None:
        student = sitting.student
        if step == "begin":
            begun = student.post(f"/assignments/{sitting.assignment}/attempts", {})
            assert begun.status == 303, begun.status
            student.attempt = begun.location
            page = student.get(student.attempt)
            assert page.status == 200, page.status
        elif step == "check":
            student.read_key()
        elif step == "submit":
            status = student.submit().status
            assert status == 303, status
        elif step == "receipt":
            sitting.receipt = student.receipt()
            student.close()
        else:
            answer = student.autosave(step, [sitting.answers[step]], 0)
            assert '"saved"' in answer.text, answer.status


def gather(
    server: Server, rooms: Mapping[Room, Sequence[Cookies]], number: int, chance: random.Random
) -> list[Sitting]:
    """Let everybody look at what there is to do, and plan when each does what."""
    sittings = []
    people = [(room, cookies) for room, found in rooms.items() for cookies in found]
    for turn, (room, cookies) in enumerate(people):
        student = Student(server.port, cookies=dict(cookies))
        student.get("/home")
        student.close()
        begin = chance.uniform(0, BEGIN_WITHIN * number / 1000)
        work = max(3.0, WORK * number / 1000)
        plan = [begin, *sorted(begin + chance.uniform(1, work) for _ in STEPS[1:])]
        answers = {"cleaner": f"lemon {turn}", "how-many": str(turn), "early-stop": "sensor"}
        sittings.append(Sitting(student, room.assignment, plan, answers))
    return sittings


def count(database: Path, sittings: Sequence[Sitting]) -> tuple[int, int]:
    """Return how many sittings have lost something, and how many have something twice."""
    lost = doubled = 0
    with closing(sqlite3.connect(database)) as connection:
        for one in sittings:
            attempt = (one.student.attempt.rpartition("/")[2],)
            where = "JOIN attempts a ON a.id = x.attempt_id WHERE a.public_id = ?"
            receipts = connection.execute(f"SELECT x.receipt FROM submissions x {where}", attempt)
            codes = [row[0] for row in receipts]
            given = dict(
                connection.execute(f"SELECT x.item_id, x.given FROM responses x {where}", attempt)
            )
            marks = connection.execute(
                f"SELECT count(*), count(DISTINCT x.item_id) FROM marks x {where}", attempt
            ).fetchone()
            wanted = {item: f'["{text}"]' for item, text in one.answers.items()}
            lost += one.receipt not in codes or given != wanted or marks[1] == 0
            doubled += len(codes) > 1 or marks[0] != marks[1]
        more = connection.execute(
            "SELECT count(*) FROM (SELECT 1 FROM attempts GROUP BY student_id, assignment_id "
            "HAVING count(*) > 1)"
        ).fetchone()
    return lost, doubled + int(more[0])


def without_one(database: Path) -> Path:
    """Return a copy of the database from which one submission has gone."""
    copy = database.with_name("without-one.sqlite")
    shutil.copy(database, copy)
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("DELETE FROM submissions WHERE id = (SELECT min(id) FROM submissions)")
        connection.commit()
    return copy


def processor_seconds(pid: int) -> float:
    """Return how long a process has kept a processor busy: more than a minute cannot be done."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def run(setting: Setting) -> list[Result]:
    """Let 1,000 students (fewer in the tests, at the same pace) work inside one minute."""
    number = setting.times(1_000, least=30)
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
    server = Server(setting.folder)
    app = application(f"sqlite:///{server.database}", setting.folder, server.questions)
    classes = [min(CLASS, number - begin) for begin in range(0, number, CLASS)]
    rooms = {
        (room := open_room(app)): enrol(app, room, size, f"Otter-{turn}")
        for turn, size in enumerate(classes)
    }
    with server:
        crowd = Crowd(gather(server, rooms, number, setting.chance))
        before = processor_seconds(server.pid)
        crowd.run()
        used = processor_seconds(server.pid) - before
    with closing(sqlite3.connect(server.database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    lost, doubled = count(server.database, crowd.sittings)
    noticed, _ = count(without_one(server.database), crowd.sittings)
    late = sum(not 0 < one.finished <= MINUTE for one in crowd.sittings)
    cuts = [cut * 1000 for cut in quantiles(crowd.taken, n=100)]
    last = max(one.finished for one in crowd.sittings)
    print(f"the server used a processor for {used:.1f} s", end=" ", file=sys.stderr)
    pace = f"{last:.0f} s; a step: p50 {cuts[49]:.0f} ms, p99 {cuts[98]:.0f} ms"
    for fault in crowd.faults[:5]:
        print(fault, file=sys.stderr)
    seed = setting.seed
    return [
        Result(f"{number} students start and hand in within a minute ({pace})", number, late, seed),
        Result("of a crowd that hands in at once, nobody's work is lost", number, lost, seed),
        Result("of a crowd that hands in at once, nothing is there twice", number, doubled, seed),
        Result("every request of the crowd is answered", len(crowd.taken), len(crowd.faults), seed),
        Result("control: one submission is taken away", number, noticed, seed, True),
    ]
