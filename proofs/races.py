"""Races on both databases: for the last attempt, and between the last answer and handing in."""

import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from proofs.people import Answer, Student
from proofs.postgres import Cluster, cluster_for
from proofs.result import Result, Setting
from proofs.school import Books, Room, application, enrol, open_room
from proofs.server import Server
from proofs.together import at_once, seated, twin

RIGHT = {"cleaner": "lemon", "how-many": "340", "early-stop": "sensor"}
STARTED = """SELECT count(*) FROM attempts x JOIN students s ON s.id = x.student_id
  WHERE s.name = :name"""
STORED = """SELECT r.item_id, r.given FROM responses r JOIN attempts a ON a.id = r.attempt_id
  WHERE a.public_id = :attempt"""
STRAY = STORED.replace("responses", "stray_responses")
MARKED = """SELECT m.item_id FROM marks m JOIN attempts a ON a.id = m.attempt_id
  WHERE a.public_id = :attempt AND m.outcome = 'right'"""


def start_at_once(student: Student, room: Room, books: Books, name: str, tabs: int) -> bool:
    """Let one student start from many tabs at once; tell whether there is exactly one attempt."""
    path = f"/assignments/{room.assignment}/attempts"
    twins = [twin(student) for _ in range(tabs)]
    pages = at_once([partial(tab.post, path, {}) for tab in twins])
    for tab in twins:
        tab.close()
    student.attempt = pages[0].location
    same = {page.status for page in pages} == {303} and len({page.location for page in pages}) == 1
    return same and books.rows(STARTED, name=name) == [(1,)]


def answer_while_handing_in(student: Student, books: Books) -> bool:
    """Send three answers and the submission at once; tell whether what is marked is what is kept.

    An answer told to be saved must be marked; one told to be late must be kept beside.
    """
    student.read_page()
    student.read_key()
    acts: list[Callable[[], Answer]] = [
        partial(twin(student).autosave, item, [value]) for item, value in RIGHT.items()
    ]
    *saves, handed_in = at_once([*acts, twin(student).submit])
    told: Mapping[str, str] = {
        item: json.loads(page.text)["state"] if page.status == 200 else str(page.status)
        for item, page in zip(RIGHT, saves, strict=True)
    }
    words = {"attempt": student.public_id}
    stored, stray = dict(books.rows(STORED, **words)), dict(books.rows(STRAY, **words))
    marked = {item for (item,) in books.rows(MARKED, **words)}
    expected = {item for item, state in told.items() if state == "saved"}
    late = {item for item, state in told.items() if state == "late"}
    return (
        handed_in.status == 303
        and set(stored) == marked == expected
        and set(stray) == late == RIGHT.keys() - expected
    )


def race(
    folder: Path, url: str | None, module: tuple[str, ...], rounds: int, tabs: int
) -> tuple[int, int]:
    """Run both races `rounds` times on a database (None: SQLite); return how often each failed."""
    folder.mkdir()
    server = Server(folder, {"QUIZAPP_DATABASE_URL": url} if url else {}, module)
    url = url or f"sqlite:///{server.database}"
    app = application(url, folder, server.questions)
    room = open_room(app)
    cookies, books, over, torn = enrol(app, room, rounds, "Heron"), Books(url), 0, 0
    with server:
        for number, one in enumerate(cookies):
            student = seated(server.port, room, one, started=False)
            over += not start_at_once(student, room, books, f"Heron-{number}", tabs)
            torn += not answer_while_handing_in(student, books)
            student.close()
    books.close()
    return over, torn


def run(setting: Setting) -> list[Result]:
    """Race on both databases; the controls leave out the lock that the database offers."""
    rounds, few = setting.times(150, least=3), setting.times(30, least=3)
    tabs, seed, results = 50 if setting.scale > 0.02 else 8, setting.seed, []
    with cluster_for(setting) as cluster:
        cases = (("SQLite", None, "no-write-lock"), ("PostgreSQL", cluster, "no-row-locks"))
        for name, where, weakness in cases:
            strong, weak = (_address(where, which) for which in ("strong", "weak"))
            over, torn = race(setting.folder / name, strong, ("quizapp",), rounds, tabs)
            module = ("proofs.weak", weakness)
            caught = race(setting.folder / f"{name}-weak", weak, module, few, tabs)
            results += [
                Result(f"a race of starts makes one attempt ({name})", rounds, over, seed),
                Result(f"an answer racing the submission is marked or kept ({name})", rounds,
                       torn, seed),
                Result(f"control: {weakness} ({name})", few, max(caught), seed, True),
            ]  # fmt: skip
    return results


def _address(cluster: Cluster | None, name: str) -> str | None:
    return cluster.database(name) if cluster else None
