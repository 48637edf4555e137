"""What the page asks by itself while the student works: to save an answer, and what time is left.

No page is made, and nothing is marked.
"""

from flask import g, jsonify, request
from werkzeug.wrappers import Response as Page
from wtforms import ValidationError

from quizapp import attempts, desk, saving
from quizapp.bank.public import PublicItem, asked
from quizapp.models import Attempt
from quizapp.saving import find_held
from quizapp.sittings import Sitting
from quizapp.student import pages
from quizapp.student.expecting import seconds_left
from quizapp.student.forms import base_entry
from quizapp.student.sent import NotReadable, Sent, read_json, read_sent
from quizapp.student.views import bp, late_words
from quizapp.system.shelf import library, quiz_of

__all__ = ["bp"]

UNREADABLE = "This page is out of date. Load it again."


@bp.post("/attempts/<public_id>/responses/<item_id>")
def save_response(public_id: str, item_id: str) -> Page | tuple[Page, int]:
    """Save one answer. The reply says what became of it, and what the page is made from now."""
    attempt = g.sitting or desk.get_attempt(public_id, g.student)
    quiz = library().version(attempt.version_id).public
    item = next((one for one in asked(quiz, attempt.level_ids) if one.id == item_id), None)
    if item is None:
        raise LookupError(item_id)
    levels = [level.id for level in pages.offered(quiz, attempt)]
    try:
        sent = read_sent(read_json(request.get_data()), item, levels)
    except NotReadable:
        return jsonify(state="unreadable", said=UNREADABLE), 400
    except ValidationError as error:
        return jsonify(state="refused", said=str(error)), 422
    reply = _save(attempt, item, sent)
    return jsonify(**reply, left=seconds_left(attempt, g.now))


def _save(attempt: Attempt | Sitting, item: PublicItem, sent: Sent) -> dict[str, object]:
    if isinstance(attempt, Sitting):
        revision = None
        if not sent.again:
            revision = saving.save_plainly(attempt.id, item.id, sent.given, sent.base, g.now)
        if revision is not None:
            return {"state": "saved", "base": base_entry(sent.given.values, revision)}
        attempt = desk.get_attempt(attempt.public_id, g.student)
    one = {item.id: sent.given}
    first, second = ({}, one) if sent.again else (one, {})
    saved = attempts.save(attempt, first, None, g.now, second, {item.id: sent.base})
    held = find_held(attempt, item.id, second=sent.again)
    base = base_entry(held.values, held.revision)
    if held.values == sent.given.values:
        return {"state": "saved", "base": base}
    if not saved.counts:
        return {"state": "late", "said": late_words(attempt)}
    if item.id in saved.lost:
        theirs, mine = pages.said(item, held.values), pages.said(item, sent.given.values)
        return {"state": "older", "base": base, "theirs": theirs, "mine": mine}
    if sent.given.is_blank and not held.values:  # what was never answered is not stored as empty
        return {"state": "saved", "base": base}
    return {"state": "fixed", "base": base}


@bp.get("/attempts/<public_id>/time")
def time_left(public_id: str) -> Page:
    """Say how many seconds are left, None for no limit, and whether the attempt is handed in."""
    attempt = desk.get_attempt(public_id, g.student)
    desk.close_if_over(attempt, quiz_of, g.now)
    return jsonify(left=seconds_left(attempt, g.now), handed_in=attempt.state == "submitted")
