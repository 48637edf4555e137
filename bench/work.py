"""What one request costs: handing in, saving an answer, the page, and a student's whole sitting."""

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing

from bench.meter import cpu_seconds
from bench.pair import Pair, cpu_of, figures, start_pair
from bench.row import Row
from bench.school import LEVEL, Sitting, count, open_school
from bench.setting import Setting
from bench.wire import ask, make_request
from proofs.people import Student

PAGES, SITTINGS_FULL, INSERTS = 150, 20, 15


def run(setting: Setting) -> list[Row]:
    """Return the rows on work, by the CPU time of the server's process tree."""
    many = setting.times(150, 8)
    school = open_school(setting.folder, setting.rounds * many * 2 + 1)
    with start_pair(school) as pair:
        rows = [
            _measure_saves(setting, pair, many // 4 or 1),
            _measure_pages(setting, pair, many),
            _measure_submissions(setting, pair, many),
            _measure_sittings(setting, pair, many),
        ]
    return [rows[2], *rows[:2], rows[3]]


def _take(pair: Pair, turn: int, many: int) -> list[Sitting]:
    return list(pair.school.sittings[turn * many : (turn + 1) * many])


def _measure_submissions(setting: Setting, pair: Pair, many: int) -> Row:
    ours, bare = [], []
    before = count(pair.school.database, "submissions")
    for turn in range(setting.rounds):
        some = _take(pair, turn, many)
        ours.append(cpu_of(pair.ours, [one.submit() for one in some]))
        bare.append(cpu_of(pair.bare, [pair.bare_submit(one) for one in some]))
    stored = count(pair.school.database, "submissions") - before
    assert stored == setting.rounds * many, f"{stored} submissions are stored"
    samples = [theirs / mine for mine, theirs in zip(ours, bare, strict=True)]
    return Row("submission, marked, durable", samples, 0.60, "higher", figures(ours, bare))


def _measure_saves(setting: Setting, pair: Pair, many: int) -> Row:
    ours, bare = [], []
    for turn in range(setting.rounds):
        some = _take(pair, turn, many)
        ours.append(cpu_of(pair.ours, pair.school.saves(some)))
        bare.append(cpu_of(pair.bare, pair.bare_saves(some)))
    samples = [theirs / mine for mine, theirs in zip(ours, bare, strict=True)]
    return Row("autosave of one response", samples, 0.70, "higher", figures(ours, bare))


def _measure_pages(setting: Setting, pair: Pair, many: int) -> Row:
    ours, bare = [], []
    plain = make_request("GET", "/page", "")
    sizes = [len(ask(pair.ours.port, pair.school.sittings[0].page())[1])]
    sizes.append(len(ask(pair.bare.port, plain)[1]))
    assert abs(sizes[0] - sizes[1]) < sizes[1] / 20, f"these are not the same page: {sizes}"
    for turn in range(setting.rounds):
        ours.append(cpu_of(pair.ours, [one.page() for one in _take(pair, turn, many)]))
        bare.append(cpu_of(pair.bare, [plain] * many))
    samples = [theirs / mine for mine, theirs in zip(ours, bare, strict=True)]
    return Row("student's page", samples, 1.0, "higher", figures(ours, bare))


def _measure_sittings(setting: Setting, pair: Pair, many: int) -> Row:
    """Whole sittings one after another, each beside fifteen bare inserts."""
    people, ours, bare = setting.times(SITTINGS_FULL, 1), [], []
    for turn in range(setting.rounds):
        begun = cpu_seconds(pair.ours.pid)
        for number in range(people):
            _sit(pair, f"Badger-{turn}-{number}")
        ours.append((cpu_seconds(pair.ours.pid) - begun) * 1000 / people)
        some = _take(pair, setting.rounds + turn, many)[: people * INSERTS]
        each = cpu_of(pair.bare, [pair.bare_submit(one) for one in some], lines=1)
        bare.append(each * INSERTS)
    samples = [mine / theirs for mine, theirs in zip(ours, bare, strict=True)]
    return Row("CPU of a student's whole sitting", samples, 1.5, "lower", figures(ours, bare))


def _sit(pair: Pair, name: str) -> None:
    """Join, start, open the page, save twelve answers, hand in and read the review."""
    student = Student(pair.ours.port)
    student.join(pair.school.code, name)
    attempt = student.post(f"/assignments/{pair.school.assignment}/attempts", {}).location
    assert student.get(attempt).status == 200, "the page"
    for item, values in pair.school.first.items():
        _save(student, f"{attempt}/responses/{item}", values)
    with closing(sqlite3.connect(pair.school.database)) as link:
        query = "SELECT submission_key FROM attempts WHERE public_id = ?"
        key = link.execute(query, (attempt.rpartition("/")[2],)).fetchone()[0]
    assert student.post(f"{attempt}/submission", {"key": key}).status == 303, "handing in"
    assert student.get(f"{attempt}/review").status == 200, "the review"
    student.close()


def _save(student: Student, path: str, values: Sequence[str]) -> None:
    body = json.dumps({"values": values, "level": LEVEL, "revision": 0}).encode()
    cookie = "; ".join(f"{name}={text}" for name, text in student.cookies.items())
    kind, token = "Content-Type: application/json", f"X-CSRFToken: {student.token}"
    _, answer = ask(student.port, make_request("POST", path, cookie, body, kind, token))
    assert json.loads(answer)["state"] == "saved", answer
