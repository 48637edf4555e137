"""Writing quiz files: whole or not at all, nothing unseen is overwritten, the earlier is kept."""

import json
import os
import stat
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from quizapp import shelving
from quizapp.database import db
from quizapp.library import Library
from quizapp.models import AuditEntry
from quizapp.shelving import Cabinet, ChangedMeanwhile, NotWritten, digest
from tests.core.core_world import NOW
from tests.school import open_school

OLD, NEW = b"title: old\n", b"title: new\n"


@pytest.fixture
def teacher_id(inside: Flask) -> int:
    return open_school(inside).teacher.id


@pytest.fixture
def cabinet(tmp_path: Path) -> Cabinet:
    """A folder with one file, and nowhere earlier ones yet."""
    folder = tmp_path / "bank"
    folder.mkdir()
    (folder / "kettles.yaml").write_bytes(OLD)
    return Cabinet(folder, tmp_path / "instance" / "earlier")


def names(cabinet: Cabinet) -> list[str]:
    return sorted(path.name for path in cabinet.folder.iterdir())


def test_a_save_replaces_the_file_and_keeps_the_one_before(
    cabinet: Cabinet, teacher_id: int
) -> None:
    shelving.save(cabinet, "kettles", NEW, digest(OLD), teacher_id, NOW)
    assert shelving.find_bytes(cabinet, "kettles") == NEW
    (kept,) = shelving.earlier_files(cabinet, "kettles")
    assert shelving.get_earlier(cabinet, "kettles", kept.stamp) == (kept, OLD)
    assert kept.replaced_at == NOW
    assert names(cabinet) == ["kettles.yaml"]


def test_a_save_over_a_change_that_nobody_saw_is_refused(cabinet: Cabinet, teacher_id: int) -> None:
    (cabinet.folder / "kettles.yaml").write_bytes(b"title: theirs\n")
    with pytest.raises(ChangedMeanwhile):
        shelving.save(cabinet, "kettles", NEW, digest(OLD), teacher_id, NOW)
    assert shelving.find_bytes(cabinet, "kettles") == b"title: theirs\n"


def test_a_new_file_never_takes_the_place_of_another(cabinet: Cabinet, teacher_id: int) -> None:
    with pytest.raises(ChangedMeanwhile):
        shelving.save(cabinet, "kettles", NEW, None, teacher_id, NOW)
    shelving.save(cabinet, "lamps", NEW, None, teacher_id, NOW)
    assert shelving.find_bytes(cabinet, "lamps") == NEW


def test_the_mode_of_a_file_stays(cabinet: Cabinet, teacher_id: int) -> None:
    path = cabinet.folder / "kettles.yaml"
    path.chmod(0o664)
    shelving.save(cabinet, "kettles", NEW, digest(OLD), teacher_id, NOW)
    assert stat.S_IMODE(path.stat().st_mode) == 0o664


def test_a_save_is_in_the_audit_log_with_its_digest(cabinet: Cabinet, teacher_id: int) -> None:
    shelving.save(cabinet, "kettles", NEW, digest(OLD), teacher_id, NOW)
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.teacher_id, entry.subject) == ("quiz saved", teacher_id, None)
    assert json.loads(entry.details) == {"quiz": "kettles", "digest": digest(NEW)}


def test_what_cannot_be_recorded_is_not_saved(cabinet: Cabinet, teacher_id: int) -> None:
    nobody = teacher_id + 1000
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        shelving.save(cabinet, "kettles", NEW, digest(OLD), nobody, NOW)
    assert shelving.find_bytes(cabinet, "kettles") == OLD
    assert names(cabinet) == ["kettles.yaml"]


def test_a_failed_write_leaves_the_file_and_nothing_beside_it(
    cabinet: Cabinet, teacher_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(NotWritten, match="No space left"):
        shelving.save(cabinet, "kettles", NEW, digest(OLD), teacher_id, NOW)
    monkeypatch.undo()
    assert shelving.find_bytes(cabinet, "kettles") == OLD
    assert names(cabinet) == ["kettles.yaml"]


def test_nothing_is_written_through_a_link(
    cabinet: Cabinet, teacher_id: int, tmp_path: Path
) -> None:
    outside = tmp_path / "outside.yaml"
    outside.write_bytes(OLD)
    (cabinet.folder / "linked.yaml").symlink_to(outside)
    for base in (None, digest(OLD)):
        with pytest.raises(NotWritten):
            shelving.save(cabinet, "linked", NEW, base, teacher_id, NOW)
    assert outside.read_bytes() == OLD
    assert (cabinet.folder / "linked.yaml").is_symlink()


@pytest.mark.parametrize("name", ["", "../x", "a/b", "A", "x.yaml", "a" * 41, "new", "x\n", ".x"])
def test_what_is_no_id_never_becomes_a_path(cabinet: Cabinet, name: str) -> None:
    with pytest.raises(LookupError):
        cabinet.path(name)


@pytest.mark.parametrize("stamp", ["..", "../../bank/kettles", "20260302", "x"])
def test_a_stamp_leads_only_to_earlier_files(cabinet: Cabinet, stamp: str) -> None:
    with pytest.raises(LookupError):
        shelving.get_earlier(cabinet, "kettles", stamp)


def test_earlier_files_stand_newest_first(cabinet: Cabinet, teacher_id: int) -> None:
    texts = [OLD, b"a: 1\n", b"a: 2\n", b"a: 3\n"]
    for number, (before, after) in enumerate(pairwise(texts)):
        now = NOW + timedelta(minutes=number)
        shelving.save(cabinet, "kettles", after, digest(before), teacher_id, now)
    kept = shelving.earlier_files(cabinet, "kettles")
    found = [shelving.get_earlier(cabinet, "kettles", one.stamp)[1] for one in kept]
    assert found == [b"a: 2\n", b"a: 1\n", OLD]


def test_a_difference_names_the_lines_that_go_and_come() -> None:
    lines = shelving.compare(b"a\nb\r\nc\n", b"a\nx\nc\n")
    assert [line for line in lines if line[0] in "+-"] == [("-", "b"), ("+", "x")]
    assert shelving.compare(OLD, OLD) == ()


def test_what_is_too_long_to_compare_is_not_compared() -> None:
    long = b"a\n" * shelving.LONGEST
    assert shelving.compare(long, b"") == (("…", "More than 5,000 lines: too long to compare."),)
    assert shelving.compare(b"", long) == shelving.compare(long, b"")
    assert shelving.compare(long, long) == ()


def test_five_hundred_lines_of_a_difference_are_shown() -> None:
    assert len(shelving.compare(b"a\n" * 497, b"b")) == 500
    lines = shelving.compare(b"a\n" * 498, b"b")
    assert (len(lines), lines[-1]) == (501, ("…", "More lines differ."))


@pytest.mark.parametrize(
    ("filename", "name"),
    [
        ("Night Bus.yaml", "night-bus"),
        ("C:\\quizzes\\Ärger 2.yml", "rger-2"),
        ("../../etc/passwd", "passwd"),
        ("…", ""),
    ],
)
def test_a_file_name_becomes_the_nearest_id(filename: str, name: str) -> None:
    assert shelving.suggest_id(filename) == name


def test_a_file_is_taken_at_once_after_a_save(inside: Flask, tmp_path: Path) -> None:
    kettles = Path(__file__).parents[1] / "questions" / "kettles.yaml"
    library = Library(tmp_path, inside.app_context)
    library.load()
    (tmp_path / "kettles.yaml").write_bytes(kettles.read_bytes())
    library.take("kettles.yaml")
    assert library.find("kettles") is not None


def seed_tricks(folder: Path, outside: Path) -> None:
    """Put everything into the folder that is named like a quiz and is none."""
    outside.write_text("title: SECRET\n")
    (folder / "link.yaml").symlink_to(outside)
    (folder / "loop.yaml").symlink_to(folder / "loop.yaml")
    (folder / "zero.yaml").symlink_to("/dev/zero")
    os.link(outside, folder / "second-name.yaml")
    os.mkfifo(folder / "pipe.yaml")
    (folder / "folder.yaml").mkdir()
    (folder / "closed.yaml").write_text("title: x\n")
    (folder / "closed.yaml").chmod(0)
    with (folder / "sparse.yaml").open("wb") as file:
        file.truncate(10 * 1024**3)
    with open(os.fsencode(folder) + b"/caf\xe9.yaml", "wb") as file:
        file.write(OLD)


def test_the_library_survives_every_trick_with_files(inside: Flask, tmp_path: Path) -> None:
    folder = tmp_path / "bank"
    folder.mkdir()
    seed_tricks(folder, tmp_path / "outside.yaml")
    library = Library(folder, inside.app_context)
    library.load()
    library.refresh()
    broken = [file for file in library.shelf.broken.values() if not file.gone]
    assert len(broken) == 9
    shown = [
        text
        for file in broken
        for text in (file.name, *file.lines, *(problem.message for problem in file.problems))
    ]
    assert "SECRET" not in "".join(shown)
    assert all(text.encode() for text in shown), "what is shown can be sent"
    cabinet = Cabinet(folder, tmp_path / "earlier")
    for name in ("link", "loop", "second-name", "pipe", "folder"):
        assert shelving.find_bytes(cabinet, name) is None, name


def test_a_file_says_when_it_was_changed(cabinet: Cabinet) -> None:
    os.utime(cabinet.folder / "kettles.yaml", (0, 86400))
    assert shelving.find_changed_at(cabinet, "kettles") == datetime(1970, 1, 2, tzinfo=UTC)
    assert shelving.find_changed_at(cabinet, "lamps") is None
