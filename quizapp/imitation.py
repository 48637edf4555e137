"""Answers as a class might give them, drawn from a seed: abilities, misreadings, slips. Pure.

The chance of a right answer is the Rasch model's: 1 / (1 + exp(difficulty - ability)).
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from quizapp.bank.model import (
    Choice,
    Given,
    Idea,
    IdeasAnswer,
    Item,
    Level,
    MultipleChoice,
    NumberAnswer,
    Option,
    Quiz,
    ShortAnswer,
    SingleChoice,
)

ANIMALS = (
    "Badger", "Beaver", "Bison", "Crane", "Dolphin", "Falcon", "Ferret", "Finch", "Gecko", "Hare",
    "Heron", "Ibex", "Jackdaw", "Kestrel", "Koala", "Lemur", "Lynx", "Marten", "Moose", "Newt",
    "Otter", "Owl", "Panda", "Puffin", "Raven", "Robin", "Salmon", "Seal", "Stork", "Swift",
    "Tapir", "Toad", "Walrus", "Wombat", "Wren", "Yak",
)  # fmt: skip
# Readers go wrong by misreading more often than by what stands elsewhere, or nowhere.
WEIGHTS = {"misread": 6.0, "elsewhere": 3.0, "unsupported": 1.0, None: 2.0}
PUZZLING_EVERY = 8  # one pupil in so many writes what only a teacher can judge
LURE_WEIGHT = 12.0
LURE_DIFFICULTY = 1.2


@dataclass(frozen=True, slots=True)
class Pupil:
    """One imagined student: how able, and which level they read."""

    name: str
    ability: float
    level: Level
    puzzling: bool


class Imitation:
    """Draws pupils and their answers to one quiz; the same seed draws the same ones."""

    def __init__(self, quiz: Quiz, seed: str) -> None:
        self.quiz = quiz
        self._random = Random(f"{seed}/{quiz.id}")
        self._difficulty = {item.id: self._random.gauss(-0.5, 0.8) for item in quiz.items}
        self._lures: dict[str, str] = {}
        self._set_lure()

    def _set_lure(self) -> None:
        """One question has a wrong option that draws most of those who miss it."""
        singles = [item for item in self.quiz.items if isinstance(item, SingleChoice)]
        if not singles:
            return
        item = self._random.choice(singles)
        wrong = [option for option in item.options if option.id != item.answer]
        lure = max(wrong, key=lambda option: WEIGHTS[option.error])
        self._lures[item.id] = lure.id
        self._difficulty[item.id] = LURE_DIFFICULTY

    def pupils(self, number: int) -> list[Pupil]:
        """Draw this many pupils with different names; abler ones tend to read harder levels."""
        names = self._random.sample(
            [f"{animal}-{n}" for animal in ANIMALS for n in range(10, 100)], number
        )
        return [
            self._pupil(name, place % PUZZLING_EVERY == PUZZLING_EVERY // 2)
            for place, name in enumerate(names)
        ]

    def _pupil(self, name: str, puzzling: bool) -> Pupil:
        ability, levels = self._random.gauss(0.3, 1.0), self.quiz.levels
        place = (ability + self._random.gauss(0, 0.6) + 1.5) / 3 * len(levels)
        level = levels[max(0, min(len(levels) - 1, int(place)))]
        return Pupil(name, ability, level, puzzling)

    def minutes(self, shortest: float, longest: float) -> float:
        """Draw a length of time; most lie near the middle."""
        return self._random.triangular(shortest, longest)

    def answers(self, pupil: Pupil, items: tuple[Item, ...]) -> Mapping[str, Given]:
        """Draw the pupil's answers to these items."""
        return {item.id: Given(self._answer(pupil, item), pupil.level.id) for item in items}

    def _answer(self, pupil: Pupil, item: Item) -> tuple[str, ...]:
        chance = 1 / (1 + math.exp(self._difficulty[item.id] - pupil.ability))
        if isinstance(item, SingleChoice):
            if self._random.random() < chance:
                return (item.answer,)
            return (self._wrong(item, {item.answer}),)
        if isinstance(item, MultipleChoice):
            return self._several(item, chance)
        if isinstance(item, IdeasAnswer):
            return (self._sentence(item, pupil, chance),)
        if self._random.random() < chance:
            return (self._right_words(item, pupil),)
        return (self._wrong_words(item, pupil),)

    def _wrong(self, item: Choice, taken: set[str]) -> str:
        options = [option for option in item.options if option.id not in taken]
        weights = [self._weight(item, option) for option in options]
        return self._random.choices(options, weights)[0].id

    def _weight(self, item: Choice, option: Option) -> float:
        lured = self._lures.get(item.id) == option.id
        return LURE_WEIGHT if lured else WEIGHTS[option.error]

    def _several(self, item: MultipleChoice, chance: float) -> tuple[str, ...]:
        """As many options as the question asks for; a key that was missed is replaced."""
        chosen = {key for key in item.answers if self._random.random() < chance}
        wrong = len(item.options) - len(item.answers)
        for _ in range(min(wrong, len(item.answers) - len(chosen))):
            chosen.add(self._wrong(item, {*item.answers, *chosen}))
        return tuple(option.id for option in item.options if option.id in chosen)

    def _right_words(self, item: ShortAnswer | NumberAnswer, pupil: Pupil) -> str:
        written = item.accept[pupil.level.id] if isinstance(item, ShortAnswer) else (_figure(item),)
        form = self._random.choice((*written, *item.examples.accepts))
        manner = self._random.random()
        if manner < 0.15 and isinstance(item, ShortAnswer) and (pupil.puzzling or form.islower()):
            return self._slip(form)
        return form.lower() if manner < 0.35 else form

    def _slip(self, form: str) -> str:
        """Exchange two letters inside a long word, as hurried fingers do."""
        places = [
            place
            for place in range(1, len(form) - 2)
            if form[place : place + 2].isalpha() and form[place] != form[place + 1]
        ]
        if len(form) < 6 or not places:
            return form
        at = self._random.choice(places)
        return form[:at] + form[at + 1] + form[at] + form[at + 2 :]

    def _wrong_words(self, item: ShortAnswer | NumberAnswer | IdeasAnswer, pupil: Pupil) -> str:
        """Something that the rules know to be wrong; from a puzzling pupil, what none knows."""
        manner = self._random.random()
        if manner < 0.1:
            return ""
        if manner < 0.16:
            return "I don't know"
        foreseen = [reject.form for reject in item.reject] + list(item.examples.rejects)
        if foreseen and manner < 0.6:
            return self._random.choice(foreseen)
        if isinstance(item, NumberAnswer):
            return str(int(item.value) + self._random.choice((-10, -1, 1, 2, 10)))
        return self._phrase(pupil.level) if pupil.puzzling else ""

    def _phrase(self, level: Level) -> str:
        """Take a few words that stand together in the text."""
        clauses = [part.split() for part in re.split(r"[.,;:!?“”\n]+", level.text)]
        words = self._random.choice([part for part in clauses if len(part) >= 4] or clauses)
        start = self._random.randrange(max(1, len(words) - 3))
        return " ".join(words[start : start + self._random.randint(3, 4)])

    def _sentence(self, item: IdeasAnswer, pupil: Pupil, chance: float) -> str:
        found = [self._keyword(idea) for idea in item.ideas if self._random.random() < chance]
        if not found:
            return self._wrong_words(item, pupil)
        if len(found) == len(item.ideas) and item.examples.accepts:
            return self._random.choice(item.examples.accepts)
        if not pupil.puzzling:
            return ""
        return f"The text says something about {' and '.join(found)}."

    def _keyword(self, idea: Idea) -> str:
        """A whole word of the idea; only where there is none, the beginning of one."""
        whole = [word for word in idea.keywords if not word.endswith("*")]
        return self._random.choice(whole or list(idea.keywords)).rstrip("*")


def _figure(item: NumberAnswer) -> str:
    """Write the number of an item as people do: about 7000000."""
    value = item.value
    text = f"{value.numerator}" if value.denominator == 1 else f"{float(value):g}"
    return text if item.qualifier == "none" else f"{item.qualifier} {text}"
