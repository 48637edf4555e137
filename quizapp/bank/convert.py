"""From the fields of a file that is right to the values of the bank."""

from collections.abc import Mapping, Sequence
from typing import TypedDict

from quizapp.bank.agreement import ONE_LEVEL, levels_of
from quizapp.bank.format import (
    EvidenceFields,
    ExampleFields,
    FeedbackFields,
    IdeasFields,
    ItemFields,
    LevelFields,
    MultipleFields,
    NumberItemFields,
    OptionFields,
    PassageFields,
    QuizFields,
    ShortFields,
    SingleFields,
)
from quizapp.bank.model import (
    NO_EVIDENCE,
    Defaults,
    Evidence,
    Examples,
    Gloss,
    Idea,
    IdeasAnswer,
    Item,
    Level,
    MultipleChoice,
    NumberAnswer,
    Option,
    Quiz,
    Reject,
    ShortAnswer,
    SingleChoice,
    Skill,
)
from quizapp.bank.passage import canonical_text

_NO_FEEDBACK, _NO_EXAMPLES = FeedbackFields(), ExampleFields()


def to_quiz(quiz_id: str, fields: QuizFields) -> Quiz:
    """Return the quiz that the fields describe; their agreement has been checked."""
    levels = _levels(fields.passage)
    offered = tuple(level.id for level in levels)
    items = tuple(_item(item, levels_of(item, offered)) for item in fields.questions)
    defaults = Defaults(**fields.defaults.model_dump()) if fields.defaults else Defaults()
    return Quiz(quiz_id, fields.title, fields.language, fields.source, levels, items, defaults)


def _levels(passage: PassageFields) -> tuple[Level, ...]:
    if isinstance(passage, str):
        text, bold = canonical_text(passage)
        return (Level(ONE_LEVEL, "Text", text, bold),)
    return tuple(_level(level_id, level) for level_id, level in passage.items())


def _level(level_id: str, fields: LevelFields) -> Level:
    text, bold = canonical_text(fields.text)
    glossary = tuple(Gloss(term, meaning) for term, meaning in fields.glossary.items())
    return Level(level_id, fields.label or level_id, text, bold, glossary)


class _Common(TypedDict):
    """What every kind of item is made with."""

    id: str
    question: str
    levels: tuple[str, ...]
    evidence: Evidence
    points: int
    skill: Skill | None
    why: str | None
    hint: str | None
    feedback_correct: str | None
    feedback_wrong: str | None
    examples: Examples


def _common(fields: ItemFields, levels: tuple[str, ...]) -> _Common:
    feedback = fields.feedback or _NO_FEEDBACK
    tests = fields.tests or _NO_EXAMPLES
    ideas = fields.ideas if isinstance(fields, IdeasFields) else ()
    return _Common(
        id=fields.id,
        question=fields.question,
        levels=levels,
        evidence=_evidence(fields.evidence, levels),
        points=fields.points or len(ideas) or 1,
        skill=fields.skill,
        why=fields.why,
        hint=fields.hint,
        feedback_correct=feedback.correct,
        feedback_wrong=feedback.wrong,
        examples=Examples(tuple(tests.accepts), tuple(tests.rejects)),
    )


def _item(fields: ItemFields, levels: tuple[str, ...]) -> Item:
    common = _common(fields, levels)
    if isinstance(fields, SingleFields):
        options = _options(fields.options, levels)
        return SingleChoice(**common, options=options, answer=fields.answer, shuffle=fields.shuffle)
    if isinstance(fields, MultipleFields):
        return MultipleChoice(
            **common,
            options=_options(fields.options, levels),
            answers=tuple(fields.answers),
            scoring=fields.scoring,
            shuffle=fields.shuffle,
        )
    if isinstance(fields, ShortFields):
        return _short(fields, levels, common)
    if isinstance(fields, NumberItemFields):
        number = fields.number
        return NumberAnswer(
            **common,
            value=number.value,
            qualifier=number.qualifier,
            tolerance=number.tolerance,
            reject=_reject(fields.reject),
            review=fields.review,
        )
    return _ideas(fields, common)


def _short(fields: ShortFields, levels: tuple[str, ...], common: _Common) -> ShortAnswer:
    accept = fields.accept
    forms = accept if isinstance(accept, dict) else dict.fromkeys(levels, accept)
    return ShortAnswer(
        **common,
        accept={level: tuple(forms[level]) for level in levels},
        spelling=fields.spelling,
        reject=_reject(fields.reject),
        review=fields.review,
        max_words=fields.max_words,
    )


def _ideas(fields: IdeasFields, common: _Common) -> IdeasAnswer:
    return IdeasAnswer(
        **common,
        ideas=tuple(Idea(name, tuple(words)) for name, words in fields.ideas.items()),
        spelling=fields.spelling,
        reject=_reject(fields.reject),
        review=fields.review,
        max_words=fields.max_words,
    )


def _options(
    fields: Mapping[str, str | OptionFields], levels: tuple[str, ...]
) -> tuple[Option, ...]:
    return tuple(_option(option_id, option, levels) for option_id, option in fields.items())


def _option(option_id: str, fields: str | OptionFields, levels: tuple[str, ...]) -> Option:
    if isinstance(fields, str):
        return Option(option_id, fields)
    return Option(
        option_id,
        fields.text,
        fields.error,
        NO_EVIDENCE if fields.evidence is None else _evidence(fields.evidence, levels),
        fields.feedback,
        fields.pin == "last",
    )


def _evidence(fields: EvidenceFields, levels: tuple[str, ...]) -> Evidence:
    if fields == "whole":
        return Evidence(whole=True)
    given = fields if isinstance(fields, dict) else dict.fromkeys(levels, fields)
    return Evidence({level: _quotes(quotes) for level, quotes in given.items()})


def _quotes(quotes: str | Sequence[str]) -> tuple[str, ...]:
    return (quotes,) if isinstance(quotes, str) else tuple(quotes)


def _reject(fields: Mapping[str, str]) -> tuple[Reject, ...]:
    return tuple(Reject(form, feedback) for form, feedback in fields.items())
