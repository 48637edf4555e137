"""The form of one quiz version. WTForms parses and validates; templates print the controls."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from flask_wtf import FlaskForm
from wtforms import SelectMultipleField, ValidationError

from quizapp.bank.model import Given
from quizapp.bank.public import PublicItem
from quizapp.saving import Base

LONGEST = 2000
HIGHEST = 2**31 - 1
BASE_PARTS = 2
Check = Callable[[Any, Any], None]


def field_name(item_id: str) -> str:
    """Return the name and the id of the control of an item."""
    return f"q-{item_id}"


@lru_cache(maxsize=256)
def form_class(items: tuple[PublicItem, ...]) -> type[FlaskForm]:
    """Return the form class for the items of a version; made once for each version."""
    fields = {
        field_name(item.id): SelectMultipleField(
            coerce=_clean, choices=[], validate_choice=False, validators=[_check(item)]
        )
        for item in items
    }
    return type("AnswersForm", (FlaskForm,), fields)


def base_of(saved: Mapping[str, Given], revisions: Mapping[str, int]) -> str:
    """Return what a page is made from, to be sent back with it: see `base_entry`, by item id."""
    return json.dumps(
        {
            item_id: base_entry(given.values, revisions.get(item_id, 0))
            for item_id, given in saved.items()
        }
    )


def base_entry(values: tuple[str, ...], revision: int) -> list[object]:
    """Return the revision of an answer and a short hash of it, which tells what was not touched."""
    return [revision, _hash(values)]


def given_from(
    form: FlaskForm, items: tuple[PublicItem, ...], level: str, base: str | None
) -> tuple[dict[str, Given], dict[str, Base]]:
    """Return what this page changed, and from which revision; call after `validate`.

    What is not valid is left out. So is what the page sends back as it was made (`base`, from
    `base_of`): it was not touched there. Of a page that does not say what it was made from, only
    what holds something is taken.
    """
    before = _parse(base)
    given = {
        item.id: Given(values_of(form, item), level)
        for item in items
        if not form[field_name(item.id)].errors
    }
    if before is None:
        return {item_id: entry for item_id, entry in given.items() if not entry.is_blank}, {}
    made = {item_id: before.get(item_id, (0, _hash(()))) for item_id in given}
    changed = {
        item_id: entry
        for item_id, entry in given.items()
        if _hash(entry.values) != made[item_id][1]
    }
    return changed, {item_id: Base(made[item_id][0]) for item_id in changed}


def split_second(
    given: Mapping[str, Given], again: Sequence[str]
) -> tuple[dict[str, Given], dict[str, Given]]:
    """Return the first answers, and those that this page offered for a second try (`again`)."""
    second = {item_id: entry for item_id, entry in given.items() if item_id in again}
    return {item_id: given[item_id] for item_id in given if item_id not in second}, second


def _hash(values: tuple[str, ...]) -> str:
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:12]


def _parse(base: str | None) -> dict[str, tuple[int, str]] | None:
    """Return revisions and hashes by item id; None when the page sent none that can be read."""
    try:
        entries = json.loads(base or "")
    except (ValueError, RecursionError):
        return None
    if not isinstance(entries, dict):
        return None
    return {
        item_id: (entry[0], str(entry[1]))
        for item_id, entry in entries.items()
        if isinstance(entry, list) and len(entry) == BASE_PARTS and is_revision(entry[0])
    }


def is_revision(value: object) -> bool:
    """True for a number that a revision can be; what comes from outside may be anything."""
    return type(value) is int and 0 <= value <= HIGHEST


def values_of(form: FlaskForm, item: PublicItem) -> tuple[str, ...]:
    """Return the values as typed: empty text is no value, options are in written order."""
    return _in_order(item, form[field_name(item.id)].data or ())


def _in_order(item: PublicItem, texts: Sequence[str]) -> tuple[str, ...]:
    values = [value for value in texts if value]
    places = {option.id: place for place, option in enumerate(item.options)}
    if item.options:
        return tuple(sorted(set(values), key=lambda value: (places.get(value, 0), value)))
    return tuple(values[:1])


def read_values(item: PublicItem, texts: Sequence[str]) -> tuple[str, ...]:
    """Return values that came one answer at a time, by the rules of the page's own form.

    Raises ValidationError with the sentence that the form would show.
    """
    cleaned = [_clean(text) for text in texts]
    _validate(item, cleaned)
    return _in_order(item, cleaned)


def _clean(text: str) -> str:
    """Replace what no database stores (NUL) and what no encoding holds (lone surrogates)."""
    kept = (
        "\ufffd" if letter == "\0" or "\ud800" <= letter <= "\udfff" else letter for letter in text
    )
    return "".join(kept).replace("\r\n", "\n")


def _check(item: PublicItem) -> Check:
    def check(_form: Any, field: Any) -> None:
        _validate(item, field.data or [])

    return check


def _validate(item: PublicItem, values: Sequence[str]) -> None:
    known = {option.id for option in item.options}
    most = item.choose or 1
    if not known and any(len(value) > LONGEST for value in values):
        raise ValidationError(
            f"This answer has {len(values[0]):,} characters. The most is {LONGEST:,}."
        )
    if known and not set(values) <= known:
        raise ValidationError("One of these choices does not belong to the question.")
    if known and len(set(values)) > most:
        raise ValidationError(f"Choose no more than {most}. You have chosen {len(set(values))}.")
