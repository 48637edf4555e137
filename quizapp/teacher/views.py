"""The teacher's home."""

from flask import g, render_template

from quizapp.attempts import close_all_overdue
from quizapp.classrooms import shown
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
        shown=shown,
        point=words.point,
    )
