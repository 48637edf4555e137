"""A quiz as canonical JSON: the text that a stored version holds, and its hash names.

Exact in both directions: fractions are written as "7/2", keys are sorted, nothing is rounded.
"""

import json
from hashlib import sha256

from pydantic import TypeAdapter

from quizapp.bank.model import Defaults, Quiz

_QUIZ = TypeAdapter(Quiz)


def to_json(quiz: Quiz) -> str:
    """Return the one text that stands for this quiz; equal quizzes give equal texts."""
    plain = _QUIZ.dump_python(quiz, mode="json")
    if quiz.defaults == Defaults():
        del plain["defaults"]  # a quiz from before there were defaults keeps its digest
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def from_json(text: str) -> Quiz:
    """Return the quiz that `to_json` wrote. Raises ValueError for any other text."""
    return _QUIZ.validate_json(text)


def digest(text: str) -> str:
    """Return the SHA-256 of a canonical text, in hexadecimal."""
    return sha256(text.encode()).hexdigest()
