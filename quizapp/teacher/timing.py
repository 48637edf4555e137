"""More minutes while they work: for one student, and for everybody in one act."""

from datetime import timedelta

from flask import flash, g, redirect, request, url_for
from werkzeug.wrappers import Response as Page

from quizapp import prolonging, reopening
from quizapp.access import get_assignment
from quizapp.deadlines import MOST_MINUTES
from quizapp.teacher import bp, words
from quizapp.teacher.helping import PLACE, load_case
from quizapp.teacher.live import STEP

__all__ = ["bp"]

NOTHING = "There is nothing to take back any more."
LARGEST_ID = 2**31 - 1  # of what a database can look for
TOO_MANY = f"At most {MOST_MINUTES} minutes can be added."


@bp.post(f"{PLACE}/minutes")
def give_time(public_id: str, student_id: str) -> Page:
    """Give one student so many extra minutes as the button named; fewer takes some back."""
    case = load_case(public_id, student_id)
    try:
        minutes = int(request.form.get("minutes", "")[:4])
        reopening.allow_time(case.assignment, case.student, minutes, g.teacher, g.now)
    except ValueError:
        return case.go(TOO_MANY, "warning")
    if minutes == 0:
        return case.go("The extra minutes are taken back.")
    return case.go(f"This student has {words.count_of(minutes, 'extra minute')} now.")


@bp.post("/assignments/<public_id>/minutes")
def give_all_time(public_id: str) -> Page:
    """Give everybody who works the extra minutes that the page named for each."""
    found = get_assignment(public_id, g.teacher)
    try:
        targets = dict(_read_target(text) for text in request.form.getlist("target"))
        gift = prolonging.give_all(found, targets, g.teacher, g.now)
    except ValueError:
        flash(TOO_MANY, "warning")
        return _back(public_id)
    if gift.gained:
        undo = url_for(".take_time_back", public_id=public_id, act=gift.act)
        flash(say_given(gift), f"undo {undo}")
    else:
        flash("Nothing was changed: they had these minutes already, or nobody works now.")
    return _back(public_id)


def say_given(gift: prolonging.Gift) -> str:
    """Return to how many students the minutes were given, for how many it is less, and why."""
    who, less = words.count_of(len(gift.gained), "student"), sum(map(_is_less, gift.gained))
    if not less:
        return f"{who}: {STEP} more minutes each."
    whom = "all" if less == len(gift.gained) else str(less)
    why = "the quiz closes before that" if gift.cut else "the rest had been given already"
    if 0 < gift.cut < less:
        why = f"{why}, or the rest had been given already"
    return f"{who}: {STEP} more minutes each, but less for {whom} of them, because {why}."


def _is_less(gained: timedelta) -> bool:
    return gained < timedelta(minutes=STEP)


@bp.post("/assignments/<public_id>/minutes/undo")
def take_time_back(public_id: str) -> Page:
    """Take back what one act gave to everybody."""
    found = get_assignment(public_id, g.teacher)
    act = min(request.args.get("act", 0, type=int), LARGEST_ID)
    try:
        number = prolonging.take_back(found, act, g.teacher, g.now)
    except LookupError:
        number = 0
    flash(f"Taken back from {words.count_of(number, 'student')}." if number else NOTHING)
    return _back(public_id)


def _read_target(text: str) -> tuple[str, int]:
    """Return the public id of a student and the minutes. Raises ValueError."""
    student, _, minutes = text.partition(":")
    if not student.isprintable():
        raise ValueError(student)
    return student[:40], int(minutes[:4])


def _back(public_id: str) -> Page:
    return redirect(url_for(".working", public_id=public_id), 303)
