"""The marker: a response and its item give points, or wait for a person, and say why.

Pure and deterministic: the same response and the same quiz always give the same verdict. `RULES`
is the table of every rule that a trace can name.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from quizapp.bank.model import (
    Given,
    Item,
    MultipleChoice,
    NumberAnswer,
    Quiz,
    ShortAnswer,
    SingleChoice,
)
from quizapp.marking import guards
from quizapp.marking.choice import mark_multiple, mark_single
from quizapp.marking.ideas import mark_ideas
from quizapp.marking.normalise import fold
from quizapp.marking.number import mark_number
from quizapp.marking.short import mark_short
from quizapp.marking.verdict import Outcome, Trace, Verdict, waiting

__all__ = ["RULES", "Outcome", "Trace", "Verdict", "blank", "fold", "mark", "mark_item"]

RULES: Mapping[str, str] = MappingProxyType(
    {
        "blank": "Nothing was answered.",
        "non-answer": "The answer says that the student does not know.",
        "key": "The chosen answer was compared with the key.",
        "net": "Right answers chosen, less wrong ones chosen, out of all right answers.",
        "exact-set": "All right answers and no wrong one had to be chosen.",
        "exact": "The answer is an accepted form, letter for letter.",
        "normalised": "The answer is an accepted form; capitals, accents and articles aside.",
        "spacing": "The answer is an accepted form with other spaces or hyphens.",
        "spelling": "The answer is an accepted form with a small spelling slip.",
        "reject": "The answer is one of the wrong forms that you listed.",
        "number": "The answer holds the right number.",
        "number-qualifier": "The number is right; “about”, “over” or “under” differs.",
        "magnitude": "The digits are right, but thousand, million or billion is not.",
        "other-number": "The answer is one number, and not the right one.",
        "ideas": "Each idea found by one of its keywords earns its share.",
        "unreadable": "The answer could not be read as one number.",
        "two-numbers": "The answer holds two different numbers.",
        "alternatives": "The answer offers a choice with “or”.",
        "negation": "A word such as “not” stands close to the words looked for.",
        "too-long": "The answer has more words than the question allows.",
        "stem": "The answer repeats the question.",
        "passage": "The answer is the whole passage.",
        "markup": "The answer holds a web address or HTML.",
        "no-match": "No rule knows this answer.",
    }
)


def mark_item(quiz: Quiz, item: Item, given: Given) -> Verdict:
    """Return the verdict for one response, marked against the level that it was given at."""
    if given.is_blank:
        return blank(item)
    if isinstance(item, SingleChoice):
        return mark_single(item, given)
    if isinstance(item, MultipleChoice):
        return mark_multiple(item, given)
    verdict = _mark_text(quiz, item, given)
    return _hold(verdict) if item.review == "always" else verdict


def blank(item: Item) -> Verdict:
    """Return the verdict for an item without a response: "blank", zero, whatever its kind."""
    return guards.blank()


def _mark_text(quiz: Quiz, item: guards.TextItem, given: Given) -> Verdict:
    if isinstance(item, ShortAnswer):
        return mark_short(quiz, item, given)
    if isinstance(item, NumberAnswer):
        return mark_number(quiz, item, given)
    return mark_ideas(quiz, item, given)


def _hold(verdict: Verdict) -> Verdict:
    """Return the verdict as a suggestion: the teacher sees the rule, the student no result yet."""
    if verdict.outcome in ("blank", "waiting"):
        return verdict
    return waiting(replace(verdict.trace, note=None), verdict.points)
