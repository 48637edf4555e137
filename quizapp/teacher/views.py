"""The teacher's pages. Every id is loaded for this teacher only; a foreign one is a 404."""

from flask import Blueprint, current_app, flash, g, redirect, render_template, url_for
from werkzeug.wrappers import Response as Page

from quizapp import marks
from quizapp.bank.model import MultipleChoice, SingleChoice
from quizapp.classrooms import shown
from quizapp.library import Library
from quizapp.marking import RULES
from quizapp.models import Assignment
from quizapp.outcomes import Question, find_next_waiting, get_question, read_names
from quizapp.sheets import get_attempt, get_item, sheet
from quizapp.summaries import ENOUGH, get_assignment, overview, summary
from quizapp.teacher import words
from quizapp.teacher.forms import DecisionForm, PointsForm, TakeBackForm

bp = Blueprint("teacher", __name__, url_prefix="/teach")
bp.add_app_template_filter(words.count_of, "count_of")
bp.add_app_template_filter(words.moment, "moment")

Answer = str | Page | tuple[str, int]


def _library() -> Library:
    library: Library = current_app.extensions["quizapp_library"]
    return library


@bp.get("/")
def home() -> Answer:
    """Show the classrooms, their assignments, and the quizzes on the shelf."""
    library = _library()
    return render_template(
        "teacher/home.html",
        rooms=overview(g.teacher, library),
        shelf=library.shelf,
        shown=shown,
        point=words.point,
    )


@bp.get("/assignments/<public_id>")
def assignment(public_id: str) -> Answer:
    """Show the summary of one assignment."""
    found = summary(get_assignment(public_id, g.teacher), _library())
    return render_template(
        "teacher/assignment.html", summary=found, enough=ENOUGH, describe_key=words.describe_key
    )


@bp.get("/assignments/<public_id>/questions/<item_id>")
def question(public_id: str, item_id: str) -> Answer:
    """Show the written answers to one question, grouped, without names."""
    found = get_assignment(public_id, g.teacher)
    return _question_page(found, _get_written(found, item_id), None)


def _get_written(assignment: Assignment, item_id: str) -> Question:
    found = get_question(assignment, item_id, _library())
    if isinstance(found.item, SingleChoice | MultipleChoice):
        raise LookupError(item_id)
    return found


def _question_page(assignment: Assignment, found: Question, form: DecisionForm | None) -> Answer:
    number, library = found.number, _library()
    next_waiting = None if found.waiting else find_next_waiting(assignment, number, library)
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
        sheet=sheet(get_attempt(public_id, g.teacher), _library()),
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
    item = get_item(found, item_id, _library())
    form = PointsForm(item.points)
    if not form.validate_on_submit():
        return _sheet_page(public_id, item_id, form)
    reason = form.reason.data or None
    marks.give(found, item_id, form.exact, item.points, g.teacher, reason, g.now)
    flash("The new points are saved.")
    return redirect(url_for(".attempt", public_id=public_id, _anchor=f"q-{item_id}"), 303)
