"""Giving a quiz to a classroom, and everything that happens to it afterwards."""

from dataclasses import replace
from datetime import datetime, timedelta

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Page

from quizapp import assignments, times
from quizapp.access import get_assignment, get_classroom, get_deleted_too
from quizapp.assignments import Rules, rules_of
from quizapp.bank.model import Quiz
from quizapp.classrooms import shown
from quizapp.models import Assignment, Classroom
from quizapp.summaries import find_title
from quizapp.system.shelf import library, zone
from quizapp.teacher import Answer, bp
from quizapp.teacher.forms_assigning import AssignmentForm
from quizapp.teacher.qr import draw
from quizapp.terms import terms_of

__all__ = ["bp"]

ARCHIVED = "This class is archived. Take it out of the archive first, then give it a quiz."
BEGUN = "Practice was not changed: students have begun by now."


@bp.route("/classrooms/<public_id>/assignments/new", methods=["GET", "POST"])
def new_assignment(public_id: str) -> Answer:
    """Give a quiz: two decisions, and the rest folded away."""
    room = get_classroom(public_id, g.teacher)
    if room.archived_at is not None:
        return _refuse(room)
    quizzes = sorted((live.quiz for live in library().shelf.quizzes.values()), key=_by_title)
    quiz_id, rules = _beginning()
    form = AssignmentForm(quizzes, rules, g.now, zone(), quiz_id)
    if not form.validate_on_submit():
        page = render_template(
            "teacher/assignment_form.html", form=form, room=room, zone=zone(), assignment=None
        )
        return page, 422 if form.errors else 200
    try:
        made = assignments.make(room, form.quiz.data, form.rules, g.teacher, g.now)
    except assignments.IsArchived:
        return _refuse(room)
    flash(f"“{find_title(made, library())}” is given. This is the page to show your class.")
    return redirect(url_for(".assignment_link", public_id=made.public_id), 303)


def _refuse(room: Classroom) -> Page:
    flash(ARCHIVED, "warning")
    return redirect(
        url_for(".classroom_settings", public_id=room.public_id, _anchor="archive"), 303
    )


def _by_title(quiz: Quiz) -> tuple[str, str]:
    return quiz.title.casefold(), quiz.id


def _beginning() -> tuple[str, Rules]:
    """Return the quiz and the rules to begin with: of an earlier assignment, or the quiz's own."""
    if like := request.args.get("like"):
        earlier = get_assignment(like, g.teacher)
        rules = rules_of(earlier)
        opens, closes = _ahead(rules.opens_at), _ahead(rules.closes_at)
        return earlier.quiz_id, replace(rules, opens_at=opens, closes_at=closes)
    quiz_id = request.args.get("quiz", "")
    live = library().find(quiz_id)
    if live is None:
        return "", Rules()
    return quiz_id, _usual(live.quiz)


def _ahead(moment: datetime | None) -> datetime | None:
    return moment if moment and moment > g.now else None


def _near(moment: datetime | None) -> str | None:
    return times.near(moment, g.now, zone()) if moment else None


def _usual(quiz: Quiz) -> Rules:
    said, usual = quiz.defaults, Rules()
    return replace(
        usual,
        attempts_allowed=said.attempts or usual.attempts_allowed,
        shuffle=usual.shuffle if said.shuffle_options is None else said.shuffle_options,
        review=said.review or usual.review,
    )


@bp.route("/assignments/<public_id>/edit", methods=["GET", "POST"])
def edit_assignment(public_id: str) -> Answer:
    """Change the rules; the page also closes, extends, gives again and deletes."""
    found = get_assignment(public_id, g.teacher)
    live = library().find(found.quiz_id)
    quizzes = [live.quiz] if live else []
    form = AssignmentForm(quizzes, rules_of(found), g.now, zone(), found.quiz_id)
    del form.quiz  # another quiz is another assignment
    status = _change(found, form) if form.validate_on_submit() else 422 if form.errors else 200
    if not status:
        flash("The new settings are saved.")
        return redirect(url_for(".edit_assignment", public_id=public_id), 303)
    return _edit_page(found, form), status


def _edit_page(found: Assignment, form: AssignmentForm) -> str:
    terms = terms_of(found, None)
    return render_template(
        "teacher/assignment_form.html",
        form=form,
        room=found.classroom,
        zone=zone(),
        assignment=found,
        title=find_title(found, library()),
        terms=terms,
        closes=_near(terms.closes_at),
        opens=_near(_ahead(terms.opens_at)),
        working=assignments.count_working(found),
        longer=_say_longer(found),
        begun=assignments.has_begun(found),
        live_gone=not form.quizzes,
        rooms=assignments.rooms(g.teacher),
        later=times.typed(_a_day_later(found), zone()),
    )


def _change(assignment: Assignment, form: AssignmentForm) -> int:
    """Save the settings; return 0, or the status of the page that says what stands against it."""
    try:
        assignments.change(assignment, form.rules, form.base.data, g.teacher, g.now)
    except assignments.ChangedMeanwhile:
        form.look_again()
        return 409
    except assignments.HasBegun:
        form.practice.errors, form.practice.data = [BEGUN], assignment.is_practice
        return 422
    return 0


@bp.post("/assignments/<public_id>/close")
def close_assignment(public_id: str) -> Page:
    """Close now."""
    found = get_assignment(public_id, g.teacher)
    assignments.close(found, g.teacher, g.now)
    longer = _say_longer(found)
    whom = f"Closed for the class. {longer}" if longer else "Closed."
    others = "the others" if longer else "students"
    flash(f"{whom} What {others} had saved is handed in for them.")
    return redirect(url_for(".edit_assignment", public_id=public_id), 303)


def _say_longer(assignment: Assignment) -> str:
    """Say that students have longer than the class, which is closed; empty when none has."""
    until = assignments.later_closings(assignment, g.now)
    if not until:
        return ""
    last = times.near(until[0], g.now, zone())
    if len(until) == 1:
        return f"1 student has longer: until {last.removeprefix('on ')}."
    return f"{len(until)} students have longer: the last until {last.removeprefix('on ')}."


@bp.post("/assignments/<public_id>/extend")
def extend_assignment(public_id: str) -> Page:
    """Close at the moment that the button named, or not at all; a closed one opens again."""
    found = get_assignment(public_id, g.teacher)
    try:
        until = _read_until(request.form.get("until", ""))
        assignments.extend(found, until, g.teacher, g.now)
    except assignments.NeedsClosing:
        flash("Students are to see the answers after the closing, so it needs one.", "warning")
    except (ValueError, OverflowError):
        flash("That moment has passed. Look again, then choose another.", "warning")
    else:
        flash(f"Open until {times.said(until, zone())}." if until else "Open without an end.")
    return redirect(url_for(".edit_assignment", public_id=public_id), 303)


def _read_until(text: str) -> datetime | None:
    """Return the moment, None for no end. Raises ValueError for none that lies ahead."""
    if text == "open":
        return None
    until = times.parse(text, zone())
    if until <= g.now:
        raise ValueError(text)
    return until


def _a_day_later(assignment: Assignment) -> datetime:
    """Return the same time of day, a day later; the clocks may have been changed meanwhile."""
    start = max(assignment.closes_at or g.now, g.now).astimezone(zone())
    return times.parse(times.typed(start + timedelta(days=1), zone()), zone())


@bp.post("/assignments/<public_id>/delete")
def delete_assignment(public_id: str) -> Page:
    """Take it away from the students, with an undo."""
    found = get_assignment(public_id, g.teacher)
    title = find_title(found, library())
    assignments.delete(found, g.teacher, g.now)
    undo = url_for(".restore_assignment", public_id=public_id)
    flash(f"“{title}” is deleted. Students no longer see it.", f"undo {undo}")
    return redirect(url_for(".home"), 303)


@bp.post("/assignments/<public_id>/restore")
def restore_assignment(public_id: str) -> Page:
    """Put a deleted assignment back."""
    found = get_deleted_too(public_id, g.teacher)
    assignments.restore(found, g.teacher, g.now)
    flash(f"“{find_title(found, library())}” is back, as it was.")
    return redirect(url_for(".edit_assignment", public_id=public_id), 303)


@bp.get("/classrooms/<public_id>/assignments/deleted")
def deleted_assignments(public_id: str) -> Answer:
    """List what can still be put back."""
    room = get_classroom(public_id, g.teacher)
    return render_template(
        "teacher/assignments_deleted.html",
        room=room,
        lines=[(one, find_title(one, library())) for one in assignments.deleted(room, g.now)],
        days=assignments.KEPT.days,
        last_day=lambda one: times.day(one.deleted_at + assignments.KEPT, zone()),
    )


@bp.get("/assignments/<public_id>/link")
def assignment_link(public_id: str) -> Answer:
    """Show the page to project: the QR code, the short address, and the code of the class."""
    found = get_assignment(public_id, g.teacher)
    address = url_for("auth.go", code=shown(found.code), _external=True)
    terms = terms_of(found, None)
    return render_template(
        "teacher/assignment_link.html",
        assignment=found,
        title=find_title(found, library()),
        address=address,
        host=request.host,
        path=url_for("auth.go", code=shown(found.code)),
        qr=draw(address),
        join_code=_join_code(found.classroom),
        terms=terms,
        closes=_near(terms.closes_at),
        opens=_near(_ahead(terms.opens_at)),
    )


def _join_code(room: Classroom) -> str | None:
    return shown(room.join_code) if room.joining_open and room.archived_at is None else None
