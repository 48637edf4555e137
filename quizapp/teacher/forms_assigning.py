"""How a quiz is given: until when, how often, at which level, and what students see afterwards."""

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, IntegerField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange, ValidationError

from quizapp import times
from quizapp.assignments import MOST_ATTEMPTS, Rules, digest
from quizapp.auth.forms import tidy
from quizapp.bank.model import Quiz
from quizapp.bank.public import asked
from quizapp.deadlines import MOST_MINUTES

COUNTS = {"first": "The first", "last": "The last", "best": "The best"}
LEVELS = {
    "choice": "Students choose, and may change it",
    "each": "Each student's own level",
    "fixed": "One level for all:",
}
ORDERS = {"shuffled": "Shuffled for each student", "written": "As written in the file"}
REVIEWS = {
    "submit": "After handing in",
    "closing": "After it has closed",
    "never": "Never",
}
ATTEMPTS_SAID = f"Type a whole number from 1 to {MOST_ATTEMPTS}."
MINUTES_SAID = f"Type whole minutes from 1 to {MOST_MINUTES}, or leave it empty for no limit."
NOT_A_TIME = "This is no date and time. Write it like 2026-05-31T14:30."
PAST = "This moment has passed."
LABELS = {
    "closes": "Closes",
    "opens": "Opens",
    "attempts": "Attempts for each student",
    "time_limit": "Time limit in minutes",
    "counts": "Which attempt gives the score",
    "levels": "Reading level",
    "level": "The level",
    "order": "Order of the options",
    "review": "When students see the answers",
    "practice": "For practice",
    "walk_in": "The link needs only a name",
}
FOLDED = (
    "opens",
    "attempts",
    "time_limit",
    "counts",
    "levels",
    "level",
    "order",
    "review",
    "practice",
)


def _choices(labels: Mapping[str, str]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in labels.items()]


class AssignmentForm(FlaskForm):
    """The rules of an assignment. After validation `rules` holds them.

    `before` are the rules that stand: a time that was not changed keeps its seconds, and may have
    passed. `base` is their digest as they were shown. `quizzes` are those that can
    be chosen, or the one that is given already.
    """

    base = HiddenField()
    quiz = SelectField(validate_choice=False)
    closes = StringField(filters=[tidy])
    opens = StringField(filters=[tidy])
    attempts = IntegerField(
        validators=[NumberRange(min=1, max=MOST_ATTEMPTS, message=ATTEMPTS_SAID)]
    )
    time_limit = StringField(filters=[tidy])
    counts = RadioField(choices=_choices(COUNTS))
    levels = RadioField(choices=_choices(LEVELS))
    level = SelectField(validate_choice=False)
    order = RadioField(choices=_choices(ORDERS))
    review = RadioField(choices=_choices(REVIEWS))
    practice = BooleanField()
    walk_in = BooleanField()

    def __init__(
        self,
        quizzes: Sequence[Quiz],
        before: Rules,
        now: datetime,
        zone: tzinfo,
        quiz_id: str = "",
        **options: Any,
    ) -> None:
        super().__init__(data=_shown(before, quiz_id, zone), **options)
        self.meanwhile: tuple[tuple[str, str], ...] | None = None
        self.quizzes = {quiz.id: quiz for quiz in quizzes}
        self.before, self.now, self.zone = before, now, zone
        self.quiz.choices = _choices({quiz.id: quiz.title for quiz in quizzes})
        self.level.choices = _choices(_level_labels(quizzes))
        self.rules = before

    def validate_quiz(self, field: SelectField) -> None:
        """Only what is on the shelf now can be given."""
        if field.data not in self.quizzes:
            raise ValidationError("Choose a quiz from the list.")

    def validate_opens(self, field: StringField) -> None:
        """A new opening lies ahead."""
        moment = self._read(field, self.before.opens_at)
        if moment and moment != self.before.opens_at and moment <= self.now:
            raise ValidationError(f"{PAST} Leave this empty to open it now.")

    def validate_closes(self, field: StringField) -> None:
        """A new closing lies ahead, after the opening; review after closing needs one."""
        moment = self._read(field, self.before.closes_at)
        if moment is None:
            if self.review.data == "closing":
                raise ValidationError(
                    "Students are to see the answers after the closing: say when this closes."
                )
            return
        if moment != self.before.closes_at and moment <= self.now:
            raise ValidationError(f"{PAST} Choose one that lies ahead.")
        opens = self._find(self.opens.data, self.before.opens_at)
        if opens is not None and moment <= opens:
            raise ValidationError("This is not after the opening.")

    def validate_attempts(self, field: IntegerField) -> None:
        """Say what may be typed instead of a word or nothing."""
        if field.data is None:
            field.errors = []
            raise ValidationError(ATTEMPTS_SAID)

    def validate_time_limit(self, field: StringField) -> None:
        """Whole minutes, or nothing."""
        if field.data and not _is_minutes(field.data):
            raise ValidationError(MINUTES_SAID)

    def validate_level(self, field: SelectField) -> None:
        """One level for all must be one that the quiz has, with questions that are valid at it."""
        chosen = self.quiz.data if "quiz" in self else next(iter(self.quizzes), "")
        quiz = self.quizzes.get(chosen)
        if self.levels.data != "fixed" or quiz is None:
            return
        if quiz.find_level(field.data or "") is None:
            names = ", ".join(level.label for level in quiz.levels)
            raise ValidationError(f"“{quiz.title}” does not have this level. It has: {names}.")
        if not asked(quiz, [field.data]):
            raise ValidationError("No question of this quiz can be answered at this level.")

    def validate(self, extra_validators: Any = None) -> bool:
        """Validate, then put the rules together."""
        if not super().validate(extra_validators):
            return False
        self.rules = Rules(
            opens_at=self._find(self.opens.data, self.before.opens_at),
            closes_at=self._find(self.closes.data, self.before.closes_at),
            attempts_allowed=self.attempts.data,
            time_limit=int(self.time_limit.data) if self.time_limit.data else None,
            counts=self.counts.data,
            level_mode=self.levels.data,
            level=(self.level.data or self.before.level) if self.levels.data == "fixed" else None,
            shuffle=self.order.data == "shuffled",
            review=self.review.data,
            is_practice=self.practice.data,
            walk_in=self.walk_in.data,
        )
        return True

    def look_again(self) -> None:
        """Go on from the rules that stand, with what was typed; `meanwhile` tells the two apart."""
        self.base.data = digest(self.before)
        stand = _shown(self.before, "", self.zone)
        self.meanwhile = tuple(
            (label, _say(self[name], stand[name]))
            for name, label in LABELS.items()
            if (name != "level" or self.before.level_mode == "fixed")
            and str(self[name].data or "") != str(stand[name] or "")
        )

    @property
    def is_plain(self) -> bool:
        """True while the settings that are folded away are the usual ones, without an error."""
        usual = _shown(Rules(), "", self.zone)
        changed = any(str(self[name].data) != str(usual[name]) for name in FOLDED if usual[name])
        faulty = any(self[name].errors for name in FOLDED)
        more = self.opens.data or self.time_limit.data or self.practice.data or self.walk_in.data
        return not (changed or faulty or more or self.meanwhile)

    def _read(self, field: StringField, before: datetime | None) -> datetime | None:
        try:
            return self._parse(field.data, before)
        except ValueError:
            raise ValidationError(NOT_A_TIME) from None

    def _find(self, text: str, before: datetime | None) -> datetime | None:
        try:
            return self._parse(text, before)
        except ValueError:
            return None

    def _parse(self, text: str, before: datetime | None) -> datetime | None:
        if not text or text == times.typed(before, self.zone):
            return before if text else None
        return times.parse(text.replace(" ", "T"), self.zone)


def _shown(rules: Rules, quiz_id: str, zone: tzinfo) -> dict[str, object]:
    return {
        "quiz": quiz_id,
        "base": digest(rules),
        "opens": times.typed(rules.opens_at, zone),
        "closes": times.typed(rules.closes_at, zone),
        "attempts": rules.attempts_allowed,
        "time_limit": str(rules.time_limit or ""),
        "counts": rules.counts,
        "levels": rules.level_mode,
        "level": rules.level,
        "order": "shuffled" if rules.shuffle else "written",
        "review": rules.review,
        "practice": rules.is_practice,
        "walk_in": rules.walk_in,
    }


def _is_minutes(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 4 and 1 <= int(text) <= MOST_MINUTES


def _say(field: Any, value: object) -> str:
    """Return in words what a setting is."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    labels = {choice.value: choice.label for choice in getattr(field, "choices", None) or ()}
    said = str(labels.get(value, value or "empty"))
    return said.rstrip(":").replace("T", " ") if field.name in ("opens", "closes") else said


def _level_labels(quizzes: Sequence[Quiz]) -> dict[str, str]:
    """Return every level of the quizzes once: its id, and the labels it goes by."""
    labels: dict[str, dict[str, None]] = {}
    for quiz in quizzes:
        if len(quiz.levels) > 1:
            for level in quiz.levels:
                labels.setdefault(level.id, {})[level.label] = None
    return {level_id: " / ".join(names) for level_id, names in labels.items()}
