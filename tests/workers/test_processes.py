"""Nothing that matters is in the memory of a process: what one does, the others know at once."""

import random
import signal
import threading
import time
from datetime import UTC, datetime, timedelta
from os import kill
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from proofs.kill import Ledger
from proofs.people import LOST, Browser, Student
from proofs.school import Room
from quizapp.database import db, writing
from quizapp.models import Attempt, Mark, Response, Submission
from quizapp.models.columns import new_code
from tests.school import PASSWORD, School, open_school
from tests.workers.conftest import SMALL, World, eventually, logged_in, moved


@pytest.fixture
def school(world: World) -> School:
    """A class of the test's own, with the quiz about kettles."""
    with world.app.app_context():
        return open_school(world.app, f"Ms {new_code()}")


@pytest.fixture
def room(world: World, school: School) -> Room:
    """The class by what students type and click."""
    with world.app.app_context():
        assignment = school.assignment
        return Room(assignment.classroom.join_code, assignment.public_id)


def test_a_limit_reached_at_one_process_holds_at_the_next(world: World, school: School) -> None:
    first, second, _ = world.ports
    guesser = Browser(first)
    guesser.get("/teach/login")
    tries = {"name": school.owner, "password": "a wrong pass phrase"}
    assert [guesser.post("/teach/login", tries).status for _ in range(10)] == [422] * 10
    elsewhere = moved(guesser, second)
    right = {"name": school.owner, "password": PASSWORD}
    assert elsewhere.post("/teach/login", right).status == 429
    with world.app.app_context():
        db.session.execute(db.text("DELETE FROM failures"))
        db.session.commit()


def test_an_attempt_started_at_one_is_saved_at_the_next_and_handed_in_at_the_last(
    world: World, room: Room
) -> None:
    first, second, third = world.ports
    student = Student(first)
    student.join(room.code, "Otter-1")
    student.begin(room.assignment)
    student.port = second
    student.close()
    assert student.save({"cleaner": "lemon"}).status == 303
    assert '"saved"' in student.autosave("how-many", ["340"], 0).text
    student.port = third
    student.close()
    receipts = set()
    for port in (third, first, second, third):
        student.port = port
        student.close()
        assert student.submit().location == f"{student.attempt}/review"
        receipts.add(student.receipt())
    assert len(receipts) == 1
    assert None not in receipts
    page = student.get(f"{student.attempt}/review").text
    assert "lemon" in page
    assert "340" in page
    student.close()


def test_a_log_out_at_one_process_ends_the_log_in_at_every_other(
    world: World, school: School
) -> None:
    first, second, third = world.ports
    teacher = logged_in(first, school)
    thief = moved(teacher, third)
    assert thief.get("/teach/").status == 200
    there = moved(teacher, second)
    there.get("/teach/")
    assert there.post("/teach/logout", {}).status == 303
    assert thief.get("/teach/").location == "/teach/login"


def test_a_new_quiz_is_found_at_every_process_from_the_first_moment(
    world: World, school: School
) -> None:
    first, second, third = world.ports
    teacher = logged_in(first, school)
    for number in range(3):
        name = f"fresh-{number}"
        text = SMALL.read_text().replace("title:", f"title: Fresh {number} ", 1)
        made = teacher.post("/teach/quizzes/new", {"name": name, "text": text, "go": "save"})
        assert made.location == f"/teach/quizzes/{name}"
        pages = [f"{made.location}/preview", made.location, f"{made.location}/edit"]
        for port in (second, third):
            assert [moved(teacher, port).get(page).status for page in pages] == [200] * 3


def test_a_changed_quiz_comes_into_use_at_every_process_without_a_gap(
    world: World, school: School
) -> None:
    first, *others = world.ports
    teacher = logged_in(first, school)
    text = SMALL.read_text()
    teacher.post("/teach/quizzes/new", {"name": "changing", "text": text, "go": "save"})
    editor = teacher.get("/teach/quizzes/changing/edit").text
    base = editor.partition('name="base" value="')[2].partition('"')[0]
    changed = text.replace("title:", "title: Changed in class ", 1)
    saved = teacher.post(
        "/teach/quizzes/changing/edit", {"text": changed, "base": base, "go": "save"}
    )
    assert saved.status == 303
    readers = [moved(teacher, port) for port in others]
    seen: list[int] = []

    def shows_it(reader: Browser) -> bool:
        page = reader.get("/teach/quizzes/changing/preview")
        seen.append(page.status)
        return "Changed in class" in page.text

    assert all(eventually(lambda one=one: shows_it(one)) for one in readers)  # type: ignore[misc]
    assert set(seen) == {200}


def test_what_is_over_is_handed_in_once_though_nobody_is_there(world: World, room: Room) -> None:
    student = Student(world.fleet.port)
    student.join(room.code, "Otter-9")
    student.begin(room.assignment)
    student.save({"cleaner": "lemon"})
    student.close()
    attempt = student.attempt.rpartition("/")[2]
    over = datetime.now(UTC) - timedelta(minutes=1)
    with world.app.app_context():
        with writing() as session:
            mine = Attempt.public_id == attempt
            session.execute(update(Attempt).where(mine).values(deadline_at=over))

        def handed_in() -> list[str]:
            db.session.rollback()
            return list(db.session.scalars(select(Submission.how).join(Attempt).where(mine)))

        assert eventually(lambda: bool(handed_in()), 30)
        assert handed_in() == ["deadline"]
        assert stored(attempt)[1] == {"cleaner": '["lemon"]'}
        assert marks_twice(attempt) == 0
        db.session.remove()


def work(port: int, room: Room, ledger: Ledger, name: str, stop: threading.Event) -> None:
    """Join, answer and hand in as one student after another, and note what was acknowledged."""
    turn = 0
    while not stop.is_set():
        turn += 1
        student = Student(port)
        answers = {"cleaner": f"lemon {name} {turn}", "early-stop": "sensor"}
        try:
            student.join(room.code, f"{name}-{turn}")
            student.begin(room.assignment)
            saved, handed_in = student.save(answers), student.submit()
            receipt = student.receipt()
        except (*LOST, AssertionError):
            continue  # the worker died, and nginx said so: nothing was acknowledged
        finally:
            student.close()
        if saved.status == handed_in.status == 303 and receipt:
            ledger.note(student.attempt, receipt, answers)


def test_what_was_acknowledged_outlives_workers_that_are_killed(
    world: World, room: Room, tmp_path: Path
) -> None:
    chance = random.Random(20261124)
    ledger, stop = Ledger(tmp_path / "ledger.txt"), threading.Event()
    clients = [
        threading.Thread(target=work, args=(world.fleet.port, room, ledger, name, stop))
        for name in ("Otter", "Heron", "Robin", "Finch")
    ]
    for client in clients:
        client.start()
    for _ in range(6):
        time.sleep(chance.uniform(0.2, 0.5))
        one = chance.choice(world.fleet.processes)
        kill(chance.choice(one.children()), signal.SIGKILL)
        assert eventually(lambda one=one: bool(one.children()))  # type: ignore[misc]
    enough = eventually(lambda: len(ledger.acknowledged) > 10, 60)
    stop.set()
    for client in clients:
        client.join(60)
    assert enough
    with world.app.app_context():
        for attempt, (receipt, answers) in ledger.acknowledged.items():
            given = {item: f'["{text}"]' for item, text in answers.items()}
            assert stored(attempt) == ([receipt], given)
            assert marks_twice(attempt) == 0
        db.session.remove()


def stored(attempt: str) -> tuple[list[str], dict[str, str]]:
    """Return the receipts and the answers of an attempt."""
    wanted = Attempt.public_id == attempt
    receipts = db.session.scalars(select(Submission.receipt).join(Attempt).where(wanted)).all()
    rows = db.session.execute(select(Response.item_id, Response.given).join(Attempt).where(wanted))
    return list(receipts), {item: given for item, given in rows}


def marks_twice(attempt: str) -> int:
    """Return how many marks there are beyond one for an item."""
    counted = select(func.count(), func.count(Mark.item_id.distinct())).join(Attempt)
    rows, items = db.session.execute(counted.where(Attempt.public_id == attempt)).one()
    assert items > 0
    return int(rows - items)
