"""One student in a classroom: name, four words, reading level, time, a second entry, removal."""

from flask import abort, current_app, flash, g, redirect, render_template, request, session, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as Page

from quizapp import merging, students
from quizapp.access import get_student
from quizapp.accounts import NameTaken
from quizapp.classrooms import NAME_LENGTH, NotAName
from quizapp.models import Assignment, Student
from quizapp.teacher import Answer, bp
from quizapp.teacher.forms_rooms import FACTORS, LevelForm, StudentNameForm, TimeFactorForm
from quizapp.teacher.levels import level_labels

__all__ = ["bp"]

NOT_A_NAME = f"Type a name with letters or digits, at most {NAME_LENGTH} characters."
TAKEN = "Another student in this class has this name."
IN_THE_WAY = "Another student has this name by now. Rename one of the two, then put this one back."
BOTH_OPEN = (
    "Both names are working at this quiz. Hand in one of the two first, for example here, then "
    "make them one."
)
BOTH_OPEN_DELETED = (
    "Both names were working at a quiz that is deleted now. Put the quiz back and hand in one of "
    "the two first."
)
CANNOT_MERGE = "These two cannot be merged: one of them has been removed meanwhile."


@bp.get("/students/<public_id>/edit")
def edit_student(public_id: str) -> Answer:
    """Show what can be done with one student, and once the four words made a moment ago."""
    return _student_page(get_student(public_id, g.teacher), None)


def _student_page(student: Student, faulty: FlaskForm | None) -> Answer:
    handed = session.pop("handed", None)
    page = render_template(
        "teacher/student_edit.html",
        entry=students.get_entry(student),
        others=students.list_others(student),
        levels=level_labels(),
        factors=FACTORS,
        faulty=faulty,
        phrase=handed[1].split() if handed and handed[0] == student.public_id else None,
    )
    return page, 422 if faulty else 200


def _back(student_id: str, anchor: str | None = None) -> Page:
    return redirect(url_for(".edit_student", public_id=student_id, _anchor=anchor), 303)


@bp.post("/students/<public_id>/name")
def rename_student(public_id: str) -> Answer:
    """Give a student another name."""
    student = get_student(public_id, g.teacher)
    form = StudentNameForm()
    if form.validate_on_submit():
        try:
            students.rename(student, form.name.data, g.teacher, g.now)
        except NotAName:
            form.name.errors = [NOT_A_NAME]
        except NameTaken:
            form.name.errors = [TAKEN]
        else:
            flash("The new name is saved.")
            return _back(public_id)
    return _student_page(student, form)


@bp.post("/students/<public_id>/level")
def set_level(public_id: str) -> Answer:
    """Set the reading level of a student."""
    student = get_student(public_id, g.teacher)
    form = LevelForm({*level_labels(), student.level or ""})
    if not form.validate_on_submit():
        return _student_page(student, form)
    students.set_level(student, form.level.data or None, g.teacher, g.now)
    flash("The reading level is saved.")
    return _back(public_id)


@bp.post("/students/<public_id>/time")
def set_time_factor(public_id: str) -> Answer:
    """Set how much of every time limit a student gets."""
    student = get_student(public_id, g.teacher)
    form = TimeFactorForm()
    if not form.validate_on_submit():
        return _student_page(student, form)
    students.change_time_factor(student, form.factor.data, g.teacher, g.now)
    flash("The time of this student is saved.")
    return _back(public_id)


@bp.post("/students/<public_id>/phrase")
def renew_phrase(public_id: str) -> Answer:
    """Give a student four new words; this browser holds them until the next page has shown them."""
    student = get_student(public_id, g.teacher)
    phrase = students.renew_phrase(student, str(current_app.secret_key), g.teacher, g.now)
    session["handed"] = [public_id, phrase]
    return _back(public_id, "words")


@bp.post("/students/<public_id>/removal")
def remove_student(public_id: str) -> Answer:
    """Take a student out of the classroom; the page that follows offers to undo it."""
    student = get_student(public_id, g.teacher)
    room = student.classroom.public_id
    students.remove(student, g.teacher, g.now)
    return redirect(url_for(".classroom", public_id=room, removed=public_id), 303)


@bp.post("/students/<public_id>/return")
def restore_student(public_id: str) -> Answer:
    """Put a removed student back."""
    student = get_student(public_id, g.teacher)
    room = student.classroom.public_id
    try:
        students.restore(student, g.teacher, g.now)
    except NameTaken:
        flash(IN_THE_WAY, "warning")
        return _back(public_id)
    flash("The student is back, with all work.")
    return redirect(url_for(".classroom", public_id=room, _anchor="students"), 303)


@bp.route("/students/<public_id>/merge", methods=["GET", "POST"])
def merge_students(public_id: str) -> Answer:
    """Say what merging with another entry does; do it when the button is pressed."""
    kept = get_student(public_id, g.teacher)
    other = get_student(request.values.get("other", ""), g.teacher)
    if other.classroom_id != kept.classroom_id or other.id == kept.id:
        abort(404)
    if request.method == "POST":
        try:
            merging.merge(kept, other, g.teacher, g.now)
            flash("The two are one now.")
        except merging.BothOpen as error:
            return _hand_in_first(error.assignment, other)
        except merging.CannotMerge:
            flash(CANNOT_MERGE, "warning")
        return _back(public_id)
    both = students.get_entry(kept), students.get_entry(other)
    return render_template("teacher/student_merge.html", kept=both[0], other=both[1])


def _hand_in_first(assignment: Assignment, student: Student) -> Page:
    """Lead to where one of two open attempts is handed in."""
    if assignment.deleted_at is not None:
        flash(BOTH_OPEN_DELETED, "warning")
        return _back(student.public_id)
    flash(BOTH_OPEN, "warning")
    public_id, student_id = assignment.public_id, student.public_id
    page = url_for(".help_student", public_id=public_id, student_id=student_id)
    return redirect(page, 303)
