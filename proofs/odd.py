"""Requests that no browser sends: whatever comes, no answer is a fault of the server."""

import http.client
import json
import random
import re
import string
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from urllib.parse import quote, urlencode

from flask import Flask
from werkzeug.routing import Rule

from proofs.people import LOST, Student
from proofs.postgres import Cluster, cluster_for
from proofs.result import Result, Setting
from proofs.school import application, enrol, hire, open_room, release
from proofs.server import Server
from proofs.shares import in_shares
from proofs.together import seated
from quizapp.serving import migrate

SHARE_ANSWERS = 0.5
IDS = re.compile(r"/(?:classrooms|assignments|students|attempts|teachers)/([\w-]{22})")

METHODS = ("GET", "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE")
TEXTS = (
    "", "\0", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), "a" * 3000, "-1",
    "9" * 40, "../../etc", "%00", "\r\nX-Evil: 1", "{{7*7}}", "' OR 1=1 --", "\u202e", "½", "[]",
    "null", "<script>", "=1+1",
)  # fmt: skip
KINDS = (
    "application/x-www-form-urlencoded", "application/json", "text/plain", "multipart/form-data",
    "multipart/form-data; boundary=x", "", "\xff",
)  # fmt: skip
FIELDS = (
    "name", "code", "phrase", "password", "points", "reason", "folded", "go", "level", "base",
    "key", "again", "minutes", "target", "act", "factor", "time_limit", "opens", "closes", "until",
    "attempts", "quiz", "names", "naming", "open", "text", "file", "attempt", "extra", "heir",
    "colleague", "other", "keep_until", "walk_in", "good_only", "practice",
)  # fmt: skip
PLAIN = ("5", "0", "yes", "2031-05-04T10:30", "2031-05-04", "free", "save", "delete", "text", "150")
SHARE_PLAIN = 0.2
CLOSED = (ConnectionError, http.client.IncompleteRead)
UNHEARD = 599  # stands for no answer in time, or none that is HTTP
A_WORLD = 500  # requests; a teacher's odd requests take it apart, then there is another one


@dataclass(frozen=True, slots=True)
class World:
    """Who sends odd requests, in turns, and what they know the names of."""

    people: tuple[Student, ...]
    known: tuple[str, ...]


def make_world(server: Server, app: Flask, number: int) -> World:
    """Make a classroom with its teacher and a student at work; a stranger looks on."""
    room = open_room(app)
    student = seated(server.port, room, enrol(app, room, 1, f"Otter {number}")[0])
    teacher = Student(server.port, cookies=dict(hire(app, room, f"Teacher {number}")))
    page = teacher.get("/teach/")
    assert page.status == 200, f"the teacher is not let in: {page.status}"
    stranger = Student(server.port)
    stranger.get("/")
    names = (room.assignment, student.public_id, room.code, "cleaner", "kettles")
    return World((student, teacher, stranger), (*names, *IDS.findall(page.text)))


def word(chance: random.Random) -> str:
    """Return something odd, or something plain."""
    if chance.random() < SHARE_PLAIN:
        return chance.choice(PLAIN)
    if chance.random() < 0.7:
        return chance.choice(TEXTS)
    return "".join(chance.choices(string.printable, k=chance.randint(1, 12)))


def path_for(rule: Rule, known: Sequence[str], chance: random.Random) -> str:
    """Return an address of this rule, with known ids or odd ones."""
    path = str(rule)
    for name in sorted(rule.arguments):
        value = chance.choice(known) if chance.random() < 0.5 else word(chance)
        path = path.replace(f"<{name}>", quote(value, safe="", errors="replace") or "x")
        path = path.replace(f"<path:{name}>", quote(value, safe="", errors="replace") or "x")
    return path + (f"?{urlencode({word(chance): word(chance)})}" if chance.random() < 0.3 else "")


def body_for(chance: random.Random, token: str, known: Sequence[str]) -> bytes:
    """Return a form, JSON that nests deeply, or noise."""
    roll = chance.random()
    if roll < 0.6:
        fields = {
            chance.choice(FIELDS): chance.choice(known) if chance.random() < 0.2 else word(chance)
            for _ in range(4)
        }
        return urlencode({"csrf_token": token, **fields}).encode()
    if roll < 0.8:
        return b'{"a":' * chance.randint(1, 5000) + b"1"
    return chance.randbytes(chance.randint(0, 400))


def odd_answer(chance: random.Random) -> bytes:
    """Return an answer as the page's script sends it, with something odd in one place."""
    entry: dict[str, object] = {"revision": 0, "values": ["lemon"], "level": "text"}
    entry[chance.choice((*entry, "values", "values", "unheard", "again"))] = chance.choice(
        (
            ["\ud800"],
            ["a\ud800"],
            ["a\0b"],
            "\ud800",
            10**30,
            -1,
            None,
            [[]],
            ["x" * 20_000],
            {},
            1.5,
        )
    )
    return json.dumps(entry).encode()


def send_odd(
    person: Student, rules: Sequence[Rule], known: Sequence[str], chance: random.Random
) -> int:
    """Send one odd request; return its status, 0 when the connection was closed on it."""
    kind = chance.choice(KINDS[:-1])
    if person.attempt and chance.random() < SHARE_ANSWERS:
        path, method, body = f"{person.attempt}/responses/cleaner", "POST", odd_answer(chance)
        kind = "application/json"
    else:
        path, method = path_for(chance.choice(rules), known, chance), chance.choice(METHODS)
        body = body_for(chance, person.token, known) if method != "GET" else b""
    cookies = dict(person.cookies)
    try:
        return person.send(method, path, body or None, kind, {"X-CSRFToken": person.token}).status
    except CLOSED:
        return 0
    except LOST:
        return UNHEARD
    finally:
        person.cookies = cookies  # one that logs out leaves the next one logged in


def count_faults(
    setting: Setting, times: int, *, cluster: Cluster | None, module: tuple[str, ...]
) -> int:
    """Send odd requests, with and without a log-in; return how many are answered with a fault.

    They go to a server of their own, on a database of their own: in the cluster, or on SQLite.
    """
    folder, chance, failed = setting.folder, setting.chance, 0
    url = cluster.database(f"{module[-1]}-{folder.name}") if cluster else None
    server = Server(folder, {"QUIZAPP_DATABASE_URL": url} if url else {}, module)
    app = application(url or f"sqlite:///{server.database}", folder, server.questions)
    rules = list(app.url_map.iter_rules())
    with app.app_context():
        migrate()
        release()
    with server:
        for turn in range(times):
            if turn % A_WORLD == 0:
                world = make_world(server, app, turn)
            person = chance.choice(world.people)
            status = send_odd(person, rules, world.known, chance)
            failed += status >= 500 or (status == 0 and not server.is_alive())
        failed += not server.is_alive()
    return failed


def run(setting: Setting) -> list[Result]:
    """Send odd requests to every address on both databases; the controls let everything in."""
    cases = (
        ("no odd request is answered with a fault of ours", ("quizapp",), 100_000, 150, False),
        ("control: nothing cleaned", ("proofs.weak", "no-cleaning"), 2_000, 250, True),
    )
    results = []
    # That PostgreSQL syncs is not what is tried here.
    with cluster_for(setting, "-c fsync=off") as cluster:
        for name, where in (("SQLite", None), ("PostgreSQL", cluster)):
            for promise, module, full, least, control in cases:
                times = setting.times(full, least)
                work = partial(count_faults, cluster=where, module=module)
                failed = sum(in_shares(setting, work, times))
                results.append(Result(f"{promise} ({name})", times, failed, setting.seed, control))
    return results
