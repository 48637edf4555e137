"""What waits on a student's desk, the page of one piece of work, and its start."""

from flask import flash, g, redirect, render_template, session, url_for
from werkzeug.wrappers import Response as Page

from quizapp import attempts, closing, desk
from quizapp.auth.logins import TARGET
from quizapp.bank.public import PublicQuiz
from quizapp.models import Assignment
from quizapp.student import expecting
from quizapp.student.views import bp
from quizapp.system.shelf import library, quiz_of, zone

__all__ = ["bp"]


def _find_quiz(work: desk.Work) -> PublicQuiz | None:
    if work.attempt is not None:
        live = library().find_version(work.attempt.version_id)
    else:
        live = library().find(work.assignment.quiz_id)
    return live.public if live else None


def _row(work: desk.Work) -> expecting.Row:
    return expecting.row(work, _find_quiz(work), g.student, g.now, zone())


@bp.get("/home")
def home() -> str | Page:
    """Show the work to do and the finished work; or go on to what a link was on its way to."""
    endpoint, public_id = session.pop(TARGET, None) or ("", "")
    if endpoint == "student.assignment" and desk.find_assignment(public_id, g.student):
        return redirect(url_for(endpoint, public_id=public_id), 303)
    todo, done = desk.home(g.student, quiz_of, g.now)
    return render_template(
        "student/home.html",
        todo=[_row(work) for work in todo],
        done=[_row(work) for work in done],
        held_back=lambda work: expecting.held_back(work.release, g.now, zone()),
    )


@bp.get("/assignments/<public_id>")
def assignment(public_id: str) -> str:
    """Say what to expect of a piece of work, with the one button that fits."""
    work = desk.look(desk.get_assignment(public_id, g.student), g.student, quiz_of, g.now)
    row, quiz = _row(work), _find_quiz(work)
    return render_template(
        "student/assignment.html",
        row=row,
        work=work,
        quiz=quiz,
        facts=expecting.expectations(row, quiz, g.student) if quiz else [],
        practice=expecting.PRACTICE_SAID if work.assignment.is_practice else None,
        held_back=expecting.held_back(work.release, g.now, zone()) if work.finished else "",
    )


@bp.post("/assignments/<public_id>/attempts")
def start(public_id: str) -> Page:
    """Start an attempt, or go on with the open one."""
    found = desk.get_assignment(public_id, g.student)
    closing.close_overdue(found, quiz_of, g.now, g.student)
    live = library().find(found.quiz_id)
    if live is None:
        return _back(found, expecting.GONE)
    try:
        attempt = attempts.start(found, g.student, live, g.now)
    except attempts.NoAttemptsLeft as none_left:
        return redirect(url_for(".review_page", public_id=none_left.last.public_id), 303)
    except attempts.NotOpen:
        return _back(found, "This cannot be started now.")
    return redirect(url_for(".answer", public_id=attempt.public_id), 303)


def _back(assignment: Assignment, why: str) -> Page:
    flash(why, "warning")
    return redirect(url_for(".assignment", public_id=assignment.public_id), 303)
