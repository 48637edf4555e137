"""A backup is whole or not there, and gives back everything, on both databases."""

import shutil
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from quizapp import backups, dumps, serving
from quizapp.database import db, writing
from quizapp.dumps import DumpFault
from tests.core.installations import answers, database_of, install
from tests.school import NOW, open_school

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
on_postgres = pytest.mark.parametrize(
    "database_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)
# An index on what a function reads elsewhere: what PostgreSQL dumps, it then cannot make again.
UNRESTORABLE = """CREATE FUNCTION weigh(text) RETURNS bigint IMMUTABLE LANGUAGE plpgsql
  AS 'BEGIN RETURN (SELECT count(*) FROM classrooms); END';
  CREATE INDEX weights ON students (weigh(name))"""


@pytest.fixture
def place(app: Flask, tmp_path: Path) -> Iterator[backups.Place]:
    """The database of the test with an instance and quizzes of its own."""
    with app.app_context():
        made = install(tmp_path)
        (made.questions / "ferry.yaml").write_text("title: The ferry")
        yield made


def test_a_backup_gives_back_the_answers_the_key_and_the_quizzes(
    app: Flask, place: backups.Place
) -> None:
    school = open_school(app)
    school.start("Otter-17", {"cleaner": "lemon"})
    made = backups.make(place, NOW)
    school.start("Heron-4", {"cleaner": "soap"})
    (place.instance / "secret_key").write_text("other")
    (place.questions / "ferry.yaml").write_text("title: Another")
    assert answers() == 2
    before = backups.restore(made, place, NOW, lambda _: None)
    assert answers() == 1
    assert (place.instance / "secret_key").read_text() == "k" * 64
    assert (place.questions / "ferry.yaml").read_text() == "title: The ferry"
    assert before is not None
    backups.restore(before, place, NOW + timedelta(hours=1), lambda _: None)
    assert answers() == 2


def test_a_backup_is_for_its_owner_alone(app: Flask, place: backups.Place) -> None:
    assert backups.make(place, NOW).stat().st_mode & 0o077 == 0


def test_work_that_goes_on_meanwhile_does_not_spoil_a_backup(
    app: Flask, place: backups.Place, tmp_path: Path
) -> None:
    school = open_school(app)
    for number in range(10):
        school.start(f"Otter-{number}", {"cleaner": "lemon"})
        made = backups.make(place, NOW + timedelta(seconds=number))
        folder = tmp_path / f"again-{number}"
        folder.mkdir()
        backups.unpack(made, folder)
        if (folder / dumps.SQLITE).exists():
            with closing(sqlite3.connect(folder / dumps.SQLITE)) as copy:
                count = copy.execute("SELECT count(*) FROM responses").fetchone()[0]
            assert count == number + 1


def test_a_running_application_is_not_pulled_from_under_its_users(
    app: Flask, place: backups.Place
) -> None:
    made = backups.make(place, NOW)
    with db.engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
        with pytest.raises(DumpFault, match="stop it"):
            backups.restore(made, place, NOW, lambda _: None)


@pytest.mark.parametrize("revision", ["0001", "0003"])
def test_a_backup_from_before_an_upgrade_is_brought_back_and_upgraded(
    app: Flask, place: backups.Place, revision: str
) -> None:
    open_school(app).start("Otter-17", {"cleaner": "lemon"})
    db.session.remove()
    downgrade(revision=revision)
    db.engine.dispose()
    made = backups.make(place, NOW)
    upgrade()
    db.engine.dispose()
    backups.restore(made, place, NOW, lambda _: None)
    upgrade()
    assert answers() == 1


@on_postgres
def test_a_restore_that_breaks_halfway_changes_nothing_on_postgresql(
    app: Flask, place: backups.Place
) -> None:
    school = open_school(app)
    school.start("Otter-17", {"cleaner": "lemon"})
    with writing() as session:
        session.execute(text(UNRESTORABLE))
    made = backups.make(place, NOW)
    school.start("Heron-4", {"cleaner": "soap"})
    assert answers() == 2
    with pytest.raises(DumpFault, match='"classrooms" does not exist'):
        backups.restore(made, place, NOW, lambda _: None)
    assert answers() == 2


@on_sqlite
def test_a_restore_that_breaks_halfway_changes_nothing_on_sqlite(
    app: Flask, place: backups.Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    school = open_school(app)
    made = backups.make(place, NOW)
    school.start("Otter-17", {"cleaner": "lemon"})
    assert answers() == 1
    there = set(database_of(place).parent.iterdir())

    def fail(_source: Path, target: Path) -> None:
        target.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", fail)
    with pytest.raises(DumpFault, match="No space left"):
        backups.restore(made, place, NOW, lambda _: None)
    assert set(database_of(place).parent.iterdir()) == there
    assert answers() == 1


def test_a_failed_backup_leaves_no_archive(
    app: Flask, place: backups.Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_path: Path) -> None:
        raise DumpFault("The copy is damaged.")

    monkeypatch.setattr(dumps, "verify", fail)
    with pytest.raises(DumpFault):
        backups.make(place, NOW)
    assert list(place.folder.iterdir()) == []


def test_no_backup_is_written_over(app: Flask, place: backups.Place) -> None:
    made = backups.make(place, NOW)
    with pytest.raises(DumpFault, match="exists already"):
        backups.make(place, NOW, made)


def test_two_backups_of_one_second_are_two(app: Flask, place: backups.Place) -> None:
    first, second = backups.make(place, NOW), backups.make(place, NOW)
    assert second.name == first.stem + "-2.tar"
    assert first.exists()


def test_an_archive_with_one_wrong_byte_changes_nothing(app: Flask, place: backups.Place) -> None:
    made = backups.make(place, NOW)
    content = bytearray(made.read_bytes())
    content[content.index(b"title: The ferry")] ^= 1
    made.write_bytes(content)
    db.engine.dispose()
    with pytest.raises(DumpFault, match=r"damaged: questions/ferry\.yaml"):
        backups.restore(made, place, NOW, lambda _: None)


@pytest.mark.parametrize("cut", [100, 5000, -600])
def test_half_an_archive_is_no_backup(place: backups.Place, cut: int) -> None:
    made = backups.make(place, NOW)
    made.write_bytes(made.read_bytes()[:cut])
    with pytest.raises(DumpFault):
        backups.restore(made, place, NOW, lambda _: None)


@pytest.mark.parametrize("name", ["../outside", "/etc/outside", "questions/../../outside"])
def test_an_archive_cannot_write_outside(place: backups.Place, tmp_path: Path, name: str) -> None:
    evil = tmp_path / "evil.tar"
    with tarfile.open(evil, "w") as tar:
        member = tarfile.TarInfo(name)
        tar.addfile(member)
    with pytest.raises(DumpFault, match="does not belong"):
        backups.restore(evil, place, NOW, lambda _: None)
    assert not (tmp_path / "outside").exists()


def test_a_backup_of_the_other_database_is_refused(
    app: Flask, place: backups.Place, tmp_path: Path
) -> None:
    made = backups.make(place, NOW)
    other = "postgresql" if place.url.get_backend_name() == "sqlite" else "sqlite"
    with pytest.raises(DumpFault, match="other kind"):
        backups.restore(made, replace(place, url=place.url.set(drivername=other)), NOW, print)


def test_an_upgrade_makes_a_backup_first(app: Flask, tmp_path: Path) -> None:
    folder = Path(app.instance_path) / "backups"
    with app.app_context():
        open_school(app).start("Otter-17", {"cleaner": "lemon"})
        db.session.remove()
        downgrade(revision="0001")
        before = set(folder.glob("before-migration-*.tar"))
        serving.migrate()
        (made,) = set(folder.glob("before-migration-*.tar")) - before
        assert answers() == 1
    backups.unpack(made, tmp_path)


def test_a_database_that_is_up_to_date_is_not_backed_up_at_each_start(app: Flask) -> None:
    folder = Path(app.instance_path) / "backups"
    with app.app_context():
        before = set(folder.glob("*"))
        serving.migrate()
        assert set(folder.glob("*")) == before
