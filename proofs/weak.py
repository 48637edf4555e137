"""The application with one protection taken away, for controls: `python -m proofs.weak WHAT serve`.

WHAT is a pragma that replaces its namesake, such as synchronous=NORMAL, or a name of WEAKNESSES.
Each changes one thing; the promise that rests on it must then be seen to fail.
"""

import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import waitress
from flask import request
from sqlalchemy import Select, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from quizapp import (
    attempts,
    cli,
    clock,
    database,
    desk,
    handing_in,
    library,
    prepared,
    saving,
    sittings,
)
from quizapp.database import db
from quizapp.models import Attempt
from quizapp.student import forms
from quizapp.system import arrival

BETWEEN = 0.5  # seconds that a submission stays half written


def swap(owner: Any, name: str, other: Any) -> Any:
    """Put something else in the place of a protection; return what stood there.

    Raises AttributeError when nothing does: a control must not weaken what has moved away.
    """
    before = getattr(owner, name)
    setattr(owner, name, other)
    return before


def overwrite_blindly() -> None:
    """An older page is not recognised: the last one to save wins."""
    swap(saving.Base, "is_older", lambda _self, _held: False)


def forget_receipts() -> None:
    """A repeated submission is not recognised by its key."""

    def forgotten(_attempt_id: int, key: str) -> Any:
        raise LookupError(key)

    swap(attempts, "_get_submission", forgotten)


def write_without_queue() -> None:
    """SQLite's write section is a plain transaction: no lock, no BEGIN IMMEDIATE."""
    swap(database, "_find_lock", lambda: None)


def lock_no_rows() -> None:
    """PostgreSQL is not asked to lock the rows that a decision rests on."""
    swap(Select, "with_for_update", lambda self, **_: self)


def submit_in_two_commits() -> None:
    """An attempt is closed in one commit and marked in the next."""

    def later(link: prepared.Link, *words: Any) -> Any:
        link.commit()
        time.sleep(BETWEEN)
        link.begin(immediate=True)
        return hand_in(link, *words)

    hand_in = swap(handing_in, "hand_in", later)


def ignore_failed_commits() -> None:
    """What the database says of a commit is not listened to."""

    def deaf(self: Session) -> None:
        with suppress(DBAPIError):
            commit(self)

    def deaf_link(self: prepared.Link) -> None:
        with suppress(DBAPIError):
            commit_link(self)

    commit = swap(Session, "commit", deaf)
    commit_link = swap(prepared.Link, "commit", deaf_link)


def clean_nothing() -> None:
    """What no database stores is let through at the edge."""
    swap(forms, "_clean", lambda text: text)


def mark_by_the_live_quiz() -> None:
    """An attempt does not keep the version it was started on: the newest one is used."""

    def newest(self: library.Library, version_id: int) -> library.LiveVersion:
        kept = version(self, version_id)
        return self.shelf.quizzes.get(kept.quiz.id) or kept

    version = swap(library.Library, "version", newest)


def drop_broken_quizzes() -> None:
    """A broken file takes its quiz off the shelf, instead of the last good one staying."""

    def find(self: library.Library, quiz_id: str) -> Any:
        return None if f"{quiz_id}.yaml" in self.shelf.broken else found(self, quiz_id)

    found = swap(library.Library, "find", find)


def serve_few_connections() -> None:
    """The server takes a hundred connections, as waitress does unless told otherwise."""

    def few(*words: Any, **more: Any) -> Any:
        return create(*words, **{**more, "connection_limit": 100})

    create = swap(waitress, "create_server", few)


def open_to_classmates() -> None:
    """The loader of a student's attempt does not ask whose it is."""

    def anybody(public_id: str, _student: Any) -> Any:
        found = db.session.scalar(select(Attempt).where(Attempt.public_id == public_id))
        if found is None:
            raise LookupError(public_id)
        return found

    swap(desk, "get_attempt", anybody)


def sit_anywhere() -> None:
    """The one query for a student at work does not ask whose attempt it is."""
    own = "logins.student_id = students.id"

    def careless(self: prepared.Prepared, dialect: Any) -> Any:
        found = text(self, dialect)
        if self is sittings._WANTED and own in found.sql:
            found.sql = found.sql.replace(own, "1 = 1")
            said.append(own)
        assert said or self is not sittings._WANTED, "the words of the query have changed"
        return found

    said: list[str] = []
    text = swap(prepared.Prepared, "_text", careless)


def overwrite_in_one_statement() -> None:
    """The one statement that saves an answer does not look whether a newer one stands there."""

    def blind(dialect: str) -> Any:
        statement: Any = careful(dialect)
        swap(statement._post_values_clause, "update_whereclause", None)
        return statement

    careful = saving._plain_save
    swap(saving, "_PLAIN_SAVE", prepared.Prepared(blind))


def believe_the_browser() -> None:
    """The time that the browser says is taken for the time of arrival."""

    def said() -> datetime:
        date = request.headers.get("Date")
        return parsedate_to_datetime(date) if date else arrived()

    arrived = swap(arrival, "arrived_at", said)


def take_the_wall_clock() -> None:
    """Each moment is what the wall clock says then, however it has been set."""
    swap(clock.Clock, "at", lambda self, elapsed: self.read().at(elapsed))


WEAKNESSES: dict[str, Callable[[], None]] = {
    "no-revisions": overwrite_blindly,
    "no-receipts": forget_receipts,
    "no-write-lock": write_without_queue,
    "no-row-locks": lock_no_rows,
    "two-commits": submit_in_two_commits,
    "deaf-commits": ignore_failed_commits,
    "no-cleaning": clean_nothing,
    "live-version": mark_by_the_live_quiz,
    "drop-broken": drop_broken_quizzes,
    "few-connections": serve_few_connections,
    "browser-time": believe_the_browser,
    "bare-clock": take_the_wall_clock,
    "open-loader": open_to_classmates,
    "open-sitting": sit_anywhere,
    "blind-statement": overwrite_in_one_statement,
}


def weaken(what: str) -> None:
    """Take one protection away; what a pragma reads back as is not checked then."""
    name, is_pragma, value = what.partition("=")
    if not is_pragma:
        return WEAKNESSES[what]()
    answers = {"OFF": 0, "NORMAL": 1, "FULL": 2}
    read_back = answers[value] if value in answers else int(value)
    database.PRAGMAS = tuple(
        (what, read_back) if one.startswith(f"{name}=") else (one, wanted)
        for one, wanted in database.PRAGMAS
    )
    return None


if __name__ == "__main__":
    weaken(sys.argv.pop(1))
    cli.main()
