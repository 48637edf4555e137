"""What pages take from the application: the live bank, and the school's time zone."""

from datetime import tzinfo

from flask import current_app

from quizapp.bank.model import Quiz
from quizapp.library import Library


def library() -> Library:
    """Return the live bank."""
    found: Library = current_app.extensions["quizapp_library"]
    return found


def quiz_of(version_id: int) -> Quiz:
    """Return the quiz of a stored version. Raises LookupError when there is none."""
    return library().version(version_id).quiz


def zone() -> tzinfo:
    """Return the school's time zone."""
    found: tzinfo = current_app.extensions["quizapp_zone"]
    return found
