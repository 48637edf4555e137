"""What the answers of a class show: doubtful keys, what to discuss, skills, kinds of error.

Everything rests on the first submitted attempt of each student. Figures that compare questions
with each other (`Base`) rest on those of them that are fully marked and had the same questions.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from quizapp.analysis import gates
from quizapp.analysis.items import (
    Suspect,
    correlation_interval,
    item_rest,
    rest_scores,
    suspect_key,
    wilson,
)
from quizapp.analysis.mastery import FAMILIES, Family, FamilyState, state
from quizapp.analysis.reliability import alpha, noise, standard_error
from quizapp.bank.model import Item, Misreading, Option, SingleChoice
from quizapp.bank.public import asked
from quizapp.outcomes import Paper, Question

ERRORS: tuple[Misreading, ...] = ("misread", "elsewhere", "unsupported")


@dataclass(frozen=True, slots=True)
class Base:
    """The attempts that can be compared: one row of points for each, one column for each item."""

    papers: tuple[Paper, ...]
    items: tuple[Item, ...]
    rows: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class Trust:
    """How far scores can be trusted; `apart` is the difference in points that is still chance.

    `students` and `items` are what it rests on; the rest is None below the gate, or without spread.
    """

    students: int
    items: int
    alpha: float | None
    error: float | None
    apart: int | None


@dataclass(frozen=True, slots=True)
class Separation:
    """How a question goes with the others: `r` is None where it cannot be worked out."""

    students: int
    r: float | None
    interval: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Doubt:
    """A key that may be wrong: the option that the strongest third prefers."""

    question: Question
    chosen: Option
    key: Option
    suspect: Suspect


@dataclass(frozen=True, slots=True)
class Tally:
    """Points as shares of what was to be had, over `number` marked answers."""

    right: Fraction
    number: int

    @property
    def state(self) -> FamilyState | None:
        """What the answers of one student show; None where they are too few."""
        return state(float(self.right), self.number)


@dataclass(frozen=True, slots=True)
class Errors:
    """Wrong options chosen, by how they go wrong.

    `main` is the kind that more than a third were of, even at the low end of its interval.
    """

    counts: Mapping[Misreading, int]
    total: int
    main: Misreading | None


def comparable(first: Sequence[Paper]) -> Base:
    """Return the largest group of fully marked attempts that had the same questions."""
    groups: dict[tuple[int, tuple[str, ...]], list[Paper]] = defaultdict(list)
    for one in first:
        items = asked(one.quiz, one.attempt.level_ids)
        if all(item.id in one.marks and one.marks[item.id].points is not None for item in items):
            groups[one.attempt.version_id, tuple(item.id for item in items)].append(one)
    if not groups:
        return Base((), (), ())
    key = max(groups, key=lambda key: (len(groups[key]), key[0]))
    items = asked(groups[key][0].quiz, groups[key][0].attempt.level_ids)
    rows = tuple(
        tuple(float(one.marks[item.id].points or 0) for item in items) for one in groups[key]
    )
    return Base(tuple(groups[key]), items, rows)


def trust(base: Base) -> Trust:
    """Return how far the scores can be trusted, as far as there are enough of them."""
    students, items = len(base.rows), len(base.items)
    if not gates.reliable(students, items):
        return Trust(students, items, None, None, None)
    error = standard_error(base.rows)
    apart = None if error is None else round(noise(error))
    return Trust(students, items, alpha(base.rows), error, apart)


def separations(base: Base) -> dict[str, Separation]:
    """Return by item id how each question goes with the others; empty below the gate."""
    number = len(base.rows)
    if number < gates.SEPARATES:
        return {}
    found = {}
    for place, item in enumerate(base.items):
        r = item_rest(base.rows, place)
        interval = None if r is None else correlation_interval(r, number)
        found[item.id] = Separation(number, r, interval)
    return found


def doubts(base: Base, questions: Iterable[Question]) -> tuple[Doubt, ...]:
    """Return the questions with one key that may be the wrong one."""
    places = {item.id: place for place, item in enumerate(base.items)}
    found = []
    for question in questions:
        place = places.get(question.item.id)
        item = base.items[place] if place is not None else None
        if place is None or not isinstance(item, SingleChoice):
            continue
        choices = [_choice(one, item.id) for one in base.papers]
        suspect = suspect_key(choices, rest_scores(base.rows, place), item.answer)
        options = {option.id: option for option in item.options}
        if suspect and suspect.option in options:
            pair = options[suspect.option], options[item.answer]
            found.append(Doubt(question, *pair, suspect))
    return tuple(found)


def _choice(paper: Paper, item_id: str) -> str | None:
    given = paper.given.get(item_id)
    return given.values[0] if given and given.values else None


def surprise(question: Question) -> tuple[int, int] | None:
    """Return the percentages between which the share of right answers may well lie.

    None below the gate, and while answers wait: what is marked at once is not a fair sample.
    """
    if question.marked < gates.PERCENT or question.outcomes.get("waiting"):
        return None
    low, high = wilson(question.outcomes.get("right", 0), question.marked)
    return round(100 * low), round(100 * high)


def _shares(papers: Iterable[Paper]) -> Iterator[tuple[Item, Fraction]]:
    """Yield every marked answer: its item, and the share of its points that it earned."""
    for one in papers:
        for item in asked(one.quiz, one.attempt.level_ids):
            mark = one.marks.get(item.id)
            if mark is not None and mark.points is not None and item.points:
                yield item, mark.points / item.points


def skills(first: Iterable[Paper]) -> dict[str, Tally]:
    """Return the class's tally for every skill that was asked about, in their fixed order."""
    found: dict[str, list[Fraction]] = defaultdict(list)
    for item, share in _shares(first):
        if item.skill:
            found[item.skill].append(share)
    return {skill: _tally(found[skill]) for skill in FAMILIES if skill in found}


def families(papers: Iterable[Paper]) -> dict[Family, Tally]:
    """Return a student's tally for the two families of skills."""
    found: dict[Family, list[Fraction]] = {"find": [], "think": []}
    for item, share in _shares(papers):
        if item.skill:
            found[FAMILIES[item.skill]].append(share)
    return {family: _tally(shares) for family, shares in found.items()}


def _tally(shares: Sequence[Fraction]) -> Tally:
    return Tally(sum(shares, Fraction(0)), len(shares))


def errors(questions: Iterable[Question]) -> Errors:
    """Return how the wrong options that were chosen go wrong."""
    counts: Counter[Misreading] = Counter()
    for question in questions:
        for entry in question.options:
            if entry.option.error and not entry.is_key:
                counts[entry.option.error] += entry.count
    total = sum(counts.values())
    top = max(ERRORS, key=lambda kind: counts[kind])
    clear = total >= gates.PERCENT and wilson(counts[top], total)[0] > 1 / len(ERRORS)
    return Errors({kind: counts[kind] for kind in ERRORS}, total, top if clear else None)
