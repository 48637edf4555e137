"""The settings of a classroom: its name, the colleagues it is shared with, the archive."""

from datetime import timedelta

from flask import flash, g, redirect, render_template, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as Page

from quizapp import rooms, times
from quizapp.access import get_classroom, get_owned_classroom
from quizapp.models import Classroom
from quizapp.students import list_students
from quizapp.system.shelf import zone
from quizapp.teacher import Answer, bp
from quizapp.teacher.forms_rooms import KEPT_AT_FIRST, ArchiveForm, RenameForm, ShareForm

__all__ = ["bp"]

ONE_DAY = timedelta(days=1)
NO_COLLEAGUE = "No colleague of this name has an account here. Check how the name is spelt."


@bp.get("/classrooms/<public_id>/settings")
def classroom_settings(public_id: str) -> Answer:
    """Show the name, the colleagues, and the archive."""
    return _settings_page(get_classroom(public_id, g.teacher), None)


def _settings_page(room: Classroom, faulty: FlaskForm | None) -> Answer:
    kept = room.keep_until or g.now + KEPT_AT_FIRST
    page = render_template(
        "teacher/classroom_settings.html",
        classroom=room,
        owner=rooms.find_owner(room),
        colleagues=rooms.list_colleagues(room),
        students=len(list_students(room)[0]),
        is_owner=room.teacher_id == g.teacher.id,
        faulty=faulty,
        keep_until=times.typed(kept, zone())[:10],
        tomorrow=times.typed(g.now + ONE_DAY, zone())[:10],
    )
    return page, 422 if faulty else 200


def _back(public_id: str) -> Page:
    return redirect(url_for(".classroom_settings", public_id=public_id), 303)


@bp.post("/classrooms/<public_id>/name")
def rename_classroom(public_id: str) -> Answer:
    """Give the classroom another name."""
    room = get_classroom(public_id, g.teacher)
    form = RenameForm()
    if not form.validate_on_submit():
        return _settings_page(room, form)
    rooms.rename(room, form.name.data)
    flash("The new name is saved.")
    return _back(public_id)


@bp.post("/classrooms/<public_id>/colleagues")
def share_classroom(public_id: str) -> Answer:
    """Share the classroom with a colleague; only its owner does."""
    room = get_owned_classroom(public_id, g.teacher)
    form = ShareForm()
    if not form.validate_on_submit():
        return _settings_page(room, form)
    try:
        rooms.share(room, form.colleague.data, g.teacher, g.now)
    except rooms.NoColleague:
        form.colleague.errors = [NO_COLLEAGUE]
        return _settings_page(room, form)
    flash("The class is shared.")
    return _back(public_id)


@bp.post("/classrooms/<public_id>/colleagues/<colleague>/end")
def unshare_classroom(public_id: str, colleague: str) -> Answer:
    """Stop sharing with one colleague; only the owner does."""
    room = get_owned_classroom(public_id, g.teacher)
    rooms.end_sharing(room, colleague, g.teacher, g.now)
    flash("The class is no longer shared with this colleague.")
    return _back(public_id)


@bp.post("/classrooms/<public_id>/colleagues/<colleague>/owner")
def give_classroom(public_id: str, colleague: str) -> Answer:
    """Give the classroom to a colleague who shares it; only its owner does."""
    room = get_owned_classroom(public_id, g.teacher)
    try:
        name = rooms.give_away(room, colleague, g.teacher, g.now)
    except rooms.NoColleague:
        flash("Share the class with this colleague first.", "warning")
    else:
        flash(f"The class now belongs to {name}, who shares it with you.")
    return _back(public_id)


@bp.post("/classrooms/<public_id>/leave")
def leave_classroom(public_id: str) -> Answer:
    """Let a colleague give back a classroom that is shared with them."""
    room = get_classroom(public_id, g.teacher)
    rooms.end_sharing(room, g.teacher.public_id, g.teacher, g.now)
    flash("You have left the class.")
    return redirect(url_for(".home"), 303)


@bp.post("/classrooms/<public_id>/archive")
def archive_classroom(public_id: str) -> Answer:
    """Archive the classroom until a day, or change the day; only its owner does."""
    room = get_owned_classroom(public_id, g.teacher)
    form = ArchiveForm(g.now, zone())
    if not form.validate_on_submit():
        return _settings_page(room, form)
    rooms.archive(room, form.moment, g.teacher, g.now)
    flash(f"Archived. It is kept until {times.day(form.moment, zone())}.")
    return _back(public_id)


@bp.post("/classrooms/<public_id>/unarchive")
def unarchive_classroom(public_id: str) -> Answer:
    """Take the classroom back out of the archive; only its owner does."""
    rooms.unarchive(get_owned_classroom(public_id, g.teacher), g.teacher, g.now)
    flash("The class is back, as it was.")
    return redirect(url_for(".classroom", public_id=public_id), 303)
