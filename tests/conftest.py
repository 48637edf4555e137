"""The databases and the applications of the tests; the browser has its own in tests/browser."""

import os
import shutil
import socket
import subprocess
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy.engine import make_url

from dev import find_postgres
from quizapp import create_app
from quizapp.database import db
from tests.emptying import Lent
from tests.sharing import QUESTIONS, share, share_results

MAINTENANCE = "postgres"  # the database that every PostgreSQL server has, to make others from
MakeApp = Callable[[str], Flask]

for name in [name for name in os.environ if name.startswith("QUIZAPP_")]:
    del os.environ[name]  # a developer's settings must not lead a test to a real database


# Files that take longest, by the seconds of their tests: first, or one core is idle at the end.
LONGEST = (
    "test_proofs.py",
    "test_every_page.py",
    "test_mutants.py",
    "test_open_redirects.py",
    "test_stored_text.py",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the longest files begin; all others stay in their order."""
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.name, len(places)))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show what the passed tests marked `counts` say they counted, which pytest captures.

    The reports of workers bring marks and captured lines with them, so this works under xdist.
    """
    passed = terminalreporter.getreports("passed")
    counted = [report for report in passed if "counts" in report.keywords]
    said = {report.nodeid: report.capstdout.split("\n") for report in counted}
    lines = sorted({line.strip() for lines in said.values() for line in lines if line.strip()})
    if lines:
        terminalreporter.section("counts")
        terminalreporter.write_line("\n".join(lines))


@pytest.fixture(scope="session", autouse=True)
def _share_results() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        share_results(patch)
        yield


@pytest.fixture(autouse=True)
def _push_request_context() -> None:
    """Stands in for pytest-flask's, whose one context per test lets g outlive a request."""


@pytest.fixture(scope="session")
def make_app(tmp_path_factory: pytest.TempPathFactory) -> MakeApp:
    """Make an application on a database; its quizzes are loaded when the database is migrated."""
    instances = tmp_path_factory.mktemp("instance")

    def make(url: str) -> Flask:
        app = create_app(
            {
                "TESTING": True,
                "SECRET_KEY": "only-for-tests-0123456789abcdef0123456789",
                "DATABASE_URL": url,
                "QUESTIONS_DIR": str(QUESTIONS),
                "INSTANCE_PATH": str(instances),
                "INSECURE_HTTP": True,
                "TIME_ZONE": "Europe/Berlin",
                "ACCESS_LOG": "off",
                # An honest password hash would take most of the tests' time.
                "ARGON2_TIME_COST": 1,
                "ARGON2_MEMORY_COST": 8,
                "ARGON2_PARALLELISM": 1,
            }
        )
        share(app)
        return app

    return make


@contextmanager
def _opened(app: Flask) -> Iterator[Flask]:
    """Load the quizzes; at the end give every connection back, or dropping databases would wait."""
    app.extensions["quizapp_library"].load()
    yield app
    _close(app)


def _close(app: Flask) -> None:
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()


def _migrate(app: Flask) -> None:
    with app.app_context():
        upgrade()
    _close(app)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory, make_app: MakeApp) -> Path:
    """The file of an empty, migrated database, to copy."""
    path = tmp_path_factory.mktemp("template") / "quizapp.sqlite"
    _migrate(make_app(f"sqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def make_sqlite_url(sqlite_template: Path) -> Callable[[Path], str]:
    """Put an empty, migrated database into a folder and return its URL."""

    def make(folder: Path) -> str:
        return f"sqlite:///{shutil.copy(sqlite_template, folder / 'quizapp.sqlite')}"

    return make


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The URL of a PostgreSQL server's own database: $TEST_POSTGRES_URL, or a server of our own.

    Each worker of pytest-xdist starts its own, so that none waits for another.
    """
    given = os.environ.get("TEST_POSTGRES_URL")
    if given:
        yield given
        return
    programs = find_postgres()
    if programs is None:
        pytest.fail(
            "PostgreSQL is not here: sudo apt-get install postgresql, or set "
            "TEST_POSTGRES_URL to a server where databases may be made.",
            pytrace=False,
        )
    # Not in pytest's own folder, which is closed to the user that PostgreSQL runs as.
    with TemporaryDirectory(prefix="quizapp-") as folder, _server(programs, Path(folder)) as port:
        yield f"postgresql+psycopg://quiz@127.0.0.1:{port}/{MAINTENANCE}"


@contextmanager
def _server(programs: Path, folder: Path) -> Iterator[int]:
    """Run a cluster of our own and yield its port. PostgreSQL refuses to run as root."""
    owner: dict[str, Any] = {}
    if os.geteuid() == 0:
        owner = {"user": "postgres", "group": "postgres", "extra_groups": []}
        shutil.chown(folder, "postgres", "postgres")

    def run(program: str, *words: str) -> None:
        command = [str(programs / program), "-D", str(folder / "data"), *words]
        log = folder / "commands.log"  # a pipe would stay open in the server
        with log.open("ab") as out:
            done = subprocess.run(command, cwd="/", stdout=out, stderr=out, check=False, **owner)
        assert done.returncode == 0, f"{program} failed:\n{log.read_text()}"

    port = _free_port()
    run("initdb", "-U", "quiz", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
    # Tests may lose data in a power cut, and are many times faster for it.
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= "
    options += "-c fsync=off -c full_page_writes=off"
    with ExitStack() as stack:
        stack.callback(run, "pg_ctl", "-m", "immediate", "stop")
        run("pg_ctl", "-w", "-l", str(folder / "data/server.log"), "-o", options, "start")
        yield port


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def postgres(postgres_url: str) -> Iterator[psycopg.Connection]:
    """A connection of the server's own, to make and drop databases."""
    admin = make_url(postgres_url).set(drivername="postgresql")
    address = admin.render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def make_database(
    postgres_url: str, postgres: psycopg.Connection
) -> Iterator[Callable[[str], str]]:
    """Make a database from a template, return its URL.

    All are dropped at the end where the server stays; a server of our own goes with all it has.
    """
    server, stays = make_url(postgres_url), "TEST_POSTGRES_URL" in os.environ
    with ExitStack() as stack:

        def make(template: str) -> str:
            name = f"quiz_{uuid.uuid4().hex}"
            postgres.execute(
                psycopg.sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                    psycopg.sql.Identifier(name), psycopg.sql.Identifier(template)
                )
            )
            if stays:
                stack.callback(_drop, postgres, name)
            return server.set(database=name).render_as_string(hide_password=False)

        yield make


def _drop(server: psycopg.Connection, name: str) -> None:
    words = psycopg.sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
    server.execute(words.format(psycopg.sql.Identifier(name)))


@pytest.fixture(scope="session")
def postgres_template(make_database: Callable[[str], str], make_app: MakeApp) -> str:
    """The name of an empty, migrated database, to copy."""
    url = make_database("template0")
    _migrate(make_app(url))
    return str(make_url(url).database)


@pytest.fixture(scope="session")
def postgres_shelf() -> list[Lent]:
    """The PostgreSQL databases that stand empty: one, once a test has made it."""
    return []


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty, migrated database of the test's own, once of each kind."""
    if request.param == "sqlite":
        make_url_in: Callable[[Path], str] = request.getfixturevalue("make_sqlite_url")
        yield make_url_in(tmp_path)
        return
    shelf: list[Lent] = request.getfixturevalue("postgres_shelf")
    if not shelf:
        make: Callable[[str], str] = request.getfixturevalue("make_database")
        shelf.append(Lent(make(request.getfixturevalue("postgres_template"))))
    lent, before = shelf.pop(), set(threading.enumerate())
    yield lent.url
    left = [one for one in threading.enumerate() if one.name == "housekeeping"]
    assert set(left) <= before, "a thread of this test would work on what the next one has"
    if lent.empty():
        shelf.append(lent)


@pytest.fixture
def app(database_url: str, make_app: MakeApp) -> Iterator[Flask]:
    """The application on each kind of database: the test runs twice. `client` is its client."""
    with _opened(make_app(database_url)) as opened:
        yield opened


@pytest.fixture
def sqlite_app(
    make_sqlite_url: Callable[[Path], str], tmp_path: Path, make_app: MakeApp
) -> Iterator[Flask]:
    """The application on SQLite alone, for tests that do not care."""
    with _opened(make_app(make_sqlite_url(tmp_path))) as opened:
        yield opened


@pytest.fixture
def sqlite_client(sqlite_app: Flask) -> FlaskClient:
    """A client of the application on SQLite alone."""
    return sqlite_app.test_client()
