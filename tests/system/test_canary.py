"""Nothing that gives a key away reaches a student before the answers are handed in."""

import base64
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from quizapp import classrooms
from quizapp.config import DEFAULTS
from quizapp.database import db
from quizapp.models import Classroom
from tests.core.core_world import NOW

# Every field that a student must not see holds a word of its own that begins with "zq".
QUIZ = """
title: The canary
language: en
passage: |
  The bird sat in the cage. It sang at noon, and the miners listened to it. Eleven men went down
  that day, and about forty came up.
questions:
  - id: one
    question: Where did the bird sit?
    options:
      cage: {text: In a cage, feedback: zqfeedbackone}
      tree: {text: In a tree, error: misread, feedback: zqfeedbacktwo}
    answer: cage
    evidence: The bird sat in the cage
    why: zqwhyone
    skill: retrieve
    feedback: {correct: zqgood, wrong: zqbad}
  - id: two
    question: Choose the TWO things that happened.
    options:
      sang: It sang
      heard: Men listened
      flew: {text: It flew, error: unsupported, feedback: zqflew}
    answers: [sang, heard]
    evidence: [It sang at noon, the miners listened to it]
    why: zqwhytwo
    skill: integrate
  - id: three
    question: Who listened?
    accept: [zqminers, zqpitmen]
    reject: {zqbirds: zqnotbirds}
    evidence: the miners listened
    why: zqwhythree
    skill: retrieve
    tests: {accepts: [ZQMINERS], rejects: [zqnobody]}
  - id: four
    question: How many men came up?
    number: {value: 40, qualifier: about, tolerance: 0}
    reject: {11: zqthatmanywentdown}
    evidence: about forty came up
    why: zqwhyfour
    skill: retrieve
  - id: five
    question: Say in one sentence why the men listened.
    ideas: {zqidea: [zqdanger, zqgas*]}
    evidence: whole
    why: zqwhyfive
    skill: infer
"""
SECRETS = set(re.findall(r"zq[a-z]+", QUIZ))


@pytest.fixture
def canary_app(
    tmp_path: Path, make_app: Callable[..., Flask], make_sqlite_url: Callable[[Path], str]
) -> Iterator[Flask]:
    folder = tmp_path / "bank"
    folder.mkdir()
    (folder / "canary.yaml").write_text(QUIZ)
    app = make_app(make_sqlite_url(tmp_path))
    library = app.extensions["quizapp_library"]
    library.folder = folder
    library.load()
    assert not library.shelf.broken
    with app.app_context():
        classrooms.make_demonstration("canary", NOW)
    yield app
    with app.app_context():
        db.engine.dispose()


def code(app: Flask) -> str:
    with app.app_context():
        found: Classroom | None = classrooms.find_demonstration()
        assert found is not None
        return found.join_code


def token(page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found is not None
    return found.group(1)


def words_of(client: FlaskClient, path: str) -> set[str]:
    """Return every secret word in a page, its headers, and what its cookies hold when decoded."""
    page = client.get(path)
    assert page.status_code == 200, path
    seen = page.text + str(page.headers)
    for cookie in page.headers.getlist("Set-Cookie"):
        for piece in re.split(r"[=.;]", cookie):
            padded = piece + "=" * (-len(piece) % 4)
            try:
                seen += base64.urlsafe_b64decode(padded).decode("latin-1")
            except ValueError:
                continue
    return {word for word in SECRETS if word in seen.casefold()}


def begin(app: Flask) -> tuple[FlaskClient, str]:
    """Join, start the quiz and answer something; return the client and the attempt's address."""
    client = app.test_client()
    join = f"/join/{code(app)}"
    form = {"csrf_token": token(client.get(join).text), "code": code(app), "name": "Otter-17"}
    client.post(join, data=form)
    home = client.get("/home").text
    start = re.search(r'action="(/assignments/[^"]+)"', home)
    assert start is not None
    attempt = client.post(start.group(1), data={"csrf_token": token(home)}).location
    form = {"csrf_token": token(client.get(attempt).text), "go": "save", "level": "text"}
    client.post(attempt, data={**form, "q-one": "tree", "q-three": "canaries"})
    return client, attempt


def test_no_page_before_the_release_holds_a_secret_word(canary_app: Flask) -> None:
    client, attempt = begin(canary_app)
    for path in ("/home", attempt, f"{attempt}/check", "/join", "/back", "/help"):
        assert words_of(client, path) == set(), path


def test_static_files_hold_no_secret_word() -> None:
    folder = Path(str(DEFAULTS["QUESTIONS_DIR"])).parent / "quizapp" / "static"
    for path in folder.rglob("*.*"):
        text = path.read_text(encoding="utf-8").casefold()
        assert not [word for word in SECRETS if word in text], path.name


def test_the_review_does_show_the_reasons(canary_app: Flask) -> None:
    """The test above would pass on empty pages; this one shows that the words are there to leak."""
    client, attempt = begin(canary_app)
    page = client.get(f"{attempt}/check").text
    key = re.search(r'name="key"[^>]*value="([^"]+)"', page)
    assert key is not None
    form = {"csrf_token": token(page), "key": key.group(1)}
    client.post(f"{attempt}/submission", data=form)
    assert {"zqwhyone", "zqfeedbacktwo"} <= words_of(client, f"{attempt}/review")
