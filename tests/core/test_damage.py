"""A damaged SQLite file is found, kept as it is, and replaced by a backup."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask

from quizapp import backups, doctor, dumps
from quizapp.config import ROOT
from quizapp.database import db
from quizapp.dumps import DumpFault
from tests.core.installations import answers, database_of, install
from tests.school import NOW, open_school
from tests.test_starting import QUESTIONS, run

Spoil = Callable[[bytes], bytes]
DAMAGES: dict[str, Spoil] = {
    "pages": lambda whole: whole[:4096] + bytes(len(whole) - 4096),
    "header": lambda whole: bytes(100) + whole[100:],
    "half": lambda whole: whole[: len(whole) // 2],
}
spoilt = pytest.mark.parametrize("spoil", DAMAGES.values(), ids=DAMAGES)
HOLD = """import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
connection.execute("SELECT count(*) FROM students").fetchone()
print("open", flush=True)
sys.stdin.read()"""


@pytest.fixture
def place(sqlite_app: Flask, tmp_path: Path) -> Iterator[backups.Place]:
    """The database of the test with an instance and quizzes of its own."""
    with sqlite_app.app_context():
        yield install(tmp_path)


def break_it(place: backups.Place, spoil: Spoil) -> bytes:
    """Damage the file; return what it holds then."""
    damaged = spoil(database_of(place).read_bytes())
    database_of(place).write_bytes(damaged)
    return damaged


@spoilt
def test_a_damaged_database_is_replaced_and_kept_as_it_was(
    sqlite_app: Flask, place: backups.Place, spoil: Spoil
) -> None:
    school = open_school(sqlite_app)
    school.start("Otter-17", {"cleaner": "lemon"})
    made = backups.make(place, NOW)
    (place.instance / "secret_key").write_text("other")
    assert answers() == 1
    damaged = break_it(place, spoil)
    said: list[str] = []
    assert backups.restore(made, place, NOW, said.append) is None
    assert answers() == 1
    (kept,) = database_of(place).parent.glob("damaged-*")
    assert (kept / database_of(place).name).read_bytes() == damaged
    assert (kept / "secret_key").read_text() == "other"
    assert str(kept) in " ".join(said)


def test_a_database_with_dangling_references_is_replaced_and_kept(
    sqlite_app: Flask, place: backups.Place
) -> None:
    school = open_school(sqlite_app)
    made = backups.make(place, NOW)
    school.start("Otter-17", {"cleaner": "lemon"})
    assert answers() == 1
    with closing(sqlite3.connect(database_of(place))) as connection:  # it checks no references
        connection.execute("DELETE FROM attempts")
        connection.commit()
    backups.restore(made, place, NOW, lambda _: None)
    assert answers() == 0
    assert list(database_of(place).parent.glob("damaged-*/*.sqlite"))


def test_a_sound_database_is_not_replaced_when_no_backup_of_it_can_be_made(
    sqlite_app: Flask, place: backups.Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    school = open_school(sqlite_app)
    made = backups.make(place, NOW)
    school.start("Otter-17", {"cleaner": "lemon"})
    assert answers() == 1

    def fail(_source: Path, _target: Path) -> None:
        raise DumpFault("SQLite could not copy the database: database or disk is full.")

    monkeypatch.setattr(dumps, "_vacuum", fail)
    with pytest.raises(DumpFault, match="disk is full"):
        backups.restore(made, place, NOW, lambda _: None)
    assert answers() == 1


def test_the_log_of_a_damaged_database_is_kept_with_it(
    sqlite_app: Flask, place: backups.Place
) -> None:
    made = backups.make(place, NOW)
    db.engine.dispose()
    break_it(place, DAMAGES["header"])
    database = database_of(place)
    database.with_name(database.name + "-wal").write_bytes(b"what somebody may still read")
    backups.restore(made, place, NOW, lambda _: None)
    (log,) = database.parent.glob("damaged-*/*-wal")
    assert log.read_bytes() == b"what somebody may still read"
    assert answers() == 0


@spoilt
def test_a_damaged_database_that_is_open_elsewhere_is_not_replaced(
    sqlite_app: Flask, place: backups.Place, spoil: Spoil
) -> None:
    made = backups.make(place, NOW)
    db.engine.dispose()
    command = [sys.executable, "-c", HOLD, str(database_of(place))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"open\n"
        damaged = break_it(place, spoil)
        with pytest.raises(DumpFault, match="stop it"):
            backups.restore(made, place, NOW, lambda _: None)
        other.communicate()
    assert database_of(place).read_bytes() == damaged


@spoilt
def test_a_backup_of_a_damaged_database_says_what_to_do(
    sqlite_app: Flask, place: backups.Place, spoil: Spoil
) -> None:
    db.engine.dispose()
    break_it(place, spoil)
    with pytest.raises(DumpFault, match=r"damaged .* dev\.py restore FILE"):
        backups.make(place, NOW)


@spoilt
def test_the_doctor_says_that_a_damaged_database_wants_a_backup(
    place: backups.Place, spoil: Spoil
) -> None:
    db.engine.dispose()
    break_it(place, spoil)
    found = doctor.examine(place, str(ROOT / "migrations"))
    (sentence,) = [one.sentence for one in found if one.subject == "SQLite"]
    assert "damaged" in sentence
    assert "dev.py restore FILE" in sentence


@pytest.mark.parametrize("word", ["serve", "doctor"])
def test_a_start_on_a_damaged_database_says_how_to_bring_back_a_backup(
    tmp_path: Path, word: str
) -> None:
    path = tmp_path / "q.sqlite"
    path.write_bytes(bytes(8192))
    environment = {
        "QUIZAPP_DATABASE_URL": f"sqlite:///{path}",
        "QUIZAPP_QUESTIONS_DIR": str(QUESTIONS),
        "QUIZAPP_INSTANCE": str(tmp_path),
    }
    done = run(word, environment=environment)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "dev.py restore FILE" in done.stdout + done.stderr
