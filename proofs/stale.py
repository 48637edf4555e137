"""Two pages of one attempt that do not know of each other: nothing overwritten, nothing dropped."""

import json
import random
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from proofs.people import Seat, Student
from proofs.result import Result, Setting
from proofs.school import application, open_room, seat
from proofs.server import Server
from proofs.together import at_once, halves

ITEM = "cleaner"
ACTS = 6
HELD = """SELECT r.given, r.revision FROM responses r JOIN attempts a ON a.id = r.attempt_id
  WHERE a.public_id = :attempt AND r.item_id = :item"""
KEPT = """SELECT s.given FROM stray_responses s JOIN attempts a ON a.id = s.attempt_id
  WHERE a.public_id = :attempt AND s.item_id = :item"""


@dataclass
class Witness:
    """One student's answer as it is stored, read beside the server."""

    books: sqlite3.Connection
    attempt: str
    faults: list[str] = field(default_factory=list)

    def held(self) -> tuple[str, int]:
        """Return what is saved now, and its revision."""
        found = self._rows(HELD)
        return (json.loads(found[0][0]) or [""])[0] if found else "", found[0][1] if found else 0

    def kept(self) -> set[str]:
        """Return what has lost and was kept."""
        return {(json.loads(given) or [""])[0] for (given,) in self._rows(KEPT)}

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        wanted = {"attempt": self.attempt, "item": ITEM}
        return self.books.execute(query, wanted).fetchall()

    def judge(self, tab: Student, words: str, before: tuple[str, int]) -> None:
        """Note what is wrong after a page has saved: the newer wins, the loser is kept."""
        after, is_older = self.held(), tab.knows(ITEM) < before[1]
        if not is_older and after[0] != words:
            self.faults.append("refused")
        if is_older and after != before:
            self.faults.append("overwritten")
        if is_older and words and words != before[0] and words not in self.kept():
            self.faults.append("dropped")


def interleave(tabs: list[Student], witness: Witness, chance: random.Random, name: str) -> None:
    """Let two pages, loaded before anything was answered, type, clear, save and load again."""
    for turn in range(ACTS):
        tab, act = chance.choice(tabs), chance.choice(("load", "type", "type", "clear", "page"))
        if act == "load":
            tab.read_page()
            continue
        words, before = "" if act == "clear" else f"{name} {turn}", witness.held()
        if act == "page":
            tab.post(tab.attempt, {f"q-{ITEM}": words, "base": tab.base, "go": "save"})
            witness.judge(tab, words, before)
            if tab.knows(ITEM) == before[1]:
                tab.read_page()  # a page knows what has become of its own answer
        else:
            reply = json.loads(tab.autosave(ITEM, [words] if words else []).text)
            witness.judge(tab, words, before)
            if reply["state"] == "saved":
                if witness.held() != (words, reply["base"][0]):
                    witness.faults.append("told otherwise")
                tab.base = json.dumps({ITEM: reply["base"]})  # as the page's script does


def count_faults(setting: Setting, name: str, module: tuple[str, ...], times: int) -> int:
    """Return in how many of `times` interleavings something was overwritten or dropped."""
    acts = []
    for number, share in enumerate(halves(times)):
        server = Server(setting.folder / f"{name}-{number}", module=module)
        app = application(f"sqlite:///{server.database}", server.folder, server.questions)
        seats = seat(app, open_room(app), share)
        acts.append(partial(_interleave_all, server, seats, random.Random(setting.seed + number)))
    return sum(at_once(acts))


def _interleave_all(server: Server, seats: list[Seat], chance: random.Random) -> int:
    failed, tabs = 0, [Student(server.port), Student(server.port)]
    with server, closing(sqlite3.connect(server.database)) as books:
        for number, one in enumerate(seats):
            for tab in tabs:
                tab.sit(one)
            witness = Witness(books, tabs[0].public_id)
            interleave(tabs, witness, chance, f"turn {number}")
            failed += bool(witness.faults)
        for tab in tabs:
            tab.close()
    return failed


def run(setting: Setting) -> list[Result]:
    """Interleave two pages; in the controls, one of the two ways to save ignores revisions."""
    times, few, seed = setting.times(10_000, least=10), setting.times(100, least=5), setting.seed
    failed = count_faults(setting, "whole", ("quizapp",), times)
    results = [Result("an older page overwrites nothing, and is kept", times, failed, seed)]
    for way, weakness in (("by the rules", "no-revisions"), ("at once", "blind-statement")):
        caught = count_faults(setting, weakness, ("proofs.weak", weakness), few)
        control = f"control: revisions not looked at, what is saved {way}"
        results.append(Result(control, few, caught, seed, True))
    return results
