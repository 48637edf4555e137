"""Teachers: set up with the one-time link, log in, log out. Afterwards always their own home."""

from flask import current_app, flash, g, redirect, render_template, url_for
from werkzeug.wrappers import Response as Page

from quizapp import throttle
from quizapp.accounts import LinkUsed, NameTaken, create_teacher, find_setup, log_in
from quizapp.auth import bp, doors
from quizapp.auth.forms import LogInForm, SetUpForm
from quizapp.auth.logins import forget, remember

NO_ENTRY = "This name and password do not go together. Check both and try again."
NAME_IS_TAKEN = "Another teacher here has this name. Choose a different one."

__all__ = ["bp"]


@bp.route("/teach/setup/<token>", methods=["GET", "POST"])
def set_up(token: str) -> str | Page | tuple[str, int]:
    """Let the holder of an unused link choose a name and a password."""
    secret = str(current_app.secret_key)
    link = doors.ask(throttle.LINK, lambda: find_setup(token, secret, g.now))
    if link is None:
        return render_template("auth/link_used.html"), 410
    knows = link.teacher.name if link.teacher else None
    form = SetUpForm(name=knows)
    if not form.validate_on_submit():
        page = render_template("auth/setup.html", form=form, knows=knows)
        return page, 422 if form.errors else 200
    hasher = current_app.extensions["quizapp_hasher"]
    try:
        name, password = form.name.data, form.password.data
        remember(create_teacher(token, name, password, hasher, secret, g.now))
    except LinkUsed:
        return render_template("auth/link_used.html"), 410
    except NameTaken:
        form.name.errors = [NAME_IS_TAKEN]
        return render_template("auth/setup.html", form=form, knows=knows), 422
    return redirect(url_for("teacher.home"), 303)


@bp.route("/teach/login", methods=["GET", "POST"])
def teacher_login() -> str | Page | tuple[str, int] | doors.Refusal:
    """Log a teacher in. The answer to a wrong name and to a wrong password is the same."""
    form = LogInForm()
    if not form.validate_on_submit():
        return render_template("auth/login.html", form=form), 422 if form.errors else 200
    hasher = current_app.extensions["quizapp_hasher"]
    name, password = form.name.data, form.password.data
    try:
        token = doors.ask(throttle.LOG_IN, lambda: log_in(name, password, hasher, g.now), name)
    except throttle.TooManyTries as error:
        return doors.refuse(error, "auth/login.html", form=form, refused=doors.sentence(error))
    if token is None:
        return render_template("auth/login.html", form=form, refused=NO_ENTRY), 422
    remember(token)
    return redirect(url_for("teacher.home"), 303)


@bp.post("/teach/logout")
def teacher_logout() -> Page:
    """Log the teacher out, on the server and in this browser."""
    forget()
    flash("You are logged out.")
    return redirect(url_for("auth.teacher_login"), 303)
