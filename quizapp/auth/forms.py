"""What teachers type to come in: checked, and kept as typed when something is missing."""

from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

NAME_LENGTH = 80
PASSWORD_SHORTEST = 10
PASSWORD_LONGEST = 200


def tidy(text: str | None) -> str:
    """Return the text with single spaces, and a sign in place of what no database keeps."""
    storable = (text or "").replace("\0", "\ufffd").encode("utf-8", "replace").decode()
    return " ".join(storable.split())


class SetUpForm(FlaskForm):
    """The name and password of a new teacher, or the new ones of a teacher who forgot."""

    name = StringField(
        filters=[tidy],
        validators=[
            InputRequired("Type the name you want to log in with."),
            Length(
                min=1,
                max=NAME_LENGTH,
                message=f"Type a name of at most {NAME_LENGTH} characters.",
            ),
        ],
    )
    password = PasswordField(
        validators=[
            InputRequired("Choose a password."),
            Length(
                min=PASSWORD_SHORTEST,
                max=PASSWORD_LONGEST,
                message=f"Choose a password of at least {PASSWORD_SHORTEST} characters, "
                f"and at most {PASSWORD_LONGEST}.",
            ),
        ],
    )


class LogInForm(FlaskForm):
    """A teacher's name and password."""

    name = StringField(filters=[tidy], validators=[InputRequired("Type your name.")])
    password = PasswordField(validators=[InputRequired("Type your password.")])
