"""What a student may expect of a piece of work: until when, how often, and what comes then."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from quizapp import times
from quizapp.bank.public import PublicQuiz, asked
from quizapp.deadlines import seconds_allowed
from quizapp.desk import Work
from quizapp.models import Attempt, Student
from quizapp.sittings import Sitting
from quizapp.terms import Release, offered_levels

COUNTS_SAID = {
    "first": "The first one counts.",
    "last": "The last one counts.",
    "best": "The best one counts.",
}
PRACTICE_SAID = "Practice: your first try is the one your teacher sees. It gives no mark."
NOT_TOLD = "Your teacher will tell you how it went."
SOON = timedelta(hours=2)  # a closing that is further off is no matter of minutes
BUSY = "You see your answers again when you have handed in the attempt you are working on."
UNREADABLE = "This quiz cannot be shown: please tell your teacher. What you have saved is not lost."
GONE = "Your teacher is still working on this quiz. It cannot be started right now."


@dataclass(frozen=True, slots=True)
class Left:
    """The seconds until the deadline of an attempt, below zero after it; the deadline in words."""

    seconds: int
    until: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the home page, or the whole of a work's own page.

    `total` is the number of its questions, None while the quiz has no version that can be used.
    """

    work: Work
    title: str
    total: int | None
    note: str
    can_start: bool

    @property
    def can_start_or_go(self) -> bool:
        """True when there is something to do now."""
        return self.can_start or (self.work.state == "going" and self.total is not None)


def row(work: Work, quiz: PublicQuiz | None, student: Student, now: datetime, zone: tzinfo) -> Row:
    """Return the line for a work; `quiz` is that of its attempt, or else the live one.

    None where there is none that can be read.
    """
    note = when(work, now, zone)
    may = work.state in ("ready", "again")
    if quiz is None and work.attempt is not None:
        return Row(work, "A quiz that cannot be read", None, UNREADABLE, can_start=False)
    if quiz is None:
        return Row(work, "A quiz that is not ready", None, GONE if may else note, can_start=False)
    offered = work.level_ids or offered_levels(quiz, work.assignment, student.level)
    return Row(work, quiz.title, len(asked(quiz, offered)), note, can_start=may)


def when(work: Work, now: datetime, zone: tzinfo) -> str:
    """Return the sentence on opening and closing; empty when there is nothing to say."""
    opens, closes = work.terms.opens_at, work.terms.closes_at
    if work.terms.is_closed(now) and closes:
        missed = " You did not start it." if work.state == "missed" else ""
        return f"Closed {times.near(closes, now, zone)}.{missed}"
    if work.terms.is_early(now) and opens:
        return f"Opens {times.near(opens, now, zone)}."
    if work.state == "going" and work.attempt and (left := find_left(work.attempt, now, zone)):
        return f"Your time: until {left.until}."
    if closes and work.state != "done":
        return f"Open until {times.near(closes, now, zone).removeprefix('on ')}."
    return ""


def held_back(release: Release, now: datetime, zone: tzinfo) -> str:
    """Return why marks and answers are not shown; empty when they are."""
    sentences: dict[str, Callable[[], str]] = {
        "shown": lambda: "",
        "never": lambda: NOT_TOLD,
        "busy": lambda: BUSY,
        "closing": lambda: _after(release.at, now, zone),
    }
    return sentences[release.why]()


def _after(closing: datetime | None, now: datetime, zone: tzinfo) -> str:
    if closing is None:
        return "You see the answers when your teacher has closed this."
    return f"You see the answers after it closes {times.near(closing, now, zone)}."


def expectations(line: Row, quiz: PublicQuiz, student: Student) -> list[tuple[str, str]]:
    """Return what to expect before starting: pairs of a label and what it is."""
    work = line.work
    said = [("Questions", f"{line.total} on one text")]
    if line.note:
        said.append(("When", line.note))
    if work.state == "missed":
        return said
    said += [*_time(work, student), *_attempts(work)]
    if len(quiz.levels) > 1:
        said.append(("The text", _levels(work, quiz, student)))
    said.append(("Afterwards", _afterwards(work)))
    return said


def _time(work: Work, student: Student) -> list[tuple[str, str]]:
    """Say the time limit before the start, and what it is for this student when that differs."""
    minutes = work.assignment.time_limit
    if minutes is None or work.state == "going":
        return []
    own = seconds_allowed(minutes, student.time_factor)
    if own is None:
        return [("Time", "No time limit for you.")]
    own += 60 * work.terms.extra_minutes
    yours = f" ({_minutes(own)} for you)" if own != 60 * minutes else ""
    ends = " It ends at the closing, even if that comes first." if work.terms.closes_at else ""
    each = "each time" if work.terms.attempts > 1 else "once"
    return [("Time", f"You have {_minutes(60 * minutes)}{yours} {each} you start.{ends}")]


def _minutes(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    said = "1 minute" if minutes == 1 else f"{minutes} minutes"
    return f"{said} and {rest} seconds" if rest else said


def find_left(attempt: Attempt | Sitting, now: datetime, zone: tzinfo) -> Left | None:
    """Return what is left of a time limit, or of the time until a closing that is near.

    None where nothing about time is to be shown.
    """
    deadline, seconds = attempt.deadline_at, seconds_left(attempt, now)
    if deadline is None or seconds is None:
        return None
    words = times.near(deadline, now, zone)
    return Left(seconds, words.removeprefix("today at ").removeprefix("on "))


def seconds_left(attempt: Attempt | Sitting, now: datetime) -> int | None:
    """Return the seconds until the deadline, below zero after it; None where there is none.

    None, too, where it is a closing that is not near.
    """
    if attempt.deadline_at is None:
        return None
    left = attempt.deadline_at - now
    return int(left.total_seconds()) if attempt.time_limit is not None or left <= SOON else None


def _attempts(work: Work) -> list[tuple[str, str]]:
    allowed, left = work.terms.attempts, max(work.terms.attempts - work.finished, 0)
    if allowed == 1:
        return [("Attempts", "One")]
    counts = "" if work.assignment.is_practice else f" {COUNTS_SAID[work.assignment.counts]}"
    left_said = f"{left} of {allowed} left" if work.finished else f"Up to {allowed}"
    return [("Attempts", f"{left_said}.{counts}")]


def _levels(work: Work, quiz: PublicQuiz, student: Student) -> str:
    offered = work.level_ids or offered_levels(quiz, work.assignment, student.level)
    labels = [level.label for level in quiz.levels if level.id in offered]
    if labels:
        return f"Reading level: {labels[0]}."
    names = ", ".join(level.label for level in quiz.levels)
    return f"You choose how hard the text is, and may change it: {names}."


def _afterwards(work: Work) -> str:
    if work.assignment.is_practice or work.assignment.review == "submit":
        return "You see at once what was right, and why."
    if work.assignment.review == "never":
        return NOT_TOLD
    return "You see what was right, and why, when it has closed for everybody."
