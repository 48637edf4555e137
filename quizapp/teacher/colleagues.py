"""Teachers' accounts, for administrators: others are told that there is no such page."""

from flask import current_app, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Page

from quizapp import staff
from quizapp.teacher import bp

NOT_YOURSELF = "You cannot close your own account: somebody has to look after the others."

__all__ = ["bp"]


@bp.get("/teachers")
def colleagues() -> str:
    """Show the teachers, and the links that wait to be used."""
    _check_admin()
    return render_template(
        "teacher/colleagues.html",
        teachers=staff.teachers(),
        classrooms=staff.count_classrooms(),
        links=staff.open_links(str(current_app.secret_key), g.now),
        made=request.args.get("made"),
    )


def _check_admin() -> None:
    if not g.teacher.is_admin:
        raise LookupError("not an administrator")


def _back(made: str | None = None, anchor: str | None = None) -> Page:
    return redirect(url_for(".colleagues", made=made, _anchor=anchor), 303)


@bp.post("/teachers/invitations")
def invite() -> Page:
    """Make a link that lets one new teacher in."""
    return _back(made=staff.invite(g.teacher, g.now), anchor="links")


@bp.post("/teachers/links/<nonce>/withdraw")
def withdraw_link(nonce: str) -> Page:
    """Take back a link that nobody has used."""
    staff.withdraw(nonce, g.teacher, g.now)
    flash("That link opens nothing any more.")
    return _back()


@bp.post("/teachers/<public_id>/password-link")
def offer_password(public_id: str) -> Page:
    """Make a link with which a colleague sets a new password."""
    return _back(made=staff.offer_password(public_id, g.teacher, g.now), anchor="links")


@bp.post("/teachers/<public_id>/close")
def close_account(public_id: str) -> Page:
    """Close a colleague's account."""
    try:
        name = staff.close_account(public_id, g.teacher, g.now)
    except staff.OwnAccount:
        flash(NOT_YOURSELF, "warning")
    else:
        flash(f"The account of {name} is closed. “Open again” takes it back.")
    return _back()


@bp.post("/teachers/<public_id>/open")
def open_account(public_id: str) -> Page:
    """Open a closed account again."""
    name = staff.open_account(public_id, g.teacher, g.now)
    flash(f"{name} can log in again.")
    return _back()


@bp.post("/teachers/<public_id>/administrator")
def appoint(public_id: str) -> Page:
    """Make a colleague an administrator as well."""
    name = staff.appoint(public_id, g.teacher, g.now)
    flash(f"{name} looks after the accounts with you.")
    return _back()


@bp.post("/teachers/<public_id>/classes")
def hand_over(public_id: str) -> Page:
    """Give the classes of a closed account to another teacher."""
    try:
        count = staff.hand_over(public_id, request.form.get("heir", ""), g.teacher, g.now)
    except staff.NotClosed:
        flash("This account is open: its classes are its teacher's own.", "warning")
        return _back()
    flash("1 class is handed over." if count == 1 else f"{count} classes are handed over.")
    return _back()
