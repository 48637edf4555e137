"""The quiz format, field by field, as pydantic reads it and as `schema.json` describes it.

These classes say which keys exist and what one value may be. What two values must agree on (a key
that is an option, evidence at every level) is in `agreement`; the sentences are in `messages`.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

from quizapp.bank.model import Misreading, Qualifier, Review, Skill, Spelling
from quizapp.bank.values import (
    Id,
    IdName,
    Language,
    Name,
    Number,
    NumberForm,
    OptionId,
    Text,
    Tolerance,
)
from quizapp.bank.words import KIND_KEYS, guess

# More options, or more levels, help no reader; and every check of them stays quick.
MOST_OPTIONS = 40
MOST_LEVELS = 12


def _shape(value: object) -> str:
    """Tell the ways apart in which one field can be written, by tags that are no keys."""
    return "<map>" if isinstance(value, dict) else "<list>" if isinstance(value, list) else "<text>"


def _kind(value: object) -> str | None:
    """Return the kind of a question from its keys, or from what its keys were meant to be."""
    if not isinstance(value, dict):
        return "<single>"  # any kind will do to say that this is not a question
    for key, kind in KIND_KEYS.items():
        if key in value:
            return f"<{kind}>"
    meant = [guess(key, KIND_KEYS) for key in value]
    return next((f"<{KIND_KEYS[key]}>" for key in meant if key), None)


Texts = Annotated[list[Text], Field(min_length=1)]
Quotes = Annotated[
    Annotated[Text, Tag("<text>")] | Annotated[Texts, Tag("<list>")], Discriminator(_shape)
]
EvidenceFields = Annotated[
    Annotated[Text, Tag("<text>")]
    | Annotated[Texts, Tag("<list>")]
    | Annotated[dict[Name, Quotes], Field(min_length=1, max_length=MOST_LEVELS), Tag("<map>")],
    Discriminator(_shape),
]
MaxWords = Annotated[int, Field(ge=1, le=500, description="Longer answers wait for the teacher.")]
SpellingField = Annotated[
    Spelling, Field(description="close forgives a slip in a longer word; strict forgives nothing.")
]
ReviewField = Annotated[
    Review, Field(description="When an answer waits for the teacher instead of scoring by rule.")
]
RejectFields = Annotated[
    dict[Name, Text], Field(description="Wrong answers you foresee, and what to say to each.")
]


class Strict(BaseModel):
    """A group of keys in which no unknown key is allowed."""

    model_config = ConfigDict(extra="forbid")


class LevelFields(Strict, title="Reading level"):
    """The passage at one reading level."""

    label: Text | None = Field(None, description="What students see; the level's id if left out.")
    text: Text = Field(description="The passage. A blank line starts a new paragraph.")
    glossary: dict[Name, Text] = Field(
        default_factory=dict, description="Words of this level and what they mean."
    )


class OptionFields(Strict, title="Option"):
    """One option of a question, with what makes a wrong one tempting."""

    text: Text
    error: Misreading | None = Field(
        None, description="How this wrong option goes wrong: misread, elsewhere or unsupported."
    )
    evidence: EvidenceFields | None = Field(
        None, description="The words of the passage that tempt to this option."
    )
    feedback: Text | None = Field(None, description="What to say to a student who chose it.")
    pin: Literal["last"] | None = Field(None, description="last keeps this option at the end.")


class FeedbackFields(Strict, title="Feedback"):
    """What to say after a right or a wrong answer."""

    correct: Text | None = None
    wrong: Text | None = None


class ExampleFields(Strict, title="Tests"):
    """Answers that the check runs through the marker."""

    accepts: list[Text] = Field(default_factory=list, description="These must earn full points.")
    rejects: list[Text] = Field(default_factory=list, description="These must earn nothing.")


class NumberFields(Strict, title="Number"):
    """A number as the answer."""

    value: Number = Field(description='The number: 150, 3.5, "1,200" or 7 million.')
    qualifier: Qualifier = Field("none", description="The passage's hedge: about, over or under.")
    tolerance: Tolerance = Field(description="How far off still counts. Write 0 for not at all.")


class Common(Strict):
    """The keys that every kind of question has."""

    id: Id = Field(description="Stable for ever, never reused: small letters, digits, hyphens.")
    question: Text = Field(description="The question as students read it.")
    skill: Skill | None = Field(None, description="What the question asks a reader to do.")
    points: Annotated[int, Field(ge=1, le=100)] | None = Field(
        None, description="1 if left out; the number of ideas for a question with ideas."
    )
    levels: Annotated[list[Text], Field(min_length=1, max_length=MOST_LEVELS)] | None = Field(
        None, description="The reading levels it can be answered at; all if left out."
    )
    evidence: EvidenceFields = Field(
        description="The words of the passage that decide it: one quote, a list, or quotes per "
        "level; whole when it rests on the whole text."
    )
    why: Text | None = Field(None, description="Why the answer is right, shown after marking.")
    hint: Text | None = Field(None, description="A hint that does not give the answer away.")
    feedback: FeedbackFields | None = None
    tests: ExampleFields | None = None
    ignore: dict[Name, Text] = Field(
        default_factory=dict, description="Rules of the check to silence, each with your reason."
    )
    shuffle: bool = Field(True, description="false keeps the options in the order written here.")


Options = Annotated[
    dict[
        OptionId,
        Annotated[
            Annotated[Text, Tag("<text>")] | Annotated[OptionFields, Tag("<map>")],
            Discriminator(_shape),
        ],
    ],
    Field(
        max_length=MOST_OPTIONS,
        description="Option id: the text; or a group of text, error, evidence, feedback.",
    ),
]


class SingleFields(Common, title="Question with one right option"):
    """Options of which one is right."""

    options: Options
    answer: Text = Field(description="The id of the right option.")


class MultipleFields(Common, title="Question with several right options"):
    """Options of which several are right."""

    options: Options
    answers: list[Text] = Field(
        max_length=MOST_OPTIONS, description="The ids of the right options."
    )
    scoring: Literal["net", "exact"] = Field(
        "net", description="net takes wrong choices off the right ones; exact is all or nothing."
    )


class ShortFields(Common, title="Question with a short answer"):
    """An answer of a word or a few."""

    accept: Annotated[
        Annotated[Texts, Tag("<list>")]
        | Annotated[dict[Name, Texts], Field(min_length=1, max_length=MOST_LEVELS), Tag("<map>")],
        Discriminator(_shape),
    ] = Field(description="The accepted answers: a list, or a list for each level.")
    spelling: SpellingField = "close"
    reject: RejectFields = Field(default_factory=dict)
    review: ReviewField = "on_miss"
    max_words: MaxWords = 12


class NumberItemFields(Common, title="Question with a number as its answer"):
    """An answer that is a number."""

    number: NumberFields
    reject: dict[NumberForm, Text] = Field(
        default_factory=dict, description="Wrong numbers you foresee, and what to say to each."
    )
    review: ReviewField = "never"


class IdeasFields(Common, title="Question with ideas"):
    """A sentence that earns one point for each idea in it."""

    ideas: dict[Name, Texts] = Field(
        min_length=1, description="Name of the idea: the words that show it; * ends a word freely."
    )
    spelling: SpellingField = "close"
    reject: RejectFields = Field(default_factory=dict)
    review: ReviewField = "on_miss"
    max_words: MaxWords = 40


ItemFields = SingleFields | MultipleFields | ShortFields | NumberItemFields | IdeasFields
AnyItem = Annotated[
    Annotated[SingleFields, Tag("<single>")]
    | Annotated[MultipleFields, Tag("<multiple>")]
    | Annotated[ShortFields, Tag("<short>")]
    | Annotated[NumberItemFields, Tag("<number>")]
    | Annotated[IdeasFields, Tag("<ideas>")],
    Discriminator(_kind),
]
PassageFields = Annotated[
    Annotated[Text, Tag("<text>")]
    | Annotated[
        dict[IdName, LevelFields], Field(min_length=1, max_length=MOST_LEVELS), Tag("<map>")
    ],
    Discriminator(_shape),
]


class DefaultsFields(Strict, title="Defaults"):
    """What the form for giving this quiz begins with; a teacher can change it there."""

    attempts: Annotated[int, Field(ge=1, le=20)] | None = Field(
        None, description="How many attempts a student has, 1 to 20."
    )
    shuffle_options: bool | None = Field(None, description="false keeps the written order.")
    review: Literal["never", "submit", "closing"] | None = Field(
        None, description="When students see the answers: never, after submit, or after closing."
    )


class QuizFields(Strict, title="Quiz"):
    """One quiz: a passage, at one or more reading levels, and the questions on it."""

    title: Text = Field(description="The title of the quiz.")
    language: Language = Field(description="The language of the passage: en, de, pt-BR.")
    source: Text | None = Field(None, description="Where the passage comes from.")
    passage: PassageFields = Field(
        description="The text; or one group for each reading level, easiest first."
    )
    defaults: DefaultsFields | None = Field(
        None, description="What the form for giving this quiz to a class begins with."
    )
    questions: list[AnyItem] = Field(min_length=1, description="The questions, in their order.")
