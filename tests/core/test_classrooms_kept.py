"""Sharing a classroom, archiving it, and deleting it when its date has passed."""

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select

from quizapp import access, cli, rooms
from quizapp.database import Base, db
from quizapp.models import AuditEntry, Classroom, ClassroomShare, Teacher
from quizapp.retention import Purged, purge_archived
from tests.school import NOW, School, add_teacher, open_school

YEAR = timedelta(days=365)
PERSONAL = (
    "students", "logins", "assignments", "attempts", "responses", "submissions", "marks",
    "stray_responses", "classroom_shares",
)  # fmt: skip


@pytest.fixture
def school(inside: Flask) -> School:
    """Ms Reed's class with work in it, and a colleague, Mr Hale."""
    school = open_school(inside)
    add_teacher("Mr Hale", "-")
    db.session.commit()
    school.hand_in("Anna", {"cleaner": "lemon"})
    school.start("Ben", {"cleaner": "juice"})
    return school


def get_hale() -> Teacher:
    return db.session.scalars(select(Teacher).where(Teacher.name == "Mr Hale")).one()


def test_a_colleague_reaches_a_shared_classroom_but_does_not_own_it(school: School) -> None:
    room = school.assignment.classroom
    with pytest.raises(LookupError):
        access.get_classroom(room.public_id, get_hale())
    rooms.share(room, " mr HALE ", school.teacher, NOW)
    rooms.share(room, "Mr Hale", school.teacher, NOW)
    assert access.get_classroom(room.public_id, get_hale()).id == room.id
    with pytest.raises(LookupError):
        access.get_owned_classroom(room.public_id, get_hale())
    assert [one.name for one in rooms.list_colleagues(room)] == ["Mr Hale"]
    assert db.session.scalars(select(AuditEntry.action)).all() == ["classroom shared"]


def test_another_day_leaves_a_classroom_archived_since_the_first_time(school: School) -> None:
    room = school.assignment.classroom
    rooms.archive(room, NOW + YEAR, school.teacher, NOW)
    rooms.archive(room, NOW + 2 * YEAR, school.teacher, NOW + timedelta(days=3))
    assert (room.archived_at, room.keep_until) == (NOW, NOW + 2 * YEAR)


def test_sharing_ends(school: School) -> None:
    room = school.assignment.classroom
    rooms.share(room, "Mr Hale", school.teacher, NOW)
    for _ in range(2):
        rooms.end_sharing(room, get_hale().public_id, school.teacher, NOW)
    assert not db.session.scalars(select(ClassroomShare)).all()
    assert db.session.scalars(select(AuditEntry.action)).all()[1:] == ["sharing ended"]


@pytest.mark.parametrize("name", ["Nobody", "Ms Reed", ""])
def test_only_another_teacher_is_a_colleague(school: School, name: str) -> None:
    with pytest.raises(rooms.NoColleague):
        rooms.share(school.assignment.classroom, name, school.teacher, NOW)


def test_a_teacher_whose_account_is_closed_is_no_colleague(school: School) -> None:
    get_hale().disabled_at = NOW
    db.session.commit()
    with pytest.raises(rooms.NoColleague):
        rooms.share(school.assignment.classroom, "Mr Hale", school.teacher, NOW)


def test_an_archived_classroom_is_deleted_with_all_its_work_after_its_date(school: School) -> None:
    room = school.assignment.classroom
    public_id = room.public_id
    rooms.share(room, "Mr Hale", school.teacher, NOW)
    rooms.archive(room, NOW + YEAR, school.teacher, NOW)
    assert purge_archived(NOW + YEAR - timedelta(seconds=1), dry_run=False) == []
    assert purge_archived(NOW + YEAR, dry_run=False) == [Purged(public_id, 2, 2, 2)]
    for table in PERSONAL:
        count = select(func.count()).select_from(Base.metadata.tables[table])
        assert db.session.scalar(count) == 0, table
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert (entry.action, entry.classroom) == ("classroom deleted", public_id)
    assert json.loads(entry.details) == {"students": 2, "attempts": 2, "answers": 2}


def test_a_dry_run_says_what_would_go_and_deletes_nothing(school: School) -> None:
    rooms.archive(school.assignment.classroom, NOW + YEAR, school.teacher, NOW)
    for _ in range(2):
        assert [one.answers for one in purge_archived(NOW + YEAR, dry_run=True)] == [2]


def test_purging_twice_purges_once(school: School) -> None:
    rooms.archive(school.assignment.classroom, NOW + YEAR, school.teacher, NOW)
    assert len(purge_archived(NOW + YEAR, dry_run=False)) == 1
    assert purge_archived(NOW + YEAR, dry_run=False) == []


def test_a_classroom_taken_out_of_the_archive_is_kept(school: School) -> None:
    room = school.assignment.classroom
    rooms.archive(room, NOW + YEAR, school.teacher, NOW)
    rooms.unarchive(room, school.teacher, NOW)
    assert purge_archived(NOW + 2 * YEAR, dry_run=False) == []
    assert db.session.scalars(select(Classroom.keep_until)).one() is None


def test_opening_what_is_open_is_not_recorded(school: School) -> None:
    room = school.assignment.classroom
    rooms.set_joining(room, True, school.teacher, NOW)
    rooms.unarchive(room, school.teacher, NOW)
    rooms.set_joining(room, False, school.teacher, NOW)
    assert db.session.scalars(select(AuditEntry.action)).all() == ["joining closed"]


@pytest.mark.parametrize("delete", [False, True])
def test_the_command_line_deletes_only_when_told_to(
    sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch, delete: bool
) -> None:
    monkeypatch.setattr(cli, "create_app", lambda: sqlite_app)
    monkeypatch.setattr(cli, "migrate", lambda: None)
    with sqlite_app.app_context():
        school = open_school(sqlite_app)
        rooms.archive(school.assignment.classroom, NOW, school.teacher, NOW)
    said = CliRunner().invoke(cli.commands, ["purge", *(["--delete"] if delete else [])])
    assert ("Would delete classroom" in said.output) != delete
    with sqlite_app.app_context():
        assert (db.session.scalar(select(func.count(Classroom.id))) == 0) == delete
