"""A start checks what it has not found right before, and only that."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from quizapp import approved
from quizapp.checking import Checked, check_file
from quizapp.database import db, writing
from quizapp.library import Library
from quizapp.models import Version

KETTLES = Path(__file__).parents[1] / "questions" / "kettles.yaml"
Begin = Callable[[], tuple[Library, list[str]]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of quizzes with two good files."""
    made = tmp_path / "bank"
    made.mkdir()
    for name in ("kettles", "lamps"):
        shutil.copy(KETTLES, made / f"{name}.yaml")
    return made


@pytest.fixture
def memory(tmp_path: Path) -> Path:
    return tmp_path / "checked.json"


@pytest.fixture
def begin(
    sqlite_app: Flask, folder: Path, memory: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Begin]:
    """Start once; what is returned starts again, and says which files were checked then."""
    asked = list[str]()

    def check(path: Path) -> Checked:
        asked.append(path.name)
        return check_file(path)

    monkeypatch.setattr("quizapp.library.check_file", check)

    def again() -> tuple[Library, list[str]]:
        asked.clear()
        made = Library(folder, sqlite_app.app_context, memory=memory)
        made.load()
        return made, list(asked)

    with sqlite_app.app_context():
        _, first = again()
        assert first == ["kettles.yaml", "lamps.yaml"]
        yield again


def append(path: Path, text: str) -> None:
    path.write_text(path.read_text() + text)


def test_what_was_right_is_not_checked_again(begin: Begin) -> None:
    started, asked = begin()
    assert asked == []
    assert {"kettles", "lamps"} <= set(started.shelf.quizzes)


def test_what_was_not_checked_counts_as_taken(begin: Begin, folder: Path) -> None:
    started, _ = begin()
    started.refresh()
    (folder / "lamps.yaml").unlink()
    started.refresh()
    assert started.shelf.broken["lamps.yaml"].gone
    assert not started.shelf.broken.get("kettles.yaml")


def test_a_file_that_has_changed_is_checked(begin: Begin, folder: Path) -> None:
    append(folder / "lamps.yaml", "sourse: a letter\n")
    started, asked = begin()
    assert asked == ["lamps.yaml"]
    assert "lamps.yaml" in started.shelf.broken
    assert begin()[1] == ["lamps.yaml"]  # what is broken is said at every start


def test_a_file_with_a_warning_is_checked_at_every_start(begin: Begin, folder: Path) -> None:
    path = folder / "lamps.yaml"
    lines = path.read_text().splitlines(keepends=True)
    first = next(place for place, line in enumerate(lines) if line.strip().startswith("skill:"))
    path.write_text("".join(lines[:first] + lines[first + 1 :]))
    for _ in range(2):
        started, asked = begin()
        assert asked == ["lamps.yaml"]
        assert "has no `skill:`" in started.shelf.warnings["lamps.yaml"][0].message


def test_a_fingerprint_that_has_changed_makes_its_quiz_be_checked(
    begin: Begin, folder: Path
) -> None:
    (folder / "sources").mkdir()
    (folder / "sources" / "lamps.json").write_text("[]")
    assert begin()[1] == ["lamps.yaml"]


def test_another_checker_checks_everything(begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(approved, "checker_digest", lambda: "of a newer one")
    assert begin()[1] == ["kettles.yaml", "lamps.yaml"]
    assert begin()[1] == []


def test_the_checker_is_known_by_its_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in approved.CHECKER:
        shutil.copytree(Path(approved.__file__).parent / name, tmp_path / name)
    monkeypatch.setattr(approved, "__file__", str(tmp_path / "approved.py"))
    before = approved.checker_digest()
    assert before == approved.checker_digest()
    append(tmp_path / "checking" / "keys.py", "# another\n")
    assert before != approved.checker_digest()


def test_the_checker_is_known_by_its_packages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    before = approved.checker_digest()
    (tmp_path / "rapidfuzz-99.0.dist-info").mkdir()
    assert before != approved.checker_digest()


@pytest.mark.parametrize(
    "damaged", [b"", b"{", b"[]", b"null", b'{"checker": 1}', b"\xff", b"[" * 100_000]
)
def test_a_damaged_memory_is_no_memory(begin: Begin, memory: Path, damaged: bytes) -> None:
    memory.write_bytes(damaged)
    assert begin()[1] == ["kettles.yaml", "lamps.yaml"]
    assert begin()[1] == []


def test_files_in_the_memory_that_are_no_pairs_are_no_memory(begin: Begin, memory: Path) -> None:
    held = json.loads(memory.read_text())
    wrong: list[object] = [[], {"lamps.yaml": 7}, {"lamps.yaml": ["one"]}]
    for files in wrong:
        memory.write_text(json.dumps({**held, "files": files}))
        assert begin()[1] == ["kettles.yaml", "lamps.yaml"]


def test_a_quiz_whose_version_is_not_live_in_this_database_is_checked(begin: Begin) -> None:
    with writing() as session:
        session.execute(
            update(Version).where(Version.quiz_id == "lamps").values(digest="of another")
        )
    started, asked = begin()
    assert asked == ["lamps.yaml"]
    kept = select(func.count(Version.id)).where(Version.quiz_id == "lamps")
    assert db.session.scalar(kept) == 2
    assert "lamps" in started.shelf.quizzes


def test_a_stored_version_that_was_damaged_is_mended(begin: Begin) -> None:
    lamps = Version.quiz_id == "lamps"
    whole = db.session.scalar(select(Version.content).where(lamps))
    assert whole is not None
    with writing() as session:
        session.execute(
            update(Version).where(lamps).values(content=whole.replace("repair", "despair"))
        )
    assert begin()[1] == ["lamps.yaml"]
    assert db.session.scalar(select(Version.content).where(lamps)) == whole


def test_a_file_that_is_written_to_during_its_check_is_not_remembered(
    begin: Begin, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    append(folder / "lamps.yaml", "# one\n")
    before = (folder / "lamps.yaml").read_text()

    def check(path: Path) -> Checked:
        append(path, "# two\n")
        return check_file(path)

    with monkeypatch.context() as patched:
        patched.setattr("quizapp.library.check_file", check)
        begin()
    (folder / "lamps.yaml").write_text(before)
    assert begin()[1] == ["lamps.yaml"]
    assert begin()[1] == []


def test_a_folder_that_cannot_be_written_to_costs_time_alone(
    begin: Begin, memory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory.unlink()

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr("quizapp.approved.tempfile.TemporaryDirectory", refuse)
    assert begin()[1] == ["kettles.yaml", "lamps.yaml"]
    assert not memory.exists()
