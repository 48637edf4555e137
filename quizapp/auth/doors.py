"""Doors: how a view asks for a secret, so that no door is without a limit.

    classroom = doors.ask(throttle.JOIN_CODE, lambda: classrooms.find_by_code(code))

Where the limit is reached, `ask` raises TooManyTries. A view that has a form catches it and shows
the form again with `refuse`, so that nothing typed is lost; otherwise the page below says it.
"""

from collections.abc import Callable
from typing import TypeVar

from flask import current_app, g, render_template, request

from quizapp import throttle
from quizapp.auth import bp
from quizapp.throttle import Door, TooManyTries

Found = TypeVar("Found")
Refusal = tuple[str, int, dict[str, str]]

__all__ = ["bp"]


def ask(door: Door, find: Callable[[], Found], account: str = "") -> Found:
    """Return what `find` returns; None counts as a failure. Raises TooManyTries, without asking.

    `account` is the name that was typed, at doors that limit the tries on one account.
    """
    tried = (door, request.remote_addr or "", account, str(current_app.secret_key), g.now)
    throttle.check(*tried)
    found = find()
    if found is None:
        throttle.note(*tried)
    return found


def sentence(error: TooManyTries) -> str:
    """Return what people read when they have to wait."""
    many = error.minutes != 1
    wait = f"{error.minutes} minutes" if many else "1 minute"
    return f"There were too many wrong tries. Try again in {wait}."


def refuse(error: TooManyTries, template: str, **values: object) -> Refusal:
    """Return the page of a form, shown again with what was typed, as 429."""
    return render_template(template, **values), 429, {"Retry-After": str(error.seconds)}


@bp.app_errorhandler(TooManyTries)
def show_wait(error: TooManyTries) -> Refusal:
    """Say how long to wait, where there is no form to say it in."""
    what, remedy = sentence(error).split(". ")
    return refuse(error, "system/error.html", code=429, what=f"{what}.", remedy=remedy)
