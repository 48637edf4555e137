"""The words of a quiz: which of them are small, and which are a slip of the pen apart."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import islice

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from quizapp.bank.model import Quiz
from quizapp.marking.barred import WIDEST, is_alike
from quizapp.marking.normalise import vocabulary

SMALL_WORDS = """
    a an the of to in on at for by with from and or but is are was were be been being it its this
    that these those he she they them his her their there as not no do does did has have had will
    would can could may might should what which who whom whose when where why how than then so if
    about into out up over after before more most such also very s t
"""
STOP_WORDS = frozenset(SMALL_WORDS.split())
MOST = 3  # more names in one message help nobody


class Vocabulary:
    """The words of each level and of all questions, in drawers by their first letter."""

    def __init__(self, quiz: Quiz) -> None:
        stems = frozenset[str]().union(*(vocabulary(item.question) for item in quiz.items))
        self._drawers = {
            level.id: _drawers((vocabulary(level.text) | stems) - STOP_WORDS)
            for level in quiz.levels
        }

    def near(self, word: str, level: str) -> list[str]:
        """Return a few other words of the level within the spelling tolerance of `word`."""
        drawer = self._drawers[level].get(word[:1], ())
        # One call of the C library first: nearly all words are out of any tolerance.
        rough = extract(word, drawer, scorer=OSA.distance, score_cutoff=WIDEST, limit=None)
        others = sorted(other for other, _, _ in rough if other != word)
        return list(islice((other for other in others if is_near(other, word)), MOST))


def is_near(word: str, keyword: str) -> bool:
    """Return True when the spelling tolerance, or a `*`, leads from `word` to the keyword."""
    if keyword.endswith("*"):
        return word.startswith(keyword.rstrip("*"))
    return is_alike(word, keyword)


def stop_words_near(keyword: str) -> list[str]:
    """Return the small words that a rule could take for the keyword."""
    likely = _STOP_DRAWERS.get(keyword[:1], ()) if keyword.strip("*") else STOP_WORDS
    return [word for word in likely if is_near(word, keyword)]


def _drawers(words: Iterable[str]) -> dict[str, list[str]]:
    drawers: dict[str, list[str]] = defaultdict(list)
    for word in words:
        drawers[word[0]].append(word)
    return drawers


_STOP_DRAWERS = _drawers(STOP_WORDS)
