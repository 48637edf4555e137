"""gunicorn --preload: the application is made once, and the workers are forked from it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from proofs.workers import Workers
from quizapp.database import db
from quizapp.models.columns import new_code
from tests.school import open_school
from tests.workers.conftest import SMALL, World, eventually, logged_in, moved


@pytest.fixture
def forked(world: World) -> Iterator[Workers]:
    """One gunicorn that makes the application first, and then two workers from it."""
    settings = world.fleet.processes[0].settings
    running = Workers(world.folder, settings, workers=2, options=["--preload"])
    running.start()
    yield running
    running.kill()


def sockets(pid: int) -> set[str]:
    """Return the inodes of a process's sockets."""
    found = set()
    for handle in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = str(handle.readlink())
        except OSError:
            continue  # closed since it was listed
        if target.startswith("socket:"):
            found.add(target)
    return found


def speaking(port: int) -> set[str]:
    """Return the inodes of all sockets of this machine that are connected to a port."""
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return {f"socket:[{line[9]}]" for line in lines if line[2].endswith(f":{port:04X}")}


def test_workers_that_are_forked_share_no_connection_and_watch_the_quizzes_themselves(
    world: World, forked: Workers
) -> None:
    assert eventually(lambda: len(forked.children()) == 2)
    text = SMALL.read_text().replace("title:", "title: Forked ", 1)
    (world.questions / "forked.yaml").write_text(text)
    with world.app.app_context():
        port = db.engine.url.port or 5432
        school = open_school(world.app, f"Ms {new_code()}")
    teacher = logged_in(forked.port, school)
    people = [moved(teacher, forked.port) for _ in range(16)]

    def all_show_it() -> bool:
        pages = [one.get("/teach/quizzes").text for one in people]
        return all("Forked" in page for page in pages)

    assert eventually(all_show_it)
    held = {pid: sockets(pid) for pid in (forked.pid, *forked.children())}
    database = speaking(port)
    # A thread of the first process may have been at work when it forked: a worker then holds its
    # connection too, and must not use it. So each has some that nobody else has.
    for pid, own in held.items():
        others = set().union(*(more for one, more in held.items() if one != pid))
        assert pid == forked.pid or (own & database) - others
