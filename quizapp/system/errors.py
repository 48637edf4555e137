"""One good page for every error, with a sentence that says what to do."""

import errno
import logging
from typing import Any

from flask import Flask, g, render_template, request
from flask.json.provider import DefaultJSONProvider
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from werkzeug.exceptions import HTTPException, SecurityError

from quizapp.library import Unreadable

log = logging.getLogger(__name__)

SENTENCES = {
    400: ("This request could not be read.", "Go back, reload the page and try again."),
    403: ("This page is not open to you.", "Log in as the person it belongs to."),
    404: ("There is no such page here.", "The address may be mistyped, or belong to someone else."),
    405: ("This address does not do that.", "Go back to the page before and use its buttons."),
    413: ("That was too much at once.", "Shorten your answers a little and send them again."),
    500: ("Something went wrong on our side.", "Nothing that was saved is lost. Try again."),
    503: ("The server cannot save right now.", "Leave this page open and try again in a minute."),
}
CSRF_SENTENCE = (
    "This page was opened before you logged in or out.",
    "Go back, reload the page, and send it again.",
)
LARGE_FILE_SENTENCE = (
    "That is too large for a quiz.",
    "A quiz file may have at most 1 MiB, far more than a long text with its questions. "
    "Nothing was saved. Go back, and look whether it was the right file.",
)
UNREADABLE_SENTENCE = (
    "The text and questions of this attempt cannot be read.",
    "Nothing that was saved is lost. Students: tell your teacher. Teachers: ask whoever runs "
    "quizapp to look into its log, and give the student more time or another attempt then.",
)
PLAIN_PAGE = """<!doctype html>
<html lang="en"><title>{what}</title>
<h1>{what}</h1><p>{remedy}</p><p><a href="/">Home</a></p></html>
"""
SHORTAGES = {errno.EMFILE, errno.ENFILE}
Answer = tuple[str, int] | tuple[str, int, dict[str, str]]


class ShallowJson(DefaultJSONProvider):
    """JSON in which what nests too deeply is unreadable; forms, too, read a body that says JSON."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Return the value. Raises ValueError."""
        try:
            return super().loads(s, **kwargs)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error


def init_app(app: Flask) -> None:
    """Answer every error with the one page."""
    app.json = ShallowJson(app)
    app.register_error_handler(HTTPException, show_http_error)
    app.register_error_handler(CSRFError, show_csrf_error)
    app.register_error_handler(LookupError, show_missing)
    app.register_error_handler(Unreadable, show_unreadable)
    for failure in (OperationalError, NoConnection):
        app.register_error_handler(failure, show_database_error)
    app.register_error_handler(OSError, show_system_error)
    app.register_error_handler(Exception, show_fault)


def _page(code: int, sentence: tuple[str, str] | None = None) -> Answer:
    what, remedy = sentence or SENTENCES.get(code, SENTENCES[400 if code < 500 else 500])
    try:
        page = render_template("system/error.html", code=code, what=what, remedy=remedy)
    except OSError as error:
        if error.errno not in SHORTAGES:
            raise
        page = PLAIN_PAGE.format(what=what, remedy=remedy)
    return page, code


def show_http_error(error: HTTPException) -> Answer | HTTPException:
    """Show an error that has a status; a redirect raised as an error stays one."""
    if error.code is None or error.code < 400:
        return error
    if isinstance(error, SecurityError):  # no address can be made for a host that is not ours
        return SENTENCES[400][0], 400
    if error.code == 413 and request.blueprint == "teacher":
        return _page(error.code, LARGE_FILE_SENTENCE)
    return _page(error.code)


def show_csrf_error(_error: CSRFError) -> Answer:
    """Show what to do when the form's token is missing or belongs to another log-in."""
    return _page(400, CSRF_SENTENCE)


def show_missing(error: LookupError) -> Answer:
    """A loader found nothing that this person owns: 404. A KeyError is a fault of ours."""
    if type(error) is not LookupError:
        return show_fault(error)
    return _page(404)


def show_unreadable(_error: Unreadable) -> Answer:
    """Say whom to tell about a version that cannot be read; the library has logged it."""
    return _page(500, UNREADABLE_SENTENCE)


def show_system_error(error: OSError) -> Answer:
    """No descriptor is left, for the lock, the database or a template: as on a full disk."""
    if error.errno not in SHORTAGES:
        return show_fault(error)
    log.error("No descriptor is left.", exc_info=error)
    return _not_now()


def show_database_error(error: OperationalError | NoConnection) -> Answer:
    """The database is away, full or locked: nothing was saved, and the page says so."""
    log.error("The database failed.", exc_info=error)
    return _not_now()


def _not_now() -> Answer:
    g.student = g.teacher = None  # their rows have expired, and reading them would fail again
    text, code = _page(503)[:2]
    return text, code, {"Retry-After": "5"}


def show_fault(error: Exception) -> Answer:
    """A fault of ours: logged with its trace, shown without."""
    log.error("A request failed.", exc_info=error)
    g.student = g.teacher = None
    return _page(500)
