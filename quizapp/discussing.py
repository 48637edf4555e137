"""What to discuss with the class: the hardest questions, and what most chose instead."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from quizapp.analysis.gates import SHARES
from quizapp.bank.model import Evidence, Item, Level, Option, Quiz
from quizapp.outcomes import Paper, Question

MOST = 3


@dataclass(frozen=True, slots=True)
class Lure:
    """The commonest wrong answer: an option, or what was written; `count` students gave it.

    `paragraphs` are the numbers, from 1, of those that hold its evidence, or the item's own.
    """

    option: Option | None
    typed: str
    count: int
    paragraphs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Talk:
    """A question to discuss: `level` is the text that most students answered it on."""

    question: Question
    answers: int
    lure: Lure | None
    level: Level


def discuss(
    questions: Iterable[Question], first: Sequence[Paper], quizzes: Sequence[Quiz]
) -> tuple[Talk, ...]:
    """Return the questions that earned the smallest share of their points, at most three.

    Those with too few answers are left out, those that everybody got right, and those of which
    some still wait: what is marked at once is not a fair sample. `quizzes` are where they are from.
    """
    shares = {
        question.item.id: _share(question.item, first)
        for question in questions
        if not question.dropped
        and question.marked >= SHARES
        and not question.outcomes.get("waiting")
    }
    hard = sorted(
        (one for one in questions if shares.get(one.item.id, 1) < 1),
        key=lambda one: shares[one.item.id],
    )
    return tuple(_talk(one, first, quizzes) for one in hard[:MOST])


def _share(item: Item, first: Iterable[Paper]) -> Fraction:
    marks = [one.marks[item.id].points for one in first if item.id in one.marks]
    known = [points for points in marks if points is not None]
    return sum(known, Fraction(0)) / (len(known) * item.points)


def _talk(question: Question, first: Sequence[Paper], quizzes: Sequence[Quiz]) -> Talk:
    item = question.item
    quiz = next(quiz for quiz in quizzes if quiz.find_item(item.id) is item)
    used = Counter(one.given[item.id].level for one in first if item.id in one.given)
    ids = [level_id for level_id, _ in used.most_common()] + list(item.levels)
    level = next(level for level in map(quiz.find_level, ids) if level is not None)
    answers = sum(question.outcomes.values())
    return Talk(question, answers, _lure(question, first, level), level)


def _lure(question: Question, first: Sequence[Paper], level: Level) -> Lure | None:
    if not question.options:
        return _written(question.item, first)
    wrong = [entry for entry in question.options if not entry.is_key]
    top = max(wrong, key=lambda entry: entry.count, default=None)
    if top is None or not top.count:
        return None
    own = top.option.evidence
    evidence = own if own.spans.get(level.id) else question.item.evidence
    places = _paragraphs(evidence, level) if evidence is own or _is_misread(top.option) else ()
    return Lure(top.option, "", top.count, places)


def _is_misread(option: Option) -> bool:
    return option.error == "misread"


def _written(item: Item, first: Iterable[Paper]) -> Lure | None:
    wrong: Counter[str] = Counter()
    typed: dict[str, str] = {}
    for one in first:
        mark = one.marks.get(item.id)
        if mark is not None and mark.outcome == "wrong" and item.id in one.given:
            wrong[mark.folded] += 1
            typed.setdefault(mark.folded, "".join(one.given[item.id].values))
    if not wrong:
        return None
    ((folded, count),) = wrong.most_common(1)
    return Lure(None, typed[folded], count, ())


def _paragraphs(evidence: Evidence, level: Level) -> tuple[int, ...]:
    spans = evidence.spans.get(level.id, ())
    return tuple(
        number
        for number, within in enumerate(level.paragraphs, 1)
        if any(span.start < within.end and within.start < span.end for span in spans)
    )
