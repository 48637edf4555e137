"""Answers that no rule can give points for, told from their words without asking the rules.

The checker sends every question as the answer to every other; nearly all of them end here. What is
not barred may still earn nothing: only the marker can say.
"""

from collections.abc import Iterable
from functools import cached_property

from quizapp.bank.model import Idea, IdeasAnswer, NumberAnswer, ShortAnswer
from quizapp.marking.guards import TextItem
from quizapp.marking.normalise import fold, fold_characters, split_words, squash
from quizapp.marking.phrases import Keyword, read_keyword
from quizapp.marking.spelling import are_close

WIDEST = 2  # letters, as far as the spelling tolerance ever goes


class Sent:
    """An answer as these tests look at it, read once for all the questions of a quiz."""

    def __init__(self, text: str, language: str) -> None:
        folded = fold(text, language)
        self.gapless = squash(folded)
        self.offers_choice = " or " in folded
        self.letters = _first_letters(split_words(folded))
        self._text = text

    @cached_property
    def words(self) -> dict[str, list[str]]:
        """The words of the answer by their first letter."""
        drawers: dict[str, list[str]] = {}
        for word in split_words(fold_characters(self._text)):
            drawers.setdefault(word[0], []).append(word)
        return drawers


class Bar:
    """The test for one question at one level."""

    def __init__(self, item: TextItem, level: str, language: str) -> None:
        self._numeric = isinstance(item, NumberAnswer)
        ideas = item.ideas if isinstance(item, IdeasAnswer) else ()
        forms = item.accept.get(level, ()) if isinstance(item, ShortAnswer) else ()
        folded = [fold(form, language) for form in forms]
        self._gapless = {squash(form) for form in folded}
        self._letters = {_first_letters(split_words(form)) for form in folded}
        self._keywords = list(_keywords(ideas))

    def stops(self, sent: Sent) -> bool:
        """Return True when no rule of the marker gives this answer any points."""
        return not (
            self._numeric  # its words can be numbers in many ways
            or sent.gapless in self._gapless  # so are all that are the same but for capitals
            or (self._gapless and sent.offers_choice)
            or sent.letters in self._letters  # a slip keeps the first letter of each word
            or any(_may_stand(key, sent.words.get(key.words[0][0], ())) for key in self._keywords)
        )


def _keywords(ideas: Iterable[Idea]) -> Iterable[Keyword]:
    read = (read_keyword(written) for idea in ideas for written in idea.keywords)
    return (keyword for keyword in read if keyword.words)


def _may_stand(keyword: Keyword, words: Iterable[str]) -> bool:
    """Tell whether the keyword could begin at one of these words, which have its first letter."""
    first, whole = keyword.words[0], "".join(keyword.words)
    return any(
        whole.startswith(word)
        or (keyword.open_ended and word.startswith(whole))
        or is_alike(word, first)
        for word in words
    )


def is_alike(word: str, wanted: str) -> bool:
    """Return True when the spelling tolerance leads from `word` to `wanted`, alone."""
    # No slip changes the first letter; most words end here, without the distance being asked for.
    near = word[:1] == wanted[:1] and abs(len(word) - len(wanted)) <= WIDEST
    return near and are_close((wanted,), (word,), _unknown)


def _unknown(word: str) -> bool:
    """Stand for "no such word in the quiz": the distance alone is asked for here."""
    return False


def _first_letters(words: Iterable[str]) -> str:
    return "".join([word[0] for word in words])
