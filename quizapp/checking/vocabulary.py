"""The words of a quiz: which of them are small, and which are a slip of the pen apart."""

from collections import defaultdict
from itertools import islice

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from quizapp.bank.model import Quiz
from quizapp.marking.normalise import vocabulary
from quizapp.marking.spelling import are_close

SMALL_WORDS = """
    a an the of to in on at for by with from and or but is are was were be been being it its this
    that these those he she they them his her their there as not no do does did has have had will
    would can could may might should what which who whom whose when where why how than then so if
    about into out up over after before more most such also very s t
"""
STOP_WORDS = frozenset(SMALL_WORDS.split())
WIDEST = 2  # letters, as far as the marker's tolerance ever goes
MOST = 3  # more names in one message help nobody


class Vocabulary:
    """The words of each level and of all questions, in drawers by their first letter."""

    def __init__(self, quiz: Quiz) -> None:
        stems = frozenset[str]().union(*(vocabulary(item.question) for item in quiz.items))
        self._drawers = {
            level.id: _drawers(vocabulary(level.text) | stems) for level in quiz.levels
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
    # No slip changes the first letter; most words end here, without the distance being asked for.
    return word[:1] == keyword[:1] and are_close((keyword,), (word,), _unknown)


def _unknown(word: str) -> bool:
    """Stand for "no such word in the quiz": the distance alone is asked for here."""
    return False


def _drawers(words: frozenset[str]) -> dict[str, list[str]]:
    drawers: dict[str, list[str]] = defaultdict(list)
    for word in words - STOP_WORDS:
        drawers[word[0]].append(word)
    return drawers
