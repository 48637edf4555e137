"""One JSON line for every request, about pages and times, never about people.

The endpoint stands for the path, which holds ids; there is no address, no query, no name. Only
what the application itself named is written, so no visitor can write a line of their own.
"""

import logging
import sys
import time
from logging.handlers import TimedRotatingFileHandler
from pathlib import Path

from flask import Flask, g, request
from werkzeug.wrappers import Response as Page

DAYS_KEPT = 14
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def init_app(app: Flask) -> None:
    """Write the log where ACCESS_LOG says: "file", "stderr", or "off"."""
    handler = _make_handler(app)
    if handler is None:
        return
    handler.setFormatter(logging.Formatter("%(message)s"))
    # A logger of this application alone: two of them in one process must not share lines.
    log = logging.Logger("quizapp.access", logging.INFO)
    log.addHandler(handler)
    app.extensions["quizapp_access_log"] = log

    def note(page: Page) -> Page:
        # `info` would look for the place in the source that called it.
        log.handle(logging.LogRecord(log.name, logging.INFO, __file__, 0, line(page), None, None))
        return page

    app.before_request(begin)
    app.after_request(note)


def _make_handler(app: Flask) -> logging.Handler | None:
    where = app.config["ACCESS_LOG"]
    if where == "off":
        return None
    if where == "stderr":
        return logging.StreamHandler(sys.stderr)
    folder = Path(app.instance_path) / "logs"
    folder.mkdir(exist_ok=True)
    return TimedRotatingFileHandler(
        folder / "access.log",
        when="midnight",
        utc=True,
        backupCount=DAYS_KEPT,
        delay=True,
        encoding="utf-8",
    )


def begin() -> None:
    """Remember when the request began."""
    g.began = time.perf_counter()


def line(page: Page) -> str:
    """Return the line for a request that is answered with this page."""
    began = g.get("began")
    taken = 0.0 if began is None else time.perf_counter() - began
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    # JSON: what stands in quotes here are names that hold none.
    return (
        f'{{"time": "{at}", "method": "{method()}", "endpoint": "{request.endpoint or "none"}", '
        f'"status": {page.status_code}, "ms": {round(taken * 1000, 1)}, '
        f'"bytes": {page.content_length or 0}}}'
    )


def method() -> str:
    """Return the request's method; one that a visitor made up is called OTHER."""
    said = request.method
    return said if said in METHODS else "OTHER"
