"""The log-in of this browser: a token in the signed session cookie, and nothing else."""

from flask import session

from quizapp.accounts import log_out


def remember(token: str) -> None:
    """Start a session that holds nothing but this log-in (what was there before is dropped)."""
    session.clear()
    session["login"] = token


def forget() -> None:
    """End the log-in of this browser, on the server too."""
    token = session.get("login")
    session.clear()
    if token:
        log_out(token)
