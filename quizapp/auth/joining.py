"""Students: join with a code, come back with four words, leave; and the front page."""

from flask import current_app, flash, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as Page

from quizapp import assignments, classrooms, throttle
from quizapp.accounts import NameTaken, fold_name
from quizapp.auth import bp, doors
from quizapp.auth.forms_joining import JoinForm, RejoinForm
from quizapp.auth.logins import forget, remember
from quizapp.models import Assignment, Classroom, Student

NO_CODE = "No class takes new students with this code. Check each letter, or ask your teacher."
NOT_A_NAME = f"Type a name with letters or digits, at most {classrooms.NAME_LENGTH} characters."
TAKEN = (
    "Somebody in this class already has this name. Choose another, for example with a letter of "
    "your last name."
)
TAKEN_ON_LIST = (
    "Somebody has joined under this name already. If it was you, come back with your four words; "
    "if not, tell your teacher."
)
NOT_ON_LIST = (
    "Your name is not on the list of this class. Type it as your teacher wrote it, or ask."
)
FULL = "This class is full. Ask your teacher."
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
def join(code: str = "") -> str | Page | doors.Refusal:
    """Let a student into a classroom: with a name that is free there, on its list, or given."""
    form = JoinForm(code=code or request.args.get("code", ""))
    try:
        found = _find_place(form.code.data)
    except throttle.TooManyTries as error:
        form.code.errors = [doors.sentence(error)]
        return doors.refuse(error, "auth/join.html", form=form, classroom=None, taken=False)
    if isinstance(found, Assignment):
        return redirect(url_for("auth.go", code=classrooms.shown(found.code)), 303)
    classroom = found
    if classroom and classroom.naming == "pseudonyms":
        del form.name
    valid = form.validate_on_submit()
    if form.code.data and classroom is None:
        form.code.errors = [NO_CODE]
    elif classroom and valid and (_is_here(classroom, form) or _let_in(form, classroom)):
        return redirect(url_for("auth.phrase"), 303)
    taken = "name" in form and bool({TAKEN, TAKEN_ON_LIST} & {*form.name.errors})
    return render_template("auth/join.html", form=form, classroom=classroom, taken=taken)


def _find_place(code: str) -> Classroom | Assignment | None:
    """Find what a code opens: on the projector stands that of an assignment, typed here too."""
    return doors.ask(throttle.JOIN_CODE, lambda: _look_up(code)) if code else None


def _look_up(code: str) -> Classroom | Assignment | None:
    classroom = classrooms.find_by_code(code)
    if classroom is not None:
        return classroom
    found = assignments.find_by_code(code)
    # The link of an archived class leads here, so leading back would go round for ever.
    return None if found is None or found.classroom.archived_at else found


def _is_here(classroom: Classroom, form: JoinForm) -> bool:
    """True for a form sent twice: this browser is already in, in this classroom and name.

    Where names are given, it is the same child as long as the four words stand on the screen.
    """
    student: Student | None = g.student
    if student is None or student.classroom_id != classroom.id:
        return False
    if "name" not in form:
        return "phrase" in session
    return student.name_folded == fold_name(form.name.data)


def _let_in(form: JoinForm, classroom: Classroom) -> bool:
    """Join and log in. Only a hash of the phrase is kept: the browser holds it until it is read."""
    name = form.name.data if "name" in form else ""
    try:
        joined = classrooms.join(classroom, name, str(current_app.secret_key), g.now)
    except classrooms.NotAName:
        form.name.errors = [NOT_A_NAME]
        return False
    except NameTaken:
        form.name.errors = [TAKEN_ON_LIST if classroom.naming == "roster" else TAKEN]
        return False
    except classrooms.NotOnList:
        form.name.errors = [NOT_ON_LIST]
        return False
    except classrooms.RoomFull:
        form.code.errors = [FULL]
        return False
    except classrooms.JoiningClosed:
        form.code.errors = [NO_CODE]
        return False
    come_in(joined)
    return True


def come_in(joined: classrooms.Joined) -> None:
    """Log a student in who has just been made; the browser holds the phrase until it is read."""
    form_token = session.get("csrf_token")
    remember(joined.token)
    session["phrase"] = joined.phrase
    session["csrf_token"] = form_token  # or the second of two clicks would be refused


@bp.get("/phrase")
def phrase() -> str | Page:
    """Show the four words of a student who has just joined, until they say they have them."""
    if not g.student or "phrase" not in session or "written" in request.args:
        session.pop("phrase", None)
        return redirect(url_for("student.home"), 303)
    return render_template("auth/phrase.html", student=g.student, words=session["phrase"].split())


@bp.route("/back", methods=["GET", "POST"])
def rejoin() -> str | Page | doors.Refusal:
    """Let a student in again with the four words."""
    form = RejoinForm()
    if form.validate_on_submit():
        phrase, secret = form.phrase.data, str(current_app.secret_key)
        try:
            token = doors.ask(throttle.PHRASE, lambda: classrooms.rejoin(phrase, secret, g.now))
        except throttle.TooManyTries as error:
            form.phrase.errors = [doors.sentence(error)]
            return doors.refuse(error, "auth/rejoin.html", form=form)
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
