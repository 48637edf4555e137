"""Submitting again: by double clicks, from two tabs, after replies that were lost on the way."""

import random
from functools import partial
from pathlib import Path

from proofs.people import Answer, Student
from proofs.proxy import Lossy
from proofs.result import Result, Setting
from proofs.school import Books, Room, application, enrol, open_room
from proofs.server import Server
from proofs.together import at_once, seated, stubborn, twin

MOST_SENDS = 8
SHARE_LOST = 0.25
COUNT = """SELECT (SELECT count(*) FROM submissions s WHERE s.attempt_id = a.id),
  (SELECT count(*) FROM marks m WHERE m.attempt_id = a.id),
  (SELECT count(DISTINCT item_id) FROM marks m WHERE m.attempt_id = a.id)
  FROM attempts a WHERE a.public_id = :attempt"""


def hand_in_often(student: Student, port: int, sends: int) -> list[tuple[int, str | None]]:
    """Hand in from many tabs at once, each until it hears; return what each was answered."""

    def hand_in(tab: Student) -> tuple[int, str | None]:
        tab.port = port
        answer: Answer = stubborn(tab.submit)
        tab.close()
        tab.port = student.port
        told = (answer.status, tab.receipt())
        tab.close()
        return told

    tabs = [twin(student) for _ in range(sends)]
    return at_once([partial(hand_in, tab) for tab in tabs])


def is_one(told: list[tuple[int, str | None]], counted: tuple[int, ...]) -> bool:
    """Tell whether everybody was given the same receipt, and the rows are those of one."""
    receipts = {receipt for _, receipt in told}
    same = {status for status, _ in told} == {303} and len(receipts) == 1 and None not in receipts
    submissions, marks, marked = counted
    return same and submissions == 1 and marks == marked > 0


def count_doubled(folder: Path, module: tuple[str, ...], times: int, seed: int) -> int:
    """Hand in `times` attempts, each one to eight times at once; return how many went wrong."""
    folder.mkdir()
    server, chance = Server(folder, module=module), random.Random(seed)
    url = f"sqlite:///{server.database}"
    app = application(url, folder, server.questions)
    room: Room = open_room(app)
    cookies, books, failed = enrol(app, room, times), Books(url), 0
    with server, Lossy(server.port, SHARE_LOST, seed) as lossy:
        for one in cookies:
            student = seated(server.port, room, one)
            student.save({"cleaner": "lemon"})
            told = hand_in_often(student, lossy.port, chance.randint(1, MOST_SENDS))
            failed += not is_one(told, books.rows(COUNT, attempt=student.public_id)[0])
            student.close()
    books.close()
    return failed


def run(setting: Setting) -> list[Result]:
    """Hand in often, with replies lost; the control forgets that it has given a receipt."""
    times, few = setting.times(1_200, least=8), setting.times(100, least=4)
    failed = count_doubled(setting.folder / "whole", ("quizapp",), times, setting.seed)
    weak = ("proofs.weak", "no-receipts")
    caught = count_doubled(setting.folder / "weak", weak, few, setting.seed)
    promise = "any number of submits of an attempt is one receipt"
    return [
        Result(promise, times, failed, setting.seed),
        Result("control: submissions without a stored receipt", few, caught, setting.seed, True),
    ]
