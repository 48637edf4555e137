"""Submitting again: by double clicks, from two tabs, after replies that were lost on the way."""

import random
from contextlib import closing
from functools import partial

from proofs.kill import Told, compare
from proofs.people import Seat, Student
from proofs.result import Result, Setting
from proofs.school import Books, application, open_room, seat
from proofs.server import Server
from proofs.together import at_once, halves, stubborn, twin

MOST_SENDS = 8
SHARE_LOST = 0.25
ITEM, TEXT = "cleaner", "lemon"


def hand_in_often(student: Student, chance: random.Random) -> str | None:
    """Hand in from one to eight tabs at once, each until it hears that the attempt is handed in.

    Return the receipt, None where a tab heard otherwise, or the first and the last see different.
    """
    tabs = [twin(student) for _ in range(chance.randint(1, MOST_SENDS))]
    answers = at_once([partial(hand_in, tab, count_lost(chance)) for tab in tabs])
    receipts = {tab.receipt() for tab in (tabs[0], tabs[-1])}
    for tab in tabs:
        tab.close()
    return receipts.pop() if set(answers) == {303} and len(receipts) == 1 else None


def count_lost(chance: random.Random) -> int:
    """Return how many replies in a row a tab will lose."""
    lost = 0
    while chance.random() < SHARE_LOST:
        lost += 1
    return lost


def hand_in(tab: Student, lost: int) -> int:
    """Hand in, and again after each reply that is lost; return the status of the one that comes."""
    for _ in range(lost):
        tab.submit_unheard()
    return stubborn(tab.submit).status


def count_doubled(setting: Setting, name: str, module: tuple[str, ...], times: int) -> int:
    """Hand in `times` attempts, each one to eight times at once; return how many went wrong."""
    acts = []
    for number, share in enumerate(halves(times)):
        server = Server(setting.folder / f"{name}-{number}", module=module)
        app = application(f"sqlite:///{server.database}", server.folder, server.questions)
        seats = seat(app, open_room(app), share)
        acts.append(partial(_hand_in_all, server, seats, random.Random(setting.seed + number)))
    return sum(at_once(acts))


def _hand_in_all(server: Server, seats: list[Seat], chance: random.Random) -> int:
    told: dict[str, Told] = {}
    with server:
        student = Student(server.port)
        for one in seats:
            student.sit(one)
            student.autosave(ITEM, [TEXT], 0)
            if receipt := hand_in_often(student, chance):
                told[student.public_id] = (receipt, {ITEM: TEXT})
        student.close()
    with closing(Books(f"sqlite:///{server.database}")) as books:
        return len(seats) - len(told) + compare(books, told)


def run(setting: Setting) -> list[Result]:
    """Hand in often, with replies lost; the control forgets that it has given a receipt."""
    times, few, seed = setting.times(10_000, least=8), setting.times(100, least=4), setting.seed
    failed = count_doubled(setting, "whole", ("quizapp",), times)
    caught = count_doubled(setting, "weak", ("proofs.weak", "no-receipts"), few)
    return [
        Result("any number of submits of an attempt is one receipt", times, failed, seed),
        Result("control: submissions without a stored receipt", few, caught, seed, True),
    ]
