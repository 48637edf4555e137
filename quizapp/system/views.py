"""Health pages for whoever runs the server."""

from flask import Blueprint, current_app, redirect, url_for
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response as Page

from quizapp.readiness import find_fault

bp = Blueprint("system", __name__)


@bp.get("/healthz")
def healthz() -> dict[str, str]:
    """Say that the process answers."""
    return {"status": "ok"}


@bp.get("/readyz")
def readyz() -> tuple[dict[str, str], int]:
    """Say whether quizzes can be taken: database, migrations, bank."""
    try:
        extensions = current_app.extensions
        fault = find_fault(extensions["quizapp_library"], extensions["migrate"].directory)
    except SQLAlchemyError:
        fault = "the database does not answer"
    return ({"status": "not ready", "why": fault}, 503) if fault else ({"status": "ok"}, 200)


@bp.get("/favicon.ico")
def favicon() -> Page:
    """Send browsers that ask for the old name to the drawing."""
    return redirect(url_for("static", filename="favicon.svg"))
