"""The single values of the quiz format: texts, ids, numbers, a language tag.

Each refuses with an error type of its own, which `messages` turns into a sentence.
"""

import re
from fractions import Fraction
from typing import Annotated, Any
from unicodedata import normalize

from pydantic import AfterValidator, PlainValidator, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from quizapp.bank.numerals import find_number

ID_PATTERN = r"^[a-z0-9][a-z0-9-]{0,39}$"
TELLING = frozenset(["key", "correct", "right", "wrong", "distractor", "answer", "true", "false"])
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", re.ASCII)
# YAML editors type bare scalars (`1984`, `no`), and so do validators; the reader does not.
_BARE: dict[str, Any] = {"type": ["string", "number", "boolean"]}


def _cleaned(text: str) -> str:
    text = text.strip()
    if not text:
        raise PydanticCustomError("empty", "empty")
    return text if text.isascii() else normalize("NFC", text)


def _not_telling(option_id: str) -> str:
    if option_id in TELLING:
        raise PydanticCustomError("telling", "telling")
    return option_id


def _language(tag: str) -> str:
    if not _LANGUAGE.fullmatch(tag):
        raise PydanticCustomError("language", "language")
    return tag


def _number(value: object) -> Fraction:
    number = find_number(value) if isinstance(value, str) else None
    if number is None:
        raise PydanticCustomError("empty" if value is None else "number", "number")
    return number


def _number_form(form: str) -> str:
    _number(form)
    return form


def _not_negative(number: Fraction) -> Fraction:
    if number < 0:
        raise PydanticCustomError("negative", "negative")
    return number


Id = Annotated[str, StringConstraints(pattern=ID_PATTERN), WithJsonSchema(_BARE)]
Text = Annotated[str, AfterValidator(_cleaned), WithJsonSchema(_BARE)]
Language = Annotated[str, AfterValidator(_language), WithJsonSchema(_BARE)]
Number = Annotated[
    Fraction, PlainValidator(_number), WithJsonSchema({"type": ["string", "number"]})
]
Tolerance = Annotated[Number, AfterValidator(_not_negative)]
# Keys of a map get no JSON Schema of their own: a validator may see the number 30 there, not text.
Name = Annotated[str, AfterValidator(_cleaned), WithJsonSchema({})]
IdName = Annotated[str, StringConstraints(pattern=ID_PATTERN), WithJsonSchema({})]
OptionId = Annotated[IdName, AfterValidator(_not_telling)]
NumberForm = Annotated[Name, AfterValidator(_number_form)]
