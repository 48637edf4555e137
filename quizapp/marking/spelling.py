"""Small spelling slips: what `spelling: close` forgives, word by word.

The bounds are on the optimal string alignment distance (insertions, deletions, substitutions and
swaps of neighbours). Reading is marked, not writing; but a slip must never turn one word of the
quiz into another.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from rapidfuzz.distance import OSA

from quizapp.bank.model import IdeasAnswer, Quiz, ShortAnswer
from quizapp.marking.normalise import REMEMBERED, vocabulary

_NEGATING_PREFIXES = ("non", "un", "in")
_EXACT_UP_TO = 4
_ONE_SLIP_UP_TO = 7

Known = Callable[[str], bool]


@lru_cache(maxsize=REMEMBERED)
def is_name(form: str) -> bool:
    """Return True for a form written with a capital: "Flynn" for "Flynt" is another person."""
    return any(character.isupper() for character in form)


def are_close(accepted: Sequence[str], typed: Sequence[str], is_known: Known) -> bool:
    """Return True when every typed word is the accepted word in its place, or a slip of it.

    Both are words as `split_words` gives them; `is_known` says whether a word stands in the quiz,
    and such a word is never taken for a slip.
    """
    return len(accepted) == len(typed) and all(
        a == t or (_is_slip(a, t) and not is_known(t)) for a, t in zip(accepted, typed, strict=True)
    )


def known_words(quiz: Quiz, level_id: str) -> Known:
    """Return the test for a word of the passage at this level, of a question or of a key."""

    def is_known(word: str) -> bool:
        return any(word in vocabulary(text) for text in _texts(quiz, level_id))

    return is_known


def _is_slip(accepted: str, typed: str) -> bool:
    if len(accepted) <= _EXACT_UP_TO or accepted[0] != typed[0]:
        return False
    if any(character.isdigit() for character in accepted + typed):
        return False
    if any(accepted.startswith(p) != typed.startswith(p) for p in _NEGATING_PREFIXES):
        return False
    bound = 1 if len(accepted) <= _ONE_SLIP_UP_TO else 2
    return OSA.distance(accepted, typed, score_cutoff=bound) <= bound


def _texts(quiz: Quiz, level_id: str) -> Iterator[str]:
    level = quiz.find_level(level_id)
    if level:
        yield level.text
    for item in quiz.items:
        yield item.question
        if isinstance(item, ShortAnswer):
            yield from item.accept.get(level_id, ())
        elif isinstance(item, IdeasAnswer):
            for idea in item.ideas:
                yield from idea.keywords
