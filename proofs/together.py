"""Doing things at the same moment, from several tabs, and again until there is an answer."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TypeVar

from proofs.people import LOST, Answer, Student
from proofs.school import Room

PATIENCE = 120.0  # a busy machine takes its time to start the server again
HANDS = ThreadPoolExecutor(1_000)  # kept: to make fifty threads takes as long as what they do
LITTLE = 50
Found = TypeVar("Found")


def halves(times: int) -> list[int]:
    """Return how much each of two servers is given to do, one per core; a little is for one."""
    return [times] if times < LITTLE else [times // 2, times - times // 2]


def at_once(acts: Sequence[Callable[[], Found]]) -> list[Found]:
    """Do everything at the same moment; return what each returned."""
    barrier = threading.Barrier(len(acts))

    def one(act: Callable[[], Found]) -> Found:
        barrier.wait()
        return act()

    doing = [HANDS.submit(one, act) for act in acts]
    wait(doing)  # when one breaks off, nothing of the others goes on beside what comes next
    return [each.result() for each in doing]


def stubborn(act: Callable[[], Found]) -> Found:
    """Do something until the server answers other than "not now"; a restart takes seconds."""
    begun = time.monotonic()
    while time.monotonic() - begun < PATIENCE:
        try:
            found = act()
        except LOST:
            time.sleep(0.05)
            continue
        if not (isinstance(found, Answer) and found.status == 503):
            return found
        time.sleep(0.05)
    raise RuntimeError("the server never came back")


def seated(port: int, room: Room, cookies: Mapping[str, str], *, started: bool = True) -> Student:
    """Return an enrolled student at the home page, or in an attempt that has begun."""
    student = Student(port, cookies=dict(cookies))
    if started:
        student.begin(room.assignment)
    else:
        student.get("/home")
    return student


def twin(student: Student) -> Student:
    """Return another tab of the same browser."""
    other = Student(student.port, cookies=dict(student.cookies), token=student.token)
    other.attempt, other.key, other.base = student.attempt, student.key, student.base
    return other
