"""Statements run as text, on both databases: values, types and errors are those of SQLAlchemy."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import bindparam, literal_column, select, text
from sqlalchemy.exc import DBAPIError, StatementError

from quizapp import attempts
from quizapp.database import reading_rows
from quizapp.models import Attempt
from quizapp.prepared import Prepared
from tests.core.core_world import NOW, World


@pytest.fixture
def attempt(world: World) -> Attempt:
    return attempts.start(world.assignment, world.student, world.live, NOW)


BY_START = Prepared(
    select(Attempt.id, Attempt.shuffled, Attempt.started_at, Attempt.deadline_at).where(
        Attempt.started_at == bindparam("at")
    )
)


def test_rows_have_the_types_of_their_columns(attempt: Attempt) -> None:
    wanted = (attempt.id, attempt.shuffled, NOW, attempt.deadline_at)
    with reading_rows() as link:
        (found,) = BY_START.run(link, {"at": NOW})
    assert found == wanted
    assert found[1] is True
    assert found[2].tzinfo is not None


def test_a_moment_counts_whatever_its_zone(attempt: Attempt) -> None:
    with reading_rows() as link:
        assert BY_START.run(link, {"at": NOW + timedelta(microseconds=1)}) == []
        assert BY_START.run(link, {"at": NOW.astimezone()}) != []


@pytest.mark.usefixtures("world")
def test_a_moment_without_a_zone_is_refused() -> None:
    with reading_rows() as link, pytest.raises((ValueError, StatementError)):
        BY_START.run(link, {"at": datetime(2026, 1, 5)})


def test_a_value_is_never_read_as_sql(attempt: Attempt) -> None:
    named = Prepared(select(Attempt.id).where(Attempt.seed == bindparam("seed")))
    with reading_rows() as link:
        assert named.run(link, {"seed": "' OR 1=1 --"}) == []
        assert named.run(link, {"seed": attempt.seed}) == [(attempt.id,)]


@pytest.mark.usefixtures("world")
def test_an_error_of_the_database_is_one_that_the_error_page_knows() -> None:
    broken = Prepared(select(literal_column("1")).select_from(text("nowhere")))
    with reading_rows() as link, pytest.raises(DBAPIError):
        broken.run(link, {})
