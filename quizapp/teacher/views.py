"""The teacher's home and the summary. Every id is loaded for this teacher; a foreign one is 404."""

from flask import g, render_template

from quizapp.access import get_assignment
from quizapp.attempts import close_overdue
from quizapp.classrooms import shown
from quizapp.summaries import ENOUGH, overview, summary
from quizapp.system.shelf import library, quiz_of
from quizapp.teacher import Answer, bp, words

__all__ = ["bp"]


@bp.get("/")
def home() -> Answer:
    """Show the classrooms, their assignments, and the quizzes on the shelf."""
    return render_template(
        "teacher/home.html",
        rooms=overview(g.teacher, library()),
        shelf=library().shelf,
        shown=shown,
        point=words.point,
    )


@bp.get("/assignments/<public_id>")
def assignment(public_id: str) -> Answer:
    """Show the summary of one assignment."""
    given = get_assignment(public_id, g.teacher)
    close_overdue(given, quiz_of, g.now)
    found = summary(given, library())
    return render_template(
        "teacher/assignment.html", summary=found, enough=ENOUGH, describe_key=words.describe_key
    )
