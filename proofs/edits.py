"""Quizzes edited while students are in the middle of them: an attempt keeps what it started on."""

import random
import re
import time
from functools import partial
from pathlib import Path

from proofs.people import Student
from proofs.result import Result, Setting
from proofs.school import QUIZ, Books, application, enrol, open_room
from proofs.server import Server
from proofs.together import at_once, seated

AT_ONCE = 20
GONE = re.compile(r"  - id: how-many\n.*?(?=\n  - id: )", re.DOTALL)
POINTS = """SELECT m.item_id, m.outcome, m.points_numerator FROM marks m
  JOIN attempts a ON a.id = m.attempt_id WHERE a.public_id = :attempt"""
LIVE = "SELECT count(*) FROM versions WHERE quiz_id = :quiz AND content LIKE :words"
PATIENCE = 60.0


def edition(good: str, number: int, chance: random.Random) -> tuple[str, dict[str, object]]:
    """Return the quiz with its words, key, points and questions changed, and what to expect."""
    key, points, whole = chance.choice(("sensor", "money")), number % 3 + 1, number % 2 == 0
    text = good.replace("title: The repair room", f"title: The repair room, edition {number}")
    text = text.replace("Why did most", f"In edition {number}, why did most")
    text = text.replace("    skill: retrieve\n", f"    skill: retrieve\n    points: {points}\n", 1)
    if key == "money":
        text = text.replace("answer: sensor", "answer: money")
        text = text.replace("        error: unsupported\n", "", 1)
        text = text.replace(
            "      sensor: The part that measures heat was covered\n",
            "      sensor:\n        text: The part that measures heat was covered\n"
            "        error: misread\n",
        )
    if not whole:
        text = GONE.sub("", text)
    return text, {"edition": number, "key": key, "points": points, "whole": whole}


def publish(server: Server, books: Books, text: str, number: int) -> None:
    """Save the file and wait until the server has taken it."""
    path, begun = server.questions / f"{QUIZ}.yaml", time.monotonic()
    other = path.with_name(f".{path.name}.new")
    other.write_text(text, encoding="utf-8")
    other.replace(path)
    words = f'%The repair room, edition {number}"%'
    while books.rows(LIVE, quiz=QUIZ, words=words) == [(0,)]:
        if time.monotonic() - begun > PATIENCE:
            raise RuntimeError(f"edition {number} never went live:\n{server.log()[-1000:]}")
        time.sleep(0.05)
    time.sleep(0.1)  # the shelf is swapped right after the version is stored


def is_untouched(student: Student, books: Books, wanted: dict[str, object]) -> bool:
    """Work on and hand in; tell whether page, marks and review are all of the edition begun."""
    said = f"In edition {wanted['edition']}, why did most"
    page = student.read_page()
    shown = said in page and ('id="q-how-many"' in page) == wanted["whole"]
    saved = student.autosave("early-stop", [str(wanted["key"])]).status == 200
    counted = student.autosave("how-many", ["340"]).status == (200 if wanted["whole"] else 404)
    student.read_key()
    handed_in = student.submit().status == 303
    review = student.get(f"{student.attempt}/review").text
    marks = {item: rest for item, *rest in books.rows(POINTS, attempt=student.public_id)}
    right = marks.get("early-stop") == ["right", wanted["points"]]
    whole = ("how-many" in marks) == wanted["whole"]
    return shown and saved and counted and handed_in and said in review and right and whole


def count_changed(folder: Path, module: tuple[str, ...], times: int, seed: int) -> int:
    """Edit while students are at work, who all act at once; return whose work changed.

    Those who come next begin with the edition that those before them must not notice.
    """
    folder.mkdir()
    server, chance = Server(folder, module=module), random.Random(seed)
    url = f"sqlite:///{server.database}"
    app = application(url, folder, server.questions)
    room = open_room(app)
    cookies, books = enrol(app, room, times), Books(url)
    good = (server.questions / f"{QUIZ}.yaml").read_text(encoding="utf-8")
    text, wanted = edition(good, 0, chance)
    failed = 0
    with server:
        publish(server, books, text, 0)
        for number, start in enumerate(range(0, times, AT_ONCE), 1):
            people = cookies[start : start + AT_ONCE]
            students = at_once([partial(seated, server.port, room, one) for one in people])
            text, following = edition(good, number, chance)
            publish(server, books, text, number)
            well = at_once([partial(is_untouched, one, books, wanted) for one in students])
            failed += well.count(False)
            wanted = following
    books.close()
    return failed


def run(setting: Setting) -> list[Result]:
    """Edit words, key, points and questions; the control uses the newest version for everybody."""
    times, few, seed = setting.times(1_000, least=10), setting.times(100, least=5), setting.seed
    failed = count_changed(setting.folder / "whole", ("quizapp",), times, seed)
    caught = count_changed(setting.folder / "weak", ("proofs.weak", "live-version"), few, seed)
    return [
        Result("a running attempt keeps the quiz it was started on", times, failed, seed),
        Result("control: the newest version for everybody", few, caught, seed, True),
    ]
