"""The student's pages. A view loads, validates, calls one function, then redirects or renders."""

from collections.abc import Mapping, Sequence

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as Page

from quizapp import attempts, desk, marks, practice, receipts, times
from quizapp.bank.public import PublicItem, asked
from quizapp.library import LiveVersion
from quizapp.models import Attempt, Submission
from quizapp.responses import read_held, read_plain, responses
from quizapp.sittings import Sitting
from quizapp.student import choosing, compiled, pages, practising, reading, review
from quizapp.student.expecting import PRACTICE_SAID, Left, find_left, held_back
from quizapp.student.forms import base_of, field_name, form_class, given_from, split_second
from quizapp.system.shelf import library, quiz_of, zone

bp = Blueprint("student", __name__)
bp.app_context_processor(reading.current)


def _load(public_id: str) -> tuple[Attempt, LiveVersion]:
    attempt = desk.get_attempt(public_id, g.student)
    desk.close_if_over(attempt, quiz_of, g.now)
    return attempt, library().version(attempt.version_id)


def _go(endpoint: str, attempt: Attempt | Sitting, anchor: str | None = None) -> Page:
    address = url_for(f"student.{endpoint}", public_id=attempt.public_id, _anchor=anchor)
    return redirect(address, 303)


@bp.route("/attempts/<public_id>", methods=["GET", "POST"])
def answer(public_id: str) -> str | Page:
    """Show the text and the questions; every POST saves the whole page."""
    if g.sitting is not None:
        page = _show_sitting(g.sitting, library().version(g.sitting.version_id))
        if page is not None:
            return page
    attempt, live = _load(public_id)
    items = asked(live.public, attempt.level_ids)
    form = form_class(items)()
    if request.method == "GET" and attempt.state == "submitted":
        return _go("review_page", attempt)
    if request.method == "POST":
        went = _save_page(attempt, live, form, items)
        if went is not None:
            return went
    return _show_attempt(attempt, live, form if form.errors else None)


def _save_page(
    attempt: Attempt, live: LiveVersion, form: FlaskForm, items: tuple[PublicItem, ...]
) -> Page | None:
    """Save what a page sends and say where to go on; None when it has to be shown again."""
    levels = pages.offered(live.public, attempt)
    level = pages.get_level(levels, request.form.get("level", attempt.level)).id
    valid = form.validate_on_submit()
    go = request.form.get("go", "save")
    shown = go.removeprefix("level:") if valid and go.startswith("level:") else level
    shown = pages.get_level(levels, shown).id
    given, bases = given_from(form, items, level, request.form.get("base"))
    given, settled = choosing.choose(go, given, attempt)
    first, second = split_second(given, request.form.getlist("again"))
    saved = attempts.save(attempt, first, shown, g.now, second, bases, settled)
    if not saved.counts:
        return _too_late(attempt)
    if saved.fixed:
        flash(choosing.fixed_words(saved.fixed, items), "warning")
    if saved.lost:
        flash(choosing.lost_words(saved.lost, items), "warning")
        lost = next(item.id for item in items if item.id in saved.lost)
        return _go("answer", attempt, field_name(lost)) if valid else None
    if valid and practising.check(attempt, live, go, form, g.now):
        return _after_saving(attempt, go)
    return None


def _show_attempt(attempt: Attempt, live: LiveVersion, form: FlaskForm | None) -> str:
    done = practice.progress(attempt, live.quiz)
    saved = practising.shown(responses(attempt), done)
    questions = pages.questions(attempt, live.public, saved, form)
    in_practice = bool(attempt.assignment.is_practice or done)
    if in_practice:
        questions = practising.questions(attempt, live, done, questions)
    base = base_of(saved, practising.revisions(read_held(attempt.id), done))
    conflicts = choosing.conflicts(attempt, questions)
    left = find_left(attempt, g.now, zone())
    return _render(attempt, live, questions, base, conflicts, left, in_practice)


def _show_sitting(sitting: Sitting, live: LiveVersion) -> str | None:
    """Return the page of a sitting where it is plain: nothing to say, to choose, to count."""
    answers = read_plain(sitting.id)
    if answers is None or "_flashes" in session:
        return None

    def render(stub: Sitting, base: str, left: Left | None) -> str:
        questions = pages.questions(stub, live.public, {})
        return _render(stub, live, questions, base, {}, left, in_practice=False)

    return compiled.show(sitting, live, answers, find_left(sitting, g.now, zone()), render)


def _render(
    attempt: Attempt | Sitting,
    live: LiveVersion,
    questions: Sequence[pages.Question],
    base: str,
    conflicts: Mapping[str, choosing.Conflict],
    left: Left | None,
    in_practice: bool,
) -> str:
    quiz = live.public
    levels = pages.offered(quiz, attempt)
    level = pages.get_level(levels, attempt.level)
    return render_template(
        "student/attempt.html",
        attempt=attempt,
        quiz=quiz,
        level=level,
        levels=levels,
        base=base,
        paragraphs=pages.passage(level),
        questions=questions,
        conflicts=conflicts,
        errors=pages.errors(questions),
        direction=pages.direction(quiz.language),
        practice=PRACTICE_SAID if in_practice else None,
        left=left,
    )


def _too_late(attempt: Attempt) -> Page:
    flash(late_words(attempt), "warning")
    return _go("review_page", attempt)


def late_words(attempt: Attempt) -> str:
    """Return the sentence on what came after the submission or the closing."""
    submission = receipts.find_submission(attempt)
    when = f" at {times.clock(submission.submitted_at, zone())}" if submission else ""
    what = f"This was handed in{when}"
    if submission is None or submission.how == "deadline":
        timed = attempt.time_limit is not None
        what = f"Your time was over{when}" if timed else f"This closed{when}"
    return f"{what}. What you changed since is kept for your teacher, but not counted."


def _after_saving(attempt: Attempt, go: str) -> Page:
    if go == "check":
        return _go("check", attempt)
    if go == "reading":
        return reading.remember(_go("answer", attempt), request.form)
    flash("Saved", "saved")
    checked = practising.find_checked(go)
    return _go("answer", attempt, f"feedback-{checked}" if checked else None)


@bp.get("/attempts/<public_id>/check")
def check(public_id: str) -> str | Page:
    """List what is answered and what is not, before the attempt is submitted."""
    attempt, live = _load(public_id)
    if attempt.state == "submitted":
        return _go("review_page", attempt)
    questions = pages.questions(attempt, live.public, responses(attempt))
    return render_template(
        "student/check.html",
        attempt=attempt,
        quiz=live.public,
        direction=pages.direction(live.public.language),
        questions=questions,
        conflicts=choosing.conflicts(attempt, questions),
    )


@bp.post("/attempts/<public_id>/submission")
def submit(public_id: str) -> Page:
    """Submit the attempt; the same key again leads to the same receipt."""
    attempt = g.sitting or _load(public_id)[0]
    live = library().version(attempt.version_id)
    attempts.submit(attempt, request.form.get("key", ""), live.quiz, g.now)
    return _go("review_page", attempt)


@bp.get("/attempts/<public_id>/review")
def review_page(public_id: str) -> str | Page:
    """Show the receipt; and marks and keys as soon as the rules of the assignment say so."""
    attempt, live = _load(public_id)
    submission = receipts.find_submission(attempt)
    if attempt.state == "open" or submission is None:
        return _go("answer", attempt)
    release = desk.find_release(attempt, g.now)
    if release.shown:
        return _show_review(attempt, live, submission)
    return render_template(
        "student/receipt.html",
        attempt=attempt,
        quiz=live.public,
        submission=submission,
        held_back=held_back(release, g.now, zone()),
    )


def _show_review(attempt: Attempt, live: LiveVersion, submission: Submission) -> str:
    current = marks.current([attempt.id]).get(attempt.id, {})
    cards = practising.with_second_tries(
        review.cards(live.quiz, responses(attempt), current, attempt),
        practice.progress(attempt, live.quiz),
    )
    chosen = next((card for card in cards if card.item.id == request.args.get("q")), cards[0])
    level = pages.get_level(live.public.levels, chosen.level)
    return render_template(
        "student/review.html",
        attempt=attempt,
        quiz=live.public,
        cards=cards,
        chosen=chosen,
        submission=submission,
        score=marks.score(current, live.quiz, attempt.level_ids),
        level=level,
        paragraphs=pages.passage(level, chosen.places),
        direction=pages.direction(live.public.language),
        submitted_at=submission.submitted_at,
    )


@bp.post("/reading")
def read_settings() -> Page:
    """Keep the reading settings and go back to the page they were chosen on."""
    back = pages.way_back(request.referrer, url_for("student.home"))
    return reading.remember(redirect(back, 303), request.form)
