"""What a teacher decides about answers: exact points, and a reason for those who ask later."""

import re
import unicodedata
from fractions import Fraction
from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import StringField
from wtforms.validators import Length, ValidationError

from quizapp.auth.forms import tidy

REASON_LENGTH = 300
ANSWER_LONGEST = 20_000  # folding can make a text longer, and no answer is longer than 2,000

_NUMBER = re.compile(r"(\d{1,4})(?:[.,](\d{1,4}))?")
_PARTS = re.compile(r"(?:(\d{1,4}) +)?(\d{1,4}) ?/ ?(\d{1,4})")
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def keep_storable(text: str | None) -> str:
    """Return the text with a sign in place of what no database keeps, spaces as they are."""
    return _UNSTORABLE.sub("\ufffd", text or "")


def parse_points(text: str) -> Fraction | None:
    """Return the exact points that were typed ("2", "0.5", "1/2", "1 1/2", "½"), or None."""
    # "1½" must not become "11/2": a fraction sign stands apart before it is taken to pieces.
    apart = "".join(f" {sign}" if unicodedata.category(sign) == "No" else sign for sign in text)
    plain = unicodedata.normalize("NFKC", apart).replace("\N{FRACTION SLASH}", "/").strip()
    if match := _NUMBER.fullmatch(plain):
        return Fraction(f"{match[1]}.{match[2] or 0}")
    match = _PARTS.fullmatch(plain)
    if match is None or int(match[3]) == 0:
        return None
    return int(match[1] or 0) + Fraction(int(match[2]), int(match[3]))


class PointsForm(FlaskForm):
    """Points for one answer, 0 ... `maximum`. After validation `exact` holds them.

    `reasoned`: the answer has been marked, and changing that takes a reason.
    """

    points = StringField(filters=[tidy])
    reason = StringField(
        filters=[tidy],
        validators=[
            Length(max=REASON_LENGTH, message=f"Keep the reason under {REASON_LENGTH} characters.")
        ],
    )

    def __init__(self, maximum: int, *, reasoned: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.maximum = maximum
        self.reasoned = reasoned
        self.exact = Fraction(0)

    def validate_reason(self, field: StringField) -> None:
        """Ask for the reason of a change; points for an answer that waits need none."""
        if self.reasoned and not field.data:
            raise ValidationError("Say why you change the points. The student reads it.")

    def validate_points(self, field: StringField) -> None:
        """Read the points exactly; say what may be typed when they make no sense."""
        exact = parse_points(field.data)
        if exact is None or exact > self.maximum:
            raise ValidationError(
                f"Type a number from 0 to {self.maximum}. Parts are fine: 1/2 or 0.5."
            )
        self.exact = exact


class DecisionForm(PointsForm):
    """Points for every answer of one folded form."""

    folded = StringField(filters=[keep_storable], validators=[Length(min=1, max=ANSWER_LONGEST)])


class TakeBackForm(FlaskForm):
    """The folded form whose decision is taken back."""

    folded = StringField(filters=[keep_storable], validators=[Length(min=1, max=ANSWER_LONGEST)])


class AnswersFileForm(FlaskForm):
    """Answers that a student's page made a file of: the file, or its text when it was shown."""

    file = FileField()
    text = StringField()

    def read(self) -> bytes:
        """Return what was sent; empty when nothing was."""
        if self.file.data:
            return bytes(self.file.data.read())
        return (self.text.data or "").encode("utf-8", "replace")
