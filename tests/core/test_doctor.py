"""The doctor finds what is wrong, and nothing where all is well."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from quizapp import doctor, dumps
from quizapp.backups import Place
from quizapp.clock import Clock, read_wall
from quizapp.config import ROOT
from quizapp.database import db, writing

SCRIPTS = str(ROOT / "migrations")


@pytest.fixture
def place(app: Flask, tmp_path: Path) -> Iterator[Place]:
    """A sound installation."""
    (tmp_path / "secret_key").write_text("k" * 64)
    (tmp_path / "secret_key").chmod(0o600)
    shutil.copytree(Path(app.config["QUESTIONS_DIR"]), tmp_path / "questions")
    with app.app_context():
        yield Place(db.engine.url, tmp_path, tmp_path / "questions")


def bad(place: Place) -> set[str]:
    return {one.subject for one in doctor.examine(place, SCRIPTS) if one.state == "bad"}


def test_a_sound_installation_has_nothing_bad_but_how_the_tests_run_postgresql(
    place: Place,
) -> None:
    found = [one for one in doctor.examine(place, SCRIPTS) if one.state == "bad"]
    # The tests' server may lose data in a power cut, on purpose: the doctor has to say so.
    assert all("a power cut" in one.sentence for one in found)
    assert bool(found) == (place.url.get_backend_name() == "postgresql")


def test_a_key_that_others_can_read_is_bad(place: Place) -> None:
    (place.instance / "secret_key").chmod(0o644)
    assert "secret key" in bad(place)


def test_a_broken_quiz_is_bad(place: Place) -> None:
    (place.questions / "broken.yaml").write_text("title: [")
    assert "quizzes" in bad(place)


def test_no_quiz_at_all_is_bad(place: Place) -> None:
    shutil.rmtree(place.questions)
    place.questions.mkdir()
    assert "quizzes" in bad(place)


def test_tables_of_another_version_are_bad(place: Place) -> None:
    with writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    assert "tables" in bad(place)


def test_a_stored_version_that_was_damaged_is_bad_and_named(app: Flask, place: Place) -> None:
    app.extensions["quizapp_library"].load()
    with writing() as session:
        session.execute(
            text(
                "UPDATE versions SET content = replace(content, 'repair', '') WHERE quiz_id = :id"
            ),
            {"id": "kettles"},
        )
    (found,) = [one for one in doctor.examine(place, SCRIPTS) if one.subject == "versions"]
    assert (found.state, "kettles" in found.sentence) == ("bad", True)


@pytest.mark.parametrize("missing", ["pg_dump", "pg_restore", "psql"])
@pytest.mark.parametrize(
    "database_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)
def test_a_missing_program_that_backups_need_is_bad_and_named(
    place: Place, missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dumps, "find_program", lambda name: None if name == missing else name)
    found = [one.sentence for one in doctor.examine(place, SCRIPTS) if one.state == "bad"]
    assert any(missing in sentence and "postgresql-client" in sentence for sentence in found)


@pytest.mark.parametrize(
    ("ahead", "state"), [(0, "good"), (1, "good"), (4, "bad"), (-4, "bad"), (-1, "good")]
)
@pytest.mark.parametrize(
    "database_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)
def test_a_machine_whose_clock_is_not_the_one_of_the_database_is_bad(
    place: Place, ahead: int, state: str
) -> None:
    assert place.url.get_backend_name() == "postgresql"
    clock = Clock(lambda: read_wall() + timedelta(seconds=ahead))
    (found,) = doctor._apart(clock)
    assert (found.state, "NTP" in found.sentence) == (state, state == "bad")


@pytest.mark.parametrize(
    ("version", "affected"),
    [
        ((3, 6, 23), False),
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 52, 0), False),
    ],
)
def test_the_versions_with_the_wal_reset_bug_are_known(
    version: tuple[int, int, int], affected: bool
) -> None:
    assert doctor.is_affected(version) is affected
