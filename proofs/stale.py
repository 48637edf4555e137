"""Two pages of one attempt that do not know of each other: nothing overwritten, nothing dropped."""

import json
import random
from dataclasses import dataclass, field
from pathlib import Path

from proofs.people import Student
from proofs.result import Result, Setting
from proofs.school import Books, application, enrol, open_room
from proofs.server import Server
from proofs.together import seated, twin

ITEM = "cleaner"
ACTS = 6
PER_STUDENT = 20
HELD = """SELECT r.given, r.revision FROM responses r JOIN attempts a ON a.id = r.attempt_id
  WHERE a.public_id = :attempt AND r.item_id = :item"""
KEPT = """SELECT s.given FROM stray_responses s JOIN attempts a ON a.id = s.attempt_id
  WHERE a.public_id = :attempt AND s.item_id = :item"""


@dataclass
class Witness:
    """One student's answer as it is stored, read beside the server."""

    books: Books
    attempt: str
    faults: list[str] = field(default_factory=list)

    def held(self) -> tuple[str, int]:
        """Return what is saved now, and its revision."""
        found = self.books.rows(HELD, attempt=self.attempt, item=ITEM)
        return (json.loads(found[0][0]) or [""])[0] if found else "", found[0][1] if found else 0

    def kept(self) -> set[str]:
        """Return what has lost and was kept."""
        rows = self.books.rows(KEPT, attempt=self.attempt, item=ITEM)
        return {(json.loads(given) or [""])[0] for (given,) in rows}

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
    """Let two pages load, type, clear and save in a random order."""
    for tab in tabs:
        tab.read_page()
    for turn in range(ACTS):
        tab, act = chance.choice(tabs), chance.choice(("load", "type", "type", "clear", "page"))
        if act == "load":
            tab.read_page()
            continue
        words, before = "" if act == "clear" else f"{name} {turn}", witness.held()
        if act == "page":
            tab.post(tab.attempt, {f"q-{ITEM}": words, "base": tab.base, "go": "save"})
        else:
            tab.autosave(ITEM, [words] if words else [])
        witness.judge(tab, words, before)
        if tab.knows(ITEM) == before[1]:
            tab.read_page()  # a page knows what has become of its own answer


def count_faults(folder: Path, module: tuple[str, ...], times: int, seed: int) -> int:
    """Return in how many of `times` interleavings something was overwritten or dropped."""
    folder.mkdir()
    server, chance = Server(folder, module=module), random.Random(seed)
    url = f"sqlite:///{server.database}"
    app = application(url, folder, server.questions)
    room = open_room(app)
    cookies = enrol(app, room, times // PER_STUDENT + 1)
    books, failed = Books(url), 0
    with server:
        for number in range(times):
            if number % PER_STUDENT == 0:
                first = seated(server.port, room, cookies[number // PER_STUDENT])
                tabs = [first, twin(first)]
            witness = Witness(books, first.public_id)
            interleave(tabs, witness, chance, f"turn {number}")
            failed += bool(witness.faults)
    books.close()
    return failed


def run(setting: Setting) -> list[Result]:
    """Interleave two pages; in the controls, one of the two ways to save ignores revisions."""
    times, few, seed = setting.times(1_200, least=10), setting.times(100, least=5), setting.seed
    failed = count_faults(setting.folder / "whole", ("quizapp",), times, seed)
    results = [Result("an older page overwrites nothing, and is kept", times, failed, seed)]
    for way, weakness in (("by the rules", "no-revisions"), ("at once", "blind-statement")):
        module = ("proofs.weak", weakness)
        caught = count_faults(setting.folder / weakness, module, few, seed)
        control = f"control: revisions not looked at, what is saved {way}"
        results.append(Result(control, few, caught, seed, True))
    return results
