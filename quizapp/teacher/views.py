"""The teacher's home, and how things are done."""

from flask import g, render_template

from quizapp.assignments import KEPT
from quizapp.classrooms import shown
from quizapp.closing import close_all_overdue
from quizapp.summaries import overview
from quizapp.system.shelf import library, quiz_of
from quizapp.teacher import Answer, bp, words

__all__ = ["bp"]


@bp.get("/")
def home() -> Answer:
    """Show the classrooms, their assignments, and the quizzes on the shelf."""
    close_all_overdue(quiz_of, g.now, g.teacher)
    return render_template(
        "teacher/home.html",
        rooms=overview(g.teacher, library()),
        shelf=library().shelf,
        kept=KEPT,
        shown=shown,
        point=words.point,
    )


@bp.get("/help")
def help_page() -> Answer:
    """Say how a lesson goes, and what to do when something goes wrong."""
    return render_template("teacher/help.html")
