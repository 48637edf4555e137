"""Deadlines against an oracle: what comes in time counts, what comes late does not."""

import json
import random
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from unittest import mock

from proofs.people import Student
from proofs.result import Result, Setting
from proofs.school import Books, application, enrol, open_room
from proofs.server import Server
from proofs.together import seated
from quizapp import deadlines

START = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
GRACE = 10  # seconds, as the documents say; the oracle does not ask the application
SHARE_NEAR = 0.3  # of the cases come within two seconds of the end of the grace
SHIFT = "UPDATE attempts SET deadline_at = :at, time_limit = 3600 WHERE public_id = :attempt"
STATE = """SELECT (SELECT count(*) FROM responses r WHERE r.attempt_id = a.id),
  (SELECT count(*) FROM stray_responses s WHERE s.attempt_id = a.id),
  (SELECT s.how FROM submissions s WHERE s.attempt_id = a.id)
  FROM attempts a WHERE a.public_id = :attempt"""


def is_late(limit: int | None, factor: int, extra: int, closes: int | None, came: int) -> bool:
    """The oracle: in whole seconds since the start, with minutes for `limit` and `extra`."""
    ends = [] if closes is None else [closes]
    if limit is not None and factor != 0:
        ends.append(limit * 60 * factor // 100 + extra * 60)
    return bool(ends) and came > min(ends) + GRACE


def compute(limit: int | None, factor: int, extra: int, closes: int | None, came: int) -> bool:
    """What the application says of the same case."""
    closing = None if closes is None else START + timedelta(seconds=closes)
    seconds = deadlines.seconds_allowed(limit, factor)
    due = deadlines.deadline(START, seconds, extra, closing)
    return deadlines.is_late(due, START + timedelta(seconds=came))


def count_wrong(cases: int, chance: random.Random) -> int:
    """Return how many of so many random cases the application decides otherwise."""
    wrong = 0
    for _ in range(cases):
        limit = chance.choice((None, chance.randint(1, 600)))
        factor, extra = chance.choice(deadlines.FACTORS), chance.choice((0, chance.randint(0, 60)))
        closes = chance.choice((None, chance.randint(0, 90_000)))
        own = (limit or 0) * 60 * factor // 100 + extra * 60
        came = max(0, chance.choice((own, closes or own)) + chance.randint(-90, 90))
        wrong += is_late(limit, factor, extra, closes, came) != compute(
            limit, factor, extra, closes, came
        )
    return wrong


def shift(books: Books, student: Student, seconds: float) -> datetime:
    """Move the deadline of an attempt to `seconds` before this moment; return it."""
    at = datetime.now(UTC) - timedelta(seconds=seconds)
    text = at.strftime("%Y-%m-%d %H:%M:%S.%f")
    books.change(SHIFT, at=text, attempt=student.public_id)
    return at


def draw(chance: random.Random) -> float:
    """Return how many seconds after a deadline to come; often close to the end of the grace."""
    if chance.random() < SHARE_NEAR:
        return chance.uniform(GRACE - 2, GRACE + 2)
    return chance.uniform(-20, 90)


def judge(told: str, stored: object, due: datetime, sent: datetime, answered: datetime) -> bool:
    """Tell whether it was decided rightly; where the end of the grace fell on the way, either is.

    All arrived between `sent` and `answered`, by the clock that the server reads as well.
    """
    end = due + timedelta(seconds=GRACE)
    late, saved = ("late", (0, 1, "deadline")), ("saved", (1, 0, "student"))
    if end < sent:
        return (told, stored) == late
    if end >= answered:
        return (told, stored) == saved
    return (told, stored) in (late, saved, ("saved", (1, 0, "deadline")))


def is_right(student: Student, books: Books, late: float) -> bool:
    """Answer and hand in so long after the deadline; tell whether it was decided rightly.

    The browser claims that it is an hour earlier, which must not matter.
    """
    due = shift(books, student, late)
    sent = datetime.now(UTC)
    claimed = format_datetime(sent - timedelta(hours=1))
    headers = {"Date": claimed, "X-CSRFToken": student.token}
    body = json.dumps({"revision": 0, "values": ["lemon"], "level": "text"}).encode()
    path = f"{student.attempt}/responses/cleaner"
    page = student.send("POST", path, body, "application/json", headers)
    told = json.loads(page.text)["state"] if page.status == 200 else str(page.status)
    form = f"csrf_token={student.token}&key={student.key}".encode()
    kind = "application/x-www-form-urlencoded"
    student.send("POST", f"{student.attempt}/submission", form, kind, {"Date": claimed})
    stored = books.rows(STATE, attempt=student.public_id)[0]
    return judge(told, stored, due, sent, datetime.now(UTC))


def over_http(folder: Path, module: tuple[str, ...], times: int, seed: int) -> int:
    """Return how many of so many attempts the server decides otherwise than the oracle."""
    folder.mkdir()
    server, chance = Server(folder, module=module), random.Random(seed)
    url = f"sqlite:///{server.database}"
    app = application(url, folder, server.questions)
    room = open_room(app, time_limit=60)
    cookies, books, wrong = enrol(app, room, times), Books(url), 0
    with server:
        for one in cookies:
            student = seated(server.port, room, one)
            wrong += not is_right(student, books, draw(chance))
            student.close()
    books.close()
    return wrong


def run(setting: Setting) -> list[Result]:
    """Decide cases by the formula and over HTTP; controls move the grace, or believe a browser."""
    cases, chance, seed = setting.times(100_000, least=2_000), setting.chance, setting.seed
    weakly = setting.times(10_000, least=500)
    wrong = count_wrong(cases, chance)
    with mock.patch.object(deadlines, "GRACE", timedelta(seconds=GRACE + 60)):
        moved = count_wrong(weakly, chance)
    times, few = setting.times(500, least=8), setting.times(50, least=6)
    failed = over_http(setting.folder / "whole", ("quizapp",), times, seed)
    caught = over_http(setting.folder / "weak", ("proofs.weak", "browser-time"), few, seed)
    return [
        Result("in time or late as the oracle says (formula)", cases, wrong, seed),
        Result("control: a minute more of grace", weakly, moved, seed, True),
        Result("in time or late as the oracle says (over HTTP)", times, failed, seed),
        Result("control: the browser's time believed", few, caught, seed, True),
    ]
