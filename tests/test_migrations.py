"""Migrations give exactly the models, and move up and down with rows, on both databases."""

import shutil
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import check, downgrade, upgrade
from sqlalchemy import CheckConstraint, MetaData, inspect, select

from quizapp import accounts, attempts, audit, marks
from quizapp.bank.model import Given
from quizapp.config import ROOT
from quizapp.database import Base, db, writing
from quizapp.models import (
    Allowance,
    Assignment,
    Attempt,
    Classroom,
    ClassroomShare,
    ClockAnchor,
    Failure,
    Lease,
    PracticeTry,
    Student,
)
from tests.school import NOW, add_teacher, open_school

Rows = dict[str, list[tuple[object, ...]]]

# One revision more, as a later release may bring one: SQLite can only rebuild the table, and every
# attempt, response, mark and log-in hangs on its rows.
SECOND = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "0005", "0004"


def rebuilt():
    sqlite = op.get_bind().dialect.name == "sqlite"
    return op.batch_alter_table("students", recreate="always" if sqlite else "auto")


def upgrade():
    with rebuilt() as table:
        table.add_column(sa.Column("colour", sa.String(20), nullable=True))


def downgrade():
    with rebuilt() as table:
        table.drop_column("colour")
"""


@pytest.fixture
def bare(app: Flask) -> Flask:
    """The application on a database without tables."""
    with app.app_context():
        db.session.remove()
        downgrade(revision="base")
    return app


@pytest.fixture
def two_revisions(tmp_path: Path) -> str:
    """The folder of migrations with one revision more."""
    folder = shutil.copytree(ROOT / "migrations", tmp_path / "migrations")
    (folder / "versions" / "0005_give_students_a_colour.py").write_text(SECOND)
    return str(folder)


def fill_every_table(app: Flask) -> Rows:
    """Let a class work until every table holds something; return all rows."""
    school = open_school(app)
    handed_in = school.hand_in("Otter-17", {"cleaner": "sour stuff", "early-stop": "sensor"})
    attempts.save(handed_in, {"cleaner": Given(("lemon",), "text")}, "text", NOW)
    school.start("Heron-4", {"cleaner": "lemon"})
    points = (Fraction(1, 2), 1)
    marks.give(handed_in, "cleaner", *points, school.teacher, "Nearly there.", NOW)
    accounts.offer_reset("Ms Reed", school.secret, NOW)
    fill_the_teachers_tables(handed_in)
    found = rows()
    assert [name for name, held in found.items() if not held] == []
    return found


def fill_the_teachers_tables(attempt: Attempt) -> None:
    """Add a row to each table that one page alone fills."""
    attempt_id, student_id, assignment = attempt.id, attempt.student_id, attempt.assignment
    assignment_id, classroom_id = assignment.id, assignment.classroom_id
    with writing() as session:
        colleague = add_teacher("Mr Hill", "-")
        session.add_all(
            [
                ClassroomShare(classroom_id=classroom_id, teacher_id=colleague, created_at=NOW),
                Allowance(assignment_id=assignment_id, student_id=student_id, closes_at=NOW),
                PracticeTry(
                    attempt_id=attempt_id,
                    item_id="cleaner",
                    number=1,
                    given="[]",
                    level="text",
                    tried_at=NOW,
                ),
                Failure(door="join", subject="0" * 64, failed_at=NOW),
                ClockAnchor(boot="x", wall_at=NOW, elapsed=1, noticed=0),
                Lease(name="housekeeping", holder="x", until=NOW),
            ]
        )
        audit.record("student removed", NOW, colleague, subject="x")


def rows() -> Rows:
    """Return the rows of every table of the models. No transaction stays open behind it."""
    found = {
        name: [tuple(row) for row in db.session.execute(select(table).order_by(table.c.id))]
        for name, table in Base.metadata.tables.items()
    }
    db.session.remove()
    return found


def checks_of_the_models() -> set[str]:
    """Return the names of the CHECK constraints, which a rebuilt table easily loses."""
    tables = Base.metadata.tables.values()
    found = [one for table in tables for one in table.constraints]
    return {str(one.name) for one in found if isinstance(one, CheckConstraint)}


def checks_of_the_database() -> set[str]:
    seen = inspect(db.engine)
    names = seen.get_table_names()
    return {str(one["name"]) for name in names for one in seen.get_check_constraints(name)}


def columns_of_students() -> set[str]:
    return {column["name"] for column in inspect(db.engine).get_columns("students")}


def test_migrating_an_empty_database_gives_exactly_the_models(bare: Flask) -> None:
    with bare.app_context():
        upgrade()
        check()  # exits when the models and the database differ


def test_migrating_gives_the_checks_of_the_models(bare: Flask) -> None:
    with bare.app_context():
        upgrade()
        assert checks_of_the_database() == checks_of_the_models()
        downgrade(revision="0003")
        upgrade()
        assert checks_of_the_database() == checks_of_the_models()
        downgrade(revision="0002")
        upgrade()
        assert checks_of_the_database() == checks_of_the_models()
        downgrade(revision="0001")
        upgrade()
        assert checks_of_the_database() == checks_of_the_models()


def test_a_filled_database_of_the_first_version_keeps_every_row(app: Flask) -> None:
    with app.app_context():
        fill_every_table(app)
        downgrade(revision="0001")
        before = reflected()
        upgrade()
        after = reflected({name: list(held[0]) for name, held in before.items() if held})
        assert after == before
        assert len(before["students"]) == 2
        assert all(db.session.scalars(select(Student.joined_at)))
        assert len(set(db.session.scalars(select(Assignment.code)))) == 1
        db.session.remove()
        check()


@pytest.mark.parametrize(
    ("closes", "later", "archived", "deadline"),
    [
        (None, None, None, None),
        (3, None, None, 3),
        (3, 5, None, 5),
        (5, 3, None, 5),
        (None, 3, None, None),
        (3, 5, 4, 4),
        (3, None, 4, 3),
        (None, None, 4, 4),
    ],
)
def test_attempts_that_run_get_their_closing_as_a_deadline(
    app: Flask, closes: int | None, later: int | None, archived: int | None, deadline: int | None
) -> None:
    def hour(number: int | None) -> datetime | None:
        return None if number is None else NOW + timedelta(hours=number)

    with app.app_context():
        school = open_school(app)
        school.hand_in("Heron-4", {"cleaner": "lemon"})
        attempt = school.start("Otter-17", {})
        ids = {"assignment_id": attempt.assignment_id, "student_id": attempt.student_id}
        with writing() as session:
            session.get_one(Assignment, ids["assignment_id"]).closes_at = hour(closes)
            session.query(Classroom).update({"archived_at": hour(archived)})
            session.add(Allowance(**ids, closes_at=hour(later)))
        db.session.remove()
        downgrade(revision="0003")
        upgrade()
        found = dict(db.session.execute(select(Attempt.state, Attempt.deadline_at)).all())
        assert found == {"submitted": None, "open": hour(deadline)}
        assert set(db.session.scalars(select(Student.time_factor))) == {100}


def reflected(columns: dict[str, list[str]] | None = None) -> dict[str, list[dict[str, object]]]:
    """Return the rows as the database itself describes them, of all tables or these columns."""
    found: dict[str, list[dict[str, object]]] = {}
    metadata = MetaData()
    metadata.reflect(db.engine)
    for name, table in metadata.tables.items():
        if (columns is not None and name not in columns) or name == "alembic_version":
            continue
        wanted = [table.c[one] for one in columns[name]] if columns else list(table.c)
        query = select(*wanted).order_by(table.c.id)
        held = [dict(row._mapping) for row in db.session.execute(query)]
        found |= {name: held} if held else {}
    db.session.remove()
    return found


def test_down_with_rows_leaves_no_table_and_up_again_gives_the_models(app: Flask) -> None:
    with app.app_context():
        fill_every_table(app)
        downgrade(revision="base")
        assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
        upgrade()
        check()
        assert not any(rows().values())


def test_rebuilding_a_table_keeps_its_rows_and_all_that_hangs_on_them(
    app: Flask, two_revisions: str
) -> None:
    with app.app_context():
        before = fill_every_table(app)
        upgrade(directory=two_revisions)
        assert "colour" in columns_of_students()
        assert rows() == before
        downgrade(directory=two_revisions, revision="0004")
        assert "colour" not in columns_of_students()
        assert rows() == before
        check()


def test_foreign_keys_are_on_again_after_migrating(bare: Flask) -> None:
    with bare.app_context():
        upgrade()
        if db.engine.dialect.name == "sqlite":
            assert db.session.connection().exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        with pytest.raises(Exception, match=r"(?i)foreign key"), writing() as session:
            session.add(
                Student(
                    classroom_id=999,
                    name="x",
                    name_folded="x",
                    phrase_hash="2" * 64,
                    created_at=NOW,
                )
            )
