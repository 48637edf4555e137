"""The forms around quiz files: the editor's text, an upload, and putting an earlier file back."""

from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import StringField

from quizapp.auth.forms import tidy


def plain_ends(text: str | None) -> str:
    """Return the text with the line ends of a file; browsers send those of a typewriter."""
    return (text or "").replace("\r\n", "\n").replace("\r", "\n")


class QuizForm(FlaskForm):
    """The editor: the text, the digest of the file that was opened, and for a new quiz its name.

    `go` is the button: check, save, or replace (save, knowing what the page asked about).
    """

    text = StringField(filters=[plain_ends])
    base = StringField(filters=[tidy])
    name = StringField(filters=[tidy])
    go = StringField(filters=[tidy])

    @property
    def data_bytes(self) -> bytes:
        """The text as it would stand in the file."""
        return str(self.text.data).encode("utf-8", "replace")


class UploadForm(FlaskForm):
    """A quiz file from the teacher's own computer."""

    file = FileField()

    @property
    def chosen(self) -> Any:
        """The file, or None when none was chosen."""
        return self.file.data or None


class PutBackForm(FlaskForm):
    """The digest of the file that the page compared with; it must still be that one."""

    base = StringField(filters=[tidy])
