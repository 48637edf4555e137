"""The form of one quiz version. WTForms parses and validates; templates print the controls."""

from collections.abc import Callable
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


def given_from(form: FlaskForm, items: tuple[PublicItem, ...], level: str) -> dict[str, Given]:
    """Return what was given to each item whose field is valid; call after `validate`."""
    return {
        item.id: Given(values_of(form, item), level)
        for item in items
        if not form[field_name(item.id)].errors
    }


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
