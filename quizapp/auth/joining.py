"""Students: join with a code, come back with four words, leave; and the front page."""

from flask import current_app, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Page

from quizapp import classrooms
from quizapp.accounts import NameTaken
from quizapp.auth import bp
from quizapp.auth.forms_joining import JoinForm, RejoinForm
from quizapp.auth.logins import forget, remember

NO_CODE = "No class has this code. Check each letter and try again."
NOT_A_NAME = f"Type a name with letters or digits, at most {classrooms.NAME_LENGTH} characters."
TAKEN = "Somebody in this class has this name. Is it you? Then come back with your four words."
NO_PHRASE = "No one has these four words. Check them and try again, or ask your teacher."

__all__ = ["bp"]


@bp.get("/")
def front() -> str | Page:
    """Send people who are logged in to their own home; show the others the ways in."""
    if g.student:
        return redirect(url_for("student.home"))
    if g.teacher:
        return redirect(url_for("teacher.home"))
    return render_template("auth/front.html")


@bp.get("/help")
def help_page() -> str:
    """Say in a few sentences how this works."""
    return render_template("system/help.html")


@bp.route("/join", methods=["GET", "POST"])
@bp.route("/join/<code>", methods=["GET", "POST"])
def join(code: str = "") -> str | Page:
    """Let a student into a classroom, under a name that is free there."""
    form = JoinForm(code=code or request.args.get("code", ""))
    if not form.validate_on_submit():
        return _join_page(form)
    classroom = classrooms.find_by_code(form.code.data)
    if classroom is None:
        form.code.errors = [NO_CODE]
        return _join_page(form)
    try:
        joined = classrooms.join(classroom, form.name.data, str(current_app.secret_key), g.now)
    except classrooms.NotAName:
        form.name.errors = [NOT_A_NAME]
    except NameTaken:
        form.name.errors = [TAKEN]
    else:
        remember(joined.token)
        return _phrase_page(joined)
    return _join_page(form)


def _join_page(form: JoinForm) -> str:
    typed = classrooms.find_by_code(form.code.data) if form.code.data else None
    return render_template("auth/join.html", form=form, classroom=typed)


def _phrase_page(joined: classrooms.Joined) -> str:
    """Shown once, as the answer to the POST: only a hash of the phrase is kept."""
    return render_template("auth/phrase.html", name=joined.name, words=joined.phrase.split())


@bp.route("/back", methods=["GET", "POST"])
def rejoin() -> str | Page:
    """Let a student in again with the four words."""
    form = RejoinForm()
    if form.validate_on_submit():
        token = classrooms.rejoin(form.phrase.data, str(current_app.secret_key), g.now)
        if token is not None:
            remember(token)
            return redirect(url_for("student.home"), 303)
        form.phrase.errors = [NO_PHRASE]
    return render_template("auth/rejoin.html", form=form)


@bp.post("/leave")
def leave() -> Page:
    """Log the student out, on the server and in this browser."""
    forget()
    flash("You have left. Your saved answers are kept.")
    return redirect(url_for("auth.front"), 303)
