"""Numbers as people write them: digits of any script, group marks, magnitudes, number words."""

import re
from dataclasses import dataclass
from fractions import Fraction

from text_to_num import alpha2digit

from quizapp.bank.model import Qualifier

_MAGNITUDES = {
    **dict.fromkeys(("hundred", "hundreds"), 10**2),
    **dict.fromkeys(("k", "thousand", "thousands"), 10**3),
    **dict.fromkeys(("lakh", "lakhs"), 10**5),
    **dict.fromkeys(("m", "mil", "mio", "mln", "mn", "million", "millions"), 10**6),
    **dict.fromkeys(("crore", "crores"), 10**7),
    **dict.fromkeys(("b", "bn", "billion", "billions"), 10**9),
    **dict.fromkeys(("trillion", "trillions"), 10**12),
}
_MAGNITUDE = "|".join(sorted(_MAGNITUDES, key=len, reverse=True))
_QUANTITY = (
    r"(?P<sign>(?<![a-z\d])-|\bminus )?(?<![a-z\d])"
    r"(?P<digits>\d{1,3}(?: \d{3})+(?:\.\d+)?(?!\d)|\d+(?:[.,]\d+)*)"
    rf"(?P<magnitudes>(?:[ -]?(?:{_MAGNITUDE})\b){{0,3}})"
    r"(?P<odd>(?:st|nd|rd|ths?)\b|e\d)?"
)
_IN_DIGITS = re.compile(_QUANTITY + r"(?P<power>)")
# The library writes "two point five million" as "2.5 1000000": the power belongs to the number.
_SPELLED_OUT = re.compile(_QUANTITY + r"(?: (?P<power>10{2,15})(?!\d))?")
_WHOLE = re.compile(r"\d{1,3}(?:[, ]\d{3})+|\d{1,2}(?:,\d{2})+,\d{3}|\d{1,3}(?:\.\d{3}){2,}|\d+")
_DECIMAL = re.compile(r"(?:\d+|\d{1,3}(?:[, ]\d{3})+)\.\d+")
_ONE_GROUP = re.compile(r"[1-9]\d{0,2}\.\d{3}")
_LONGEST = 40
_VAGUE = re.compile(
    r"\b(?:dozens?|half|halves|quarters?|thirds?|couple|pair|tens of|hundreds of|thousands of"
    r"|millions of|billions of|(?:several|many|few) (?:hundred|thousand|million|billion))\b"
)

# The order matters: "no more than" holds "more than".
_QUALIFIERS: tuple[tuple[Qualifier, re.Pattern[str]], ...] = (
    ("over", re.compile(r"\b(?:no|not) (?:less|fewer) than\b")),
    ("under", re.compile(r"\b(?:no|not) (?:more|greater) than\b")),
    (
        "over",
        re.compile(
            r"\b(?:over|more than|greater than|above|at least|in excess of|upwards of"
            r"|exceed(?:s|ed|ing)?|or more)\b|[>≥]|\+(?! ?\d)"
        ),
    ),
    (
        "under",
        re.compile(r"\b(?:under|less than|fewer than|below|up to|at most|or less|or fewer)\b|[<≤]"),
    ),
    (
        "about",
        re.compile(
            r"\b(?:about|around|approx|approximately|roughly|nearly|almost|some|circa|ca|close to"
            r"|or so)\b|[~∼≈]"
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Reading:
    """The different numbers in a response; `clear` is False when one can be read in two ways."""

    values: tuple[Fraction, ...]
    clear: bool


def read_numbers(plain: str, language: str, m_is_million: bool = True) -> Reading:
    """Return the numbers in character-folded text.

    Number words are read in the languages that the library knows, elsewhere digits alone. "7.000"
    and "7,5" mean different numbers in different countries, "half" and "dozens" no number that a
    rule may settle: such a reading is not clear. `m_is_million` is False where "30 m" are metres.
    """
    written = list(_IN_DIGITS.finditer(plain))
    between = _between(plain, written)
    spelled = list(_SPELLED_OUT.finditer(_spell_out(between, language)))
    values = [_value(quantity, m_is_million) for quantity in written + spelled]
    known = tuple(dict.fromkeys(value for value in values if value is not None))
    return Reading(known, None not in values and not _VAGUE.search(between))


def is_bare_number(folded: str) -> bool:
    """Return True when a response is one number in digits and nothing else."""
    return bool(_IN_DIGITS.fullmatch(folded))


def read_qualifier(plain: str) -> tuple[Qualifier, str]:
    """Return the qualifier in character-folded text, and the text without its words."""
    for qualifier, words in _QUALIFIERS:
        if words.search(plain):
            return qualifier, words.sub(" ", plain)
    return "none", plain


def _between(plain: str, written: list[re.Match[str]]) -> str:
    starts = [0, *(quantity.end() for quantity in written)]
    ends = [*(quantity.start() for quantity in written), len(plain)]
    return " | ".join(plain[start:end] for start, end in zip(starts, ends, strict=True))


def _spell_out(text: str, language: str) -> str:
    try:
        return str(alpha2digit(text, language.casefold().split("-")[0], threshold=0))
    except ValueError:  # a language without number words
        return ""


def _value(quantity: re.Match[str], m_is_million: bool) -> Fraction | None:
    value = _digits_value(quantity["digits"])
    if value is None or quantity["odd"]:
        return None
    for magnitude in quantity["magnitudes"].replace("-", " ").split():
        value *= 1 if magnitude == "m" and not m_is_million else _MAGNITUDES[magnitude]
    value *= int(quantity["power"] or 1)
    return -value if quantity["sign"] else value


def _digits_value(digits: str) -> Fraction | None:
    if len(digits) > _LONGEST or _ONE_GROUP.fullmatch(digits):
        return None
    if _DECIMAL.fullmatch(digits):
        return Fraction(digits.replace(",", "").replace(" ", ""))
    if _WHOLE.fullmatch(digits):
        return Fraction(re.sub("[., ]", "", digits))
    return None
