"""A teacher's own account: the password, and the browsers that are logged in."""

from flask import current_app, flash, g, redirect, render_template, session, url_for
from werkzeug.wrappers import Response as Page

from quizapp import browsers, throttle
from quizapp.auth import doors
from quizapp.auth.logins import remember
from quizapp.teacher import Answer, bp, words
from quizapp.teacher.forms_accounts import PasswordForm

WRONG_PASSWORD = "This is not the password you have now. Type it once more."

__all__ = ["bp"]


@bp.get("/account")
def account() -> str:
    """Show the account."""
    return _account_page(PasswordForm())


def _account_page(form: PasswordForm) -> str:
    logged_in = browsers.browsers(g.teacher, session["login"], g.now)
    return render_template("teacher/account.html", form=form, browsers=logged_in)


@bp.post("/account/password")
def change_password() -> Answer | doors.Refusal:
    """Set a new password where the old one is right; this browser gets a new log-in."""
    form = PasswordForm()
    if not form.validate_on_submit():
        return _account_page(form), 422
    try:
        token = _try_password(form.old.data, form.new.data)
    except throttle.TooManyTries as error:
        form.old.errors = [doors.sentence(error)]
        return _account_page(form), 429, {"Retry-After": str(error.seconds)}
    if token is None:
        form.old.errors = [WRONG_PASSWORD]
        return _account_page(form), 422
    remember(token)
    flash("Your new password counts from now on. Every other browser is logged out.")
    return redirect(url_for(".account"), 303)


def _try_password(old: str, new: str) -> str | None:
    teacher, hasher = g.teacher, current_app.extensions["quizapp_hasher"]
    return doors.ask(
        throttle.OLD_PASSWORD,
        lambda: browsers.change_password(teacher, old, new, hasher, g.now),
        teacher.public_id,
    )


@bp.post("/account/browsers/<handle>/log-out")
def log_out_browser(handle: str) -> Page:
    """End one log-in of this teacher."""
    browsers.log_out_browser(g.teacher, handle, g.now)
    flash("That browser is logged out.")
    return redirect(url_for(".account", _anchor="browsers"), 303)


@bp.post("/account/browsers/log-out")
def log_out_others() -> Page:
    """End every log-in of this teacher but this one."""
    count = browsers.log_out_others(g.teacher, session["login"], g.now)
    flash(f"Logged out: {words.count_of(count, 'other browser')}.")
    return redirect(url_for(".account", _anchor="browsers"), 303)
