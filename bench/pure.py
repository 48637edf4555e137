"""What needs no server: the SQL statements of a request, and how fast quizzes are checked."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import yaml
from flask.testing import FlaskClient
from sqlalchemy import event

from bench.bank import ITEMS_EACH, write_quiz
from bench.pair import figures
from bench.row import Row
from bench.school import LEVEL, School, Sitting, open_school
from bench.setting import Setting
from proofs.school import application
from quizapp.checking import check_file
from quizapp.database import db
from quizapp.prepared import Link

QUIZZES = 200
LIMITS = {"submission": 8, "autosave": 2, "page": 2}


def statements(setting: Setting) -> list[Row]:
    """Return the rows on statements beside BEGIN and COMMIT: exact counts, so one sample each."""
    school = open_school(setting.folder, 2)
    counts = count_statements(school)
    return [
        Row(f"SQL statements: {name}", [counts[name]], limit, "lower")
        for name, limit in LIMITS.items()
    ]


def count_statements(school: School) -> dict[str, int]:
    """Return how many statements each kind of request takes, once everything is warm."""
    folder = school.folder
    app = application(f"sqlite:///{school.database}", folder, folder / "questions")
    app.extensions["quizapp_library"].load()
    with app.app_context():
        engine = db.engine
    counts: dict[str, int] = {}
    for one in school.sittings[:2]:  # the first one warms up
        for name, act in _acts(app.test_client(use_cookies=False), school, one).items():
            with _listening(engine) as heard:
                assert act().status_code in (200, 303), name
            counts[name] = len(heard)
    engine.dispose()
    return counts


def _acts(client: FlaskClient, school: School, one: Sitting) -> dict[str, Callable[[], Any]]:
    headers = {"Cookie": one.cookie, "X-CSRFToken": one.token}
    item, values = next(iter(school.second.items()))
    save = {"values": values, "level": LEVEL, "revision": 1}
    path = f"/attempts/{one.attempt}"
    return {
        "page": lambda: client.get(path, headers=headers),
        "autosave": lambda: client.post(f"{path}/responses/{item}", json=save, headers=headers),
        "submission": lambda: client.post(
            f"{path}/submission", data={"key": one.key}, headers=headers
        ),
    }


@contextmanager
def _listening(engine: Any) -> Iterator[list[str]]:
    heard: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.startswith("BEGIN"):
            heard.append(statement)

    def noted(act: Any) -> Any:
        def run(link: Link, statement: str, values: Any) -> Any:
            note(link, None, statement)
            return act(link, statement, values)

        return run

    event.listen(engine, "before_cursor_execute", note)
    with patch.multiple(Link, run=noted(Link.run), run_each=noted(Link.run_each)):
        try:
            yield heard
        finally:
            event.remove(engine, "before_cursor_execute", note)


def check(setting: Setting) -> list[Row]:
    """Return the row on checking a bank whole, against PyYAML's C loader on the same files."""
    number = setting.times(QUIZZES, 4)
    paths = [write_quiz(setting.folder, place) for place in range(number)]
    assert all(check_file(path).quiz for path in paths), "a quiz with errors"
    samples, ours, bare = [], [], []
    for _ in range(setting.rounds):
        ours.append(_cpu_ms(paths, lambda path: check_file(path)))
        bare.append(_cpu_ms(paths, _load))
        samples.append(ours[-1] / bare[-1])
    name = f"check of {QUIZZES} quizzes, {QUIZZES * ITEMS_EACH:,} items, against loading YAML"
    return [Row(name, samples, 2.5, "lower", figures(ours, bare, "ms CPU a quiz"))]


def _load(path: Path) -> Any:
    return yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)


def _cpu_ms(paths: list[Path], act: Any) -> float:
    begun = time.process_time()
    for path in paths:
        act(path)
    return (time.process_time() - begun) * 1000 / len(paths)
