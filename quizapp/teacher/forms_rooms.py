"""What a teacher types about a classroom and the students in it."""

from datetime import datetime, timedelta, tzinfo
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, InputRequired, Length, ValidationError

from quizapp import times
from quizapp.auth.forms import tidy
from quizapp.rooms import NAMINGS
from quizapp.teacher.forms import keep_storable

NAME_LENGTH = 80
KEPT_AT_FIRST = timedelta(days=365)
KEPT_LONGEST = timedelta(days=5 * 366)  # records of children are not kept without an end
LAST_MINUTE = "T23:59"
FACTORS = {
    100: "Normal",
    125: "× 1.25: a quarter more",
    150: "× 1.5: half as much again",
    200: "× 2: twice the time",
    0: "No time limit",
}


class RenameForm(FlaskForm):
    """The name of a classroom."""

    name = StringField(
        filters=[tidy],
        validators=[
            InputRequired("Type a name for the class, such as 7c."),
            Length(max=NAME_LENGTH, message=f"Keep the name under {NAME_LENGTH + 1} characters."),
        ],
    )


class ClassroomForm(RenameForm):
    """The name of a new classroom, and where students' names come from."""

    naming = StringField(default="free")

    def validate_naming(self, field: StringField) -> None:
        """Refuse what is none of the three."""
        if field.data not in NAMINGS:
            raise ValidationError("Choose one of the three.")


class NamesForm(FlaskForm):
    """Pasted names. `good_only`: add what can be added, and leave the rest."""

    names = TextAreaField(
        filters=[keep_storable], validators=[InputRequired("Paste or type at least one name.")]
    )
    good_only = BooleanField()


class ShareForm(FlaskForm):
    """The name of a colleague."""

    colleague = StringField(
        filters=[tidy], validators=[InputRequired("Type the name your colleague logs in with.")]
    )


class ArchiveForm(FlaskForm):
    """The last day on which an archived classroom is kept. After validation `moment` is its end."""

    keep_until = StringField(filters=[tidy])

    def __init__(self, now: datetime, zone: tzinfo, **options: Any) -> None:
        super().__init__(**options)
        self._now, self._zone = now, zone
        self.moment = now

    def validate_keep_until(self, field: StringField) -> None:
        """Read the day; it lies after today, and not too far."""
        try:
            self.moment = times.parse(field.data[:10] + LAST_MINUTE, self._zone)
        except (ValueError, OverflowError):
            raise ValidationError("Type a day, such as 2027-07-31.") from None
        today = self._now.astimezone(self._zone).date()
        if self.moment.astimezone(self._zone).date() <= today:
            raise ValidationError("Choose a day after today.")
        if self.moment > self._now + KEPT_LONGEST:
            raise ValidationError("Choose a day within the next five years.")


class StudentNameForm(FlaskForm):
    """Another name for a student."""

    name = StringField(filters=[tidy], validators=[InputRequired("Type a name.")])


class TimeFactorForm(FlaskForm):
    """The percent of every time limit that a student gets; 0 for no limit."""

    factor = SelectField(
        coerce=int,
        choices=[SelectChoice(str(one), said) for one, said in FACTORS.items()],
        validate_choice=False,
        validators=[AnyOf(FACTORS, message="Choose a time from the list.")],
    )


class LevelForm(FlaskForm):
    """The reading level of a student; empty for none. `levels` are the ids to choose from."""

    level = StringField(filters=[tidy])

    def __init__(self, levels: set[str], **options: Any) -> None:
        super().__init__(**options)
        self._levels = levels

    def validate_level(self, field: StringField) -> None:
        """Refuse a level that no quiz has."""
        if field.data and field.data not in self._levels:
            raise ValidationError("Choose a level from the list.")
