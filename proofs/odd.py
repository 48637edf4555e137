"""Requests that no browser sends: whatever comes, no answer is a fault of the server."""

import random
import string
from collections.abc import Sequence
from urllib.parse import quote, urlencode

from werkzeug.routing import Rule

from proofs.people import LOST, Student
from proofs.result import Result, Setting
from proofs.school import application
from proofs.storage import newcomer, prepare

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
FIELDS = ("name", "code", "phrase", "password", "points", "reason", "folded", "go", "level", "base")


def word(chance: random.Random) -> str:
    """Return something odd, or something plain."""
    if chance.random() < 0.7:
        return chance.choice(TEXTS)
    return "".join(chance.choices(string.printable, k=chance.randint(1, 12)))


def path_for(rule: Rule, known: Sequence[str], chance: random.Random) -> str:
    """Return an address of this rule, with known ids or odd ones."""
    path = str(rule)
    for name in rule.arguments:
        value = chance.choice(known) if chance.random() < 0.5 else word(chance)
        path = path.replace(f"<{name}>", quote(value, safe="", errors="replace") or "x")
        path = path.replace(f"<path:{name}>", quote(value, safe="", errors="replace") or "x")
    return path + (f"?{urlencode({word(chance): word(chance)})}" if chance.random() < 0.3 else "")


def body_for(chance: random.Random, token: str) -> bytes:
    """Return a form, JSON that nests deeply, or noise."""
    roll = chance.random()
    if roll < 0.6:
        fields = {chance.choice(FIELDS): word(chance) for _ in range(4)}
        return urlencode({"csrf_token": token, **fields}).encode()
    if roll < 0.8:
        return b'{"a":' * chance.randint(1, 5000) + b"1"
    return chance.randbytes(chance.randint(0, 400))


def run(setting: Setting) -> list[Result]:
    """Send odd requests to every address, with and without a log-in."""
    chance = setting.chance
    server, room = prepare(setting.folder)
    app = application(f"sqlite:///{server.database}", setting.folder, server.questions)
    rules = list(app.url_map.iter_rules())
    tried, failed = setting.times(1_000_000, least=500), 0
    with server:
        student = newcomer(server, room, "Otter-1")
        people = [student, Student(server.port)]
        people[1].get("/")
        known = [room.assignment, student.attempt.rpartition("/")[2], room.code, "cleaner"]
        for _ in range(tried):
            person = chance.choice(people)
            cookies = dict(person.cookies)
            path, method = path_for(chance.choice(rules), known, chance), chance.choice(METHODS)
            try:
                body = body_for(chance, person.token) if method != "GET" else None
                failed += person.send(method, path, body, chance.choice(KINDS[:-1])).status >= 500
            except LOST:
                failed += not server.is_alive()
            person.cookies = cookies  # an odd request may log out; the next one is logged in again
        failed += not server.is_alive()
    return [Result("no odd request is answered with a fault of ours", tried, failed, setting.seed)]
