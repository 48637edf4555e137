"""One student's sheet, as the teacher reads it: every answer, its marks and how they came about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from quizapp.bank.model import Given, Item, Quiz
from quizapp.bank.public import asked
from quizapp.library import Library
from quizapp.marking.verdict import Trace
from quizapp.marks import Score, history, score
from quizapp.models import Attempt, Mark, StrayResponse, Submission
from quizapp.outcomes import read_names, read_suggestion, read_trace
from quizapp.practice import SECOND, Try, progress
from quizapp.receipts import receipts
from quizapp.responses import responses, strays, unpacked


@dataclass(frozen=True, slots=True)
class Step:
    """One mark in the history of an answer. `by` is the teacher's name, None for the rules."""

    mark: Mark
    by: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """One question on the sheet; no mark and no trace before the attempt is submitted.

    `second` is the second try in practice, which earns nothing.
    """

    number: int
    item: Item
    given: Given | None
    mark: Mark | None
    trace: Trace | None
    suggestion: Fraction | None
    steps: tuple[Step, ...]
    second: Try | None = None


@dataclass(frozen=True, slots=True)
class Stray:
    """An answer that was not taken: it came too late, or from an older page."""

    item: Item | None
    given: Given
    row: StrayResponse


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything about one attempt; `submission` and `score` are None while it is open.

    `receipts` are all of them, oldest first: one more each time it was handed in.
    """

    attempt: Attempt
    quiz: Quiz
    submission: Submission | None
    receipts: tuple[Submission, ...]
    score: Score | None
    answers: tuple[Answer, ...]
    strays: tuple[Stray, ...]

    @property
    def levels(self) -> tuple[str, ...]:
        """The labels of the reading levels that answers were given at, easiest first."""
        used = {answer.given.level for answer in self.answers if answer.given} or {
            self.attempt.level
        }
        return tuple(level.label for level in self.quiz.levels if level.id in used)


def get_item(attempt: Attempt, item_id: str, library: Library) -> Item:
    """Return an item of the version that the attempt was started on; LookupError otherwise."""
    item = library.version(attempt.version_id).quiz.find_item(item_id)
    if item is None:
        raise LookupError(item_id)
    return item


def sheet(attempt: Attempt, library: Library) -> Sheet:
    """Return the sheet of one attempt, read with its own version of the quiz."""
    quiz = library.version(attempt.version_id).quiz
    given, marks = responses(attempt), history(attempt.id)
    names = read_names(
        {mark.teacher_id for steps in marks.values() for mark in steps if mark.teacher_id}
    )
    newest = {item_id: steps[-1] for item_id, steps in marks.items()}
    handed_in, done = tuple(receipts([attempt.id])), attempt.state == "submitted"
    second = {
        item_id: one.tries[1]
        for item_id, one in progress(attempt, quiz).items()
        if len(one.tries) == SECOND
    }
    return Sheet(
        attempt=attempt,
        quiz=quiz,
        submission=handed_in[-1] if done and handed_in else None,
        receipts=handed_in,
        score=score(newest, quiz, attempt.level_ids) if done else None,
        answers=tuple(
            replace(
                _answer(number, item, given.get(item.id), marks.get(item.id, ()), names),
                second=second.get(item.id),
            )
            for number, item in enumerate(asked(quiz, attempt.level_ids), 1)
        ),
        strays=tuple(
            Stray(quiz.find_item(row.item_id), unpacked(row.given, row.level), row)
            for row in strays(attempt)
        ),
    )


def _answer(
    number: int, item: Item, given: Given | None, marks: Sequence[Mark], names: Mapping[int, str]
) -> Answer:
    steps = tuple(
        Step(mark, names.get(mark.teacher_id) if mark.teacher_id else None) for mark in marks
    )
    last = marks[-1] if marks else None
    trace, suggestion = (read_trace(last), read_suggestion(last)) if last else (None, None)
    return Answer(number, item, given, last, trace, suggestion, steps)
