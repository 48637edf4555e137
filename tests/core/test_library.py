"""The live bank: what is saved becomes live, what is broken never counts, nothing good is lost."""

import shutil
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from quizapp import attempts
from quizapp.checking import Checked, check_file
from quizapp.clock import Anchor, read_wall
from quizapp.database import db
from quizapp.library import Library
from quizapp.models import Version
from tests.core.core_world import NOW, World

KETTLES = Path(__file__).parents[1] / "questions" / "kettles.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of quizzes with one good file."""
    made = tmp_path / "bank"
    made.mkdir()
    shutil.copy(KETTLES, made / "kettles.yaml")
    return made


@pytest.fixture
def library(inside: Flask, folder: Path) -> Library:
    made = Library(folder, inside.app_context)
    made.load()
    return made


def settle(library: Library) -> None:
    """Look twice: a file counts when two looks agree."""
    library.refresh()
    library.refresh()


def title(library: Library) -> str:
    live = library.find("kettles")
    assert live is not None
    return live.quiz.title


def edit(folder: Path, change: Callable[[str], str]) -> None:
    path = folder / "kettles.yaml"
    path.write_text(change(path.read_text()))


def retitle(folder: Path, name: str) -> None:
    edit(folder, lambda text: f"title: {name}\n" + text.split("\n", 1)[1])


def test_a_saved_file_goes_live_without_a_restart(library: Library, folder: Path) -> None:
    edit(folder, lambda text: text.replace("The repair room", "The mending room", 1))
    settle(library)
    assert title(library) == "The mending room"


def test_a_file_that_is_still_changing_is_left_alone(library: Library, folder: Path) -> None:
    for name in ("One", "Two", "Three"):
        retitle(folder, name)
        library.refresh()
        assert title(library) == "The repair room"
    library.refresh()
    assert title(library) == "Three"


def test_a_broken_file_keeps_the_last_good_version_and_its_error(
    library: Library, folder: Path
) -> None:
    edit(folder, lambda text: text.replace("skill: infer", "skill: guess"))
    settle(library)
    broken = library.shelf.broken["kettles.yaml"]
    assert (title(library), broken.live) == ("The repair room", True)
    assert "skill: guess" in broken.lines[broken.problems[0].line - 1]


def test_a_mended_file_is_no_longer_listed(library: Library, folder: Path) -> None:
    good = (folder / "kettles.yaml").read_text()
    edit(folder, lambda text: text[: len(text) // 2])
    settle(library)
    assert "kettles.yaml" in library.shelf.broken
    edit(folder, lambda _text: good)
    settle(library)
    assert "kettles.yaml" not in library.shelf.broken


def test_the_last_good_version_survives_a_restart(
    inside: Flask, library: Library, folder: Path
) -> None:
    edit(folder, lambda _text: "title: [")
    restarted = Library(folder, inside.app_context)
    restarted.load()
    assert title(restarted) == "The repair room"
    assert restarted.shelf.broken["kettles.yaml"].live


def test_a_deleted_file_is_named_and_its_quiz_stays(library: Library, folder: Path) -> None:
    (folder / "kettles.yaml").unlink()
    settle(library)
    assert title(library) == "The repair room"
    assert "deleted" in library.shelf.broken["kettles.yaml"].problems[0].message


def test_a_version_is_stored_once(library: Library, folder: Path) -> None:
    edit(folder, lambda text: text + "\n# a remark changes no quiz\n")
    settle(library)
    stored = select(func.count()).where(Version.quiz_id == "kettles")
    assert db.session.scalar(stored) == 1


def test_a_stored_version_never_changes(library: Library, folder: Path) -> None:
    live = library.find("kettles")
    assert live is not None
    edit(folder, lambda text: text.replace("The repair room", "The mending room", 1))
    settle(library)
    assert library.version(live.id).quiz.title == "The repair room"


def test_the_watch_makes_a_saved_file_live_by_itself(library: Library, folder: Path) -> None:
    library.watch()
    edit(folder, lambda text: text.replace("The repair room", "The mending room", 1))
    waited = threading.Event()
    for _ in range(100):
        if title(library) == "The mending room" or waited.wait(0.1):
            break
    assert title(library) == "The mending room"


def test_a_change_that_answers_cannot_follow_is_named_with_the_number_of_attempts(
    world: World, inside: Flask, folder: Path
) -> None:
    library = Library(folder, inside.app_context)
    library.load()
    live = library.find("kettles")
    assert live is not None
    attempts.start(world.assignment, world.student, live, NOW)
    edit(folder, lambda text: text.replace("id: cleaner", "id: what-cleans"))
    settle(library)
    (warning,) = library.shelf.warnings["kettles.yaml"]
    assert "“cleaner” is gone" in warning.message
    assert "1 attempt keeps the older version" in warning.message


def test_a_fault_while_storing_one_file_does_not_hide_the_next(
    library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(folder, lambda text: text.replace("The repair room", "The mending room", 1))
    with monkeypatch.context() as broken:
        broken.setattr(Library, "_store", lambda _self, _quiz: 1 / 0)
        library.refresh()
        with pytest.raises(ZeroDivisionError):
            library.refresh()
    library.refresh()
    assert title(library) == "The mending room"


def test_a_clock_that_was_set_back_makes_no_older_version_the_newest(
    inside: Flask, library: Library, folder: Path
) -> None:
    slow = Library(folder, inside.app_context, lambda: read_wall() - timedelta(days=400))
    retitle(folder, "Saved later")
    slow.load()
    restarted = Library(folder, inside.app_context)
    restarted._restore()
    assert (title(slow), title(restarted)) == ("Saved later", "Saved later")


def test_a_version_goes_live_by_the_time_of_the_application(app: Flask) -> None:
    clock = app.extensions["quizapp_clock"]
    ahead = read_wall() + timedelta(days=1)
    clock.anchor = Anchor(ahead, clock.elapsed())
    library = app.extensions["quizapp_library"]
    library._taken.clear()
    library.take("kettles.yaml")
    with app.app_context():
        newest = db.session.scalar(select(func.max(Version.live_at)))
        assert newest is not None
        assert newest >= ahead


def test_a_page_does_not_wait_while_files_are_looked_through(
    inside: Flask, library: Library, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.copy(KETTLES, elsewhere / "another.yaml")
    Library(elsewhere, inside.app_context).load()
    looking, done = threading.Event(), threading.Event()

    def look(path: Path) -> Checked:
        looking.set()
        done.wait(10)
        return check_file(path)

    monkeypatch.setattr("quizapp.library.check_file", look)
    retitle(folder, "Slow")

    def find() -> bool:
        with inside.app_context():
            return library.find("another") is not None

    with ThreadPoolExecutor(2) as pool:
        library.refresh()
        slow = pool.submit(library.refresh)
        assert looking.wait(10)
        try:
            assert pool.submit(find).result(timeout=5)
        finally:
            done.set()
        slow.result(timeout=10)
    assert (title(library), library.find("another") is not None) == ("Slow", True)


def test_an_editors_own_file_is_no_quiz(library: Library, folder: Path) -> None:
    (folder / ".#kettles.yaml").write_text("title: [")
    settle(library)
    assert ".#kettles.yaml" not in library.shelf.broken


def test_a_quiz_whose_file_is_gone_is_named_after_a_restart(
    inside: Flask, library: Library, folder: Path
) -> None:
    (folder / "kettles.yaml").unlink()
    restarted = Library(folder, inside.app_context)
    restarted.load()
    assert title(restarted) == "The repair room"
    assert "deleted" in restarted.shelf.broken["kettles.yaml"].problems[0].message
