"""Nothing that gives a key away reaches a student before the answers are handed in."""

import base64
import itertools
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.wrappers import Response

from quizapp import classrooms
from quizapp.config import ROOT
from quizapp.database import db
from quizapp.models import Assignment, Classroom
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
STATIC = ROOT / "quizapp" / "static"
MakeCanary = Callable[[str, str], Flask]
SECRETS = set(re.findall(r"zq[a-z]+", QUIZ))


@pytest.fixture
def make_canary(
    tmp_path: Path, make_app: Callable[..., Flask], make_sqlite_url: Callable[[Path], str]
) -> Iterator[MakeCanary]:
    """Make an application whose bank is one quiz, in a folder of this name."""
    made: list[Flask] = []

    def make(name: str, quiz: str) -> Flask:
        folder = tmp_path / name / "bank"
        folder.mkdir(parents=True)
        (folder / "canary.yaml").write_text(quiz)
        app = make_app(make_sqlite_url(tmp_path / name))
        made.append(app)
        library = app.extensions["quizapp_library"]
        library.folder = folder
        library.load()
        assert not library.shelf.broken, library.shelf.broken
        with app.app_context():
            classrooms.make_demonstration("canary", NOW)
        return app

    yield make
    for app in made:
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def canary_app(make_canary: MakeCanary) -> Flask:
    return make_canary("canary", QUIZ)


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
    """Return every secret word in a page that is there."""
    page = client.get(path)
    assert page.status_code == 200, path
    return secrets_in(page)


def secrets_in(page: Response) -> set[str]:
    """Return every secret word in a page, its headers, and what its cookies hold when decoded."""
    seen = page.get_data(as_text=True) + str(page.headers)
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


def test_the_review_does_show_the_reasons(canary_app: Flask) -> None:
    """The test above would pass on empty pages; this one shows that the words are there to leak."""
    client, attempt = begin(canary_app)
    page = client.get(f"{attempt}/check").text
    key = re.search(r'name="key"[^>]*value="([^"]+)"', page)
    assert key is not None
    form = {"csrf_token": token(page), "key": key.group(1)}
    client.post(f"{attempt}/submission", data=form)
    assert {"zqwhyone", "zqfeedbacktwo"} <= words_of(client, f"{attempt}/review")


# What differs between the twins is named once in the quiz; nothing else may.
TWIN_CHANGES = (
    ("answer: cage", "answer: tree"),
    ("      cage: {text: In a cage, feedback: zqfeedbackone}\n", "      cage: {text: In a cage, "
     "error: unsupported, feedback: zqtwinone}\n"),
    ("error: misread, feedback: zqfeedbacktwo", "feedback: zqtwintwo"),
    ("The bird sat in the cage\n    why", "It sang at noon\n    why"),
    ("zqwhyone", "zqtwinwhy"),
    ("accept: [zqminers, zqpitmen]", "accept: [zqtwinminers]"),
    ("accepts: [ZQMINERS]", "accepts: [zqtwinminers]"),
    ("value: 40", "value: 42"),
)  # fmt: skip


def test_twin_quizzes_with_other_keys_give_the_same_bytes(
    make_canary: MakeCanary, monkeypatch: pytest.MonkeyPatch
) -> None:
    twin = QUIZ
    for old, new in TWIN_CHANGES:
        assert old in twin, old
        twin = twin.replace(old, new)
    seen = []
    for number, text in enumerate((QUIZ, twin)):
        ids = (f"fixed-{count:016}" for count in itertools.count())
        monkeypatch.setattr("quizapp.attempts.new_public_id", lambda ids=ids: next(ids))
        app = make_canary(f"twin{number}", text)
        client, attempt = begin(app)
        pages = [client.get(path).text for path in ("/home", attempt, f"{attempt}/check")]
        varying = [(attempt.rsplit("/")[-1], "ATTEMPT"), (assignment_id(app), "ASSIGNMENT")]
        seen.append([neutral(page, varying) for page in pages])
    assert seen[0] == seen[1]


def assignment_id(app: Flask) -> str:
    with app.app_context():
        return str(db.session.scalar(select(Assignment.public_id)))


def neutral(page: str, varying: list[tuple[str, str]]) -> str:
    """Return the page without what is random in every page: its token and the ids of its rows."""
    for random, name in varying:
        page = page.replace(random, name)
    return re.sub(r'(name="csrf_token" value=")[^"]+', r"\1", page)


@pytest.mark.counts
def test_every_answer_before_the_release_holds_no_secret_word(canary_app: Flask) -> None:
    """Ask every address with GET, and send what can go wrong; nothing fails and nothing leaks."""
    client, attempt = begin(canary_app)
    paths = every_path(canary_app, attempt)
    for path in paths:
        with client.get(path) as page:
            assert (page.status_code < 500, secrets_in(page)) == (True, set()), path
    review = client.get(f"{attempt}/review")
    assert (review.status_code, review.location) == (303, attempt)
    sys.stdout.write(f"{len(paths)} addresses asked before the release: 0 secret words\n")


def every_path(app: Flask, attempt: str) -> list[str]:
    real = {"public_id": attempt.rsplit("/")[-1], "code": code(app), "item_id": "one"}
    adapter = app.url_map.bind("localhost")
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]
    paths = [adapter.build(r.endpoint, {n: real.get(n, "x") for n in r.arguments}, method=min(
        (r.methods or {"GET"}) - {"HEAD", "OPTIONS"})) for r in rules]  # fmt: skip
    static = sorted(path.name for path in STATIC.iterdir() if path.is_file())
    return [*paths, *(f"/static/{name}" for name in static)]


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("{attempt}", {"q-two": ["sang", "heard", "flew"], "go": "save"}),
        ("{attempt}", {"q-one": ["nowhere"], "go": "check"}),
        ("{attempt}", {"q-three": ["x" * 2001], "go": "save"}),
        ("{attempt}", {"q-three": ["zq"], "go": "level:none"}),
        ("{attempt}", {"q-one": ["tree"], "csrf_token": "wrong"}),
        ("{attempt}/submission", {"key": "wrong"}),
        ("{attempt}/submission", {"csrf_token": "wrong"}),
        ("{attempt}/check", {}),
        ("/join", {"code": "x", "name": "Otter-17"}),
        ("/join/{code}", {"name": "Heron-4"}),
        ("/back", {"phrase": "not four words"}),
    ],
)
def test_no_answer_to_a_form_holds_a_secret_word(
    canary_app: Flask, path: str, fields: dict[str, object]
) -> None:
    client, attempt = begin(canary_app)
    form = {"csrf_token": token(client.get(attempt).text), "code": code(canary_app), **fields}
    page = client.post(path.format(attempt=attempt, code=code(canary_app)), data=form)
    assert page.status_code < 500
    assert secrets_in(page) == set()


def practise(app: Flask) -> tuple[FlaskClient, str]:
    """Begin, with practice switched on."""
    with app.app_context():
        db.session.scalars(select(Assignment)).one().is_practice = True
        db.session.commit()
    return begin(app)


def check_one(client: FlaskClient, attempt: str, go: str, **answers: str) -> Response:
    page = client.get(attempt).text
    again = re.findall(r'name="again" value="([^"]+)"', page)
    form = {"csrf_token": token(page), "level": "text", "go": go, "again": again, **answers}
    return client.post(attempt, data=form, follow_redirects=True)


@pytest.mark.parametrize(
    ("item_id", "wrong"),
    [("one", "tree"), ("two", "flew"), ("three", "zqbirds"), ("four", "11")],
)
def test_in_practice_a_first_try_that_is_wrong_gives_no_secret_word_away(
    canary_app: Flask, item_id: str, wrong: str
) -> None:
    client, attempt = practise(canary_app)
    page = check_one(client, attempt, f"check:{item_id}", **{f"q-{item_id}": wrong})
    assert "Not quite" in page.get_data(as_text=True)
    assert secrets_in(page) == {wrong} & SECRETS  # what the student typed comes back


def test_in_practice_only_the_question_that_is_closed_shows_its_reasons(canary_app: Flask) -> None:
    client, attempt = practise(canary_app)
    check_one(client, attempt, "check:one", **{"q-one": "tree"})
    page = check_one(client, attempt, "again:one", **{"q-one": "tree"})
    assert secrets_in(page) == {"zqfeedbacktwo", "zqbad", "zqwhyone"}
