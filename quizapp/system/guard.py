"""Closed by default: who may reach which blueprint, decided before every request."""

from flask import Flask, abort, flash, g, redirect, request, session, url_for
from werkzeug.wrappers import Response as Page

from quizapp.accounts import find_login
from quizapp.sittings import find_sitting
from quizapp.system import arrival

OPEN_BLUEPRINTS = frozenset({"auth", "system"})
CLASS_OVER = "This class is over. You can read what you did, but nothing more can be handed in."
# What a class does by the hundred: one query finds person and attempt at once, if all is plain.
AT_WORK = {
    "student.answer": frozenset({"GET", "HEAD"}),
    "student.save_response": frozenset({"POST"}),
    "student.submit": frozenset({"POST"}),
}
WITHOUT_PERSON = frozenset({"static", "system.healthz", "system.readyz"})


def init_app(app: Flask) -> None:
    """Put the guard before every request."""
    app.before_request(admit)


def admit() -> Page | None:
    """Take the time, find the person, and let only the right ones through.

    A page of a blueprint that is not named here is open to nobody.
    """
    now = g.now = arrival.arrived_at()
    asked, endpoint = request.view_args or {}, request.endpoint
    if any("\0" in str(value) for value in asked.values()):
        abort(404)  # no database stores it, and PostgreSQL refuses even to look for it
    g.student = g.teacher = g.sitting = None
    if endpoint in WITHOUT_PERSON:
        return None
    token = session.get("login")
    if token is not None and request.method in AT_WORK.get(endpoint or "", ()):
        sitting = find_sitting(token, asked["public_id"], now)
        if sitting is not None:
            g.sitting, g.student = sitting, sitting.person
            return None
    login = find_login(token, now) if token is not None else None
    if login is not None:
        g.student, g.teacher = login.student, login.teacher
    if endpoint is None or request.blueprint in OPEN_BLUEPRINTS:
        return None
    if request.blueprint == "student":
        return _keep_reading() if g.student else redirect(url_for("auth.join"), 303)
    if request.blueprint == "teacher":
        return None if g.teacher else redirect(url_for("auth.teacher_login"), 303)
    abort(404)


def _keep_reading() -> Page | None:
    """In an archived classroom students read; only how a page looks can still be changed."""
    if request.method != "POST" or request.endpoint == "student.read_settings":
        return None
    if g.student.classroom.archived_at is None:
        return None
    flash(CLASS_OVER, "warning")
    return redirect(url_for("student.home"), 303)
