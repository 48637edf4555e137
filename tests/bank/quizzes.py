"""Random quizzes as values, for properties that every quiz must have."""

from typing import Any

from hypothesis import strategies as st

from quizapp.bank.model import (
    Defaults,
    Evidence,
    Examples,
    Gloss,
    Idea,
    IdeasAnswer,
    Item,
    Level,
    MultipleChoice,
    NumberAnswer,
    Option,
    Quiz,
    Reject,
    ShortAnswer,
    SingleChoice,
    Span,
)

IDS = st.from_regex(r"[a-z0-9][a-z0-9-]{0,6}", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)
MAYBE = st.none() | TEXTS
SPANS = st.builds(Span, st.integers(0, 99), st.integers(0, 99))
FORMS = st.lists(TEXTS, min_size=1, max_size=3).map(tuple)
EVIDENCE = st.builds(
    Evidence,
    st.dictionaries(IDS, FORMS, max_size=2),
    st.dictionaries(IDS, st.lists(SPANS, max_size=2).map(tuple), max_size=2),
    st.booleans(),
)
GLOSSES = st.builds(Gloss, TEXTS, TEXTS, st.none() | SPANS)
LEVELS = st.builds(
    Level, IDS, TEXTS, TEXTS, st.lists(SPANS).map(tuple), st.lists(GLOSSES, max_size=2).map(tuple)
)
ERRORS = st.sampled_from([None, "misread", "elsewhere", "unsupported"])
OPTIONS = st.lists(
    st.builds(Option, IDS, TEXTS, ERRORS, EVIDENCE, MAYBE, st.booleans()),
    min_size=2,
    max_size=5,
    unique_by=lambda option: option.id,
).map(tuple)
REJECTS = st.lists(st.builds(Reject, TEXTS, TEXTS), max_size=2).map(tuple)
FRACTIONS = st.fractions()
COMMON: dict[str, st.SearchStrategy[Any]] = {
    "id": IDS,
    "question": TEXTS,
    "levels": st.lists(IDS, min_size=1, max_size=3).map(tuple),
    "evidence": EVIDENCE,
    "points": st.integers(1, 100),
    "skill": st.sampled_from([None, "retrieve", "evaluate"]),
    "why": MAYBE,
    "hint": MAYBE,
    "feedback_correct": MAYBE,
    "feedback_wrong": MAYBE,
    "examples": st.builds(Examples, FORMS, FORMS),
}


@st.composite
def singles(draw: st.DrawFn) -> SingleChoice:
    """A single choice whose key is one of its options."""
    options = draw(OPTIONS)
    common = {name: draw(values) for name, values in COMMON.items()}
    answer = draw(st.sampled_from([option.id for option in options]))
    return SingleChoice(**common, options=options, answer=answer, shuffle=draw(st.booleans()))


@st.composite
def multiples(draw: st.DrawFn) -> MultipleChoice:
    """A multiple choice whose keys are among its options."""
    options = draw(OPTIONS)
    common = {name: draw(values) for name, values in COMMON.items()}
    answers = tuple(option.id for option in options[: draw(st.integers(1, len(options)))])
    return MultipleChoice(**common, options=options, answers=answers)


ITEMS: st.SearchStrategy[Item] = st.one_of(
    singles(),
    multiples(),
    st.builds(ShortAnswer, **COMMON, accept=st.dictionaries(IDS, FORMS), reject=REJECTS),
    st.builds(NumberAnswer, **COMMON, value=FRACTIONS, tolerance=FRACTIONS, reject=REJECTS),
    st.builds(
        IdeasAnswer,
        **COMMON,
        ideas=st.lists(st.builds(Idea, TEXTS, FORMS), min_size=1, max_size=3).map(tuple),
        max_words=st.integers(1, 99),
    ),
)
QUIZZES = st.builds(
    Quiz,
    IDS,
    TEXTS,
    st.sampled_from(["en", "ar"]),
    MAYBE,
    st.lists(LEVELS, min_size=1, max_size=2).map(tuple),
    st.lists(ITEMS, max_size=3).map(tuple),
    st.builds(
        Defaults,
        st.none() | st.integers(1, 20),
        st.none() | st.booleans(),
        st.none() | st.sampled_from(["never", "submit", "closing"]),
    ),
)
