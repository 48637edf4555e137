"""The application and the bare thing side by side, on copies of one database."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any

from bench.meter import cpu_seconds
from bench.school import LEVEL, School, Sitting, copy_database
from bench.wire import ask, drive, make_request
from proofs.school import application
from proofs.server import Server
from quizapp.student import pages, reading

LINES = 16
MARKED = (
    "SELECT item_id, outcome, points_numerator, points_denominator, source, rule, folded, trace,"
    " marked_at FROM marks WHERE attempt_id = ?"
)
FORM_KIND = "Content-Type: application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two servers that run: ours, and the bare one, which knows attempts by number."""

    school: School
    ours: Server
    bare: Server
    numbers: dict[str, int]

    def bare_submit(self, one: Sitting) -> bytes:
        """Return the request that inserts what handing in inserts, with no question asked."""
        body = f"attempt={self.numbers[one.attempt]}&key={one.key}".encode()
        return make_request("POST", "/submit", "", body, FORM_KIND)

    def bare_saves(self, sittings: Sequence[Sitting]) -> list[bytes]:
        """Return the requests that store what `School.saves` stores."""
        return [
            self._bare_save(one, item, values)
            for one in sittings
            for item, values in self.school.second.items()
        ]

    def _bare_save(self, one: Sitting, item: str, values: Sequence[str]) -> bytes:
        sent = {"values": values, "level": LEVEL, "attempt": self.numbers[one.attempt]}
        body = json.dumps({**sent, "item": item}).encode()
        return make_request("POST", "/save", "", body, "Content-Type: application/json")


@contextmanager
def start_pair(school: School, settings: dict[str, str] | None = None) -> Iterator[Pair]:
    """Start both, warm; the last student of the school has handed in to give the rows to copy."""
    copy_database(school.database, school.folder / "bare.sqlite")
    with Server(school.folder, settings) as ours:
        numbers = _warm_up(school, ours)
        with Server(school.folder, settings, ("bench.bare", str(school.folder))) as bare:
            yield Pair(school, ours, bare, numbers)


def _warm_up(school: School, ours: Server) -> dict[str, int]:
    last = school.sittings[-1]
    for request in (last.page(), *school.saves([last]), last.submit()):
        ask(ours.port, request)
    with closing(sqlite3.connect(school.database)) as link:
        numbers = dict(link.execute("SELECT public_id, id FROM attempts"))
        rows = link.execute(MARKED, (numbers[last.attempt],)).fetchall()
    (school.folder / "marks.json").write_text(json.dumps(rows), "utf-8")
    described = json.dumps(_describe(school))
    (school.folder / "page.json").write_text(described, "utf-8")
    return numbers


def cpu_of(server: Server, requests: Sequence[bytes], lines: int = LINES) -> float:
    """Return the CPU milliseconds of the server's process tree for each of these requests."""
    before = cpu_seconds(server.pid)
    drive([server.port], requests, lines)
    return (cpu_seconds(server.pid) - before) * 1000 / len(requests)


def figures(ours: Sequence[float], bare: Sequence[float], unit: str = "ms CPU") -> str:
    """Return what stands behind a ratio, for the table."""
    return f"{median(ours):.2f} against {median(bare):.2f} {unit}"


def _describe(school: School) -> dict[str, Any]:
    """Return the page of a student as the dict that the bare template is filled from."""
    app = application(f"sqlite:///{school.database}", school.folder, school.folder / "questions")
    one = school.sittings[0]
    with app.test_request_context():
        library = app.extensions["quizapp_library"]
        library.load()
        quiz = library.find("weather").public
        asset = app.jinja_env.globals["asset"]
        assert callable(asset)
        names = "favicon.svg app.css reading.js outbox.js saving.css answering.js autosave.js"
        level = pages.get_level(quiz.levels, LEVEL)
        return {
            "assets": {name: asset(name) for name in [*names.split(), "sheet.js"]},
            "quiz": {"title": quiz.title, "language": quiz.language, "source": quiz.source},
            "levels": [{"id": each.id, "label": each.label} for each in quiz.levels],
            "level": LEVEL,
            "settings": [
                {"name": each.name, "label": each.label, "choices": each.choices}
                for each in reading.SETTINGS
            ],
            "paragraphs": [_paragraph(each) for each in pages.passage(level)],
            "questions": [
                _question(number, item, school) for number, item in enumerate(quiz.items, start=1)
            ],
            "answered": len(quiz.items),
            "address": f"/attempts/{one.attempt}",
            "attempt": one.attempt,
            "token": one.token,
            "base": json.dumps({item: [1, "0123456789ab"] for item in school.first}),
            "student": "Otter-0",
        }


def _paragraph(found: Any) -> dict[str, Any]:
    return {
        "number": found.number,
        "segments": [
            {
                "text": piece.text,
                "bold": piece.bold,
                "gloss": piece.gloss and {"term": piece.gloss.term, "meaning": piece.gloss.meaning},
            }
            for piece in found.segments
        ],
    }


def _question(number: int, item: Any, school: School) -> dict[str, Any]:
    return {
        "number": number,
        "id": item.id,
        "name": f"q-{item.id}",
        "question": item.question,
        "points": item.points,
        "hint": pages.how_to_answer(item),
        "clue": item.hint,
        "choose": item.choose,
        "options": [{"id": option.id, "text": option.text} for option in item.options],
        "given": school.first[item.id],
    }
