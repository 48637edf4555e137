"""Marks for numbers: the value and its qualifier, with a hint for a wrong magnitude."""

import re
from decimal import Decimal
from fractions import Fraction

from rapidfuzz.distance import OSA

from quizapp.bank.model import Given, NumberAnswer, Qualifier, Quiz, Reject
from quizapp.marking.guards import find_rejected, screen
from quizapp.marking.normalise import Answer, fold_characters, read_answer, split_words
from quizapp.marking.numerals import Reading, is_bare_number, read_numbers, read_qualifier
from quizapp.marking.phrases import NEGATORS
from quizapp.marking.verdict import Trace, Verdict, scored, waiting

_MAX_WORDS = 12  # as for a short answer; a copied paragraph is for a person to read
_MILLION = 10**6
_GLUED = re.compile(r"\d[^\W\d_]{1,3}\b|[^\W\d_]\d")  # "15o": what number was meant?
_LONG_MAGNITUDES = ("hundred", "thousand", "million", "millions", "billion", "billions")
_THOUSAND_POWERS = tuple(Fraction(1000) ** power for power in (1, 2, 3, 4))
_SAID: dict[Qualifier, str] = {"about": "about", "over": "more than", "under": "less than"}


def mark_number(quiz: Quiz, item: NumberAnswer, given: Given) -> Verdict:
    """Return the verdict of the first rule that knows the response.

    One number that is not the key is wrong, unless the item sends misses to a person; a response
    that cannot be read as one number always goes to a person.
    """
    answer = read_answer(quiz, given)
    return (
        _exact(quiz, item, answer)
        or find_rejected(item, answer, quiz.language)
        or screen(quiz, item, answer, _MAX_WORDS)
        or _mark_reading(quiz, item, answer)
    )


def _exact(quiz: Quiz, item: NumberAnswer, answer: Answer) -> Verdict | None:
    key = _plain(item.value)
    if answer.folded == key or (answer.folded == "none" and item.value == 0):
        return _right(item, Trace("exact", answer.folded, key))
    if not is_bare_number(answer.folded):
        return None
    reading = _read(quiz, item, answer.folded)
    trapped = _find_trap(quiz, item, reading)
    if reading.clear and not trapped and _is_value(item, reading.values[0]):
        return _right(item, Trace("number", answer.folded, key))
    return None


def _mark_reading(quiz: Quiz, item: NumberAnswer, answer: Answer) -> Verdict:
    reading = _read(quiz, item, answer.plain)
    if not reading.clear or not reading.values:
        return waiting(Trace("unreadable", answer.folded))
    if len(reading.values) > 1:
        return waiting(Trace("two-numbers", answer.folded))
    if trap := _find_trap(quiz, item, reading):
        trace = Trace("reject", answer.folded, trap.form, note=trap.feedback)
        return scored(Fraction(0), item.points, trace)
    if _is_value(item, reading.values[0]):
        return _mark_qualifier(item, answer)
    return _mark_other(item, answer, reading.values[0])


def _mark_qualifier(item: NumberAnswer, answer: Answer) -> Verdict:
    said, rest = read_qualifier(answer.plain)
    key = _plain(item.value)
    if NEGATORS.intersection(split_words(rest)):
        return waiting(Trace("negation", answer.folded, key))
    if said in ("none", item.qualifier):
        return _right(item, Trace("number", answer.folded, key))
    trace = Trace("number-qualifier", answer.folded, key, note=_explain(item.qualifier))
    if "under" in (said, item.qualifier) or (item.qualifier, said) == ("none", "over"):
        return waiting(Trace("number-qualifier", answer.folded, key))
    return _right(item, trace)


def _mark_other(item: NumberAnswer, answer: Answer, value: Fraction) -> Verdict:
    trace = Trace("other-number", answer.folded)
    if _misspells_magnitude(answer) or _GLUED.search(answer.plain):
        return waiting(Trace("unreadable", answer.folded))
    if value and item.value:
        factor = max(item.value / value, value / item.value)
        if factor in _THOUSAND_POWERS:
            trace = Trace("magnitude", answer.folded, note=_hint(item, value))
            return scored(Fraction(0), item.points, trace)
    if item.review == "on_miss":
        return waiting(trace)
    return scored(Fraction(0), item.points, trace)


def _misspells_magnitude(answer: Answer) -> bool:
    """Tell whether a word looks like a magnitude: “7 milion” is not 7, so a person reads it."""
    return any(
        0 < OSA.distance(word, name, score_cutoff=2) <= 2
        for word in split_words(answer.plain)
        if len(word) >= 6 and word not in _LONG_MAGNITUDES
        for name in _LONG_MAGNITUDES
    )


def _read(quiz: Quiz, item: NumberAnswer, plain: str) -> Reading:
    return read_numbers(plain, quiz.language, m_is_million=abs(item.value) >= _MILLION)


def _is_value(item: NumberAnswer, value: Fraction) -> bool:
    return abs(value - item.value) <= item.tolerance


def _find_trap(quiz: Quiz, item: NumberAnswer, reading: Reading) -> Reject | None:
    for reject in item.reject:
        trap = _read(quiz, item, fold_characters(reject.form))
        if set(trap.values).intersection(reading.values):
            return reject
    return None


def _right(item: NumberAnswer, trace: Trace) -> Verdict:
    return scored(Fraction(item.points), item.points, trace)


def _explain(wanted: Qualifier) -> str:
    if wanted == "none":
        return "The number is right. The text gives it without “about”."
    return f"The number is right. The text says “{_SAID[wanted]}”, or words like it."


def _hint(item: NumberAnswer, value: Fraction) -> str:
    if abs(value) < abs(item.value) and abs(value) < 1000:
        number = _plain(value)
        return f"{number} is right, but {number} what? Look for the word after it."
    return "The digits are right, but not the size. Look for the word after the number."


def _plain(value: Fraction) -> str:
    if value.denominator == 1:
        return str(value.numerator)
    return f"{Decimal(value.numerator) / Decimal(value.denominator):f}"
