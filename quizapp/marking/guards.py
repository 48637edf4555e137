"""What is decided before any answer is looked for: blanks, foreseen errors, non-answers, and the
responses that a person must see because a rule could be fooled by them.
"""

import re
from fractions import Fraction
from functools import lru_cache

from quizapp.bank.model import IdeasAnswer, NumberAnswer, Quiz, ShortAnswer
from quizapp.marking.normalise import Answer, fold, fold_characters, squash, vocabulary
from quizapp.marking.verdict import Trace, Verdict, scored, waiting

TextItem = ShortAnswer | NumberAnswer | IdeasAnswer

_FILLER = r"(?: (?:the|an?|answer|this|that|it|one|what|to|say|write|at|all|yet|sorry|anything))*"
_NON_ANSWER = re.compile(
    r"(?:0|x+|n[/. ]?a|none|nothing|no|unsure|unknown|(?:i )?dunno"
    r"|(?:sorry )?idk"
    + _FILLER
    + r"|(?:i have )?no (?:idea|clue|answer)|(?:i (?:am |m )?|im )?not sure"
    r"|(?:i )?(?:really )?(?:forgot|forget)" + _FILLER + r"|(?:sorry )?(?:i )?(?:really )?"
    r"(?:do not|dont|did not|didnt|can ?not|ca not|cant|could not)(?: really)?"
    r" (?:know|remember|recall)" + _FILLER + r")"
)
_MARKUP = re.compile(r"://|\bwww\.|</?[a-z!]")
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_STEM_SHARE = Fraction(4, 5)
_PARTS_PER_WORD = 4


def screen(quiz: Quiz, item: TextItem, answer: Answer, max_words: int) -> Verdict | None:
    """Return zero for a blank or a non-answer, "waiting" for a doubtful response, else None."""
    if not answer.plain:
        return blank()
    if is_non_answer(answer):
        return scored(Fraction(0), item.points, Trace("non-answer", answer.folded))
    if rule := _find_doubt(quiz, item, answer, max_words):
        return waiting(Trace(rule, answer.folded, note=_explain(rule, max_words)))
    return None


def blank() -> Verdict:
    """Return the verdict for nothing at all."""
    return Verdict("blank", Fraction(0), Trace("blank"))


def find_rejected(item: TextItem, answer: Answer, language: str) -> Verdict | None:
    """Return zero with its feedback when the response is a wrong form that the teacher listed."""
    for reject in item.reject:
        if answer.typed == reject.form or answer.folded == fold(reject.form, language):
            trace = Trace("reject", answer.folded, reject.form, note=reject.feedback)
            return scored(Fraction(0), item.points, trace)
    return None


def missed(item: TextItem, answer: Answer) -> Verdict:
    """Return the verdict for a response that no rule knows: "waiting" or, by the item, wrong."""
    trace = Trace("no-match", answer.folded)
    return scored(Fraction(0), item.points, trace) if item.review == "never" else waiting(trace)


def is_non_answer(answer: Answer) -> bool:
    """Return True for "idk", "?", "not sure" and their like, as the whole response.

    Such forms never held a right answer in the material behind the rule (none of 4,384), except
    where the key itself is such a form; exact keys are therefore looked for first.
    """
    if not any(character.isalnum() for character in answer.folded):
        return not answer.folded
    said = " ".join(answer.words)
    return bool(_NON_ANSWER.fullmatch(said) or _NON_ANSWER.fullmatch(answer.folded))


def holds_two_numbers(answer: Answer) -> bool:
    """Return True when two different numbers are written in digits."""
    return len(set(_DIGITS.findall(answer.folded))) > 1


def _find_doubt(quiz: Quiz, item: TextItem, answer: Answer, max_words: int) -> str | None:
    if _MARKUP.search(answer.plain):
        return "markup"
    if _holds_passage(quiz, answer):
        return "passage"
    if _is_too_long(answer, max_words):
        return "too-long"
    if _repeats(item.question, answer):
        return "stem"
    if not isinstance(item, NumberAnswer) and holds_two_numbers(answer):
        return "two-numbers"
    return None


def _is_too_long(answer: Answer, max_words: int) -> bool:
    written = sum(any(map(str.isalnum, chunk)) for chunk in answer.plain.split())
    # "a,b,c" is one word on paper; without the second bound it could hide thousands.
    return written > max_words or len(answer.words) > _PARTS_PER_WORD * max_words


def _holds_passage(quiz: Quiz, answer: Answer) -> bool:
    said = squash(answer.plain)
    return any(said == _squashed(level.text) for level in quiz.levels)


@lru_cache(maxsize=1024)
def _squashed(text: str) -> str:
    return squash(fold_characters(text))


def _repeats(stem: str, answer: Answer) -> bool:
    asked, said = vocabulary(stem), set(answer.words)
    return bool(said) and said <= asked and len(said) >= _STEM_SHARE * len(asked)


def _explain(rule: str, max_words: int) -> str | None:
    if rule == "too-long":
        return f"Your answer has more than {max_words} words, so a teacher will read it."
    return None
