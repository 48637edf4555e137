"""When a request arrived is when the server had read it, however long it waits for a thread."""

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from waitress import wasyncore
from waitress.server import BaseWSGIServer

from proofs.people import Browser
from proofs.school import application, enrol, open_room
from proofs.server import free_port
from proofs.together import seated
from quizapp import receiving, serving
from quizapp.database import db, writing
from quizapp.models import Attempt
from quizapp.serving import THREADS
from quizapp.terms import GRACE
from tests.sharing import QUESTIONS

BUSY = "/healthz"


@dataclass
class Busy:
    """An application whose health page takes until the gate is opened."""

    inner: Callable[..., Iterable[bytes]]
    gate: threading.Event = field(default_factory=threading.Event)
    entered: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        """Answer as the application does, the health page later."""
        if environ["PATH_INFO"] == BUSY:
            self.entered.release()
            self.gate.wait(20)
        return self.inner(environ, start)


@dataclass
class World:
    """A server as `run` starts it, and a student with an attempt that has begun."""

    app: Any
    busy: Busy
    student: Any

    def is_busy_with(self, requests: int) -> bool:
        """Wait until so many requests keep a thread each."""
        return all(self.busy.entered.acquire(timeout=10) for _ in range(requests))

    def end(self, ago: timedelta) -> None:
        """Set the deadline of the attempt to so long before this moment."""
        with self.app.app_context(), writing() as session:
            (attempt,) = session.query(Attempt)
            attempt.deadline_at = datetime.now(UTC) - ago


@pytest.fixture
def world(make_sqlite_url: Callable[[Path], str], tmp_path: Path) -> Iterator[World]:
    app = application(make_sqlite_url(tmp_path), tmp_path, QUESTIONS)
    room = open_room(app)
    (cookies,) = enrol(app, room, 1)
    app.extensions["quizapp_library"].load()
    busy = Busy(app.wsgi_app)
    # As Flask documents it; to mypy it is a method.
    app.wsgi_app = busy  # type: ignore[method-assign,assignment]
    port = free_port()
    server = serving._listen(app, "127.0.0.1", port)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield World(app, busy, seated(port, room, cookies))
    busy.gate.set()
    wasyncore.close_all(server._map)
    server.task_dispatcher.shutdown()
    thread.join(10)
    with app.app_context():
        db.engine.dispose()


def test_an_answer_that_waits_for_a_thread_until_after_the_grace_is_in_time(world: World) -> None:
    student = world.student
    answer = {"revision": 0, "values": ["lemon"], "level": "text"}
    with ThreadPoolExecutor(THREADS + 1) as pool:
        for _ in range(THREADS):
            pool.submit(Browser(student.port).get, BUSY)
        assert world.is_busy_with(THREADS)
        world.end(GRACE - timedelta(seconds=1))
        reply = pool.submit(student.post_json, f"{student.attempt}/responses/cleaner", answer)
        threading.Event().wait(1.5)
        assert not reply.done()
        world.busy.gate.set()
        assert '"saved"' in reply.result().text


def test_an_answer_that_is_sent_after_the_grace_is_late_whatever_its_headers_say(
    world: World,
) -> None:
    student = world.student
    world.end(GRACE + timedelta(seconds=1))
    early = {"quizapp.arrived": "1", "Quizapp-Arrived": "1", "X-Quizapp-Arrived": "1"}
    body = b'{"revision": 0, "values": ["lemon"], "level": "text"}'
    path = f"{student.attempt}/responses/cleaner"
    reply = student.send("POST", path, body, "application/json", early)
    assert '"late"' in reply.text


def test_every_address_that_a_name_stands_for_notes_arrivals(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[Any] = []
    keep = BaseWSGIServer.__init__

    def note(self: Any, *args: Any, **options: Any) -> None:
        keep(self, *args, **options)
        made.append(self)

    monkeypatch.setattr(BaseWSGIServer, "__init__", note)
    listen = f"127.0.0.1:{free_port()} 127.0.0.1:{free_port()}"
    server = receiving.create_server(lambda *_: [], listen=listen, threads=1)
    assert {one.channel_class.__module__ for one in made} == {"quizapp.receiving"}
    assert len(made) == 2
    server.close()
    for one in made:
        one.task_dispatcher.shutdown()
