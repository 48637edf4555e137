"""A classroom: made on one screen, then its code, its quizzes, and the students in it."""

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Page

from quizapp import rooms, rosters
from quizapp.access import get_classroom
from quizapp.accounts import NameTaken
from quizapp.assignments import KEPT
from quizapp.classrooms import MOST_STUDENTS, JoiningClosed, RoomFull, read_folded, shown
from quizapp.closing import close_all_overdue
from quizapp.models import Classroom
from quizapp.rosters import Roster, read_roster
from quizapp.students import list_students
from quizapp.summaries import overview
from quizapp.system.shelf import library, quiz_of
from quizapp.teacher import Answer, bp, words
from quizapp.teacher.forms_rooms import ClassroomForm, NamesForm
from quizapp.teacher.levels import level_labels

__all__ = ["bp"]

FULL = f"A class holds {MOST_STUDENTS} students, and these would be more. Nobody was added."
ARCHIVED = "The class is archived. Take it out of the archive first, then add names."


@bp.route("/classrooms/new", methods=["GET", "POST"])
def new_classroom() -> Answer:
    """Make a classroom and show it, ready to be joined."""
    form = ClassroomForm()
    if form.validate_on_submit():
        made = rooms.create(form.name.data, form.naming.data, g.teacher, g.now)
        return redirect(url_for(".classroom", public_id=made.public_id), 303)
    page = render_template("teacher/classroom_new.html", form=form)
    return page, 422 if form.errors else 200


@bp.get("/classrooms/<public_id>")
def classroom(public_id: str) -> Answer:
    """Show the join code, the quizzes and the students of a classroom."""
    return _room_page(get_classroom(public_id, g.teacher), NamesForm(), None)


def _room_page(room: Classroom, form: NamesForm, roster: Roster | None) -> Answer:
    close_all_overdue(quiz_of, g.now, g.teacher)
    entries, gone = list_students(room)
    removed = request.args.get("removed")
    page = render_template(
        "teacher/classroom.html",
        classroom=room,
        room=next(one for one in overview(g.teacher, library()) if one.classroom.id == room.id),
        kept=KEPT,
        entries=entries,
        gone=gone,
        removed=next((student for student in gone if student.public_id == removed), None),
        form=form,
        roster=roster,
        levels=level_labels(),
        code=shown(room.join_code),
    )
    return page, 422 if form.errors or roster else 200


def _back(public_id: str, anchor: str) -> Page:
    return redirect(url_for(".classroom", public_id=public_id, _anchor=anchor), 303)


@bp.post("/classrooms/<public_id>/code")
def rotate_code(public_id: str) -> Answer:
    """Give the classroom a new join code."""
    rooms.rotate_code(get_classroom(public_id, g.teacher), g.teacher, g.now)
    flash("The class has a new code. The old one has stopped working.")
    return _back(public_id, "joining")


@bp.post("/classrooms/<public_id>/joining")
def set_joining(public_id: str) -> Answer:
    """Open or close joining."""
    is_open = request.form.get("open") == "yes"
    rooms.set_joining(get_classroom(public_id, g.teacher), is_open, g.teacher, g.now)
    flash("Students can join with the code." if is_open else "Joining is closed.")
    return _back(public_id, "joining")


@bp.post("/classrooms/<public_id>/students")
def add_students(public_id: str) -> Answer:
    """Put pasted names on the list: all of them, or the good ones when the teacher says so."""
    room = get_classroom(public_id, g.teacher)
    form = NamesForm()
    if room.naming == "pseudonyms":
        raise LookupError(public_id)
    if not form.validate_on_submit():
        return _room_page(room, form, None)
    roster = read_roster(form.names.data, read_folded(room.id))
    if not roster.names or (roster.faults and not form.good_only.data):
        return _room_page(room, form, roster)
    try:
        count = rosters.add_names(room, roster.names, g.teacher, g.now)
    except NameTaken:  # somebody joined under one of them at this moment: look again
        return _room_page(room, form, read_roster(form.names.data, read_folded(room.id)))
    except RoomFull:
        form.names.errors = [FULL]
        return _room_page(room, form, None)
    except JoiningClosed:
        form.names.errors = [ARCHIVED]
        return _room_page(room, form, None)
    flash(f"{words.count_of(count, 'name')} added.")
    return _back(public_id, "students")
