"""What the pages before submission show. Only public values come in here: nothing to leak."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask_wtf import FlaskForm

from quizapp.bank.model import Given
from quizapp.bank.public import PublicItem, PublicLevel, PublicOption, PublicQuiz, asked, ordered
from quizapp.models import Attempt
from quizapp.sittings import Sitting
from quizapp.student.forms import field_name, values_of
from quizapp.student.passage import Paragraph, Place, paragraphs

RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur", "yi", "ps", "sd", "ug", "dv", "ckb"})
SCORING_SAID = {
    "net": "Each right choice earns a part of the points. Each wrong one takes that part away.",
    "exact": "Points only when you choose exactly the right ones.",
}


@dataclass(frozen=True, slots=True)
class Question:
    """One question on the page, with what the student has entered so far.

    One that is closed can no longer be changed, though the attempt is open: practice does that.
    """

    number: int
    item: PublicItem
    options: tuple[PublicOption, ...]
    values: tuple[str, ...]
    errors: tuple[str, ...] = ()
    closed: bool = False

    @property
    def name(self) -> str:
        """The name of the control."""
        return field_name(self.item.id)

    @property
    def how(self) -> str | None:
        """The sentence that says what to enter."""
        return how_to_answer(self.item)

    @property
    def answered(self) -> bool:
        """True when something but white space was entered."""
        return not Given(self.values, "").is_blank


def questions(
    attempt: Attempt | Sitting,
    quiz: PublicQuiz,
    saved: Mapping[str, Given],
    form: FlaskForm | None = None,
) -> tuple[Question, ...]:
    """Return the questions with the answers saved, or, when `form` is given, as typed there."""

    def values(item: PublicItem) -> tuple[str, ...]:
        if form is not None:
            return values_of(form, item)
        return saved[item.id].values if item.id in saved else ()

    return tuple(
        Question(
            number,
            item,
            ordered(item, attempt.seed if attempt.shuffled else None),
            values(item),
            tuple(form[field_name(item.id)].errors) if form is not None else (),
        )
        for number, item in enumerate(asked(quiz, attempt.level_ids), start=1)
    )


def said(item: PublicItem, values: Sequence[str]) -> str:
    """Return an answer as it stands on the page, in one line; empty for none."""
    texts = {option.id: option.text for option in item.options}
    return "; ".join(texts.get(value, value) for value in values).strip()


def errors(page: Sequence[Question]) -> list[tuple[str, str]]:
    """Return the errors for the summary at the top: the id to jump to, and the message."""
    return [
        (question.name, f"Question {question.number}: {message}")
        for question in page
        for message in question.errors
    ]


def offered(quiz: PublicQuiz, attempt: Attempt | Sitting) -> tuple[PublicLevel, ...]:
    """Return the levels that a student may switch between, easiest first."""
    ids = attempt.level_ids
    return tuple(level for level in quiz.levels if not ids or level.id in ids)


def get_level(levels: Sequence[PublicLevel], level_id: str) -> PublicLevel:
    """Return one of the levels. Raises LookupError when there is none of this id."""
    for level in levels:
        if level.id == level_id:
            return level
    raise LookupError(level_id)


def passage(level: PublicLevel, marked: tuple[Place, ...] = ()) -> tuple[Paragraph, ...]:
    """Return the paragraphs of a level with bold words, glossary and the places marked."""
    bold = [Place("bold", span) for span in level.bold]
    glosses = [Place("gloss", entry.span, entry) for entry in level.glossary if entry.span]
    return paragraphs(level.text, level.paragraphs, [*bold, *glosses, *marked])


def direction(language: str) -> str:
    """Return "rtl" for a language that is written from right to left, else "ltr"."""
    return "rtl" if language.split("-")[0].lower() in RIGHT_TO_LEFT else "ltr"


def how_to_answer(item: PublicItem) -> str | None:
    """Return the sentence that says what to enter and how points are given; None if plain."""
    makers: Mapping[str, Callable[[PublicItem], str | None]] = {
        "single": lambda _: None,
        "multiple": lambda item: f"Choose {item.choose}. {SCORING_SAID[item.scoring or 'net']}",
        "short": _how_to_write,
        "number": lambda _: "A number.",
        "ideas": lambda item: f"One sentence, no more than {item.max_words} words.",
    }
    return makers[item.kind](item)


def _how_to_write(item: PublicItem) -> str:
    if item.spelling == "strict":
        return "A word or a few words. The spelling must be right."
    return "A word or a few words. We accept small spelling slips."


def way_back(referrer: str | None, fallback: str) -> str:
    """Return path and query of the page that the form stood on, so never another host."""
    try:
        parts = urlsplit(referrer or "")
    except ValueError:  # such as "http://["
        return fallback
    if not parts.path.startswith("/") or parts.path.startswith("//") or "\\" in parts.path:
        return fallback
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
