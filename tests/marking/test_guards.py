"""Responses that earn nothing by themselves: non-answers, the question, the passage, doubts."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from quizapp.bank.model import IdeasAnswer, Item, NumberAnswer, Quiz, ShortAnswer
from quizapp.marking.verdict import WAITING_NOTE, Verdict

Ask = Callable[[Item, str], Verdict]
Typed = ShortAnswer | NumberAnswer | IdeasAnswer

NON_ANSWERS = [
    "0",
    "?",
    "???",
    "...",
    "x",
    "XXXX",
    "n/a",
    "N.A.",
    "none",
    "Nothing.",
    "no",
    "idk",
    "IDK!!",
    "I don't know",
    "I don’t know the answer",
    "dont know",
    "I do not know",
    "I can't remember",
    "cannot remember",
    "I really don't recall",
    "I really cannot recall it",
    "did not know",
    "dunno",
    "no idea",
    "No clue!",
    "no answer",
    "I have no idea",
    "not sure",
    "I'm not sure",
    "unsure",
    "unknown",
    "I forgot",
    "forgot the answer",
]


@pytest.fixture(params=["area", "left", "news"])
def item(request: pytest.FixtureRequest) -> Typed:
    """Each kind of item with a typed answer."""
    chosen = request.getfixturevalue(request.param)
    assert isinstance(chosen, Typed)
    return chosen


@pytest.mark.parametrize("response", NON_ANSWERS)
def test_a_non_answer_is_zero_at_once(ask: Ask, item: Typed, response: str) -> None:
    verdict = ask(item, response)
    assert verdict.outcome == "wrong"
    assert verdict.points == 0
    assert verdict.trace.rule == "non-answer"


@pytest.mark.parametrize(
    "response",
    [
        "We do not know which partners",
        "I do not know but maybe trade",
        "no oil",
        "not sure but trade",
        "xylophone",
    ],
)
def test_an_answer_that_starts_like_a_non_answer_is_read(
    ask: Ask, area: ShortAnswer, response: str
) -> None:
    assert ask(area, response).outcome == "waiting"


@pytest.mark.parametrize("key", ["0", "no", "nothing", "unknown", "x", "I don't know", "?"])
def test_a_key_that_looks_like_a_non_answer_wins(ask: Ask, area: ShortAnswer, key: str) -> None:
    assert ask(replace(area, accept={"a2": (key,)}), key).outcome == "right"


@pytest.mark.parametrize("response", ["", "   ", "\n\t", "\u200b", "\x00"])
def test_nothing_at_all_is_blank_and_not_wrong(ask: Ask, item: Typed, response: str) -> None:
    verdict = ask(item, response)
    assert verdict.outcome == "blank"
    assert verdict.points == 0
    assert verdict.trace.rule == "blank"


def test_the_question_itself_waits(ask: Ask, item: Item) -> None:
    assert ask(item, item.question).trace.rule in ("stem", "too-long")
    assert ask(item, item.question).outcome == "waiting"


def test_most_of_the_question_waits_even_with_a_keyword_in_it(ask: Ask, news: IdeasAnswer) -> None:
    item = replace(news, question="Why did China and Venezuela become closer?")
    verdict = ask(item, "china and venezuela did become closer")
    assert (verdict.outcome, verdict.trace.rule) == ("waiting", "stem")


def test_a_few_words_of_the_question_are_an_answer(ask: Ask, news: IdeasAnswer) -> None:
    item = replace(news, question="Why did China and Venezuela become closer?")
    assert ask(item, "china and venezuela").outcome == "partly"


def test_the_question_as_an_accepted_form_is_right(ask: Ask, area: ShortAnswer) -> None:
    item = replace(area, accept={"a2": (area.question,)}, max_words=2)
    assert ask(item, area.question).outcome == "right"


@pytest.mark.parametrize("level", [0, 1])
def test_the_whole_passage_waits_however_long_an_answer_may_be(
    ask: Ask, item: Typed, quiz: Quiz, level: int
) -> None:
    roomy = item if isinstance(item, NumberAnswer) else replace(item, max_words=1000)
    verdict = ask(roomy, quiz.levels[level].text.replace("\n\n", " ").upper())
    assert (verdict.outcome, verdict.trace.rule) == ("waiting", "passage")


def test_more_words_than_asked_for_wait_and_say_so(ask: Ask, news: IdeasAnswer) -> None:
    item = replace(news, max_words=5)
    verdict = ask(item, "China and Maduro have closer ties")
    assert (verdict.outcome, verdict.trace.rule) == ("waiting", "too-long")
    assert "more than 5 words" in (verdict.trace.note or "")


def test_as_many_words_as_allowed_are_marked(ask: Ask, news: IdeasAnswer) -> None:
    item = replace(news, max_words=5)
    assert ask(item, "China, Maduro - closer all-weather ties!").outcome == "right"


def test_words_without_spaces_between_them_are_counted(ask: Ask, news: IdeasAnswer) -> None:
    assert ask(news, "china,venezuela,closer," * 50).trace.rule == "too-long"


@pytest.mark.parametrize(
    "response",
    ["China: https://example.org/closer", "www.example.org China", "<b>China</b>", "China<br>"],
)
def test_markup_and_addresses_wait(ask: Ask, item: Typed, response: str) -> None:
    verdict = ask(item, response)
    assert (verdict.outcome, verdict.trace.rule) == ("waiting", "markup")


@pytest.mark.parametrize("name", ["area", "news"])
def test_two_different_numbers_wait(ask: Ask, request: pytest.FixtureRequest, name: str) -> None:
    verdict = ask(request.getfixturevalue(name), "China, 7 or 8")
    assert (verdict.outcome, verdict.trace.rule) == ("waiting", "two-numbers")


@pytest.mark.parametrize("response", ["not tourism", "tourism, never trade", "non-tourism"])
@pytest.mark.parametrize("review", ["never", "on_miss"])
def test_an_accepted_form_beside_a_negator_waits(
    ask: Ask, area: ShortAnswer, response: str, review: str
) -> None:
    item = replace(area, review="never" if review == "never" else "on_miss")
    verdict = ask(item, response)
    assert (verdict.outcome, verdict.trace.rule) == ("waiting", "negation")


def test_a_choice_of_which_one_is_accepted_waits(ask: Ask, area: ShortAnswer) -> None:
    verdict = ask(replace(area, review="never"), "tourism or war")
    assert (verdict.outcome, verdict.trace.rule) == ("waiting", "alternatives")


def test_waiting_is_explained_to_the_student(ask: Ask, area: ShortAnswer) -> None:
    assert ask(area, "commerce").trace.note == WAITING_NOTE
