"""Help for one student at one assignment: another attempt, more time, opened again, handed in."""

from dataclasses import dataclass

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Page

from quizapp import access, attempts, closing, desk, reopening, times
from quizapp.deadlines import seconds_allowed
from quizapp.models import Assignment, Attempt, Student
from quizapp.presence import list_attempts
from quizapp.receipts import receipts
from quizapp.summaries import find_title
from quizapp.system.shelf import library, quiz_of, zone
from quizapp.teacher import Answer, bp, words
from quizapp.teacher.forms_live import LaterForm, ReopeningForm
from quizapp.teacher.live import STEP, say_left
from quizapp.terms import find_allowance, terms_of

__all__ = ["bp"]

PLACE = "/assignments/<public_id>/students/<student_id>"


@dataclass(frozen=True, slots=True)
class Case:
    """One student at one assignment, both of the teacher's own classroom."""

    assignment: Assignment
    student: Student

    def go(self, said: str, category: str = "message") -> Page:
        """Say what was done, and show the student's page again."""
        flash(said, category)
        public_id, student_id = self.assignment.public_id, self.student.public_id
        page = url_for("teacher.help_student", public_id=public_id, student_id=student_id)
        return redirect(page, 303)


def load_case(public_id: str, student_id: str) -> Case:
    """Return a student at an assignment of the same classroom. Raises LookupError."""
    case = Case(
        access.get_assignment(public_id, g.teacher), access.get_student(student_id, g.teacher)
    )
    if case.student.classroom_id != case.assignment.classroom_id:
        raise LookupError(student_id)
    return case


def _get_attempt(case: Case) -> Attempt:
    found = access.get_attempt(request.form.get("attempt", ""), g.teacher)
    if (found.student_id, found.assignment_id) != (case.student.id, case.assignment.id):
        raise LookupError(found.public_id)
    return found


@bp.get(PLACE)
def help_student(public_id: str, student_id: str) -> Answer:
    """Show the student's attempts and receipts, and what can be done."""
    return _page(load_case(public_id, student_id), None, None)


def _page(case: Case, form: LaterForm | None, reopened: str | None) -> Answer:
    """Render the page; `form` is one sent with a fault, `reopened` the attempt it was sent for."""
    closing.close_overdue(case.assignment, quiz_of, g.now, case.student)
    found = list_attempts(case.assignment, case.student)
    allowance = find_allowance(case.assignment.id, case.student.id)
    terms = terms_of(case.assignment, allowance)
    later = times.typed(allowance.closes_at if allowance else None, zone())
    page = render_template(
        "teacher/help_student.html",
        case=case,
        title=find_title(case.assignment, library()),
        attempts=found,
        open=next((one for one in found if one.state == "open"), None),
        receipts=receipts([one.id for one in found]),
        allowance=allowance,
        terms=terms,
        seen=any(desk.find_release(one, g.now).shown for one in found if one.state == "submitted"),
        closed=terms.is_closed(g.now),
        early=terms.is_early(g.now),
        form=form,
        reopened=reopened,
        typed=form.closes.data if form else later,
        timed=case.assignment.time_limit is not None or any(one.time_limit for one in found),
        limit=_say_limit(case),
        say_left=lambda one: say_left(one, g.now),
        step=STEP,
        zone=zone(),
    )
    return page, 422 if form else 200


def _say_limit(case: Case) -> str:
    """Say the time limit of the next attempt of this student."""
    minutes, factor = case.assignment.time_limit, case.student.time_factor
    own = seconds_allowed(minutes, factor)
    if minutes is None:
        return "none from the next start"
    if own is None:
        return f"none for this student (class: {minutes} minutes)"
    said = words.count_of(minutes, "minute")
    return said if factor == 100 else f"{own / 60:g} minutes (class: {said})"


@bp.post(f"{PLACE}/attempts")
def allow_attempt(public_id: str, student_id: str) -> Answer:
    """Allow one attempt more: as many beyond the rules as the button named."""
    case = load_case(public_id, student_id)
    return _set_extra(case, "One more attempt is allowed.")


@bp.post(f"{PLACE}/attempts/undo")
def take_attempt_back(public_id: str, student_id: str) -> Answer:
    """Take an allowed attempt back."""
    case = load_case(public_id, student_id)
    return _set_extra(case, "The extra attempt is taken back.")


def _set_extra(case: Case, said: str) -> Page:
    try:
        extra = int(request.form.get("extra", "")[:3])
        reopening.allow_attempts(case.assignment, case.student, extra, g.teacher, g.now)
    except ValueError:
        return case.go(f"At most {reopening.MOST_EXTRA} attempts can be added.", "warning")
    return case.go(said)


@bp.post(f"{PLACE}/closing")
def close_later(public_id: str, student_id: str) -> Answer:
    """Let the student work longer than the class."""
    case = load_case(public_id, student_id)
    form = LaterForm(case.assignment.closes_at, g.now, zone())
    if form.validate_on_submit() and form.moment is None:
        form.closes.errors = ["Choose a day and a time."]
    if form.errors or form.moment is None:
        return _page(case, form, None)
    reopening.close_later(case.assignment, case.student, form.moment, g.teacher, g.now)
    return case.go(f"Open for this student until {times.said(form.moment, zone())}.")


@bp.post(f"{PLACE}/closing/undo")
def take_closing_back(public_id: str, student_id: str) -> Answer:
    """Take the later closing back."""
    case = load_case(public_id, student_id)
    reopening.close_later(case.assignment, case.student, None, g.teacher, g.now)
    return case.go("The longer time is taken back: this student has the same time as the class.")


@bp.post(f"{PLACE}/reopening")
def reopen(public_id: str, student_id: str) -> Answer:
    """Open an attempt again; when the quiz is closed, with a later closing in the same act."""
    case = load_case(public_id, student_id)
    attempt = _get_attempt(case)
    form = ReopeningForm(case.assignment.closes_at, g.now, zone())
    if not form.validate_on_submit():
        return _page(case, form, attempt.public_id)
    try:
        reopening.reopen(attempt, g.teacher, g.now, form.moment, form.whole_minutes)
    except reopening.AnotherOpen:
        return case.go(
            "Another attempt of this student is open. Hand that one in first.", "warning"
        )
    except reopening.TimeIsOver:
        form.minutes.errors = ["The time limit is used up: type how many minutes there are now."]
        return _page(case, form, attempt.public_id)
    except reopening.StillClosed:
        form.closes.errors = ["The quiz is closed for this student: choose until when it opens."]
        return _page(case, form, attempt.public_id)
    return case.go(f"Attempt {attempt.number} is open again. Every answer is still there.")


@bp.post(f"{PLACE}/handing-in")
def hand_in(public_id: str, student_id: str) -> Answer:
    """Hand in what is saved, for the student."""
    case = load_case(public_id, student_id)
    attempt = _get_attempt(case)
    key, quiz = attempt.submission_key, quiz_of(attempt.version_id)
    done = attempts.submit(attempt, key, quiz, g.now, "teacher", g.teacher.id)
    return case.go(f"Handed in. The receipt is {done.receipt[:4]}-{done.receipt[4:]}.")
