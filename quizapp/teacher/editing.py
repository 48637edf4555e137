"""Quiz files changed in the browser: the editor, its check, and uploads."""

from dataclasses import replace

from flask import flash, g, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Page

from quizapp import shelving
from quizapp.system.shelf import library
from quizapp.teacher import Answer, bp, drafts, words
from quizapp.teacher.drafts import Draft
from quizapp.teacher.forms_quizzes import QuizForm, UploadForm
from quizapp.teacher.listing import cabinet
from quizapp.usage import find_use

__all__ = ["bp"]

NAME_ERROR = "Give the file a name of small letters a to z, digits and hyphens, 40 at most."
TAKEN = "There is already a quiz with this name. Choose another name, or edit that quiz."


def _page(draft: Draft, status: int = 200) -> Answer:
    use = find_use(draft.quiz_id, g.teacher) if draft.quiz_id else None
    page = render_template(
        "teacher/quiz_edit.html", draft=draft, use=use, cabinet=cabinet(), point=words.point
    )
    return page, status


@bp.get("/quizzes/new")
def new_quiz() -> Answer:
    """Open the editor with a small example."""
    checked = drafts.check(cabinet(), "", drafts.EXAMPLE.encode())
    return _page(Draft(text=drafts.EXAMPLE, checked=checked))


@bp.get("/quizzes/<quiz_id>/edit")
def edit_quiz(quiz_id: str) -> Answer:
    """Open a file in the editor; with `earlier`, the text of an earlier one."""
    return _page(drafts.opened(cabinet(), quiz_id, request.args.get("earlier")))


@bp.post("/quizzes/new")
def make_quiz() -> Answer:
    """Check or save a new quiz."""
    form = QuizForm()
    form.validate_on_submit()
    name = form.name.data.lower().removesuffix(".yaml")
    checked = drafts.check(cabinet(), name, form.data_bytes)
    draft = Draft(name=name, text=form.text.data, checked=checked, unsaved=True)
    if form.go.data == "check":
        return _page(draft)
    if not shelving.is_id(name):
        return _page(replace(draft, error=NAME_ERROR), 422)
    return _save(draft, name, form.data_bytes)


@bp.post("/quizzes/<quiz_id>/edit")
def save_quiz(quiz_id: str) -> Answer:
    """Check or save the text; what answers cannot follow is asked about first."""
    cabinet().path(quiz_id)
    form = QuizForm()
    form.validate_on_submit()
    checked = drafts.check(cabinet(), quiz_id, form.data_bytes)
    draft = Draft(
        quiz_id=quiz_id, text=form.text.data, base=form.base.data, checked=checked, unsaved=True
    )
    if form.go.data == "check":
        return _page(draft)
    if checked.quiz and form.go.data != "replace":
        changes = drafts.broken_ties(quiz_id, checked.quiz, find_use(quiz_id, g.teacher))
        if changes:
            return _page(replace(draft, asking=True, changes=changes), 409)
    return _save(draft, quiz_id, form.data_bytes)


def _save(draft: Draft, quiz_id: str, data: bytes) -> Answer:
    """Save what has no errors; show the draft again, with nothing lost, when it cannot be."""
    if draft.checked.quiz is None:
        return _page(replace(draft, error="Not saved: the text has errors."), 422)
    try:
        shelving.save(cabinet(), quiz_id, data, draft.base or None, g.teacher.id, g.now)
    except shelving.ChangedMeanwhile:
        if draft.is_new:
            return _page(replace(draft, error=TAKEN), 422)
        return _page(drafts.against_file(cabinet(), draft), 409)
    except shelving.NotWritten as error:
        return _page(replace(draft, error=str(error)), 422)
    library().take(f"{quiz_id}.yaml")
    flash("Saved, and in use." + ("" if draft.is_new else " The earlier file is kept below."))
    return redirect(url_for(".quiz", quiz_id=quiz_id), 303)


@bp.post("/quizzes/check")
def check_quiz() -> Page:
    """Check a text for the editor's script; nothing is saved."""
    form = QuizForm()
    return jsonify(drafts.as_json(drafts.check(cabinet(), form.name.data, form.data_bytes)))


@bp.get("/quizzes/upload")
def upload_page() -> Answer:
    """Ask for a file."""
    return render_template("teacher/quiz_upload.html", cabinet=cabinet(), error=None)


@bp.post("/quizzes/upload")
def upload() -> Answer:
    """Take a file: a good one is saved, or asked about; one with errors opens in the editor."""
    form = UploadForm()
    if not form.validate_on_submit() or form.chosen is None:
        error = "Choose a file first."
        return render_template("teacher/quiz_upload.html", cabinet=cabinet(), error=error), 422
    filename, data = form.chosen.filename or "", form.chosen.read()
    quiz_id = filename.removesuffix(".yaml")
    if not shelving.is_id(quiz_id):
        draft = _named_anew(filename, data)
        return _page(draft, 422)
    return _uploaded(quiz_id, data)


def _named_anew(filename: str, data: bytes) -> Draft:
    """Open a file whose name is no id as a new quiz, with the nearest name that is one."""
    name = shelving.suggest_id(filename)
    return Draft(
        name=name,
        text=shelving.readable(data),
        checked=drafts.check(cabinet(), name, data),
        error=f"Nothing is saved yet: the file name cannot stay as it is. {NAME_ERROR}",
        unsaved=True,
    )


def _uploaded(quiz_id: str, data: bytes) -> Answer:
    now = shelving.find_bytes(cabinet(), quiz_id)
    checked = drafts.check(cabinet(), quiz_id, data)
    draft = Draft(
        quiz_id=quiz_id if now is not None else "",
        name=quiz_id,
        text=shelving.readable(data),
        base=shelving.digest(now) if now is not None else "",
        checked=checked,
        unsaved=True,
    )
    use = find_use(quiz_id, g.teacher)
    if checked.quiz and now is not None and use.any:
        changes = drafts.broken_ties(quiz_id, checked.quiz, use)
        diff = shelving.compare(now, data)
        return _page(replace(draft, asking=True, changes=changes, diff=diff))
    return _save(draft, quiz_id, data)
