"""What teachers type to change their password."""

from flask_wtf import FlaskForm
from wtforms import PasswordField
from wtforms.validators import InputRequired, Length

from quizapp.auth.forms import PASSWORD_LONGEST, PASSWORD_SHORTEST


class PasswordForm(FlaskForm):
    """The password of now, and the one from now on."""

    old = PasswordField(validators=[InputRequired("Type the password you have now.")])
    new = PasswordField(
        validators=[
            InputRequired("Choose a new password."),
            Length(
                min=PASSWORD_SHORTEST,
                max=PASSWORD_LONGEST,
                message=f"Choose a new password of at least {PASSWORD_SHORTEST} characters, "
                f"and at most {PASSWORD_LONGEST}.",
            ),
        ],
    )
