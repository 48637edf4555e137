"""What the values of a quiz must agree on: keys with options, evidence with levels, ids with ids.

Runs on the questions whose fields are right, also when others in the file are not.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from unicodedata import normalize

from quizapp.bank.format import (
    Common,
    EvidenceFields,
    IdeasFields,
    ItemFields,
    MultipleFields,
    OptionFields,
    ShortFields,
    SingleFields,
)
from quizapp.bank.problem import Problem
from quizapp.bank.source import Path, Plain, Source
from quizapp.bank.syntax import shown
from quizapp.bank.words import guess

ONE_LEVEL = "text"
_PUNCTUATION = re.compile(r"(?<!\d)[^\w\s](?!\d)|_")


def level_ids(passage: Plain) -> tuple[str, ...]:
    """Return the ids of the passage's levels, in their order; one text is one level."""
    return tuple(passage) if isinstance(passage, dict) else (ONE_LEVEL,)


def levels_of(item: Common, offered: Sequence[str]) -> tuple[str, ...]:
    """Return the levels that an item is valid at, in the order of the passage."""
    return tuple(level for level in offered if item.levels is None or level in item.levels)


def duplicate_ids(source: Source) -> list[Problem]:
    """Return a problem for each question id that stands before in the file."""
    problems: list[Problem] = []
    first: dict[str, int] = {}
    questions = source.data.get("questions") if source.data else None
    for index, item in enumerate(questions if isinstance(questions, list) else ()):
        item_id = item.get("id") if isinstance(item, dict) else None
        if not isinstance(item_id, str):
            continue
        path: Path = ("questions", index, "id")
        if item_id in first:
            message = f"the id '{shown(item_id)}' is given twice (first on line {first[item_id]})"
            problems.append(source.problem(path, message, "give this question an id of its own"))
        first.setdefault(item_id, source.value_at(*path)[0])
    return problems


def disagreements(
    item: ItemFields, path: Path, offered: Sequence[str], source: Source
) -> list[Problem]:
    """Return what does not fit together in one question; `path` leads to it."""
    check = _Check(source, path, offered, levels_of(item, offered))
    check.levels(item)
    check.evidence(item.evidence, ("evidence",), complete=True)
    if isinstance(item, SingleFields | MultipleFields):
        check.options(item)
        check.keys(item)
    elif isinstance(item, ShortFields) and isinstance(item.accept, dict):
        check.by_level(item.accept, ("accept",), "accepted answers", complete=True)
    elif isinstance(item, IdeasFields) and item.points not in (None, len(item.ideas)):
        count = len(item.ideas)
        message = f"`points:` should be {count}, one for each idea"
        check.add(("points",), message, f"write `points: {count}`, or remove the line")
    return check.problems


def _fold(text: str) -> str:
    """Fold case, space and punctuation away; a sign or a comma of a number is no punctuation."""
    folded = normalize("NFKC", text).casefold()
    return " ".join(_PUNCTUATION.sub(" ", folded).split()) or folded


class _Check:
    """Collects the disagreements of one question."""

    def __init__(
        self, source: Source, path: Path, offered: Sequence[str], levels: Sequence[str]
    ) -> None:
        self.problems: list[Problem] = []
        self._source = source
        self._path = path
        self._offered = offered
        self._levels = levels

    def add(self, path: Path, message: str, fix: str | None = None, on_key: bool = False) -> None:
        where = [*self._path, *path]
        self.problems.append(self._source.problem(where, message, fix, on_key=on_key))

    def levels(self, item: ItemFields) -> None:
        for index, level in enumerate(item.levels or ()):
            if level not in self._offered:
                self._unknown_level(level, ("levels", index))

    def _unknown_level(self, level: str, path: Path, on_key: bool = False) -> None:
        word = guess(level, self._offered)
        fix = f"did you mean `{word}`?" if word else "use one of: " + ", ".join(self._offered)
        self.add(path, f"the passage has no level '{shown(level)}'", fix, on_key)

    def evidence(self, evidence: EvidenceFields | None, path: Path, complete: bool = False) -> None:
        if isinstance(evidence, dict):
            self.by_level(evidence, path, "evidence", complete)

    def by_level(
        self, given: Mapping[str, object], path: Path, what: str, complete: bool = False
    ) -> None:
        for level in given:
            if level not in self._offered:
                self._unknown_level(level, (*path, level), on_key=True)
            elif level not in self._levels:
                message = f"this question is not asked at level '{level}'"
                self.add((*path, level), message, "remove it, or add it to `levels:`", True)
        missing = [level for level in self._levels if level not in given] if complete else ()
        for level in missing:
            fix = f"add `{level}:` below `{path[-1]}:`"
            self.add(path, f"`{path[-1]}:` has no {what} for level '{level}'", fix, True)

    def options(self, item: SingleFields | MultipleFields) -> None:
        if len(item.options) < 2:
            self.add(("options",), "a question needs at least two options", None, True)
        seen: dict[str, str] = {}
        for option_id, option in item.options.items():
            text = option.text if isinstance(option, OptionFields) else option
            first = seen.setdefault(_fold(text), option_id)
            if first != option_id:
                message = f"the options '{first}' and '{option_id}' say the same"
                self.add(("options", option_id), message, "change one of them")
            if isinstance(option, OptionFields):
                self.evidence(option.evidence, ("options", option_id, "evidence"))

    def keys(self, item: SingleFields | MultipleFields) -> None:
        if isinstance(item, SingleFields):
            self._key(item.answer, ("answer",), item)
        else:
            for index, key in enumerate(item.answers):
                self._key(key, ("answers", index), item)
                if key in item.answers[:index]:
                    self.add(("answers", index), f"'{shown(key)}' is given twice", "remove it")
            self._count(item)

    def _count(self, item: MultipleFields) -> None:
        keys = set(item.answers)
        if len(keys) < 2:
            fix = "use `answer:` for a question with one right option"
            self.add(("answers",), "`answers:` needs at least two right options", fix, True)
        elif keys >= set(item.options):
            message = "all options are right, so there is nothing to choose"
            self.add(("answers",), message, "add a wrong option", True)

    def _key(self, key: str, path: Path, item: SingleFields | MultipleFields) -> None:
        option = item.options.get(key)
        if option is None:
            word = _option_with(key, item.options) or guess(key, item.options)
            fix = f"did you mean `{word}`?" if word else "use the id of one of the options"
            self.add(path, f"'{shown(key)}' is not one of the options", fix)
        elif isinstance(option, OptionFields) and option.error:
            message = f"the option '{key}' is right, so it has no `error:`"
            where = ("options", key, "error")
            self.add(where, message, "remove the line, or correct the answer", True)


def _option_with(text: str, options: Mapping[str, OptionFields | str]) -> str | None:
    """Return the id of the option that says `text`: the answer was written out."""
    for option_id, option in options.items():
        said = option.text if isinstance(option, OptionFields) else option
        if _fold(said) == _fold(text):
            return option_id
    return None


def unexplained(
    item: Mapping[str, Plain], path: Path, meant: Iterable[str], source: Source
) -> list[Problem]:
    """Return a warning for each key that a good question has and this one leaves out."""
    advice = {
        "skill": "add `skill:` retrieve, infer, vocabulary, integrate or evaluate",
        "why": "add `why:` with one sentence that says why the answer is right",
    }
    return [
        source.problem(path, f"this question has no `{key}:`", fix, severity="warning")
        for key, fix in advice.items()
        if item.get(key) is None and key not in meant
    ]
