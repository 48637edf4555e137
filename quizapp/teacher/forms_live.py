"""Help for one student: until when, and which receipt."""

from datetime import datetime, tzinfo
from typing import Any

from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import ValidationError

from quizapp import times
from quizapp.auth.forms import tidy
from quizapp.deadlines import MOST_MINUTES
from quizapp.models.columns import CODE_LENGTH
from quizapp.receipts import strip_code


class LaterForm(FlaskForm):
    """A later closing for one student. After validation `moment` holds it, None if left empty.

    `closes_at` is when the assignment closes for the class; the new moment must lie after it.
    """

    closes = StringField(filters=[tidy])

    def __init__(
        self, closes_at: datetime | None, now: datetime, zone: tzinfo, **options: Any
    ) -> None:
        super().__init__(**options)
        self.closes_at, self.now, self.zone = closes_at, now, zone
        self.moment: datetime | None = None

    def validate_closes(self, field: StringField) -> None:
        """Read the moment; say what is wrong with it."""
        if not field.data:
            return
        try:
            self.moment = times.parse(field.data, self.zone)
        except (ValueError, OverflowError) as error:
            raise ValidationError(
                "This is no date and time. Write it like 2026-05-31T14:30."
            ) from error
        if self.moment <= self.now:
            raise ValidationError("This moment has passed. Choose one that lies ahead.")
        if self.closes_at is not None and self.moment <= self.closes_at:
            raise ValidationError("This is not later than the closing for the whole class.")


class ReopeningForm(LaterForm):
    """Until when an attempt that is opened again may go on: a closing, and minutes from now.

    After validation `whole_minutes` holds them, None if left empty.
    """

    minutes = StringField(filters=[tidy])

    @property
    def whole_minutes(self) -> int | None:
        """The minutes from now."""
        return int(self.minutes.data) if self.minutes.data else None

    def validate_minutes(self, field: StringField) -> None:
        """Whole minutes, or nothing."""
        text = field.data or "1"
        if not (
            text.isascii()
            and text.isdecimal()
            and len(text) <= 4
            and 1 <= int(text) <= MOST_MINUTES
        ):
            raise ValidationError(f"Type whole minutes from 1 to {MOST_MINUTES}.")
        field.data = field.data and str(int(text))


def explain_code(typed: str) -> str | None:
    """Return what is wrong with the shape of a receipt's code, or None."""
    if len(strip_code(typed)) == CODE_LENGTH:
        return None
    return "A receipt has eight letters and digits, such as BCDF-2345."
