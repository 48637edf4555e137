"""Banks that differ only in what is secret: what students are shown is the same, byte by byte.

Several are made of the same words; each of the others makes a pair with the first. So a page of the
first is asked for once for several pairs.

Here the application runs in this process, under its own test client, for the pace: what it answers
is the same. Chance and time are put in its place, the same for all banks, so that nothing needs to
be wiped from the pages but the signed tokens.
"""

import random
import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import Context
from datetime import UTC, datetime
from pathlib import Path
from unittest import mock

from flask import Flask, g
from flask.testing import FlaskClient

from proofs.result import Result, Setting
from proofs.school import QUIZ, Room, application, enrol, open_room
from proofs.shares import in_shares
from quizapp.bank import public as public_bank
from quizapp.bank.model import Choice, MultipleChoice
from quizapp.library import Library

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
# The signature of these differs with the second in which they are made; nothing else is wiped.
SIGNED = re.compile(rb'(name="csrf_token" (?:type="hidden" )?value=")[^"]+')
WORDS = [
    "river",
    "stone",
    "lamp",
    "garden",
    "winter",
    "bridge",
    "paper",
    "morning",
    "copper",
    "station",
    "window",
    "harvest",
]
KEYS = ("a", "b", "c", "d")
BANKS = 4
TEMPLATE = """title: {title}
language: en
source: Written for an experiment.
passage: |
  {passage}
questions:
  - id: one
    skill: retrieve
    points: {points}
    question: {ask[0]}
    options:
{options}
    answer: {key}
    evidence: {found[0]}
    why: {said[0]}
  - id: two
    skill: integrate
    question: {ask[1]}
    options:
{several}
    answers: [{answers}]
    evidence: {found[1]}
    why: {said[1]}
  - id: three
    skill: infer
    question: {ask[2]}
    accept: [{word}]
    evidence: {found[2]}
    why: {said[2]}
    feedback: {{correct: {said[4]}, wrong: {said[5]}}}
  - id: four
    skill: infer
    question: {ask[3]}
    number: {{value: {number}, qualifier: none, tolerance: 0}}
    evidence: {found[3]}
    why: {said[3]}
"""


def sentence(chance: random.Random) -> str:
    """Return a sentence that no other is like."""
    return f"The {' '.join(chance.sample(WORDS, 5))} {chance.randrange(10**6)}."


def quiz(seen: random.Random, hidden: random.Random) -> str:
    """Return a quiz whose words come from `seen` and whose keys, feedback and so on from `hidden`.

    Points are said on the page, so they belong to what is seen.
    """
    lines = [sentence(seen) for _ in range(8)]
    key, said = hidden.choice(KEYS), [f"Because {sentence(hidden)}" for _ in range(6)]
    return TEMPLATE.format(
        title=sentence(seen),
        passage=" ".join(lines),
        points=seen.randint(1, 3),
        ask=[sentence(seen) for _ in range(4)],
        options="".join(
            f"      {one}:\n        text: {sentence(seen)}\n"
            + ("" if one == key else wrong(hidden))
            for one in KEYS
        ).rstrip(),
        several="\n".join(f"      {one}: {sentence(seen)}" for one in KEYS),
        key=key,
        answers=", ".join(sorted(hidden.sample(KEYS, 2))),
        word=hidden.choice(WORDS),
        number=hidden.randrange(1, 999),
        found=[hidden.choice(lines).rstrip(".") for _ in range(4)],
        said=said,
    )


def wrong(hidden: random.Random) -> str:
    """Return what a quiz says of a wrong option."""
    kind = hidden.choice(("misread", "unsupported"))
    return f"        error: {kind}\n        feedback: {sentence(hidden)}\n"


@contextmanager
def drawn_from(seed: str) -> Iterator[None]:
    """Let every random id and code of the application come from a seed."""
    chance = random.Random(seed)

    def token(size: int = 16) -> str:
        return "".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=22 if size == 16 else size))

    with (
        mock.patch.object(secrets, "token_urlsafe", token),
        mock.patch.object(
            secrets, "token_hex", lambda size=32: f"{chance.getrandbits(8 * size):x}"
        ),
        mock.patch.object(secrets, "choice", chance.choice),
    ):
        yield


class Side:
    """One of the applications, with a database and a folder of quizzes of its own."""

    def __init__(self, folder: Path, students: int) -> None:
        (folder / "questions").mkdir(parents=True)
        self.file = folder / "questions" / f"{QUIZ}.yaml"
        url = f"sqlite:///{folder / 'quizapp.sqlite'}"
        self.app: Flask = application(url, folder, folder / "questions")
        self.app.before_request(self._stop_time)
        with drawn_from("room"):
            self.room: Room = open_room(self.app, review="never")
            self.cookies = enrol(self.app, self.room, students)
        self.library: Library = self.app.extensions["quizapp_library"]

    @staticmethod
    def _stop_time() -> None:
        g.now = NOW

    def transcript(self, text: str, number: int, answers: dict[str, str]) -> list[bytes]:
        """Return everything that a student is shown of this quiz before it is released."""
        self.file.write_text(text, encoding="utf-8")
        with drawn_from(f"quiz {number}"):
            self.library.take(self.file.name)
            live = self.library.find(QUIZ)
            assert live is not None
            assert not self.library.shelf.broken, self.library.shelf.broken
            client = self.app.test_client()
            for name, value in self.cookies[number].items():
                client.set_cookie(name, value)
            return list(walk(client, self.room, answers))


def walk(client: FlaskClient, room: Room, answers: dict[str, str]) -> Iterator[bytes]:
    """Go from the home page to the receipt; yield every answer of the server."""

    def ask(path: str, data: dict[str, str] | None = None) -> tuple[str, bytes]:
        page = Context().run(client.open, path, method="GET" if data is None else "POST", data=data)
        found = re.search(SIGNED.pattern.replace(b'[^"]+', b'([^"]+)'), page.data)
        token[0] = found[2].decode() if found else token[0]
        heads = [f"{name}: {text}" for name, text in page.headers if name != "Set-Cookie"]
        wiped = SIGNED.sub(rb"\1", page.data)
        return page.headers.get("Location", ""), "\n".join(
            [page.status, *heads, ""]
        ).encode() + wiped

    token = [""]
    yield ask("/home")[1]
    yield ask(f"/assignments/{room.assignment}")[1]
    where, begun = ask(f"/assignments/{room.assignment}/attempts", {"csrf_token": token[0]})
    yield begun
    yield ask(where)[1]
    yield ask(where, {**answers, "go": "save", "csrf_token": token[0]})[1]
    yield ask(where)[1]
    checked = ask(f"{where}/check")[1]
    yield checked
    key = re.search(rb'name="key"[^>]*value="([^"]+)"', checked)
    assert key is not None
    sent = {"key": key[1].decode(), "csrf_token": token[0]}
    yield ask(f"{where}/submission", sent)[1]
    yield ask(f"{where}/review")[1]
    yield ask("/home")[1]


def count_differing(sides: Sequence[Side], students: range, seed: int) -> tuple[int, int]:
    """Show each of these students banks that differ in secrets; return the pairs and the unlike."""
    differing = 0
    for number in students:
        chance = random.Random(f"{seed} {number}")
        answers = {
            "q-one": chance.choice(KEYS), "q-two": chance.choice(KEYS),
            "q-three": chance.choice(WORDS), "q-four": str(chance.randrange(999)),
        }  # fmt: skip
        texts = [
            quiz(random.Random(f"{seed} seen {number}"), random.Random(f"{seed} {side} {number}"))
            for side in range(len(sides))
        ]
        first, *others = (
            side.transcript(text, number, answers) for side, text in zip(sides, texts, strict=True)
        )
        differing += sum(other != first for other in others)
    return len(students) * (len(sides) - 1), differing


@contextmanager
def options_in_the_order_of_the_key() -> Iterator[None]:
    """The first of the options that the page is given is the key: one line of a careless author."""
    options = public_bank._options

    def leaking(item: Choice) -> tuple[public_bank.PublicOption, ...]:
        right = item.answers[0] if isinstance(item, MultipleChoice) else item.answer
        return tuple(sorted(options(item), key=lambda one: one.id != right))

    with (
        mock.patch.object(public_bank, "_options", leaking),
        mock.patch("quizapp.student.pages.ordered", lambda item, _seed: item.options),
    ):
        yield


def try_both(setting: Setting, pairs: int) -> tuple[int, int, int, int]:
    """Return the pairs tried and those that differ, then the same of the control."""
    whole, weak = (-(-count // (BANKS - 1)) for count in (pairs, setting.times(50, least=4)))
    sides = [Side(setting.folder / f"bank-{number}", whole + weak) for number in range(BANKS)]
    found = count_differing(sides, range(whole), setting.seed)
    with options_in_the_order_of_the_key():
        caught = count_differing(sides, range(whole, whole + weak), setting.seed)
    return *found, *caught


def run(setting: Setting) -> list[Result]:
    """Compare what students see of pairs of banks; the control puts the key first."""
    shares = in_shares(setting, try_both, setting.times(10_000, least=5))
    pairs, differing, few, caught = (sum(column) for column in zip(*shares, strict=True))
    return [
        Result("no page before release depends on the key", pairs, differing, setting.seed),
        Result("control: the key is the first of the options", few, caught, setting.seed, True),
    ]
