"""Keys are not guessed about but executed: what the real marker gives to answers we know."""

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple, TypeAlias

from quizapp.bank.model import (
    Given,
    IdeasAnswer,
    MultipleChoice,
    NumberAnswer,
    Quiz,
    ShortAnswer,
    SingleChoice,
)
from quizapp.bank.problem import Problem, Severity
from quizapp.bank.source import Source, Step, find_plain
from quizapp.checking.vocabulary import Vocabulary, stop_words_near
from quizapp.marking import mark_item
from quizapp.marking.barred import Bar, Sent
from quizapp.marking.normalise import fold_characters, split_words
from quizapp.marking.spelling import is_name
from quizapp.marking.verdict import Verdict

Path: TypeAlias = tuple[Step, ...]

NON_ANSWERS = ("", "a", "?", "idk", "not sure")
MANY_WORDS, TOO_MANY_WORDS = 5, 10
LONGEST_ANSWER = 10_000
NOTHING = Fraction(0)
# Bounds the time for a monstrous file: a quiz of 100 questions with 12 forms each needs 180,000.
MOST_EFFORT = 200_000


class Form(NamedTuple):
    """An accepted form or a keyword, the level at which it counts, and where it stands."""

    text: str
    level: str
    path: Path


def check_keys(quiz: Quiz, source: Source) -> list[Problem]:
    """Return what the marker shows about the keys of `quiz` (rules K01 to K05, and K08)."""
    problems: list[Problem] = []
    vocabulary, effort, prompts = Vocabulary(quiz), _Effort(), _Prompts(quiz)
    for index in range(len(quiz.items)):
        check = _KeyCheck(quiz, source, index, effort, prompts)
        try:
            check.all_rules(vocabulary)
        except _TooMuchError:
            message = "the check of the answers stops here: this quiz has too many of them"
            fix = "make several quizzes of it"
            return [*problems, source.problem(("questions", index), message, fix)]
        problems += dict.fromkeys(check.problems)  # one fault may show at several levels
    return problems


class _TooMuchError(Exception):
    """The check of one quiz took more work than any quiz should need."""


class _Effort:
    """Counts the work done for one quiz, about one for each comparison of an answer."""

    def __init__(self) -> None:
        self._left = MOST_EFFORT

    def spend(self, comparisons: int) -> None:
        """Count some work. Raises _TooMuchError when it is too much."""
        self._left -= comparisons
        if self._left < 0:
            raise _TooMuchError


class _Prompts:
    """What is sent as the answer to every question of a quiz, each text read once."""

    def __init__(self, quiz: Quiz) -> None:
        self.passages = {level.id: level.text[:LONGEST_ANSWER] for level in quiz.levels}
        self._language = quiz.language
        self._read: dict[str, Sent] = {}

    def read(self, text: str) -> Sent:
        """Return a text as the quick tests look at it."""
        if text not in self._read:
            self._read[text] = Sent(text, self._language)
        return self._read[text]


class _KeyCheck:
    """Runs the marker on one item and gathers what it should not have done."""

    def __init__(
        self, quiz: Quiz, source: Source, index: int, effort: _Effort, prompts: _Prompts
    ) -> None:
        self.problems: list[Problem] = []
        self._quiz = quiz
        self._source = source
        self._effort = effort
        self._prompts = prompts
        self._bars: dict[str, Bar] = {}
        self._item = item = quiz.items[index]
        self._path: Path = ("questions", index)
        kinds = {"short": "accept", "number": "number", "ideas": "ideas"}
        self._key: Path = (*self._path, kinds.get(item.kind, "options"))
        # Only the forms of a short answer may differ from level to level.
        self._key_levels = item.levels if isinstance(item, ShortAnswer) else item.levels[:1]
        self._accepted = [*self._find_accepted()]
        self._keywords = [*self._find_keywords()]
        self._size = len(self._keywords) + len(getattr(item, "reject", ()))

    def all_rules(self, vocabulary: Vocabulary) -> None:
        """Run every rule that applies. Raises _TooMuchError."""
        self.examples()
        if not isinstance(self._item, SingleChoice | MultipleChoice):
            self.prompts()
            self.non_answers()
            self.passage()
            self.forms()
            self.collisions(vocabulary)

    def prompts(self) -> None:
        """K01: the text of a question, sent back as the answer, earns nothing."""
        for other in self._quiz.items:
            if not any(self._earned(other.question, level) for level in self._key_levels):
                continue
            own = other.id == self._item.id
            what = "this question itself" if own else f"question “{other.id}”"
            message = f"the text of {what}, sent as the answer, earns points"
            self._add(self._key, message, "leave out the words that it uses", "K01", key=True)

    def non_answers(self) -> None:
        """K02: nothing, "idk" or a single small word earns nothing, unless it is the key itself."""
        for text in (*NON_ANSWERS, *self._likely_stop_words()):
            for level in self._key_levels:
                verdict = self._try(text, level)
                if verdict and verdict.points and verdict.trace.rule not in ("exact", "normalised"):
                    message = f"the answer “{text}” earns points"
                    self._add(self._key, message, "ask for words that say more", "K02", key=True)

    def passage(self) -> None:
        """K03: the whole passage, sent as the answer, does not earn full points."""
        for level in self._item.levels:
            if self._earned(self._prompts.passages[level], level) == self._item.points:
                message = "the whole passage, sent as the answer, earns full points"
                self._add(
                    self._key, message, "ask for less, or set a lower `max_words:`", "K03", key=True
                )

    def forms(self) -> None:
        """K04: accepted forms earn full points, rejected ones nothing. K05: forms are short."""
        for form in self._accepted:
            if self._would_earn(form.text, form.level) != self._item.points:
                message = f"“{form.text}” is the answer here, but does not earn full points"
                self._add(form.path, message, "write it in a simpler way", "K04")
            self._length(form)
        for reject in getattr(self._item, "reject", ()):
            for level in self._item.levels:
                if self._mark(reject.form, level).points != 0:
                    message = f"“{reject.form}” is rejected here, but does not earn 0 points"
                    path = (*self._path, "reject", reject.form)
                    self._add(path, message, "take it out of the accepted answers", "K04", key=True)

    def examples(self) -> None:
        """K04: the teacher's own examples come out as they are meant."""
        for wanted, texts in (
            ("accepts", self._item.examples.accepts),
            ("rejects", self._item.examples.rejects),
        ):
            for rank, text in enumerate(texts):
                for level in self._item.levels:
                    earned = self._would_earn(text, level)
                    if wanted == "accepts" and earned != self._item.points:
                        message = f"“{text}” should earn full points, but does not"
                    elif wanted == "rejects" and earned:
                        message = f"“{text}” should earn nothing, but earns points"
                    else:
                        continue
                    fix = "change the accepted answers, or this example"
                    self._add((*self._path, "tests", wanted, rank), message, fix, "K04")

    def collisions(self, vocabulary: Vocabulary) -> None:
        """K08: no other word of the quiz is within the spelling tolerance of an accepted word."""
        if getattr(self._item, "spelling", "strict") == "strict":
            return
        for form in self._matched():
            words = () if is_name(form.text) else split_words(fold_characters(form.text))
            self._effort.spend(len(words))
            for place, word in enumerate(words):
                others = [
                    other
                    for other in vocabulary.near(word, form.level)
                    if not self._would_earn(
                        " ".join((*words[:place], other, *words[place + 1 :])), form.level
                    )
                ]
                self._warn_of(others, word, form)

    def _warn_of(self, others: list[str], word: str, form: Form) -> None:
        if others:
            names = ", ".join(f"“{other}”" for other in others)
            message = f"{names} is so close to “{word}” that it is not taken for a slip"
            fix = "accept it too, or write `spelling: strict`"
            self._add(form.path, message, fix, "K08", severity="warning")

    def _length(self, form: Form) -> None:
        count = len(form.text.split())
        if count > MANY_WORDS:
            severity: Severity = "error" if count > TOO_MANY_WORDS else "warning"
            message = f"this accepted answer has {count} words; few students will write it so"
            fix = "use `ideas:` with the words that matter"
            self._add(form.path, message, fix, "K05", severity=severity)

    def _find_accepted(self) -> Iterator[Form]:
        """Yield the forms that must earn full points."""
        if isinstance(self._item, NumberAnswer):
            path = (*self._key, "value")
            value = find_plain(self._source.data, path)
            for level in self._item.levels:
                yield Form(str(value), level, path)
        elif isinstance(self._item, ShortAnswer):
            by_level = isinstance(find_plain(self._source.data, self._key), dict)
            for level, forms in self._item.accept.items():
                start = (*self._key, level) if by_level else self._key
                for rank, form in enumerate(forms):
                    yield Form(form, level, (*start, rank))

    def _matched(self) -> Iterator[Form]:
        """Yield the forms and keywords that spelling tolerance applies to."""
        if isinstance(self._item, IdeasAnswer):
            for idea in self._item.ideas:
                for rank, keyword in enumerate(idea.keywords):
                    if not keyword.endswith("*"):
                        path = (*self._key, idea.name, rank)
                        yield from (Form(keyword, level, path) for level in self._item.levels)
        else:
            yield from self._accepted

    def _likely_stop_words(self) -> list[str]:
        """Return the stop words that a rule could take for a keyword; trying all is slow."""
        keywords = [keyword.casefold() for keyword in self._keywords]
        return sorted({word for key in keywords for word in stop_words_near(key)})

    def _find_keywords(self) -> Iterator[str]:
        if isinstance(self._item, IdeasAnswer):
            yield from (keyword for idea in self._item.ideas for keyword in idea.keywords)
        else:
            yield from (form.text for form in self._accepted)

    def _try(self, text: str, level: str) -> Verdict | None:
        """Return the verdict on a text that is sent to every question; None where nothing fits."""
        if isinstance(self._item, SingleChoice | MultipleChoice):
            return self._mark(text, level)
        if level not in self._bars:
            self._bars[level] = Bar(self._item, level, self._quiz.language)
        if not self._bars[level].stops(self._prompts.read(text)):
            return self._mark(text, level)
        self._spend(text)
        return None

    def _spend(self, text: str) -> None:
        self._effort.spend(4 + self._size + len(text) // 100)

    def _mark(self, text: str, level: str) -> Verdict:
        values: tuple[str, ...] = (text,)
        if isinstance(self._item, MultipleChoice):
            values = tuple(part.strip() for part in text.split(","))
        self._spend(text)
        return mark_item(self._quiz, self._item, Given(values, level))

    def _earned(self, text: str, level: str) -> Fraction:
        """Return the points that the marker gives by itself to what is sent to every question."""
        verdict = self._try(text, level)
        return (verdict.points if verdict else None) or NOTHING

    def _would_earn(self, text: str, level: str) -> Fraction:
        """Return the points by rule, also where a teacher looks at every answer."""
        verdict = self._mark(text, level)
        return verdict.points or verdict.suggestion or NOTHING

    def _add(
        self,
        path: Path,
        message: str,
        fix: str,
        rule: str,
        severity: Severity = "error",
        key: bool = False,
    ) -> None:
        problem = self._source.problem(path, message, fix, on_key=key, severity=severity, rule=rule)
        self.problems.append(problem)
