"""The summary of an assignment, one student's work, and both as files."""

import re
from collections.abc import Sequence

from flask import g, render_template
from werkzeug.wrappers import Response as Page

from quizapp.access import get_assignment, get_student
from quizapp.analysis import gates
from quizapp.closing import close_all_overdue, close_overdue
from quizapp.exporting import Cell, to_csv
from quizapp.figures import surprise
from quizapp.histories import history
from quizapp.models import Assignment
from quizapp.results import ANSWER_COLUMNS, SCORE_COLUMNS, answer_rows, score_rows
from quizapp.summaries import summary
from quizapp.system.shelf import library, quiz_of, zone
from quizapp.teacher import Answer, bp, words
from quizapp.teacher.places import show_places

__all__ = ["bp"]


@bp.get("/assignments/<public_id>")
def assignment(public_id: str) -> Answer:
    """Show the summary of one assignment; of practice, who has practised."""
    found = _get_settled(public_id)
    return render_template(
        "teacher/assignment_practice.html" if found.is_practice else "teacher/assignment.html",
        summary=summary(found, library()),
        gates=gates,
        surprise=surprise,
        show_places=show_places,
        describe_key=words.describe_key,
        columns=(("answers.csv", ANSWER_COLUMNS), ("scores.csv", SCORE_COLUMNS)),
    )


def _get_settled(public_id: str) -> Assignment:
    """Return an assignment of the teacher in which nothing that is overdue is open any more."""
    found = get_assignment(public_id, g.teacher)
    close_overdue(found, quiz_of, g.now)
    return found


@bp.get("/students/<public_id>")
def student(public_id: str) -> Answer:
    """Show one student's work across assignments."""
    found = get_student(public_id, g.teacher)
    close_all_overdue(quiz_of, g.now, g.teacher)
    return render_template("teacher/student.html", history=history(found, library()), gates=gates)


@bp.get("/assignments/<public_id>/answers.csv")
def export(public_id: str) -> Answer:
    """Send every answer as a file."""
    found = _get_settled(public_id)
    return _file(answer_rows(found, library(), zone()), _name(found, "answers"))


@bp.get("/assignments/<public_id>/scores.csv")
def export_scores(public_id: str) -> Answer:
    """Send every student's score as a file."""
    found = _get_settled(public_id)
    return _file(score_rows(found, library(), zone()), _name(found, "scores"))


def _name(found: Assignment, what: str) -> str:
    """Name a file by quiz and class, in letters that every system takes."""
    room = re.sub(r"[^a-z0-9]+", "-", found.classroom.name.lower()).strip("-")
    return "-".join(part for part in (found.quiz_id, room, f"{what}.csv") if part)


def _file(rows: Sequence[Sequence[Cell]], name: str) -> Page:
    page = Page(to_csv(rows).encode("utf-8", "replace"), mimetype="text/csv")
    page.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return page
