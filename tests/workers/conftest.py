"""Three processes behind nginx on one PostgreSQL, and an application on the same database."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask

from proofs.people import Browser
from proofs.result import Missing
from proofs.workers import Fleet, fleet
from quizapp.database import db
from tests.school import PASSWORD, School

SECRET = "only-for-tests-0123456789abcdef0123456789"
# An honest password hash would take most of the tests' time; only a file can name a cheaper one.
CHEAP = "ARGON2_TIME_COST, ARGON2_MEMORY_COST, ARGON2_PARALLELISM = 1, 8, 1\n"


SMALL = Path(__file__).parents[1] / "questions" / "small" / "two-levels.yaml"


@dataclass(frozen=True, slots=True)
class World:
    """What serves, what it serves from, and the application to look into its database with."""

    fleet: Fleet
    app: Flask
    folder: Path

    @property
    def ports(self) -> list[int]:
        """The ports of the processes themselves, past the proxy."""
        return [one.port for one in self.fleet.processes]

    @property
    def questions(self) -> Path:
        """The folder of quiz files that all processes share."""
        return self.fleet.processes[0].questions


MakeWorld = Callable[[Path], AbstractContextManager[World]]


@pytest.fixture(scope="session")
def make_world(
    make_database: Callable[[str], str], postgres_template: str, make_app: Callable[[str], Flask]
) -> MakeWorld:
    """Start the processes in a folder, on an empty, migrated database."""

    @contextmanager
    def make(folder: Path) -> Iterator[World]:
        url = make_database(postgres_template)
        (folder / "config.py").write_text(CHEAP)
        settings = {
            "QUIZAPP_DATABASE_URL": url,
            "QUIZAPP_SECRET_KEY": SECRET,
            "QUIZAPP_TIME_ZONE": "Europe/Berlin",
        }
        app = make_app(url)
        app.extensions["quizapp_library"].load()
        try:
            with fleet(folder, settings) as running:
                yield World(running, app, folder)
        except Missing as missing:
            pytest.fail(str(missing), pytrace=False)
        finally:
            with app.app_context():
                db.engine.dispose()

    return make


@pytest.fixture(scope="package")
def world(make_world: MakeWorld, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The processes that the tests of this folder share."""
    with make_world(tmp_path_factory.mktemp("fleet")) as running:
        yield running


def moved(person: Browser, port: int) -> Browser:
    """Return the same browser, whose next request goes to another process."""
    return Browser(port, cookies=dict(person.cookies), token=person.token)


def logged_in(port: int, school: School) -> Browser:
    """Return the browser of the teacher, logged in through one process."""
    teacher = Browser(port)
    teacher.get("/teach/login")
    answer = teacher.post("/teach/login", {"name": school.owner, "password": PASSWORD})
    assert (answer.status, answer.location) == (303, "/teach/")
    teacher.get("/teach/")
    return teacher


def eventually(holds: Callable[[], bool], seconds: float = 20.0) -> bool:
    """Tell whether something comes true before patience ends."""
    begun = time.monotonic()
    while time.monotonic() - begun < seconds:
        if holds():
            return True
        time.sleep(0.05)
    return False
