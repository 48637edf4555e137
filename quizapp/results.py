"""The results of one assignment as rows for a file, each column with what it holds."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, tzinfo

from sqlalchemy import select

from quizapp.bank.model import Given, Item, MultipleChoice, SingleChoice
from quizapp.bank.public import asked
from quizapp.database import db
from quizapp.exporting import Cell
from quizapp.library import Library
from quizapp.marks import Score
from quizapp.models import Assignment, Mark, Student, Submission
from quizapp.outcomes import Paper, load_papers
from quizapp.standings import find_counting, standings

Row = tuple[Cell, ...]
ANSWER_COLUMNS: Mapping[str, str] = {
    "classroom": "the name of the class",
    "student": "the name shown in the class",
    "walk_in": "yes for a student who came by a link that needs only a name, else no",
    "assignment": "the id of the assignment, as in its address",
    "quiz": "the id of the quiz: the name of its file",
    "item": "the id of the question in the file",
    "skill": "retrieve, infer, vocabulary, integrate or evaluate; empty where the file says none",
    "format": "single, multiple, short, number or ideas",
    "level": "the reading level on screen when the answer was given",
    "answer": "the text of the options chosen, or what was typed; empty when nothing was",
    "option_type": "key, or how a wrong option goes wrong: misread, elsewhere, unsupported",
    "points": "points given; empty while the answer waits for a teacher",
    "maximum": "the most that the question gives",
    "marked_by": "rule or teacher, whoever gave the points; empty while the answer waits",
    "attempt": "the number of the attempt, from 1",
    "counted": "yes where the attempt gives the student's score, else no; empty for practice",
    "submitted_at": "when the attempt was handed in, local time with its distance from UTC",
}
SCORE_COLUMNS: Mapping[str, str] = {
    "classroom": "the name of the class",
    "student": "the name shown in the class",
    "walk_in": "yes for a student who came by a link that needs only a name, else no",
    "quiz": "the id of the quiz: the name of its file",
    "state": "finished, working or not started",
    "attempts": "how many attempts were begun",
    "counted_attempt": "the number of the attempt that gives the score",
    "points": "points of that attempt so far",
    "maximum": "the most that it could have",
    "waiting": "how many of its answers wait for a teacher",
    "submitted_at": "when it was handed in, local time with its distance from UTC",
}


def answer_rows(assignment: Assignment, library: Library, zone: tzinfo) -> list[Row]:
    """Return a row for every question of every submitted attempt, under the names of columns."""
    papers = load_papers(assignment, library)
    times = _submission_times(papers)
    counting = find_counting(assignment, papers)
    rows: list[Row] = [tuple(ANSWER_COLUMNS)]
    for one in sorted(papers, key=lambda one: (one.attempt.student.name, one.attempt.number)):
        counted = "yes" if one.attempt.id in counting else "no"
        counted = "" if assignment.is_practice else counted
        end = (one.attempt.number, counted, _local(times.get(one.attempt.id), zone))
        for item in asked(one.quiz, one.attempt.level_ids):
            begin = (*_who(one.attempt.student), assignment.public_id, one.quiz.id)
            rows.append((*begin, *_answer(item, one), *end))
    return rows


def _marker(mark: Mark) -> str:
    return "teacher" if mark.source == "teacher" else "rule"


def _who(student: Student) -> Row:
    return student.classroom.name, student.name, "yes" if student.is_walk_in else "no"


def _answer(item: Item, paper: Paper) -> Row:
    given = paper.given.get(item.id, Given((), paper.attempt.level))
    mark: Mark | None = paper.marks.get(item.id)
    options = list(_options(item, given))
    return (
        item.id,
        item.skill,
        item.kind,
        given.level,
        " | ".join(text for text, _ in options) if options else "".join(given.values),
        " | ".join(kind for _, kind in options),
        mark.points if mark else None,
        item.points,
        None if mark is None or mark.points is None else _marker(mark),
    )


def _options(item: Item, given: Given) -> Iterator[tuple[str, str]]:
    """Yield the text of each option chosen, and what kind of option it is."""
    if not isinstance(item, SingleChoice | MultipleChoice):
        return
    keys = {item.answer} if isinstance(item, SingleChoice) else set(item.answers)
    for option in item.options:
        if option.id in given.values:
            yield option.text, "key" if option.id in keys else option.error or "wrong"


def score_rows(assignment: Assignment, library: Library, zone: tzinfo) -> list[Row]:
    """Return a row for every student of the class, under the names of the columns."""
    papers = load_papers(assignment, library)
    times = _submission_times(papers)
    rows: list[Row] = [tuple(SCORE_COLUMNS)]
    for row in standings(assignment, papers):
        begin = (*_who(row.student), assignment.quiz_id, row.state, len(row.attempts))
        if row.counts is None:
            rows.append((*begin, None, None, None, None, None))
            continue
        attempt, score = row.counts
        rows.append((*begin, attempt.number, *_figures(score), _local(times[attempt.id], zone)))
    return rows


def _figures(score: Score) -> Row:
    return score.points, score.maximum, score.waiting


def _submission_times(papers: Sequence[Paper]) -> dict[int, datetime]:
    """Return when each attempt was handed in; the last time, where it was reopened."""
    rows = db.session.execute(
        select(Submission.attempt_id, Submission.submitted_at)
        .where(Submission.attempt_id.in_([one.attempt.id for one in papers]))
        .order_by(Submission.id)
    )
    return {attempt_id: submitted_at for attempt_id, submitted_at in rows}


def _local(moment: datetime | None, zone: tzinfo) -> str | None:
    return None if moment is None else moment.astimezone(zone).isoformat(timespec="seconds")
