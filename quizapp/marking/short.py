"""Marks for short answers: the accepted forms, then the guards, then small spelling slips."""

from collections.abc import Sequence
from fractions import Fraction

from quizapp.bank.model import Given, Quiz, ShortAnswer
from quizapp.marking.guards import find_rejected, missed, screen
from quizapp.marking.normalise import (
    Answer,
    fold,
    fold_characters,
    read_answer,
    split_words,
    squash,
)
from quizapp.marking.phrases import NEGATORS, find_places, is_negated, read_keyword
from quizapp.marking.spelling import are_close, is_name, known_words
from quizapp.marking.verdict import Trace, Verdict, scored, waiting


def mark_short(quiz: Quiz, item: ShortAnswer, given: Given) -> Verdict:
    """Return the verdict of the first rule that knows the response; the order is the fairness.

    An accepted form wins over everything, a listed wrong form over every kind of tolerance.
    """
    answer, forms = read_answer(quiz, given), item.accept.get(given.level, ())
    return (
        _accepted(item, answer, forms, quiz.language)
        or find_rejected(item, answer, quiz.language)
        or _accepted_but_for_gaps(item, answer, forms, quiz.language)
        or screen(quiz, item, answer, item.max_words)
        or _alternatives(item, answer, forms, quiz.language)
        or _negated(answer, forms)
        or _slip(quiz, item, answer, forms, given.level)
        or missed(item, answer)
    )


def _accepted(
    item: ShortAnswer, answer: Answer, forms: Sequence[str], language: str
) -> Verdict | None:
    if answer.typed in forms:
        return _right(item, Trace("exact", answer.folded, answer.typed))
    for form in forms:
        if answer.folded and answer.folded == fold(form, language):
            return _right(item, Trace("normalised", answer.folded, form))
    return None


def _accepted_but_for_gaps(
    item: ShortAnswer, answer: Answer, forms: Sequence[str], language: str
) -> Verdict | None:
    said = squash(answer.folded)
    for form in forms:
        if not said or said != squash(fold(form, language)):
            continue
        # "not able" is no way to write "notable"; "non-profit" is one to write "nonprofit".
        if _words_of_no(answer.words) == _words_of_no(split_words(fold_characters(form))):
            return _right(item, Trace("spacing", answer.folded, form))
    return None


def _alternatives(
    item: ShortAnswer, answer: Answer, forms: Sequence[str], language: str
) -> Verdict | None:
    sides = [fold(side, language) for side in answer.folded.split(" or ")]
    if len(sides) == 1:
        return None
    accepted = {fold(form, language): form for form in forms}
    trace = Trace("alternatives", answer.folded, accepted.get(sides[0]))
    return _right(item, trace) if all(side in accepted for side in sides) else waiting(trace)


def _negated(answer: Answer, forms: Sequence[str]) -> Verdict | None:
    for form in forms:
        places = find_places(answer.words, read_keyword(form))
        if is_negated(answer.words, places):
            return waiting(Trace("negation", answer.folded, form))
    return None


def _slip(
    quiz: Quiz, item: ShortAnswer, answer: Answer, forms: Sequence[str], level: str
) -> Verdict | None:
    if item.spelling == "strict":
        return None
    is_known = known_words(quiz, level)
    said = split_words(answer.folded)
    for form in forms:
        wanted = split_words(fold(form, quiz.language))
        if said != wanted and not is_name(form) and are_close(wanted, said, is_known):
            note = f"Accepted as “{form}”, with a small spelling slip."
            return _right(item, Trace("spelling", answer.folded, form, note=note))
    return None


def _right(item: ShortAnswer, trace: Trace) -> Verdict:
    return scored(Fraction(item.points), item.points, trace)


def _words_of_no(words: Sequence[str]) -> frozenset[str]:
    return NEGATORS.intersection(words) - {"non"}
