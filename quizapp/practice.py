"""Practice: an answer is checked at once, and once more if it was not right; the first try counts.

A try is a row that is never changed. The answer to a question is fixed by its first try; what is
entered after that is the second, which is kept as a draft until it is checked.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError

from quizapp.bank.model import Given, Item, Quiz
from quizapp.database import db, writing
from quizapp.deadlines import in_time
from quizapp.marking import mark_item
from quizapp.marks import rule_row
from quizapp.models import Attempt, Mark, PracticeTry, Response
from quizapp.responses import Held, packed, unpacked

FIRST, SECOND = 1, 2
DECIDED = ("right", "waiting")  # what no rule decides is the teacher's: a second try cannot help


class NothingToCheck(Exception):
    """The question has no answer yet."""


@dataclass(frozen=True, slots=True)
class Try:
    """One checked answer, and the mark that the rules give it (of a second try never stored)."""

    given: Given
    mark: Mark


@dataclass(frozen=True, slots=True)
class Progress:
    """The tries at one question, at least one, and the second answer while it is not checked.

    `revision` is that of the second answer; 0 while there is none.
    """

    tries: tuple[Try, ...]
    draft: Given | None
    revision: int = 0

    @property
    def closed(self) -> bool:
        """True when no try is left, so that the key may be shown."""
        return len(self.tries) == SECOND or self.tries[0].mark.outcome in DECIDED

    @property
    def shown(self) -> Given:
        """What the control of the question holds: the second answer, until the question closes."""
        last = self.tries[-1].given
        return last if self.closed else self.draft or Given((), last.level)


def progress(attempt: Attempt, quiz: Quiz) -> dict[str, Progress]:
    """Return how far the student is, by item id; nothing for what has not been checked."""
    items = {item.id: item for item in quiz.items}
    return {
        item_id: Progress(
            tuple(_judged(quiz, items[item_id], row) for row in rows.values() if row.tried_at),
            next(
                (unpacked(row.given, row.level) for row in rows.values() if not row.tried_at), None
            ),
            _held(rows).revision,
        )
        for item_id, rows in _read(attempt.id).items()
    }


def check(attempt: Attempt, item: Item, number: int, quiz: Quiz, now: datetime) -> None:
    """Make the saved answer to `item` a try. `number`, 1 or 2, is the try that the page offered.

    A try that was made before stands, however often it is sent; so does a question that is closed.
    What comes after the deadline is not tried. Raises NothingToCheck for a blank answer,
    LookupError unless this is practice.
    """
    if not attempt.assignment.is_practice:
        raise LookupError(item.id)
    attempt_id = attempt.id
    try:
        with writing() as session:
            # The row of the attempt is what saving and submitting lock, too.
            open_one = select(Attempt.id).where(Attempt.id == attempt_id, in_time(now))
            if session.scalar(open_one.with_for_update()) is None:
                return
            rows = _read(attempt_id).get(item.id, {})
            if number == FIRST and not rows:
                _make_first(attempt_id, item.id, now)
            elif number == SECOND and FIRST in rows:
                first = _judged(quiz, item, rows[FIRST])
                if first.mark.outcome not in DECIDED:
                    _make_second(rows.get(SECOND), now)
    except IntegrityError:
        return  # the same click, sent twice: the try of the other one stands


def _make_first(attempt_id: int, item_id: str, now: datetime) -> None:
    saved = db.session.scalar(
        select(Response).where(Response.attempt_id == attempt_id, Response.item_id == item_id)
    )
    if saved is None or unpacked(saved.given, saved.level).is_blank:
        raise NothingToCheck(item_id)
    db.session.add(
        PracticeTry(
            attempt_id=attempt_id,
            item_id=item_id,
            number=FIRST,
            given=saved.given,
            level=saved.level,
            tried_at=now,
        )
    )


def _make_second(draft: PracticeTry | None, now: datetime) -> None:
    if draft is None or unpacked(draft.given, draft.level).is_blank:
        raise NothingToCheck
    draft.tried_at = draft.tried_at or now


def fixed(attempt_id: int) -> frozenset[str]:
    """Return the ids of the items whose answer a first try has fixed."""
    return frozenset(_read(attempt_id))


def keep_drafts(
    attempt_id: int, second: Mapping[str, Given], is_older: Callable[[str, Held], bool]
) -> tuple[dict[str, Given], dict[str, Given]]:
    """Keep second answers that are not checked yet; called inside the write section of a save.

    Returns those that lost (`is_older` tells whether an answer must not overwrite what is held),
    and those that came after the question was closed.
    """
    tries = _read(attempt_id) if second else {}
    lost: dict[str, Given] = {}
    late: dict[str, Given] = {}
    for item_id, given in second.items():
        rows = tries.get(item_id, {})
        held = _held(rows)
        if given.values == held.values or FIRST not in rows:
            continue
        if SECOND in rows and rows[SECOND].tried_at is not None:
            late.update({} if given.is_blank else {item_id: given})
            continue
        if is_older(item_id, held):
            lost[item_id] = given
            continue
        if SECOND not in rows:
            if given.is_blank:
                continue
            rows[SECOND] = PracticeTry(attempt_id=attempt_id, item_id=item_id, number=SECOND)
            db.session.add(rows[SECOND])
        rows[SECOND].given = packed(given)
        rows[SECOND].level, rows[SECOND].revision = given.level, held.revision + 1
    return lost, late


def differing(attempt_id: int, second: Mapping[str, Given]) -> dict[str, Given]:
    """Return those of some second answers that say something else than what is held."""
    tries = _read(attempt_id) if second else {}
    return {
        item_id: given
        for item_id, given in second.items()
        if not given.is_blank and given.values != _held(tries.get(item_id, {})).values
    }


def _held(rows: Mapping[int, PracticeTry]) -> Held:
    draft = rows.get(SECOND)
    return Held(unpacked(draft.given, draft.level).values, draft.revision) if draft else Held()


def find_draft(attempt_id: int, item_id: str) -> Held:
    """Return the second answer that is saved for an item now."""
    return _held(_read(attempt_id).get(item_id, {}))


_TRIES = (
    select(PracticeTry)
    .where(PracticeTry.attempt_id == bindparam("attempt"))
    .order_by(PracticeTry.number)
)


def _read(attempt_id: int) -> dict[str, dict[int, PracticeTry]]:
    found: dict[str, dict[int, PracticeTry]] = defaultdict(dict)
    for row in db.session.scalars(_TRIES, {"attempt": attempt_id}):
        found[row.item_id][row.number] = row
    return dict(found)


def _judged(quiz: Quiz, item: Item, row: PracticeTry) -> Try:
    given = unpacked(row.given, row.level)
    verdict = mark_item(quiz, item, given)
    marked_at = row.tried_at
    assert marked_at is not None
    return Try(given, Mark(**rule_row(row.attempt_id, row.item_id, verdict, marked_at)))
