"""The log-in of this browser: a token in the signed session cookie, and nothing else."""

from flask import session

from quizapp.accounts import log_out

TARGET = "target"  # where a log-in is on its way to: an endpoint and a public id, never an address


def remember(token: str) -> None:
    """Start a session that holds nothing but this log-in, and where it is on its way to.

    What else was there before is dropped, and the log-in that this browser had before ends.
    """
    target = session.get(TARGET)
    forget()
    session["login"] = token
    if target:
        session[TARGET] = target


def forget() -> None:
    """End the log-in of this browser, on the server too."""
    token = session.get("login")
    session.clear()
    if token:
        log_out(token)
