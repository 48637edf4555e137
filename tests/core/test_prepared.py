"""Statements run as text, on both databases: values, types and errors are those of SQLAlchemy."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import bindparam, create_engine, insert, literal_column, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, StatementError

from quizapp import attempts, handing_in, saving, sittings
from quizapp.database import reading_rows, table_of, writing_rows
from quizapp.models import Attempt, Response
from quizapp.prepared import Link, Prepared, lend
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


def test_a_database_that_cannot_be_reached_is_an_error_that_the_error_page_knows(
    tmp_path: Path,
) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'nowhere' / 'x.sqlite'}")
    with pytest.raises(OperationalError), lend(engine):
        pass


ANSWER = Prepared(
    insert(table_of(Response)), ["attempt_id", "item_id", "given", "level", "revision", "saved_at"]
)


def answer(attempt: Attempt) -> dict[str, object]:
    whose = {"attempt_id": attempt.id, "item_id": "cleaner", "given": '["ash"]'}
    return {**whose, "level": "text", "revision": 1, "saved_at": NOW}


def test_what_fails_in_a_write_section_leaves_nothing_and_says_nothing_of_what_was_sent(
    attempt: Attempt,
) -> None:
    row = answer(attempt)
    with pytest.raises(IntegrityError) as failed, writing_rows() as link:
        ANSWER.run_each(link, [row, row])
    assert "ash" not in str(failed.value)
    with writing_rows() as link:
        ANSWER.run(link, row)


def test_a_commit_that_fails_is_an_error_and_keeps_nothing(
    attempt: Attempt, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = answer(attempt)
    commit = Link.commit

    def fail(link: Link) -> None:
        link.run("SELECT * FROM nowhere", ())

    monkeypatch.setattr(Link, "commit", fail)
    with pytest.raises(DBAPIError), writing_rows() as link:
        ANSWER.run(link, row)
    monkeypatch.setattr(Link, "commit", commit)
    with writing_rows() as link:
        ANSWER.run(link, row)


@pytest.mark.parametrize("statement", [sittings._WANTED, saving._PLAIN_SAVE, handing_in._CLOSE])
@pytest.mark.usefixtures("world")
def test_that_an_attempt_is_open_stands_in_the_words_so_that_it_is_planned_once(
    statement: Prepared,
) -> None:
    with reading_rows() as link:
        assert "attempts.state = 'open'" in statement._text(link.dialect).sql
