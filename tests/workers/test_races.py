"""Many requests at one moment, over HTTP: on SQLite as it is run, on PostgreSQL with processes."""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import func, select

from proofs.people import Answer, Student
from proofs.school import Room, application, open_room
from proofs.server import Server
from quizapp.database import db
from quizapp.models import Attempt, Mark, Response, StrayResponse, Submission
from tests.workers.conftest import World

TABS = 12


@dataclass(frozen=True, slots=True)
class Place:
    """Where people send their requests, and the application that looks into its database."""

    port: int
    app: Flask

    def student(self, name: str, attempts: int = 1) -> tuple[Student, Room]:
        """Let a student join a classroom of the test's own."""
        room = open_room(self.app, attempts_allowed=attempts)
        student = Student(self.port)
        student.join(room.code, name)
        student.get("/home")
        return student, room


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("fleet", marks=pytest.mark.postgres)]
)
def place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    """What `dev.py run` starts on SQLite; then the processes behind nginx on PostgreSQL."""
    if request.param == "fleet":
        world: World = request.getfixturevalue("world")
        yield Place(world.fleet.port, world.app)
        return
    server = Server(tmp_path_factory.mktemp("server"))
    with server:
        url = f"sqlite:///{server.database}"
        yield Place(server.port, application(url, server.folder, server.questions))


def tabs(student: Student, number: int = TABS) -> list[Student]:
    """Return so many tabs of one browser."""
    found = []
    for _ in range(number):
        tab = Student(student.port, cookies=dict(student.cookies), token=student.token)
        tab.attempt, tab.key = student.attempt, student.key
        found.append(tab)
    return found


def at_once(acts: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """Do everything at the same moment; return the answers."""
    barrier = threading.Barrier(len(acts))

    def one(act: Callable[[], Answer]) -> Answer:
        barrier.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def close(people: Sequence[Student]) -> None:
    for one in people:
        one.close()


def public_id(student: Student) -> str:
    return student.attempt.rpartition("/")[2]


def test_however_many_tabs_start_there_is_one_attempt(place: Place) -> None:
    student, room = place.student("Otter-1")
    people = tabs(student)
    path = f"/assignments/{room.assignment}/attempts"
    answers = at_once([lambda tab=tab: tab.post(path, {}) for tab in people])  # type: ignore[misc]
    assert {answer.status for answer in answers} == {303}
    assert len({answer.location for answer in answers}) == 1
    close([student, *people])


def test_the_last_attempt_that_is_allowed_is_started_once(place: Place) -> None:
    student, room = place.student("Otter-2", attempts=2)
    student.begin(room.assignment)
    assert student.submit().status == 303
    people = tabs(student)
    path = f"/assignments/{room.assignment}/attempts"

    def start_and_hand_in(tab: Student) -> Answer:
        tab.attempt = tab.post(path, {}).location
        tab.read_key()
        tab.submit()
        return tab.post(path, {})

    at_once([lambda tab=tab: start_and_hand_in(tab) for tab in people])  # type: ignore[misc]
    with place.app.app_context():
        first = select(Attempt).where(Attempt.public_id == public_id(student))
        one = db.session.scalars(first).one()
        mine = select(func.count()).where(Attempt.student_id == one.student_id)
        assert db.session.scalar(mine) == 2
        db.session.remove()
    close([student, *people])


def test_however_often_it_is_handed_in_there_is_one_receipt(place: Place) -> None:
    student, room = place.student("Otter-3")
    student.begin(room.assignment)
    student.save({"cleaner": "lemon"})
    people = tabs(student)
    answers = at_once([tab.submit for tab in people])
    assert {answer.status for answer in answers} == {303}
    receipts = {tab.receipt() for tab in people}
    assert len(receipts) == 1
    with place.app.app_context():
        stored = select(Submission.receipt).join(Attempt)
        found = db.session.scalars(stored.where(Attempt.public_id == public_id(student))).all()
        assert set(found) == receipts
        assert len(found) == 1
        db.session.remove()
    close([student, *people])


def test_an_answer_beside_a_submission_is_marked_or_kept_as_late(place: Place) -> None:
    for number in range(6):
        student, room = place.student(f"Heron-{number}")
        student.begin(room.assignment)
        student.autosave("cleaner", ["before"], 0)
        people = tabs(student, 4)
        saves = [
            lambda tab=tab, text=f"text {turn}": tab.autosave("cleaner", [text], 1)
            for turn, tab in enumerate(people[:3])
        ]
        *replies, handed_in = at_once([*saves, people[3].submit])
        assert handed_in.status == 303
        assert {reply.status for reply in replies} == {200}
        states = [json.loads(reply.text)["state"] for reply in replies]
        in_time = [f"text {turn}" for turn, state in enumerate(states) if state == "saved"]
        assert set(states) <= {"saved", "older", "late"}
        with place.app.app_context():
            given, marked, strays = kept(public_id(student))
        # What was said to be saved is what was marked; nothing that was sent is gone.
        assert given == (in_time or ["before"])[0]
        assert len(in_time) <= 1
        assert marked == [given]
        assert {given, *strays} >= {f"text {turn}" for turn in range(3)}
        close([student, *people])


def kept(attempt: str) -> tuple[str, list[str], set[str]]:
    """Return the answer that counts, what was marked for it, and what lost."""
    mine = Attempt.public_id == attempt, Response.item_id == "cleaner"
    given = db.session.scalars(select(Response.given).join(Attempt).where(*mine)).one()
    folded = select(Mark.folded).join(Attempt).where(Attempt.public_id == attempt)
    marked = db.session.scalars(folded.where(Mark.item_id == "cleaner")).all()
    lost = select(StrayResponse.given).join(Attempt).where(Attempt.public_id == attempt)
    strays = {json.loads(one)[0] for one in db.session.scalars(lost)}
    db.session.remove()
    return json.loads(given)[0], [str(one) for one in marked], strays
