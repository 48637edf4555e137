"""Quizzes that live in files: the list, one quiz, its preview, its file and the earlier ones."""

from io import BytesIO

from flask import flash, g, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response as Page

from quizapp import shelving
from quizapp.assignments import rooms
from quizapp.bank.public import asked, items_at, ordered
from quizapp.checking import check_as
from quizapp.checking.changes import breaking_changes
from quizapp.library import LiveVersion
from quizapp.student import pages as student
from quizapp.student.places import find_places
from quizapp.system.shelf import library
from quizapp.teacher import Answer, bp, words
from quizapp.teacher.forms_quizzes import PutBackForm
from quizapp.teacher.listing import cabinet, get_row, rows
from quizapp.usage import find_use, history

__all__ = ["bp"]


@bp.get("/quizzes")
def quizzes() -> Answer:
    """List every quiz, what is broken first."""
    return render_template(
        "teacher/quizzes.html", rows=rows(library().shelf), cabinet=cabinet(), point=words.point
    )


@bp.get("/quizzes/<quiz_id>")
def quiz(quiz_id: str) -> Answer:
    """Show one quiz: its state, the checker's messages, its versions, who uses it."""
    row = get_row(library(), quiz_id)
    data = shelving.find_bytes(cabinet(), quiz_id)
    return render_template(
        "teacher/quiz.html",
        row=row,
        use=find_use(quiz_id, g.teacher),
        rooms=rooms(g.teacher),
        history=history(quiz_id),
        earlier=shelving.earlier_files(cabinet(), quiz_id),
        cabinet=cabinet(),
        has_file=data is not None,
        lines=shelving.readable(data).splitlines() if data and row.warnings else (),
        point=words.point,
    )


def _get_live(quiz_id: str) -> LiveVersion:
    live = library().find(quiz_id)
    if live is None:
        raise LookupError(quiz_id)
    return live


@bp.get("/quizzes/<quiz_id>/preview")
def preview(quiz_id: str) -> Answer:
    """Show the live version as students see it; with `keys`, what decides each question too."""
    live = _get_live(quiz_id)
    level = student.get_level(
        live.public.levels, request.args.get("level") or live.quiz.levels[0].id
    )
    items = items_at(live.quiz, [level.id])
    chosen = live.quiz.find_item(request.args.get("q", "")) or (items[0] if items else None)
    keys = "keys" in request.args
    places = find_places(chosen, words.option_ids(chosen), level.id) if keys and chosen else ()
    public = enumerate(items_at(live.public, [level.id]), start=1)
    return render_template(
        "teacher/preview.html",
        quiz=live.quiz if keys else live.public,
        level=level,
        direction=student.direction(live.quiz.language),
        paragraphs=student.passage(level, places),
        questions=[student.Question(n, item, ordered(item, None), ()) for n, item in public],
        keys=keys,
        items=items if keys else (),
        chosen=chosen,
        places=places,
        describe_key=words.describe_key,
        is_partial=len(items) > len(asked(live.quiz)),
    )


@bp.get("/quizzes/<quiz_id>.yaml")
def download(quiz_id: str) -> Page:
    """Send the bytes of the file."""
    data = shelving.find_bytes(cabinet(), quiz_id)
    if data is None:
        raise LookupError(quiz_id)
    return send_file(
        BytesIO(data),
        mimetype="application/yaml",
        as_attachment=True,
        download_name=f"{quiz_id}.yaml",
    )


@bp.get("/quizzes/<quiz_id>/earlier/<stamp>")
def earlier_quiz(quiz_id: str, stamp: str) -> Answer:
    """Show a file that was replaced beside the one of today."""
    found, data = shelving.get_earlier(cabinet(), quiz_id, stamp)
    now = shelving.find_bytes(cabinet(), quiz_id)
    checked = check_as(cabinet().path(quiz_id), data)
    live = library().find(quiz_id)
    changes = breaking_changes(live.quiz, checked.quiz) if live and checked.quiz else ()
    return render_template(
        "teacher/quiz_earlier.html",
        quiz_id=quiz_id,
        title=live.quiz.title if live else f"{quiz_id}.yaml",
        earlier=found,
        text=shelving.readable(data),
        diff=shelving.compare(now or b"", data),
        base=shelving.digest(now) if now is not None else "",
        good=checked.quiz is not None,
        changes=changes,
        use=find_use(quiz_id, g.teacher),
        cabinet=cabinet(),
    )


@bp.post("/quizzes/<quiz_id>/earlier/<stamp>")
def put_back(quiz_id: str, stamp: str) -> Answer:
    """Put an earlier file in the place of the one of today, which is kept in its turn."""
    _, data = shelving.get_earlier(cabinet(), quiz_id, stamp)
    form = PutBackForm()
    here = url_for(".earlier_quiz", quiz_id=quiz_id, stamp=stamp)
    if not form.validate_on_submit() or check_as(cabinet().path(quiz_id), data).quiz is None:
        return redirect(here, 303)
    try:
        base = form.base.data or None
        shelving.save(cabinet(), quiz_id, data, base, g.teacher.id, g.now, "quiz put back")
    except shelving.ChangedMeanwhile:
        flash("The file was changed meanwhile, so nothing was put back. Look again.", "warning")
        return redirect(here, 303)
    except shelving.NotWritten as error:
        flash(str(error), "warning")
        return redirect(here, 303)
    library().take(f"{quiz_id}.yaml")
    flash("The earlier file is back, and in use. The one it replaced is kept below.")
    return redirect(url_for(".quiz", quiz_id=quiz_id), 303)
