"""Route × person × ownership: every cell is tried, and a refused one changes nothing.

What an address takes is read from the address itself; one that names something unknown fails the
first test, so that nobody adds a page without saying whose object it shows.
"""

import os
import re
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from quizapp import dumps
from quizapp.database import Base, db
from quizapp.system.guard import AT_WORK
from tests.school import QUIZ
from tests.security.town import ACTORS, ITEM, Side, Town, open_town
from tests.system.test_routes import ROUTES

# What the `public_id` of an address names, by the word before it; other parts have their own names.
KINDS = {
    "assignments": "assignment",
    "attempts": "attempt",
    "classrooms": "classroom",
    "students": "student",
    "teachers": "teacher",
}
NESTED = {"student_id": "student"}
PLAIN = {"item_id": ITEM, "quiz_id": QUIZ}
# Parts that name nothing that exists: whoever may knock hears that, and nothing happens.
MISSING = {"stamp": "20260101T000000000000Z", "handle": "x", "nonce": "x"}
ADMINISTRATORS = {"colleagues", "invite", "withdraw_link"}
# The owner alone decides about the classroom itself.
OWNER_ONLY = {"share_classroom", "unshare_classroom", "archive_classroom", "unarchive_classroom"}
OWNER_ONLY |= {"give_classroom"}
# Ids that stand in the form or after the "?": its field, and what it names.
FIELDS = {
    "student.submit": ("key", "key"),
    "teacher.hand_in": ("attempt", "attempt"),
    "teacher.merge_students": ("other", "classmate"),
    "teacher.reopen": ("attempt", "attempt"),
}
DOORS = {"students": "/join", "teachers": "/teach/login"}
MAY = {
    "students": {"here": {"student"}, "there": {"outsider"}},
    "teachers": {"here": {"owner", "colleague"}, "there": {"stranger"}},
}
# Objects of the whole classroom rather than of one student.
SHARED_BY_STUDENTS = {"assignment"}
STUDENTS, TEACHERS = ACTORS[1:4], ACTORS[4:]


@pytest.fixture
def town(sqlite_app: Flask) -> Iterator[Town]:
    """Everybody, inside an application context."""
    with sqlite_app.app_context():
        yield open_town(sqlite_app)


def guarded(app: Flask) -> list[Rule]:
    """Return the addresses that are not everyone's; with $ADDRESSES_WITH those it is part of."""
    part = os.environ.get("ADDRESSES_WITH", "")
    rules = [rule for rule in app.url_map.iter_rules() if part in str(rule)]
    return [rule for rule in rules if ROUTES[rule.endpoint][0] != "everyone"]


def kind(rule: Rule) -> str:
    """Return what the `public_id` of an address names."""
    found = re.search(r"/(\w+)/<public_id>", str(rule))
    assert found is not None, rule.endpoint
    return "deleted" if rule.endpoint == "teacher.restore_assignment" else KINDS[found[1]]


def ids(rule: Rule, side: Side, nested: Side) -> dict[str, str]:
    """Return the parts of an address: the object of one side, what hangs on it of another."""
    values = {}
    for name in rule.arguments:
        if name == "public_id":
            values[name] = str(getattr(side, kind(rule)))
        elif name in NESTED:
            values[name] = str(getattr(nested, NESTED[name]))
        else:
            values[name] = {**PLAIN, **MISSING, "colleague": side.teacher}[name]
    return values


def allowed(rule: Rule, whose: str, mixed: bool) -> set[str]:
    """Return the actors whom this cell must let in."""
    people, name = ROUTES[rule.endpoint][0], rule.endpoint.partition(".")[2]
    if "public_id" not in rule.arguments:
        everybody = set(STUDENTS if people == "students" else TEACHERS)
        return {"administrator"} if name in ADMINISTRATORS else everybody
    if mixed:
        return set()
    if kind(rule) == "teacher":
        return {"administrator"}
    may = set(MAY[people][whose])
    if people == "students" and kind(rule) in SHARED_BY_STUDENTS and whose == "here":
        may.add("classmate")
    return may - {"colleague"} if name in OWNER_ONLY else may


@dataclass(frozen=True)
class Cell:
    """One request of one actor, and who may make it."""

    rule: Rule
    method: str
    actor: str
    tried_on: str
    values: Mapping[str, str]
    fields: Mapping[str, str]
    may: set[str]


def cells(town: Town) -> Iterator[Cell]:
    """Yield every cell; where an address or its form has ids inside, each foreign one too."""
    sides = {"here": town.here, "there": town.there}
    for rule in guarded(town.app):
        owners = ["here", "there"] if "public_id" in rule.arguments else ["here"]
        tries = [(whose, sides[whose], False) for whose in owners]
        if rule.arguments & NESTED.keys() or rule.endpoint in FIELDS:
            tries += [("here", town.there, True), ("there", town.here, True)]
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            for whose, other, mixed in tries:
                values, may = ids(rule, sides[whose], other), allowed(rule, whose, mixed)
                field, named = FIELDS.get(rule.endpoint, ("", ""))
                fields = {field: str(getattr(other, named))} if field else {}
                tried_on = f"{whose}, with the other's id inside" if mixed else whose
                for actor in ACTORS:
                    yield Cell(rule, method, actor, tried_on, values, fields, may)
                    if rule.endpoint in AT_WORK:
                        goes_on = {**values, "public_id": sides[whose].working}
                        sent = {field: other.working_key} if field else {}
                        yield Cell(rule, method, actor, f"{tried_on}, open", goes_on, sent, may)


def dump() -> dict[str, list[tuple[object, ...]]]:
    """Return every row; the log-in rows' last use is not a change that anybody made."""
    db.session.rollback()
    tables = {name: table for name, table in Base.metadata.tables.items() if name != "logins"}
    return {
        name: [tuple(row) for row in db.session.execute(select(table).order_by(table.c.id))]
        for name, table in tables.items()
    }


def test_every_address_says_whose_object_it_takes(town: Town) -> None:
    known = {"public_id", "colleague"} | NESTED.keys() | PLAIN.keys() | MISSING.keys()
    for rule in guarded(town.app):
        assert rule.arguments <= known, rule.endpoint
        assert "public_id" not in rule.arguments or kind(rule)


def wrong(rule: Rule, actor: str, may: set[str], status: int, location: str) -> bool:
    """Tell whether an answer is not what this actor must get."""
    people = ROUTES[rule.endpoint][0]
    right_kind = actor in (STUDENTS if people == "students" else TEACHERS)
    if actor in may and not rule.arguments & MISSING.keys():
        return status in (401, 403, 404) or status >= 500 or location == DOORS[people]
    if right_kind:
        return status != 404 and not (actor in may and status == 303)
    return not (status == 303 and location == DOORS[people])


def snapshot(path: Path) -> Callable[[], None]:
    """Keep the database as it is now; return what puts it back."""
    db.session.rollback()
    with closing(sqlite3.connect(str(db.engine.url.database))) as connection:
        connection.execute("VACUUM INTO ?", (str(path),))

    def put_back() -> None:
        db.session.remove()
        db.engine.dispose()
        dumps.put_back(path, db.engine.url)

    return put_back


@pytest.mark.counts
def test_every_cell_lets_in_those_who_may_and_nobody_else(town: Town, tmp_path: Path) -> None:
    adapter = town.app.url_map.bind("localhost")
    browsers = {actor: town.browser(actor) for actor in ACTORS}
    faults: list[object] = []
    tried, before, put_back = 0, dump(), snapshot(tmp_path / "town.sqlite")
    # Those who may come last, each to the town as it was: what they do changes it.
    for cell in sorted(cells(town), key=lambda cell: cell.actor in cell.may):
        if cell.actor in cell.may and not before:
            put_back()
        elif cell.actor in cell.may:
            faults += ["a refused request changed something"] if dump() != before else []
            before = {}
        address = adapter.build(cell.rule.endpoint, {**cell.values}, cell.method)
        asked, sent = (cell.fields, None) if cell.method == "GET" else (None, cell.fields)
        browser = browsers[cell.actor]
        page = browser.open(address, method=cell.method, query_string=asked, data=sent)
        location = re.sub(r"\?.*", "", page.headers.get("Location") or "")
        tried += 1
        if wrong(cell.rule, cell.actor, cell.may, page.status_code, location):
            what = (cell.rule.endpoint, cell.method, cell.actor, cell.tried_on)
            faults.append((*what, page.status_code, location))
    sys.stdout.write(f"{tried} cells of route × person × ownership, {len(faults)} wrong\n")
    sys.stdout.write("".join(f"{fault}\n" for fault in faults))

    assert faults == []
