"""The page of an attempt, rendered once for each version and look: after that, only put together.

The template is rendered with marks in place of what differs from student to student, and cut up at
them. Where the cuts do not give the same page again, or a question is missing among them, the page
is rendered as ever.
"""

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from flask import current_app, g, request
from markupsafe import escape

from quizapp.bank.model import Given
from quizapp.bank.public import PublicItem, asked, ordered
from quizapp.library import LiveVersion
from quizapp.sittings import Sitting
from quizapp.student import reading
from quizapp.student.expecting import Left
from quizapp.student.forms import base_of
from quizapp.system.tokens import Tokens

MOST_PAGES = 200
# Nobody can guess them, so no text of a quiz holds them.
ATTEMPT, BASE, NAME, UNTIL = (secrets.token_hex(12) for _ in range(4))
SECONDS = secrets.randbits(96)
NONE_ANSWERED = "<span data-answered>0</span>"
_OPTION = (
    r'<label class="option"><input type="(?:radio|checkbox)" name="q-{item}" value="{value}">'
    r"<span>.*?</span></label>"
)
_ONE = re.compile(_OPTION.format(item='([^"]+)', value='([^"]+)'), re.DOTALL)
_ANY = _OPTION.format(item='[^"]+', value='[^"]+')
_HOLES = (
    rf"(?P<options>{_ANY}(?:\s*{_ANY})*)"
    r'|(?P<text>(?<=" value=")(?=" autocomplete="off" autocapitalize="none"))'
    r"|(?P<area>(?<=>\n)(?=</textarea>))"
    r'|(?P<jump><a href="#q-[^"]+" data-for="[^"]+">\d+<span class="hidden" data-state>'
    r" not answered)"
    rf"|(?P<count>{NONE_ANSWERED})|(?P<attempt>{ATTEMPT})|(?P<base>{BASE})|(?P<name>{NAME})"
    rf"|(?P<seconds>{SECONDS})|(?P<until>{UNTIL})"
)
_NAMED = re.compile(r'name="q-([^"]+)"')
_FOR = re.compile(r'data-for="([^"]+)"')

Render = Callable[[Sitting, str, Left | None], str]
Answers = Mapping[str, tuple[Given, int]]


@dataclass(frozen=True, slots=True)
class Hole:
    """Where a page differs: its kind, the item it belongs to, and the options in their places."""

    kind: str
    item_id: str = ""
    empty: str = ""
    options: Mapping[str, str] | None = None
    between: str = ""


@dataclass(frozen=True, slots=True)
class Compiled:
    """The pieces that are always the same, the holes between them, and the items by id."""

    pieces: tuple[str | Hole, ...]
    items: tuple[PublicItem, ...]


def show(
    sitting: Sitting, live: LiveVersion, answers: Answers, left: Left | None, render: Render
) -> str | None:
    """Return the page of a sitting; None where it cannot be put together.

    `left` is what it says of the time; `render` renders the template for a sitting, given what
    stands in its field `base`, and that.
    """
    pages = current_app.extensions.setdefault("quizapp_pages", {})
    look = tuple(reading.chosen(reading.stored()).values())
    key = (live.id, sitting.level, sitting.levels, request.script_root, look, left is None)
    found: Compiled | Literal["new"] | None = pages.get(key, "new")
    if found == "new":  # looked up once: another thread may clear the pages at any moment
        if len(pages) >= MOST_PAGES:
            pages.clear()
        found = pages[key] = _compile(sitting, live, left is not None, render)
    return _fill(found, sitting, answers, left) if found else None


def _compile(sitting: Sitting, live: LiveVersion, timed: bool, render: Render) -> Compiled | None:
    stub, person = replace(sitting, public_id=ATTEMPT, shuffled=False), g.student
    g.student = replace(person, name=NAME)
    left = Left(SECONDS, UNTIL) if timed else None
    try:
        page = render(stub, BASE, left)
    finally:
        g.student = person
    items = asked(live.public, sitting.level_ids)
    token = _token()
    pieces: list[str | Hole] = []
    place = 0
    for found in re.finditer(f"{_HOLES}|(?P<token>{re.escape(token)})", page, re.DOTALL):
        pieces += [page[place : found.start()], _hole(found, page)]
        place = found.end()
    made = Compiled((*pieces, page[place:]), items)
    holes = [piece for piece in pieces if isinstance(piece, Hole)]
    controls = [hole.item_id for hole in holes if hole.kind in CONTROLS]
    whole = (
        controls == [item.id for item in items]
        and any(hole.kind == "token" for hole in holes)
        and _fill(made, stub, {}, left, BASE, NAME) == page
    )
    return made if whole else None


CONTROLS = ("options", "text", "area")


def _hole(found: re.Match[str], page: str) -> Hole:
    kind = found.lastgroup or ""
    if kind == "options":
        each = list(_ONE.finditer(found[0]))
        between = found[0][each[0].end() : each[1].start()] if len(each) > 1 else ""
        return Hole(kind, each[0][1], "", {one[2]: one[0] for one in each}, between)
    if kind in ("text", "area"):
        return Hole(kind, _NAMED.findall(page, 0, found.start())[-1])
    if kind == "jump":
        named = _FOR.search(found[0])
        return Hole(kind, named[1] if named else "", found[0])
    return Hole(kind)


def _fill(
    made: Compiled,
    sitting: Sitting,
    answers: Answers,
    left: Left | None,
    base: str = "",
    name: str = "",
) -> str:
    given = {item_id: one.values for item_id, (one, _) in answers.items()}
    items = {item.id: item for item in made.items}
    done = {key for key, (one, _) in answers.items() if key in items and not one.is_blank}
    plain = {
        "attempt": sitting.public_id,
        "base": base or str(escape(_base(answers))),
        "name": name or str(escape(g.student.name)),
        "count": f"<span data-answered>{len(done)}</span>",
        "token": _token(),
        "seconds": str(left.seconds) if left else "",
        "until": str(escape(left.until)) if left else "",
    }
    seed = sitting.seed if sitting.shuffled else None
    return "".join(
        piece
        if isinstance(piece, str)
        else plain.get(piece.kind) or _answer(piece, items, seed, given, done)
        for piece in made.pieces
    )


def _token() -> str:
    tokens: Tokens = current_app.extensions["csrf"]
    return tokens.give()


def _base(answers: Answers) -> str:
    saved = {item_id: given for item_id, (given, _) in answers.items()}
    return base_of(saved, {item_id: revision for item_id, (_, revision) in answers.items()})


def _answer(
    hole: Hole,
    items: Mapping[str, PublicItem],
    seed: str | None,
    given: Mapping[str, tuple[str, ...]],
    done: set[str],
) -> str:
    """Return what stands at one question, or at the link to it, for this student."""
    values = given.get(hole.item_id, ())
    if hole.kind == "jump":
        if hole.item_id not in done:
            return hole.empty
        answered = hole.empty.replace(" not answered", " answered")
        return answered.replace('">', '" class="answered">', 1)
    if hole.options is None:
        return str(escape(values[0])) if values else ""
    options = (
        _checked(hole.options[one.id]) if one.id in values else hole.options[one.id]
        for one in ordered(items[hole.item_id], seed)
    )
    return hole.between.join(options)


def _checked(option: str) -> str:
    return option.replace('"><span>', '" checked><span>', 1)
