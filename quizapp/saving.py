"""Saving answers. Each has a revision: what is older never overwrites what is newer, both are kept.

A page says of each answer which revision it was made from. When another page has saved since, the
answer that comes is kept apart, and the student is asked.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Executable, String, Text, bindparam, literal_column, select, update

from quizapp import audit, practice
from quizapp.bank.model import Given
from quizapp.database import UtcDateTime, db, inserting, table_of, upsert, writing, writing_rows
from quizapp.deadlines import in_time, is_open_since
from quizapp.models import Attempt, PracticeTry, Response, Teacher
from quizapp.prepared import Prepared
from quizapp.responses import Held, keep_strays, packed, read_held, settle
from quizapp.terms import GRACE


@dataclass(frozen=True, slots=True)
class Base:
    """What an answer was made from: the revision, or None for whichever is saved.

    `unheard` are values that the same page has sent before without getting a reply: one of them
    may have been saved, and that is no other page.
    """

    revision: int | None = None
    unheard: tuple[tuple[str, ...], ...] = ()

    def is_older(self, held: Held) -> bool:
        """True when another page has saved since."""
        if self.revision is None or held.values in self.unheard:
            return False
        return self.revision < held.revision


@dataclass(frozen=True, slots=True)
class Page:
    """What a page sends: answers by item id, those for a second try apart, and what it knows.

    `level` is the one on screen, None when that is not told; at the items `settled` the student has
    chosen between two answers.
    """

    given: Mapping[str, Given]
    level: str | None = None
    second: Mapping[str, Given] = field(default_factory=dict)
    bases: Mapping[str, Base] = field(default_factory=dict)
    settled: Collection[str] = ()

    def is_older(self, item_id: str, held: Held) -> bool:
        """True when this page must not overwrite what is saved for the item."""
        return item_id not in self.settled and self.bases.get(item_id, Base()).is_older(held)


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a page: whether it came in time, what lost to newer answers, and what came
    after its question was checked elsewhere.
    """

    counts: bool
    lost: frozenset[str] = frozenset()
    fixed: frozenset[str] = frozenset()


def keep(attempt: Attempt, page: Page, now: datetime) -> Saved:
    """Save a page inside the caller's write section. What has not changed keeps level and time.

    What a first try in practice has fixed stays as it is. An answer that comes too late, after the
    deadline or after that try, or is older than the saved one, is kept as stray.
    """
    attempt_id = attempt.id
    counts = _touch(attempt, page.level, now)
    held = read_held(attempt_id)
    changed, late = _changed(attempt_id, page.given, held)
    if not counts:
        second = practice.differing(attempt_id, page.second)
        keep_strays(attempt_id, changed | late | second, now)
        return Saved(counts=False)
    lost = {key: one for key, one in changed.items() if page.is_older(key, held.get(key, Held()))}
    taken = {key: one for key, one in changed.items() if key not in lost}
    _write(attempt_id, taken, held, now)
    lost_second, late_second = practice.keep_drafts(attempt_id, page.second, page.is_older)
    _set_apart(attempt_id, page, held, taken, now)
    keep_strays(attempt_id, lost | lost_second, now, "older")
    keep_strays(attempt_id, late | late_second, now)
    return Saved(True, frozenset(lost | lost_second), frozenset(late | late_second))


def _touch(attempt: Attempt, level: str | None, now: datetime) -> bool:
    """Note the level on screen, which locks the row; tell whether answers still count."""
    touched = db.session.execute(
        update(Attempt)
        .where(Attempt.id == attempt.id, in_time(now))
        .values(level=level if level is not None else Attempt.level)
        .returning(Attempt.id)
    )
    return touched.first() is not None


def _changed(
    attempt_id: int, given: Mapping[str, Given], held: Mapping[str, Held]
) -> tuple[dict[str, Given], dict[str, Given]]:
    """Return what differs from what is saved, and apart from it what a first try has fixed."""
    fixed = practice.fixed(attempt_id)
    differs = {
        item_id: entry
        for item_id, entry in given.items()
        if entry.values != held.get(item_id, Held()).values
        and (not entry.is_blank or (item_id in held and item_id not in fixed))
    }
    late = {item_id: entry for item_id, entry in differs.items() if item_id in fixed}
    return {key: entry for key, entry in differs.items() if key not in late}, late


def _write(
    attempt_id: int, taken: Mapping[str, Given], held: Mapping[str, Held], now: datetime
) -> None:
    rows = [
        {
            "attempt_id": attempt_id,
            "item_id": item_id,
            "given": packed(entry),
            "level": entry.level,
            "revision": held.get(item_id, Held()).revision + 1,
            "saved_at": now,
        }
        for item_id, entry in taken.items()
    ]
    upsert(db.session, Response, rows, ("attempt_id", "item_id"))


def _set_apart(
    attempt_id: int,
    page: Page,
    held: Mapping[str, Held],
    taken: Mapping[str, Given],
    now: datetime,
) -> None:
    """Where the student has chosen, keep the answer that was given up, too."""
    if not page.settled:
        return
    given_up = {
        item_id: Given(held[item_id].values, taken[item_id].level)
        for item_id in page.settled
        if item_id in taken and item_id in held
    }
    keep_strays(attempt_id, given_up, now, "older", now)
    settle(attempt_id, page.settled, now)


def save_plainly(
    attempt_id: int, item_id: str, given: Given, base: Base, now: datetime
) -> int | None:
    """Save one answer by one statement and return its revision; None where nothing was saved.

    None whenever the rules of `keep` have to decide: a blank answer, one that is saved already or
    is newer, an attempt that is handed in or over.
    """
    if given.is_blank or base.revision is None:
        return None
    values = {
        "latest": now - GRACE,
        "attempt": attempt_id,
        "item": item_id,
        "values": packed(given),
        "read_at": given.level,
        "base": base.revision,
        "at": now,
    }
    with writing_rows() as link:
        saved = _PLAIN_SAVE.run(link, values)
    return saved[0][0] if saved else None


def _plain_save(dialect: str) -> Executable:
    """Return the statement that saves one answer of an attempt that is open and in time.

    It locks the attempt where the database can, as every save does; the newer answer stands.
    """
    rows = select(  # type: ignore[var-annotated]  # of six columns, one without a type
        Attempt.id,
        bindparam("item", type_=String),
        bindparam("values", type_=Text),
        bindparam("read_at", type_=String),
        literal_column("1"),
        bindparam("at", type_=UtcDateTime()),
    ).where(
        Attempt.id == bindparam("attempt"),
        is_open_since(bindparam("latest")),
        ~select(PracticeTry.id).where(PracticeTry.attempt_id == Attempt.id).exists(),
    )
    names = ["attempt_id", "item_id", "given", "level", "revision", "saved_at"]
    insert = inserting(table_of(Response), dialect)
    held, new = table_of(Response).c, insert.excluded
    saved = insert.from_select(names, rows.with_for_update(of=Attempt)).on_conflict_do_update(
        index_elements=["attempt_id", "item_id"],
        set_={
            "given": new.given,
            "level": new.level,
            "revision": held.revision + 1,
            "saved_at": new.saved_at,
        },
        where=(held.revision <= bindparam("base")) & (held.given != new.given),
    )
    statement: Executable = saved.returning(held.revision)
    return statement


_PLAIN_SAVE = Prepared(_plain_save)


def find_held(attempt: Attempt, item_id: str, *, second: bool) -> Held:
    """Return what is saved for one item now; with `second`, for the second try."""
    if second:
        return practice.find_draft(attempt.id, item_id)
    return read_held(attempt.id).get(item_id, Held())


def take_over(attempt: Attempt, page: Page, teacher: Teacher, now: datetime) -> Saved:
    """Save the answers of a file that a student brought, by the same rules, and note who did."""
    room, teacher_id, public_id = (
        attempt.assignment.classroom.public_id,
        teacher.id,
        attempt.public_id,
    )
    with writing():
        saved = keep(attempt, page, now)
        details = {"answers": len(page.given) + len(page.second), "late": not saved.counts}
        audit.record("answers imported", now, teacher_id, room, public_id, details)
    return saved
