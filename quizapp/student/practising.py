"""What the page of a practice attempt shows: a question that was checked, and what helps next.

Keys come in here, so nothing is made of them but for questions that were checked; and the key, the
teacher's own words and the evidence only for those that are closed.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction

from flask_wtf import FlaskForm

from quizapp import practice
from quizapp.bank.model import Given, Item, Quiz
from quizapp.bank.public import PublicItem, PublicOption, ordered
from quizapp.library import LiveVersion
from quizapp.models import Attempt
from quizapp.practice import FIRST, SECOND, Progress, Try
from quizapp.responses import Held
from quizapp.student import pages
from quizapp.student.forms import field_name
from quizapp.student.passage import Kind
from quizapp.student.places import chosen_options
from quizapp.student.review import MISREADING_SAID, Card, card, describe

GO = {"check": FIRST, "again": SECOND}
BLANK_SAID = {
    FIRST: "There is nothing to check yet. Answer the question first.",
    SECOND: "There is no second answer yet. Answer the question once more first.",
}
ISOLATE, END = "\u2066", "\u2069"  # Unicode's LEFT-TO-RIGHT ISOLATE and what ends it
OUTCOMES_SAID = {
    "right": "right",
    "partly": "partly right",
    "wrong": "not quite",
    "waiting": "not marked by any rule",
}
# Their notes count what was found, or name a slip; those of other rules are the teacher's words.
RULES_THAT_HELP = frozenset({"net", "exact-set", "magnitude", "ideas"})
UNMARKED_SAID = "No rule can mark this second answer. It does not count, so nobody has to."
WHOLE_SAID = "the whole text again with this question in mind"


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of the passage that decide the question, or that misled."""

    kind: Kind
    paragraph: int
    text: str


@dataclass(frozen=True, slots=True)
class Feedback:
    """What stands under a question that was checked.

    `outcome` is None where no rule marks a second answer; `counted` are the points of the first
    try, None until the question is closed and while a teacher has to read the answer.
    """

    outcome: str | None
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    notes: tuple[str, ...]
    next_step: str | None
    quotes: tuple[Quote, ...] = ()
    counted: Fraction | None = None


@dataclass(frozen=True, slots=True)
class PracticeQuestion(pages.Question):
    """A question of a practice attempt; `feedback` is None until its first try."""

    feedback: Feedback | None = None

    @property
    def answered(self) -> bool:
        """True when something was entered; what was checked stays answered in a second try."""
        return self.feedback is not None or not Given(self.values, "").is_blank


def check(attempt: Attempt, live: LiveVersion, go: str, form: FlaskForm, now: datetime) -> bool:
    """Check the saved answer that the button `go` names, if it names one.

    Returns False, with an error in the form, when the answer is blank. Raises LookupError for what
    is no question of this attempt, or no practice.
    """
    item_id = find_checked(go)
    if item_id is None:
        return True
    number = GO[go.partition(":")[0]]
    item = live.quiz.find_item(item_id)
    if item is None or field_name(item_id) not in form:
        raise LookupError(item_id)
    try:
        practice.check(attempt, item, number, live.quiz, now)
    except practice.NothingToCheck:
        form[field_name(item_id)].errors = (BLANK_SAID[number],)
        return False
    return True


def find_checked(go: str) -> str | None:
    """Return the id of the item whose check the button `go` asks for, or None."""
    word, colon, item_id = go.partition(":")
    return item_id if colon and word in GO else None


def shown(saved: Mapping[str, Given], done: Mapping[str, Progress]) -> dict[str, Given]:
    """Return what the controls hold, by item id: what was saved, or the newest try or draft."""
    return {**saved, **{item_id: so_far.shown for item_id, so_far in done.items()}}


def revisions(saved: Mapping[str, Held], done: Mapping[str, Progress]) -> dict[str, int]:
    """Return which revisions the controls show, by item id: of the second answer, once there is."""
    first = {item_id: held.revision for item_id, held in saved.items()}
    return {**first, **{item_id: so_far.revision for item_id, so_far in done.items()}}


def questions(
    attempt: Attempt,
    live: LiveVersion,
    done: Mapping[str, Progress],
    page: Sequence[pages.Question],
) -> tuple[PracticeQuestion, ...]:
    """Return the questions of the page with the feedback on those that were checked."""
    return tuple(
        _question(question, done.get(question.item.id), live.quiz, attempt) for question in page
    )


def _question(
    plain: pages.Question, so_far: Progress | None, quiz: Quiz, attempt: Attempt
) -> PracticeQuestion:
    parts = (plain.number, plain.item)
    if so_far is None:
        return PracticeQuestion(*parts, plain.options, plain.values, plain.errors)
    item = quiz.find_item(plain.item.id)
    assert item is not None  # the page shows the items of this very version
    again = len(so_far.tries) == SECOND or not so_far.closed
    options = plain.options
    if again and attempt.shuffled:
        options = reshuffled(plain.item, attempt.seed)
    return PracticeQuestion(
        *parts,
        options,
        # A control that is closed sends nothing, so a form that comes back does not have it.
        so_far.shown.values if so_far.closed else plain.values,
        () if so_far.closed else plain.errors,
        so_far.closed,
        _closing(plain.number, item, so_far, quiz) if so_far.closed else _hint(item, so_far, quiz),
    )


def reshuffled(item: PublicItem, seed: str) -> tuple[PublicOption, ...]:
    """Return the options in the order of the second try: another one, wherever there is another."""
    first = ordered(item, seed)
    # With two options every other order is the first one again, so a few are looked at.
    others = (ordered(item, f"{seed}/{number}") for number in range(SECOND, 20))
    return next((options for options in others if options != first), first)


def _hint(item: Item, so_far: Progress, quiz: Quiz) -> Feedback:
    """After a first try that was not right: how it went wrong and where to look, but no key."""
    given, mark = so_far.tries[0].given, so_far.tries[0].mark
    one = card(0, item, given, mark)
    said = [MISREADING_SAID.get(one.error or "") for one in chosen_options(item, given.values)]
    if mark.rule in RULES_THAT_HELP:
        said.append(json.loads(mark.trace)["note"])
    found = [row for row in one.rows if row[0] == "Found"]
    return Feedback(
        outcome=mark.outcome,
        rows=(("First try", describe(item, given)), *found),
        notes=tuple(dict.fromkeys(text for text in said if text)),
        next_step=f"Try once more. First read {_where(one, quiz)}.",
    )


def _closing(number: int, item: Item, so_far: Progress, quiz: Quiz) -> Feedback:
    """When no try is left: the key, the words that decide it, and why the answer tempted."""
    first, last = so_far.tries[0], so_far.tries[-1]
    one = card(number, item, last.given, last.mark)
    outcome: str | None = last.mark.outcome
    rows, notes = one.rows, one.notes
    if last is not first:
        rows = (_said("First try", item, first), ("Second try", one.rows[0][1]), *one.rows[1:])
        if outcome == "waiting":  # nobody marks second tries
            outcome, notes = None, (UNMARKED_SAID,)
    return Feedback(
        outcome=outcome,
        rows=rows,
        notes=notes,
        next_step=_go_on(outcome, one, quiz),
        quotes=_quotes(one, quiz),
        counted=first.mark.points,
    )


def _go_on(outcome: str | None, one: Card, quiz: Quiz) -> str | None:
    if outcome == "right":
        return None
    if outcome in ("waiting", None):
        return "Next: compare your answer with the words of the text."
    return f"Next: read {_where(one, quiz)}, then go on."


def _said(label: str, item: Item, one: Try) -> tuple[str, tuple[str, ...]]:
    """One try in a row: what was answered, and in words how it was marked.

    Our words stand by themselves, or an answer written from the right would turn our brackets.
    """
    said = f"{ISOLATE}({OUTCOMES_SAID[one.mark.outcome]}){END}"
    return label, (f"{', '.join(describe(item, one.given))} {said}",)


def _quotes(one: Card, quiz: Quiz) -> tuple[Quote, ...]:
    level = quiz.find_level(one.level)
    if level is None:
        return ()
    return tuple(
        Quote(
            place.kind,
            next(n for n, span in enumerate(level.paragraphs, 1) if place.span.start < span.end),
            level.text[place.span.start : place.span.end],
        )
        for place in one.places
    )


def _where(one: Card, quiz: Quiz) -> str:
    numbers = sorted({quote.paragraph for quote in _quotes(one, quiz) if quote.kind == "key"})
    if not numbers:
        return WHOLE_SAID
    if len(numbers) == 1:
        return f"paragraph {numbers[0]} again"
    return f"paragraphs {', '.join(map(str, numbers[:-1]))} and {numbers[-1]} again"


def with_second_tries(cards: Sequence[Card], done: Mapping[str, Progress]) -> tuple[Card, ...]:
    """Return the cards of the review, each with the second try, if there was one."""
    return tuple(
        replace(one, rows=(*one.rows, _said("Second try", one.item, done[one.item.id].tries[1])))
        if one.item.id in done and len(done[one.item.id].tries) == SECOND
        else one
        for one in cards
    )
