"""Marks for a sentence: an equal share of the points for every idea with one of its keywords."""

from collections.abc import Sequence
from fractions import Fraction

from quizapp.bank.model import Given, Idea, IdeasAnswer, Quiz
from quizapp.marking.guards import find_rejected, missed, screen
from quizapp.marking.normalise import Answer, fold, read_answer
from quizapp.marking.phrases import (
    Place,
    find_places,
    find_slips,
    is_negated,
    names_alternatives,
    read_keyword,
)
from quizapp.marking.spelling import Known, known_words
from quizapp.marking.verdict import Trace, Verdict, scored, waiting

Found = dict[str, tuple[str, list[Place]]]


def mark_ideas(quiz: Quiz, item: IdeasAnswer, given: Given) -> Verdict:
    """Return a share of the points for every idea found; none found is for a person to read.

    A response that is one keyword, and nothing else, is an exact accepted form: no guard stops it.
    """
    answer = read_answer(quiz, given)
    is_keyword = any(
        answer.folded and answer.folded == fold(keyword, quiz.language)
        for idea in item.ideas
        for keyword in idea.keywords
    )
    stopped = find_rejected(item, answer, quiz.language)
    if not stopped and not is_keyword:
        stopped = screen(quiz, item, answer, item.max_words)
    return stopped or _mark_found(quiz, item, answer, given.level)


def _mark_found(quiz: Quiz, item: IdeasAnswer, answer: Answer, level: str) -> Verdict:
    found = find_ideas(answer.words, item, known_words(quiz, level))
    if not found:
        return missed(item, answer)
    ideas, form = tuple(found), ", ".join(keyword for keyword, _ in found.values())
    places = [places for _, places in found.values()]
    if is_negated(answer.words, [place for some in places for place in some]):
        return waiting(Trace("negation", answer.folded, form, ideas))
    if names_alternatives(answer.words, places):
        return waiting(Trace("alternatives", answer.folded, form, ideas))
    note = _invite(len(found), len(item.ideas))
    points = Fraction(item.points * len(found), len(item.ideas))
    return scored(points, item.points, Trace("ideas", answer.folded, form, ideas, note))


def find_ideas(said: Sequence[str], item: IdeasAnswer, is_known: Known) -> Found:
    """Return the ideas in a response, by name: the keyword that shows each, and its places."""
    found: Found = {}
    for idea in item.ideas:
        places = _find_exact(said, idea)
        if not places and item.spelling == "close":
            places = _find_slips(said, idea, is_known)
        if places:
            found[idea.name] = places
    return found


def _find_exact(said: Sequence[str], idea: Idea) -> tuple[str, list[Place]] | None:
    by_keyword = [(word, find_places(said, read_keyword(word))) for word in idea.keywords]
    return _gather(by_keyword)


def _find_slips(said: Sequence[str], idea: Idea, is_known: Known) -> tuple[str, list[Place]] | None:
    by_keyword = [(word, find_slips(said, read_keyword(word), is_known)) for word in idea.keywords]
    return _gather(by_keyword)


def _gather(by_keyword: list[tuple[str, list[Place]]]) -> tuple[str, list[Place]] | None:
    shown = [keyword for keyword, places in by_keyword if places]
    if not shown:
        return None
    return shown[0], [place for _, places in by_keyword for place in places]


def _invite(found: int, wanted: int) -> str | None:
    if found == wanted:
        return None
    left = wanted - found
    return f"You found {found} of {wanted} ideas. Look for {left} more in the text."
