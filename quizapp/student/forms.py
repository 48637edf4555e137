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

LONGEST = 2000
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


def base_of(saved: Mapping[str, Given]) -> str:
    """Return what a page was made from, to be sent back with it: a short hash of every answer."""
    return json.dumps({item_id: _hash(given.values) for item_id, given in saved.items()})


def given_from(
    form: FlaskForm, items: tuple[PublicItem, ...], level: str, base: str | None
) -> dict[str, Given]:
    """Return what this page changed, for each item whose field is valid; call after `validate`.

    A page that was opened earlier still shows older answers. Whatever it sends back as it was
    made (`base`, from `base_of`) was not touched there, and must not overwrite what came since.
    """
    before = _parse(base)
    given = {
        item.id: Given(values_of(form, item), level)
        for item in items
        if not form[field_name(item.id)].errors
    }
    if before is None:
        return given
    return {
        item_id: entry
        for item_id, entry in given.items()
        if _hash(entry.values) != before.get(item_id, _hash(()))
    }


def split_second(
    given: Mapping[str, Given], again: Sequence[str]
) -> tuple[dict[str, Given], dict[str, Given]]:
    """Return the first answers, and those that this page offered for a second try (`again`)."""
    second = {item_id: entry for item_id, entry in given.items() if item_id in again}
    return {item_id: given[item_id] for item_id in given if item_id not in second}, second


def _hash(values: tuple[str, ...]) -> str:
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:12]


def _parse(base: str | None) -> dict[str, str] | None:
    """Return the hashes by item id; None when the page sent none that can be read."""
    try:
        hashes = json.loads(base or "")
    except (ValueError, RecursionError):
        return None
    return hashes if isinstance(hashes, dict) else None


def values_of(form: FlaskForm, item: PublicItem) -> tuple[str, ...]:
    """Return the values as typed: empty text is no value, options are in written order."""
    values = [value for value in form[field_name(item.id)].data or () if value]
    places = {option.id: place for place, option in enumerate(item.options)}
    if item.options:
        return tuple(sorted(set(values), key=lambda value: (places.get(value, 0), value)))
    return tuple(values[:1])


def _clean(text: str) -> str:
    """Replace what no database stores (NUL) and what no encoding holds (lone surrogates)."""
    kept = (
        "\ufffd" if letter == "\0" or "\ud800" <= letter <= "\udfff" else letter for letter in text
    )
    return "".join(kept).replace("\r\n", "\n")


def _check(item: PublicItem) -> Check:
    known = {option.id for option in item.options}
    most = item.choose or 1

    def check(_form: Any, field: Any) -> None:
        values = field.data or []
        if not known and any(len(value) > LONGEST for value in values):
            raise ValidationError(
                f"This answer has {len(values[0]):,} characters. The most is {LONGEST:,}."
            )
        if known and not set(values) <= known:
            raise ValidationError("One of these choices does not belong to the question.")
        if known and len(set(values)) > most:
            raise ValidationError(
                f"Choose no more than {most}. You have chosen {len(set(values))}."
            )

    return check
