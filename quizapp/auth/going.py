"""The link of an assignment, as it is projected: each comes in as fits them, and lands on it."""

from flask import current_app, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as Page

from quizapp import assignments, classrooms, throttle, times
from quizapp.accounts import NameTaken
from quizapp.auth import bp, doors
from quizapp.auth.forms_joining import WalkInForm
from quizapp.auth.joining import FULL, NOT_A_NAME, TAKEN, TAKEN_ON_LIST, come_in
from quizapp.auth.logins import TARGET, forget
from quizapp.models import Assignment
from quizapp.system.shelf import library, zone
from quizapp.terms import terms_of

__all__ = ["bp"]


@bp.route("/go/<code>", methods=["GET", "POST"])
def go(code: str) -> str | Page | tuple[str, int]:
    """Lead to an assignment. An unknown code gets the same page as an unknown class code."""
    found = doors.ask(throttle.JOIN_CODE, lambda: assignments.find_by_code(code))
    if found and g.student and g.student.classroom_id == found.classroom_id:
        return redirect(url_for("student.assignment", public_id=found.public_id), 303)
    if found is None or found.classroom.archived_at is not None:
        return redirect(url_for("auth.join", code=code), 303)
    if g.student and request.form.get("act") == "leave":
        forget()
        return redirect(url_for("auth.go", code=code), 303)
    form = WalkInForm()
    if g.student or g.teacher or not _takes_names(found):
        return _show(found, form)
    if form.validate_on_submit() and _let_in(form, found):
        return redirect(url_for("auth.phrase"), 303)
    return _show(found, form), 422 if form.errors else 200


def _takes_names(found: Assignment) -> bool:
    return found.walk_in and not terms_of(found, None).is_closed(g.now)


def _show(found: Assignment, form: WalkInForm) -> str:
    """Show the ways in. Whichever is taken, the student's home sends on to the assignment."""
    if not g.student and not g.teacher:
        session[TARGET] = ["student.assignment", found.public_id]
    live = library().find(found.quiz_id)
    terms = terms_of(found, None)
    closed = times.near(terms.closes_at, g.now, zone()) if terms.closes_at else ""
    return render_template(
        "auth/go.html",
        code=classrooms.shown(found.code),
        title=live.quiz.title if live else "A quiz that is not ready",
        form=form,
        takes_names=_takes_names(found),
        closed=closed if terms.is_closed(g.now) else "",
        taken=bool({TAKEN, TAKEN_ON_LIST} & {*form.name.errors}),
    )


def _let_in(form: WalkInForm, found: Assignment) -> bool:
    """Make the student and log in, with the phrase kept in the browser until it is read."""
    secret, public_id = str(current_app.secret_key), found.public_id
    try:
        joined = classrooms.walk_in(found.classroom, form.name.data, secret, g.now)
    except classrooms.NotAName:
        form.name.errors = [NOT_A_NAME]
        return False
    except NameTaken:
        is_list = found.classroom.naming == "roster"
        form.name.errors = [TAKEN_ON_LIST if is_list else TAKEN]
        return False
    except classrooms.RoomFull:
        form.name.errors = [FULL]
        return False
    session[TARGET] = ["student.assignment", public_id]
    come_in(joined)
    return True
