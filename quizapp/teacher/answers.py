"""Answers to mark: grouped by question, and one student's sheet."""

from flask import flash, g, redirect, render_template, url_for
from werkzeug.wrappers import Response as Page

from quizapp import marks
from quizapp.access import get_assignment, get_attempt
from quizapp.bank.model import MultipleChoice, SingleChoice
from quizapp.closing import close_overdue
from quizapp.marking import RULES
from quizapp.models import Assignment
from quizapp.outcomes import Question, find_next_waiting, get_question, is_decided, read_names
from quizapp.sheets import get_item, sheet
from quizapp.system.shelf import library, quiz_of
from quizapp.teacher import Answer, bp, words
from quizapp.teacher.forms import DecisionForm, PointsForm, TakeBackForm

__all__ = ["bp"]


@bp.get("/assignments/<public_id>/questions/<item_id>")
def question(public_id: str, item_id: str) -> Answer:
    """Show the written answers to one question, grouped, without names."""
    found = get_assignment(public_id, g.teacher)
    close_overdue(found, quiz_of, g.now)
    return _question_page(found, _get_written(found, item_id), None)


def _get_written(assignment: Assignment, item_id: str) -> Question:
    found = get_question(assignment, item_id, library())
    if isinstance(found.item, SingleChoice | MultipleChoice):
        raise LookupError(item_id)
    return found


def _question_page(assignment: Assignment, found: Question, form: DecisionForm | None) -> Answer:
    number = found.number
    next_waiting = None if found.waiting else find_next_waiting(assignment, number, library())
    page = render_template(
        "teacher/question.html",
        assignment=assignment,
        question=found,
        form=form,
        names=read_names({one.decision.teacher_id for one in found.groups if one.decision}),
        next_waiting=next_waiting,
        rules=RULES,
        describe_key=words.describe_key,
    )
    return page, 422 if form else 200


def _back_to_answers(assignment: Assignment, item_id: str) -> Page:
    """Go on with the next answer that waits, which stands first; else to the whole list."""
    anchor = "answer-1" if _get_written(assignment, item_id).waiting else "answers"
    public_id = assignment.public_id
    return redirect(url_for(".question", public_id=public_id, item_id=item_id, _anchor=anchor), 303)


@bp.post("/assignments/<public_id>/questions/<item_id>/decisions")
def decide(public_id: str, item_id: str) -> Answer:
    """Give every answer of one form the same points."""
    found = get_assignment(public_id, g.teacher)
    question = _get_written(found, item_id)
    form = DecisionForm(question.item.points)
    form.reasoned = is_decided(question, form.folded.data)
    if not form.validate_on_submit():
        return _question_page(found, question, form)
    folded, reason = form.folded.data, form.reason.data or None
    given = (form.exact, question.item.points, g.teacher, reason, g.now)
    count = marks.decide(found, item_id, folded, *given)
    flash(f"Done: {words.count_of(count, 'answer')} marked.")
    return _back_to_answers(found, item_id)


@bp.post("/assignments/<public_id>/questions/<item_id>/decisions/undo")
def take_back(public_id: str, item_id: str) -> Answer:
    """Put back what the rules said about every answer of one form."""
    found = get_assignment(public_id, g.teacher)
    _get_written(found, item_id)
    form = TakeBackForm()
    if form.validate_on_submit():
        count = marks.take_back(found, item_id, form.folded.data, g.teacher, g.now)
        flash(f"Taken back for {words.count_of(count, 'answer')}.")
    return _back_to_answers(found, item_id)


@bp.get("/attempts/<public_id>")
def attempt(public_id: str) -> Answer:
    """Show one student's sheet."""
    return _sheet_page(public_id, None, None)


def _sheet_page(public_id: str, faulty: str | None, form: PointsForm | None) -> Answer:
    page = render_template(
        "teacher/attempt.html",
        sheet=sheet(get_attempt(public_id, g.teacher), library()),
        faulty=faulty,
        form=form,
        rules=RULES,
        describe_key=words.describe_key,
        describe_given=words.describe_given,
    )
    return page, 422 if form else 200


@bp.post("/attempts/<public_id>/questions/<item_id>/marks")
def give(public_id: str, item_id: str) -> Answer:
    """Give one answer other points."""
    found = get_attempt(public_id, g.teacher)
    item = get_item(found, item_id, library())
    form = PointsForm(item.points, reasoned=marks.is_marked(found, item_id))
    if not form.validate_on_submit():
        return _sheet_page(public_id, item_id, form)
    reason = form.reason.data or None
    marks.give(found, item_id, form.exact, item.points, g.teacher, reason, g.now)
    flash("The new points are saved.")
    return redirect(url_for(".attempt", public_id=public_id, _anchor=f"q-{item_id}"), 303)
