"""While they work: who is where; whose a receipt is; and what teachers did in a classroom."""

from datetime import datetime

from flask import g, jsonify, render_template, request
from werkzeug.wrappers import Response as Page

from quizapp import times
from quizapp.access import get_assignment, get_classroom
from quizapp.chronicle import MOST, read_log
from quizapp.classrooms import shown
from quizapp.closing import close_overdue
from quizapp.deadlines import MOST_MINUTES
from quizapp.models import Assignment, Attempt
from quizapp.presence import Seat, Seating, SeatState, look_around
from quizapp.receipts import find_receipt
from quizapp.summaries import find_title
from quizapp.system.shelf import library, quiz_of, zone
from quizapp.teacher import Answer, bp
from quizapp.teacher.forms_live import explain_code
from quizapp.teacher.words_log import describe
from quizapp.terms import terms_of

__all__ = ["bp"]

ORDER: tuple[SeatState, ...] = ("working", "not started", "handed in")
STEP = 5  # minutes more that a button gives
IDLE = 10  # minutes without a new answer, from which it is said in words


@bp.get("/assignments/<public_id>/now")
def working(public_id: str) -> Answer:
    """Show where every student is; the script refreshes it from `working_state`."""
    found, seating = _look(public_id)
    return render_template(
        "teacher/working.html",
        assignment=found,
        title=find_title(found, library()),
        seating=seating,
        state_of=_state(seating, g.now),
        step=STEP,
        timed=found.time_limit is not None or any(seat.is_timed for seat in seating.seats),
        closes=terms_of(found, None).closes_at,
        refreshed=times.clock(g.now, zone()),
    )


@bp.get("/assignments/<public_id>/now.json")
def working_state(public_id: str) -> Page:
    """Return the words of the table, or 304 when the browser has them already."""
    _, seating = _look(public_id)
    page = jsonify(_state(seating, g.now))
    page.add_etag()
    return page.make_conditional(request.environ)


def _look(public_id: str) -> tuple[Assignment, Seating]:
    found = get_assignment(public_id, g.teacher)
    close_overdue(found, quiz_of, g.now)
    return found, look_around(found, library())


def _state(seating: Seating, now: datetime) -> dict[str, object]:
    totals = {state: seating.count(state) for state in ORDER}
    seats = sorted(seating.seats, key=lambda seat: ORDER.index(seat.state))
    return {"totals": totals, "seats": [_words(seat, now) for seat in seats]}


def _words(seat: Seat, now: datetime) -> dict[str, object]:
    return {
        "id": seat.student.public_id,
        "name": seat.student.name,
        "state": seat.state,
        "answered": seat.answered,
        "asked": seat.asked,
        "when": say_when(seat, now),
        "left": say_left(seat.attempt, now) if seat.attempt else "",
        "target": min(seat.extra_minutes + STEP, MOST_MINUTES) if seat.is_timed else None,
    }


def say_left(attempt: Attempt, now: datetime) -> str:
    """Return how long an attempt that is open may still go on; empty for one that is handed in."""
    if attempt.state != "open":
        return ""
    if attempt.time_limit is None or attempt.deadline_at is None:
        return "no limit"
    minutes = -(-int((attempt.deadline_at - now).total_seconds()) // 60)
    return f"{minutes} min" if minutes > 0 else "over"


def say_when(seat: Seat, now: datetime) -> str:
    """Return when a student last did something, in a few words; empty before the start."""
    if seat.attempt is None:
        return ""
    if not seat.is_readable:
        return "the stored quiz cannot be read"
    if seat.state == "handed in" and seat.submission is not None:
        return times.near(seat.submission.submitted_at, now, zone()).removeprefix("today ")
    if seat.saved_at is None:
        began = f"began {_ago(seat.attempt.started_at, now)}"
        return f"{began}, no answer yet" if _minutes(seat.attempt.started_at, now) > IDLE else began
    minutes = _minutes(seat.saved_at, now)
    if IDLE < minutes < 60:
        return f"no new answer for {minutes} min"
    said = "no new answer since" if minutes > IDLE else "last answer"
    return f"{said} {_ago(seat.saved_at, now)}"


def _minutes(moment: datetime, now: datetime) -> int:
    return int((now - moment).total_seconds() // 60)


def _ago(moment: datetime, now: datetime) -> str:
    minutes = _minutes(moment, now)
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes} min ago"
    return times.near(moment, now, zone())


@bp.get("/receipts")
def receipt() -> Answer:
    """Find whose a receipt is, in the teacher's own classrooms."""
    code = request.args.get("code", "").replace("\0", "")[:40]
    fault = explain_code(code) if code.strip() else None
    found = find_receipt(code, g.teacher) if code.strip() and not fault else None
    page = render_template(
        "teacher/receipt.html",
        code=code,
        fault=fault,
        found=found,
        title=find_title(found[1].assignment, library()) if found else "",
        shown=shown,
    )
    return page, 422 if fault else 200


@bp.get("/classrooms/<public_id>/log")
def log(public_id: str) -> Answer:
    """Show what teachers did in a classroom, the newest first."""
    room = get_classroom(public_id, g.teacher)
    return render_template(
        "teacher/log.html",
        classroom=room,
        entries=read_log(room, library()),
        describe=describe,
        most=MOST,
    )
