"""What students type to come in."""

from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import InputRequired

from quizapp.auth.forms import tidy


class JoinForm(FlaskForm):
    """A join code and the name to be known by."""

    code = StringField(filters=[tidy], validators=[InputRequired("Type the code of your class.")])
    name = StringField(filters=[tidy], validators=[InputRequired("Type a name.")])


class WalkInForm(FlaskForm):
    """The name of somebody who came by a link that needs only a name."""

    name = StringField(filters=[tidy], validators=[InputRequired("Type a name.")])


class RejoinForm(FlaskForm):
    """The four words that a student wrote down."""

    phrase = StringField(filters=[tidy], validators=[InputRequired("Type your four words.")])
