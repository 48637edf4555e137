"""What is barred without asking the marker would have earned nothing from it."""

from dataclasses import replace

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from quizapp.bank.model import Given, Idea, IdeasAnswer, Quiz, Review, ShortAnswer
from quizapp.marking import mark_item
from quizapp.marking.barred import Bar, Sent
from tests.marking.test_marking_properties import IDEAS, QUIZ, SHORT

WORDS = (
    "flash",
    "tube",
    "nonprofit",
    "upgrade",
    "upgraded",
    "stronger",
    "not",
    "able",
    "or",
    "the",
)
WORD = st.sampled_from(WORDS)
LETTERS = st.sampled_from("aeflnopstu-*' ")


@st.composite
def slipped(draw: st.DrawFn) -> str:
    """A word of a key, perhaps with a letter more, fewer or changed."""
    word = draw(WORD)
    place = draw(st.integers(0, len(word)))
    cut = draw(st.integers(0, 1))
    return word[:place] + draw(st.sampled_from(["", draw(LETTERS)])) + word[place + cut :]


TEXT = st.lists(slipped(), min_size=1, max_size=4).map(" ".join)
FORM = TEXT.filter(str.strip)
GAPS = st.sampled_from([" ", "-", "", ", ", " or "])
REVIEW: st.SearchStrategy[Review] = st.sampled_from(["never", "on_miss", "always"])


@st.composite
def answers(draw: st.DrawFn, keys: list[str]) -> str:
    """An answer that has something to do with the keys."""
    near = st.one_of(st.sampled_from(keys), TEXT, st.sampled_from(keys).map(str.upper))
    return draw(GAPS).join(draw(st.lists(near, min_size=1, max_size=3)))


def earns(item: ShortAnswer | IdeasAnswer, text: str) -> bool:
    quiz: Quiz = replace(QUIZ, items=(item,))
    verdict = mark_item(quiz, item, Given((text,), "a"))
    return bool(verdict.points or verdict.suggestion)


def is_barred(item: ShortAnswer | IdeasAnswer, text: str) -> bool:
    return Bar(item, "a", QUIZ.language).stops(Sent(text, QUIZ.language))


@given(st.data(), st.lists(FORM, min_size=1, max_size=3), REVIEW)
def test_what_earns_points_for_a_short_answer_is_never_barred(
    data: st.DataObject, forms: list[str], review: Review
) -> None:
    item = replace(SHORT, accept={"a": tuple(forms)}, review=review)
    text = data.draw(answers(forms))
    assume(earns(item, text))
    assert not is_barred(item, text)


@given(st.data(), st.lists(FORM, min_size=1, max_size=3), REVIEW)
def test_what_earns_points_for_an_idea_is_never_barred(
    data: st.DataObject, keywords: list[str], review: Review
) -> None:
    item = replace(IDEAS, ideas=(Idea("one", tuple(keywords)),), points=1, review=review)
    text = data.draw(answers(keywords))
    assume(earns(item, text))
    assert not is_barred(item, text)


@given(st.text(max_size=40))
@example("?")
@example("")
def test_an_odd_form_is_not_barred_from_itself(form: str) -> None:
    item = replace(SHORT, accept={"a": (form,)})
    assume(earns(item, form))
    assert not is_barred(item, form)


@pytest.mark.parametrize(
    ("form", "text"),
    [("flash tube", "flashtube"), ("stronger", "strongr"), ("tea", "tea or tea"), ("(?)", "(?)")],
)
def test_each_way_to_earn_a_short_answer_is_open(form: str, text: str) -> None:
    item = replace(SHORT, accept={"a": (form,)})
    assert earns(item, text)
    assert not is_barred(item, text)


@pytest.mark.parametrize(
    ("keyword", "text"),
    [("non profit", "nonprofit"), ("upgrad*", "upgradability"), ("stronger", "a strongr China")],
)
def test_each_way_to_show_an_idea_is_open(keyword: str, text: str) -> None:
    item = replace(IDEAS, ideas=(Idea("one", (keyword,)),), points=1)
    assert earns(item, text)
    assert not is_barred(item, text)


def test_a_sentence_about_something_else_is_barred() -> None:
    for item in (SHORT, IDEAS):
        assert is_barred(item, "How many people have left the country in these years?")
