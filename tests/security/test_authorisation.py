"""Route × person × ownership: every cell is tried, and a refused one changes nothing.

A page that is not in the table of `ids` below fails the first test: nobody adds an address without
saying whose object it takes.
"""

import re
import sys
from collections.abc import Iterator, Mapping

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from quizapp.database import Base, db
from tests.security.town import ACTORS, ITEM, Side, Town, open_town
from tests.system.test_routes import ROUTES

# What the `public_id` of an address names; further parts of an address have their own names.
KIND = {
    "student.start": "assignment",
    "student.answer": "attempt",
    "student.check": "attempt",
    "student.submit": "attempt",
    "student.review_page": "attempt",
    "teacher.assignment": "assignment",
    "teacher.question": "assignment",
    "teacher.decide": "assignment",
    "teacher.take_back": "assignment",
    "teacher.attempt": "attempt",
    "teacher.give": "attempt",
}
NESTED = {"student_id": "student"}
PLAIN = {"item_id": ITEM}
# Pages for which being the owner is not enough, or not needed: who may, whatever the object.
OWNER_ONLY: set[str] = set()
ADMINISTRATORS: set[str] = set()
UNPROTECTED = {"teachers": {"owner", "colleague", "stranger", "administrator"}}
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
    return [rule for rule in app.url_map.iter_rules() if ROUTES[rule.endpoint][0] != "everyone"]


def ids(rule: Rule, side: Side, nested: Side) -> dict[str, str]:
    """Return the parts of an address: the object of one side, what hangs on it of another."""
    values = {}
    for name in rule.arguments:
        if name == "public_id":
            values[name] = str(getattr(side, KIND[rule.endpoint]))
        elif name in NESTED:
            values[name] = str(getattr(nested, NESTED[name]))
        else:
            values[name] = PLAIN[name]
    return values


def allowed(rule: Rule, whose: str, mixed: bool) -> set[str]:
    """Return the actors whom this cell must let in."""
    people = ROUTES[rule.endpoint][0]
    if "public_id" not in rule.arguments:
        everybody = set(STUDENTS if people == "students" else TEACHERS)
        return {"administrator"} if rule.endpoint in ADMINISTRATORS else everybody
    if mixed:
        return set()
    may = set(MAY[people][whose])
    if people == "students" and KIND[rule.endpoint] in SHARED_BY_STUDENTS and whose == "here":
        may.add("classmate")
    return may - {"colleague"} if rule.endpoint in OWNER_ONLY else may


def cells(town: Town) -> Iterator[tuple[Rule, str, str, str, Mapping[str, str], set[str]]]:
    """Yield every cell: rule, method, actor, what is tried, the address's parts, who may."""
    sides = {"here": town.here, "there": town.there}
    for rule in guarded(town.app):
        nests = bool(rule.arguments & NESTED.keys())
        owners = ["here", "there"] if "public_id" in rule.arguments else ["here"]
        tries = [(whose, sides[whose], False) for whose in owners]
        if nests:
            tries += [("here", town.there, True), ("there", town.here, True)]
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            for whose, other, mixed in tries:
                values = ids(rule, sides[whose], other)
                for actor in ACTORS:
                    may = allowed(rule, whose, mixed)
                    yield rule, method, actor, f"{whose}{' mixed' * mixed}", values, may


def dump() -> dict[str, list[tuple[object, ...]]]:
    """Return every row; the log-in rows' last use is not a change that anybody made."""
    db.session.rollback()
    tables = {name: table for name, table in Base.metadata.tables.items() if name != "logins"}
    return {
        name: [tuple(row) for row in db.session.execute(select(table).order_by(table.c.id))]
        for name, table in tables.items()
    }


def test_every_address_says_whose_object_it_takes(town: Town) -> None:
    for rule in guarded(town.app):
        unknown = rule.arguments - {"public_id"} - NESTED.keys() - PLAIN.keys()
        assert unknown == set(), f"{rule.endpoint}: {unknown}"
        assert "public_id" not in rule.arguments or rule.endpoint in KIND, rule.endpoint


def wrong(rule: Rule, actor: str, may: set[str], status: int, location: str) -> bool:
    """Tell whether an answer is not what this actor must get."""
    people = ROUTES[rule.endpoint][0]
    right_kind = actor in (STUDENTS if people == "students" else TEACHERS)
    if actor in may:
        return status in (401, 403, 404) or status >= 500 or location == DOORS[people]
    if right_kind:
        return status != 404
    return not (status == 303 and location == DOORS[people])


def test_every_cell_lets_in_those_who_may_and_nobody_else(town: Town) -> None:
    adapter = town.app.url_map.bind("localhost")
    browsers = {actor: town.browser(actor) for actor in ACTORS}
    faults, tried, before = [], 0, dump()
    checked = False
    bodies = {
        ("student.submit", "here"): {"key": town.here.key},
        ("student.submit", "there"): {"key": town.there.key},
    }
    # Those who may come last: what they do may change what there is.
    ordered = sorted(cells(town), key=lambda cell: cell[2] in cell[5])
    for rule, method, actor, tried_on, values, may in ordered:
        if actor in may and not checked:
            assert dump() == before, "a refused request changed something"
            checked = True
        address = adapter.build(rule.endpoint, values, method)
        body = bodies.get((rule.endpoint, tried_on))
        page = browsers[actor].open(address, method=method, data=body)
        location = re.sub(r"\?.*", "", page.headers.get("Location") or "")
        tried += 1
        if wrong(rule, actor, may, page.status_code, location):
            faults.append((rule.endpoint, method, actor, tried_on, page.status_code, location))
    sys.stdout.write(f"{tried} cells of route × person × ownership, {len(faults)} wrong\n")
    assert faults == []
