"""Sentences: a share for every idea, wildcards, slips, and what a person must read."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest

from quizapp.bank.model import Idea, IdeasAnswer, Item, Reject
from quizapp.marking.verdict import Verdict

Ask = Callable[[Item, str], Verdict]


def one_idea(news: IdeasAnswer, *keywords: str) -> IdeasAnswer:
    return replace(news, points=1, ideas=(Idea("it", keywords),))


@pytest.mark.parametrize(
    ("response", "found"),
    [
        ("China upgraded its ties with Venezuela.", ("who", "with", "what")),
        ("China’s ties with Venezuela’s leader are stronger", ("who", "with", "what")),
        ("The Venezuelan leader went to Beijing", ("who", "with")),
        ("An all weather friendship", ("what",)),
        ("ALL-WEATHER friends, says China", ("who", "what")),
        ("Their ties reach a higher level", ("what",)),
        ("Beejing and Maduro met", ("who", "with")),
        ("Ties become strunger", ("what",)),
    ],
)
def test_every_idea_found_earns_its_share(
    ask: Ask, news: IdeasAnswer, response: str, found: tuple[str, ...]
) -> None:
    verdict = ask(news, response)
    assert verdict.trace.ideas == found
    assert verdict.points == len(found)


def test_some_of_the_ideas_are_partly_right_and_invite_to_look_again(
    ask: Ask, news: IdeasAnswer
) -> None:
    verdict = ask(news, "China met Maduro")
    assert verdict.outcome == "partly"
    assert verdict.points == 2
    assert verdict.trace.note == "You found 2 of 3 ideas. Look for 1 more in the text."


def test_shares_are_exact_fractions(ask: Ask, news: IdeasAnswer) -> None:
    assert ask(replace(news, points=1), "China met Maduro").points == Fraction(2, 3)


@pytest.mark.parametrize(("review", "outcome"), [("never", "wrong"), ("on_miss", "waiting")])
def test_no_idea_found_is_decided_by_the_item(
    ask: Ask, news: IdeasAnswer, review: str, outcome: str
) -> None:
    items = {r: replace(news, review=r) for r in ("never", "on_miss")}
    assert ask(items[review], "Two leaders met").outcome == outcome


@pytest.mark.parametrize(
    ("keyword", "response", "outcome"),
    [
        ("deepen*", "ties are deepening", "right"),
        ("deepen*", "ties are deep", "waiting"),
        ("deepen", "ties are deepening", "waiting"),
        ("new level*", "they reached new levels", "right"),
        ("new level", "a new high level", "waiting"),
        ("flashtube", "a flash tube glows", "right"),
        ("flash-tube", "a flashtube glows", "right"),
        ("notable", "it was not able to sail", "waiting"),
        ("deepen*", "ties will deapen", "waiting"),  # no slips under a wildcard
        ("Flynt", "it was Flynn", "waiting"),  # a name
        ("name", "it was nane", "waiting"),  # a short word
        ("machins", "China exports machines", "waiting"),  # a word of the passage
    ],
)
def test_a_keyword_is_matched_by_whole_words(
    ask: Ask, news: IdeasAnswer, keyword: str, response: str, outcome: str
) -> None:
    assert ask(one_idea(news, keyword), response).outcome == outcome


def test_strict_spelling_finds_no_slips(ask: Ask, news: IdeasAnswer) -> None:
    item = replace(one_idea(news, "stronger"), spelling="strict")
    assert ask(item, "Ties become strunger").outcome == "waiting"


@pytest.mark.parametrize(
    "response",
    [
        "Ties are not stronger",
        "Ties aren't really any stronger",
        "Ties arent stronger",
        "Ties never became stronger",
        "Without stronger ties they met",
        "Ties are stronger? No",
        "They are non-stronger ties",
        "Ties un-stronger",
        "Ties cannot be stronger",
    ],
)
def test_a_negator_near_a_keyword_is_read_by_a_person(
    ask: Ask, news: IdeasAnswer, response: str
) -> None:
    verdict = ask(one_idea(news, "stronger"), response)
    assert (verdict.outcome, verdict.trace.rule) == ("waiting", "negation")


@pytest.mark.parametrize(
    ("keyword", "response"),
    [
        ("stronger", "Although it is not in the headline, ties are stronger"),
        ("stronger", "It is not in any way stronger"),
        ("not enough", "There is not enough oil"),
    ],
)
def test_a_negator_far_away_or_within_the_keyword_does_not_matter(
    ask: Ask, news: IdeasAnswer, keyword: str, response: str
) -> None:
    assert ask(one_idea(news, keyword), response).outcome == "right"


@pytest.mark.parametrize(
    ("response", "outcome"),
    [
        ("Ties are stronger or closer", "right"),
        ("Ties are stronger or weaker", "waiting"),
        ("Ties are weaker or stronger", "waiting"),
        ("Rich or poor, both of the two countries find their ties stronger", "right"),
    ],
)
def test_alternatives_count_only_when_both_are_accepted(
    ask: Ask, news: IdeasAnswer, response: str, outcome: str
) -> None:
    assert ask(one_idea(news, "stronger", "closer"), response).outcome == outcome


def test_a_bare_keyword_is_never_held_back(ask: Ask, news: IdeasAnswer) -> None:
    assert ask(one_idea(news, "no"), "No.").outcome == "right"


def test_a_listed_wrong_sentence_gets_its_feedback(ask: Ask, news: IdeasAnswer) -> None:
    item = replace(news, reject=(Reject("China bought Venezuela", "Look at the verb."),))
    verdict = ask(item, "china bought venezuela.")
    assert (verdict.outcome, verdict.trace.note) == ("wrong", "Look at the verb.")


def test_always_reviewed_suggests_the_share_that_the_rules_give(
    ask: Ask, news: IdeasAnswer
) -> None:
    verdict = ask(replace(news, review="always"), "China met Maduro")
    assert verdict.outcome == "waiting"
    assert verdict.suggestion == 2
