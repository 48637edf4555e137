"""Races on both databases: for the last attempt, and between the last answer and handing in."""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

from proofs.people import Answer, Student
from proofs.postgres import cluster_for
from proofs.result import Result, Setting
from proofs.school import Books, Room, application, open_room, seat
from proofs.server import Server
from proofs.together import at_once

RIGHT = {"cleaner": "lemon", "how-many": "340", "early-stop": "sensor"}
STARTED = """SELECT count(*) FROM attempts x JOIN students s ON s.id = x.student_id
  WHERE s.name = :name"""
STORED = """SELECT r.item_id, r.given FROM responses r JOIN attempts a ON a.id = r.attempt_id
  WHERE a.public_id = :attempt"""
STRAY = STORED.replace("responses", "stray_responses")
MARKED = """SELECT m.item_id FROM marks m JOIN attempts a ON a.id = m.attempt_id
  WHERE a.public_id = :attempt AND m.outcome = 'right'"""


def start_at_once(tabs: Sequence[Student], room: Room, books: Books, name: str) -> bool:
    """Let one student start from many tabs at once; tell whether there is exactly one attempt."""
    path = f"/assignments/{room.assignment}/attempts"
    pages = at_once([partial(tab.post, path, {}) for tab in tabs])
    for tab in tabs:
        tab.attempt = pages[0].location
    same = {page.status for page in pages} == {303} and len({page.location for page in pages}) == 1
    return same and books.rows(STARTED, name=name) == [(1,)]


def answer_while_handing_in(tabs: Sequence[Student], books: Books) -> bool:
    """Send three answers and the submission at once; tell whether what is marked is what is kept.

    An answer told to be saved must be marked; one told to be late must be kept beside.
    """
    student = tabs[len(RIGHT)]
    student.read_key()
    acts: list[Callable[[], Answer]] = [
        partial(tab.autosave, item, [value], 0)
        for tab, (item, value) in zip(tabs, RIGHT.items(), strict=False)
    ]
    *saves, handed_in = at_once([*acts, student.submit])
    told: Mapping[str, str] = {
        item: json.loads(page.text)["state"] if page.status == 200 else str(page.status)
        for item, page in zip(RIGHT, saves, strict=True)
    }
    words = {"attempt": student.public_id}
    saved, late = (
        {item: f'["{text}"]' for item, text in RIGHT.items() if told[item] == state}
        for state in ("saved", "late")
    )
    return (
        handed_in.status == 303
        and len(saved) + len(late) == len(RIGHT)
        and dict(books.rows(STORED, **words)) == saved
        and dict(books.rows(STRAY, **words)) == late
        and {item for (item,) in books.rows(MARKED, **words)} == saved.keys()
    )


def race(
    folder: Path, url: str | None, module: tuple[str, ...], rounds: int, tabs: int, more: int = 0
) -> Callable[[], tuple[int, int, int]]:
    """Return what runs both races and tells how many times, and how often each failed.

    Without an address, the database is SQLite. Up to `more` rounds follow until both have failed:
    whether threads meet is chance, and a control is there to be caught.
    """
    server = Server(folder, {"QUIZAPP_DATABASE_URL": url} if url else {}, module)
    url = url or f"sqlite:///{server.database}"
    app = application(url, folder, server.questions)
    room = open_room(app)
    seats = seat(app, room, rounds + more, "Heron", begun=False)

    def act() -> tuple[int, int, int]:
        over, torn, crowd = 0, 0, [Student(server.port) for _ in range(tabs)]
        with server, closing(Books(url)) as books:
            for number, one in enumerate(seats):
                for tab in crowd:
                    tab.sit(one)
                over += not start_at_once(crowd, room, books, f"Heron-{number}")
                torn += not answer_while_handing_in(crowd, books)
                if number + 1 >= rounds and over and torn:
                    break
            for tab in crowd:
                tab.close()
        return number + 1, over, torn

    return act


def run(setting: Setting) -> list[Result]:
    """Race on both databases; the controls leave out the lock that the database offers."""
    rounds, few = setting.times(1_000, least=3), setting.times(30, least=3)
    tabs, seed, folder = 50 if setting.scale > 0.02 else 8, setting.seed, setting.folder
    results, weak = [], {"SQLite": "no-write-lock", "PostgreSQL": "no-row-locks"}
    with cluster_for(setting) as cluster:
        places: dict[str, tuple[str | None, str | None]] = {
            "SQLite": (None, None),
            "PostgreSQL": (cluster.database("strong"), cluster.database("weak")),
        }
        found = at_once(
            [race(folder / name, places[name][0], ("quizapp",), rounds, tabs) for name in weak]
        )
        caught = at_once(
            [
                race(folder / f"{name}-weak", places[name][1], ("proofs.weak", one), few, tabs, 60)
                for name, one in weak.items()
            ]
        )
    for (name, weakness), (done, over, torn), weakened in zip(
        weak.items(), found, caught, strict=True
    ):
        results += [
            Result(f"a race of starts makes one attempt ({name})", done, over, seed),
            Result(f"control: {weakness}, starts ({name})", *weakened[:2], seed, True),
            Result(f"an answer racing the submission is marked or kept ({name})", done, torn, seed),
            Result(f"control: {weakness}, last answers ({name})", *weakened[::2], seed, True),
        ]  # fmt: skip
    return results
