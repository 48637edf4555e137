"""When a request arrived: read before anything else is done with it, or even looked at.

So whatever makes a request wait inside the application, for the database or for others, costs
the student nothing of the time to answer.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from flask import Flask, current_app, request

from quizapp.clock import Clock

ARRIVED = "quizapp.arrived"  # nanoseconds of the clock that nobody can set
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def init_app(app: Flask) -> None:
    """Give the application its clock, and have it read at its outermost door."""
    clock = Clock()
    app.extensions["quizapp_clock"] = clock
    app.wsgi_app = stamped(app.wsgi_app, clock)  # type: ignore[assignment,method-assign]


def stamped(inner: Wsgi, clock: Clock) -> Wsgi:
    """Return a WSGI application that notes when a request arrived, unless the server has."""

    def outer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        environ.setdefault(ARRIVED, clock.elapsed())
        return inner(environ, start)

    return outer


def arrived_at() -> datetime:
    """Return when the current request arrived."""
    clock: Clock = current_app.extensions["quizapp_clock"]
    return clock.at(request.environ[ARRIVED]) if ARRIVED in request.environ else clock.now()
