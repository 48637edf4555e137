"""Answers that could not be sent: a student brings the file that the page made of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import flash, g, redirect, render_template, request, url_for
from wtforms import ValidationError

from quizapp.access import get_attempt
from quizapp.bank.model import Item
from quizapp.bank.public import asked
from quizapp.models import Attempt
from quizapp.responses import Held
from quizapp.saving import Page as Answers
from quizapp.saving import Saved, find_held, take_over
from quizapp.student import pages
from quizapp.student.sent import NotReadable, Sent, read_file
from quizapp.system.shelf import library
from quizapp.teacher import Answer, bp, words
from quizapp.teacher.forms import AnswersFileForm

__all__ = ["bp"]

NONE_CHOSEN = "Choose the file that the student has downloaded."
NOT_A_FILE = "This is no file of answers. Its name begins with “answers-” and ends in .json."
FOREIGN = "This file belongs to another attempt. Open the sheet of the student who made it."


@dataclass(frozen=True, slots=True)
class Row:
    """One answer of the file beside what is saved; `fate` is what taking it over would do."""

    number: int
    item: Item
    sent: Sent
    held: Held
    fate: str


@bp.route("/attempts/<public_id>/file", methods=["GET", "POST"])
def answers_file(public_id: str) -> Answer:
    """Ask for the file; then show what is in it, before anything is taken over."""
    attempt, form = get_attempt(public_id, g.teacher), AnswersFileForm()
    if request.method == "GET":
        return _show(attempt)
    form.validate_on_submit()
    data = form.read()
    return _show(attempt, data) if data else _show(attempt, error=NONE_CHOSEN)


@bp.post("/attempts/<public_id>/file/answers")
def import_answers(public_id: str) -> Answer:
    """Take the answers of the file over: saved, kept as late, or kept beside newer ones."""
    attempt, form = get_attempt(public_id, g.teacher), AnswersFileForm()
    form.validate_on_submit()
    try:
        answers = _read(attempt, form.read())
    except ValueError as error:
        return _show(attempt, error=str(error))
    saved = take_over(attempt, _as_page(answers), g.teacher, g.now)
    flash(_said(saved, len(answers)))
    return redirect(url_for(".attempt", public_id=public_id), 303)


def _read(attempt: Attempt, data: bytes) -> dict[str, Sent]:
    """Return the answers of a file. Raises ValueError with the sentence to show."""
    quiz = library().version(attempt.version_id).public
    items = {item.id: item for item in asked(quiz, attempt.level_ids)}
    levels = [level.id for level in pages.offered(quiz, attempt)]
    try:
        return read_file(data, attempt.public_id, items, levels)
    except ValidationError as error:
        raise ValueError(f"One answer cannot be taken over. {error}") from None
    except LookupError:
        raise ValueError(FOREIGN) from None
    except NotReadable:
        raise ValueError(NOT_A_FILE) from None


def _as_page(answers: Mapping[str, Sent]) -> Answers:
    return Answers(
        given={key: one.given for key, one in answers.items() if not one.again},
        second={key: one.given for key, one in answers.items() if one.again},
        bases={key: one.base for key, one in answers.items()},
    )


def _show(attempt: Attempt, data: bytes = b"", error: str | None = None) -> Answer:
    rows: list[Row] = []
    if data:
        try:
            rows = _rows(attempt, _read(attempt, data))
        except ValueError as fault:
            error = str(fault)
    page = render_template(
        "teacher/answers_file.html",
        attempt=attempt,
        quiz=library().version(attempt.version_id).quiz,
        rows=rows,
        data="" if error else data.decode("utf-8", "replace"),
        error=error,
        describe=words.describe_given,
    )
    return page, 422 if error else 200


def _rows(attempt: Attempt, answers: Mapping[str, Sent]) -> list[Row]:
    quiz = library().version(attempt.version_id).quiz
    rows = []
    for number, item in enumerate(asked(quiz, attempt.level_ids), start=1):
        if item.id in answers:
            sent = answers[item.id]
            held = find_held(attempt, item.id, second=sent.again)
            rows.append(Row(number, item, sent, held, _fate(attempt, sent, held)))
    return rows


def _fate(attempt: Attempt, sent: Sent, held: Held) -> str:
    if sent.given.values == held.values:
        return "The same as saved"
    if attempt.state != "open":
        return "Kept as late, not counted"
    if sent.base.is_older(held):
        return "Both are kept; the student chooses"
    return "Will be saved"


def _said(saved: Saved, number: int) -> str:
    if not saved.counts:
        return (
            "The answers came after handing in: what differs is kept below as late, not counted. "
            "To let it count, open the attempt again."
        )
    taken = f"Taken over: {words.count_of(number, 'answer')}."
    if not saved.lost:
        return taken
    return (
        f"{taken} Newer ones were saved beside {len(saved.lost)}; the student is asked to choose."
    )
