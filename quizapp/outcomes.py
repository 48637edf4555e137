"""How each question went: outcomes, options chosen, and written answers grouped by their form.

Outcomes and options rest on the first submitted attempt of each student; groups hold the answers
of all submitted attempts, since every answer wants to be marked.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import select

from quizapp.bank.model import Given, Item, MultipleChoice, Option, Quiz, SingleChoice
from quizapp.bank.public import asked
from quizapp.database import db
from quizapp.library import Library
from quizapp.marking.verdict import Trace
from quizapp.marks import Score, current, score
from quizapp.models import Assignment, Attempt, Mark, Student, Teacher
from quizapp.responses import read_given


@dataclass(frozen=True, slots=True)
class Paper:
    """One submitted attempt with its own version's quiz, what was given, and the current marks."""

    attempt: Attempt
    quiz: Quiz
    given: Mapping[str, Given]
    marks: Mapping[str, Mark]

    @property
    def score(self) -> Score:
        """The score of this attempt."""
        return score(self.marks, self.quiz, self.attempt.level_ids)


@dataclass(frozen=True, slots=True)
class OptionCount:
    """How many chose an option."""

    option: Option
    is_key: bool
    count: int


@dataclass(frozen=True, slots=True)
class Group:
    """Answers that are the same once folded. `points` is None while they wait, or when they differ.

    `typed` are the ways in which it was written, the commonest first. `decision` is the mark behind
    all of them when a teacher gave them the same; `suggestion` what the rules would give.
    """

    folded: str
    typed: tuple[str, ...]
    count: int
    waiting: int
    points: Fraction | None
    by_teacher: int
    decision: Mark | None
    suggestion: Fraction | None
    trace: Trace


@dataclass(frozen=True, slots=True)
class Question:
    """How one question went. `dropped`: the newest version of the quiz no longer has it.

    `outcomes` counts the first attempts; `elsewhere` those who chose an option of another version.
    """

    number: int
    item: Item
    dropped: bool
    outcomes: Mapping[str, int]
    options: tuple[OptionCount, ...]
    elsewhere: int
    groups: tuple[Group, ...]

    @property
    def marked(self) -> int:
        """How many of the counted answers have been marked; blank ones have."""
        return sum(self.outcomes.values()) - self.outcomes.get("waiting", 0)

    @property
    def waiting(self) -> int:
        """How many answers wait for the teacher, over all attempts."""
        return sum(group.waiting for group in self.groups)


def load_papers(assignment: Assignment, library: Library) -> list[Paper]:
    """Return the submitted attempts of an assignment, first attempts first."""
    attempts = db.session.scalars(
        select(Attempt)
        .join(Student, Student.id == Attempt.student_id)
        .where(
            Attempt.assignment_id == assignment.id,
            Attempt.state == "submitted",
            Student.removed_at.is_(None),
        )
        .order_by(Attempt.number, Attempt.id)
    ).all()
    return read_papers(attempts, library)


def read_papers(attempts: Iterable[Attempt], library: Library) -> list[Paper]:
    """Return submitted attempts with what was given and how it was marked, in the same order."""
    submitted = [attempt for attempt in attempts if attempt.state == "submitted"]
    ids = [attempt.id for attempt in submitted]
    marks, given = current(ids), read_given(ids)
    return [
        Paper(
            attempt,
            library.version(attempt.version_id).quiz,
            given.get(attempt.id, {}),
            marks.get(attempt.id, {}),
        )
        for attempt in submitted
    ]


def keep_first(papers: Iterable[Paper]) -> list[Paper]:
    """Return the first paper of every student."""
    first: dict[int, Paper] = {}
    for paper in papers:
        first.setdefault(paper.attempt.student_id, paper)
    return list(first.values())


def get_question(assignment: Assignment, item_id: str, library: Library) -> Question:
    """Return one question with its answers grouped; LookupError when no version has it."""
    for question in count_questions(assignment, library, load_papers(assignment, library)):
        if question.item.id == item_id:
            return question
    raise LookupError(item_id)


def is_decided(question: Question, folded: str) -> bool:
    """Tell whether no answer of this form waits: giving it points changes points."""
    return any(group.folded == folded and not group.waiting for group in question.groups)


def find_next_waiting(assignment: Assignment, number: int, library: Library) -> Question | None:
    """Return the question after this number whose answers wait, then one before it; or None."""
    questions = count_questions(assignment, library, load_papers(assignment, library))
    waiting = [one for one in questions if one.waiting and one.number != number]
    return min(waiting, key=lambda one: (one.number < number, one.number), default=None)


def count_questions(
    assignment: Assignment, library: Library, papers: Sequence[Paper]
) -> tuple[Question, ...]:
    """Return every question: the live version's in order, then those of older ones only."""
    live = library.find(assignment.quiz_id)
    items = {item.id: item for item in asked(live.quiz)} if live else {}
    kept = set(items)
    for paper in sorted(papers, key=lambda one: one.attempt.version_id, reverse=True):
        for item in asked(paper.quiz, paper.attempt.level_ids):
            items.setdefault(item.id, item)
    return tuple(
        _question(number, item, bool(live) and item.id not in kept, papers)
        for number, item in enumerate(items.values(), 1)
    )


def _question(number: int, item: Item, dropped: bool, papers: Sequence[Paper]) -> Question:
    first = [one for one in keep_first(papers) if item.id in one.marks]
    chosen = Counter(
        value for one in first if item.id in one.given for value in one.given[item.id].values
    )
    options = _option_counts(item, chosen)
    known = {entry.option.id for entry in options}
    return Question(
        number=number,
        item=item,
        dropped=dropped,
        outcomes=Counter(one.marks[item.id].outcome for one in first),
        options=options,
        elsewhere=sum(count for value, count in chosen.items() if value not in known)
        if options
        else 0,
        groups=() if options else group(_answers(item, papers)),
    )


def _option_counts(item: Item, chosen: Mapping[str, int]) -> tuple[OptionCount, ...]:
    if not isinstance(item, SingleChoice | MultipleChoice):
        return ()
    keys = {item.answer} if isinstance(item, SingleChoice) else set(item.answers)
    return tuple(
        OptionCount(option, option.id in keys, chosen.get(option.id, 0)) for option in item.options
    )


def _answers(item: Item, papers: Sequence[Paper]) -> list[tuple[str, Mark]]:
    return [
        ("".join(one.given[item.id].values), one.marks[item.id])
        for one in papers
        if item.id in one.given and item.id in one.marks
    ]


def group(answers: Iterable[tuple[str, Mark]]) -> tuple[Group, ...]:
    """Return written answers grouped by their folded form: waiting ones first, then by size.

    `answers` are pairs of the text as typed and its current mark; blank ones are left out.
    """
    found: dict[str, list[tuple[str, Mark]]] = defaultdict(list)
    for typed, mark in answers:
        if mark.outcome != "blank":
            found[mark.folded].append((typed, mark))
    groups = [_group(folded, members) for folded, members in found.items()]
    return tuple(sorted(groups, key=lambda one: (not one.waiting, -one.count, one.folded)))


def _group(folded: str, members: Sequence[tuple[str, Mark]]) -> Group:
    marks = [mark for _, mark in members]
    points = {mark.points for mark in marks}
    decisions = {(mark.source, mark.teacher_id, mark.points, mark.reason) for mark in marks}
    suggestions = {read_suggestion(mark) for mark in marks if mark.outcome == "waiting"}
    return Group(
        folded=folded,
        typed=tuple(text for text, _ in Counter(typed for typed, _ in members).most_common()),
        count=len(marks),
        waiting=sum(mark.outcome == "waiting" for mark in marks),
        points=points.pop() if len(points) == 1 else None,
        by_teacher=sum(mark.source == "teacher" for mark in marks),
        decision=marks[0] if len(decisions) == 1 and marks[0].source == "teacher" else None,
        suggestion=suggestions.pop() if len(suggestions) == 1 else None,
        trace=read_trace(marks[0]),
    )


def read_trace(mark: Mark) -> Trace:
    """Return the trace of the rule that stands behind a mark."""
    stored = json.loads(mark.trace)
    stored.pop("suggestion", None)
    return Trace(**{**stored, "ideas": tuple(stored["ideas"])})


def read_suggestion(mark: Mark) -> Fraction | None:
    """Return the points that the rules would give to an answer that waits, if they said so."""
    stored = json.loads(mark.trace).get("suggestion") if mark.outcome == "waiting" else None
    return None if stored is None else Fraction(stored)


def read_names(teacher_ids: Iterable[int | None]) -> dict[int, str]:
    """Return the names of teachers by their ids."""
    rows = db.session.execute(select(Teacher.id, Teacher.name).where(Teacher.id.in_(teacher_ids)))
    return {teacher_id: name for teacher_id, name in rows}
