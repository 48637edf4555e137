"""Short answers: accepted forms, gaps, slips, alternatives, and who decides a miss."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from quizapp.bank.model import Given, Idea, IdeasAnswer, Item, Quiz, Reject, ShortAnswer
from quizapp.marking import mark_item
from quizapp.marking.verdict import Verdict

Ask = Callable[[Item, str], Verdict]


def accepting(area: ShortAnswer, *forms: str) -> ShortAnswer:
    return replace(area, accept={"a2": forms})


@pytest.mark.parametrize(
    ("form", "response", "rule"),
    [
        ("tourism", "tourism", "exact"),
        ("tourism", "  TOURISM!  ", "normalised"),
        ("tourism", "It is the tourism.", "normalised"),
        ("tourism", "because of tourism", "normalised"),
        ("nicolas maduro", "Nicolás Maduro", "normalised"),
        ("Nicolás Maduro", "nicolas maduro", "normalised"),
        ("venezuela's president", "Venezuela’s president", "normalised"),
        ("venezuela's president", "Venezuelas president", "spacing"),
        ("flash tube", "flashtube", "spacing"),
        ("flash tube", "flash-tube", "spacing"),
        ("flashtube", "flash tube", "spacing"),
        ("U.S.", "US", "spacing"),
        ("nonprofit", "non-profit", "spacing"),
        ("trade", "trade or the trade", "alternatives"),
        ("3", "٣", "normalised"),
    ],
)
def test_an_accepted_form_is_right_however_it_is_written(
    ask: Ask, area: ShortAnswer, form: str, response: str, rule: str
) -> None:
    verdict = ask(accepting(area, form), response)
    assert (verdict.outcome, verdict.trace.rule, verdict.trace.form) == ("right", rule, form)


@pytest.mark.parametrize(
    ("form", "response"),
    [("3.5", "35"), ("3.5", "3 5"), ("5", "-5"), ("notable", "not able"), ("c", "c++")],
)
def test_gaps_and_signs_that_carry_meaning_are_kept(
    ask: Ask, area: ShortAnswer, form: str, response: str
) -> None:
    assert ask(accepting(area, form), response).outcome == "waiting"


@pytest.mark.parametrize(
    ("form", "response"),
    [
        ("tourism", "turism"),  # one letter left out of seven
        ("tourism", "tuorism"),  # two neighbours swapped
        ("cooperation", "coperatoin"),  # two slips in a long word
        ("machinery industry", "machinary industri"),  # word by word
    ],
)
def test_a_small_slip_is_accepted_and_the_form_is_shown(
    ask: Ask, area: ShortAnswer, form: str, response: str
) -> None:
    verdict = ask(accepting(area, form), response)
    assert (verdict.outcome, verdict.trace.rule) == ("right", "spelling")
    assert verdict.trace.note == f"Accepted as “{form}”, with a small spelling slip."


@pytest.mark.parametrize(
    ("form", "response"),
    [
        ("ships", "chips"),  # the first letter
        ("boat", "boot"),  # four letters
        ("boat", "boatt"),
        ("tourism", "turizm"),  # two slips in seven letters
        ("cooperation", "kooperation"),
        ("route66", "route67"),  # numbers
        ("Flynt", "Flynn"),  # a name
        ("export", "exports"),  # a word of the passage
        ("areas", "area"),  # a word of the question
        ("unusually", "usually"),  # a negating prefix
        ("machinery industry", "machinery"),  # a word is missing
        ("machinery industry", "machinary industry of China"),
    ],
)
def test_what_is_no_slip_waits_for_the_teacher(
    ask: Ask, area: ShortAnswer, form: str, response: str
) -> None:
    verdict = ask(accepting(area, form), response)
    assert (verdict.outcome, verdict.trace.rule) == ("waiting", "no-match")


@pytest.mark.parametrize(
    "response", ["non response bias", "nonresponse bias", "unresponse bias", "non-response bias"]
)
@pytest.mark.parametrize("form", ["response bias", "Response bias"])
def test_a_negating_prefix_is_never_a_slip(
    ask: Ask, area: ShortAnswer, form: str, response: str
) -> None:
    assert ask(accepting(area, form), response).outcome == "waiting"


def test_a_word_of_another_key_is_no_slip(area: ShortAnswer, quiz: Quiz) -> None:
    item = accepting(area, "statues")
    other = replace(area, id="other", accept={"a2": ("status",)})
    whole = replace(quiz, items=(item, other))
    assert mark_item(whole, item, Given(("status",), "a2")).outcome == "waiting"


def test_a_keyword_of_another_question_is_no_slip(
    area: ShortAnswer, news: IdeasAnswer, quiz: Quiz
) -> None:
    item = accepting(area, "statues")
    whole = replace(quiz, items=(item, replace(news, ideas=(Idea("it", ("status",)),))))
    assert mark_item(whole, item, Given(("status",), "a2")).outcome == "waiting"


def test_a_word_of_another_level_may_be_a_slip(ask: Ask, area: ShortAnswer) -> None:
    assert ask(accepting(area, "guests"), "guest").outcome == "right"


def test_strict_spelling_forgives_nothing(ask: Ask, area: ShortAnswer) -> None:
    assert ask(replace(area, spelling="strict"), "turism").outcome == "waiting"


def test_forms_are_those_of_the_level_on_screen(area: ShortAnswer, quiz: Quiz) -> None:
    item = replace(area, accept={"a2": ("about",), "b1": ("around",)})
    whole = replace(quiz, items=(item,))
    assert mark_item(whole, item, Given(("around",), "b1")).outcome == "right"
    assert mark_item(whole, item, Given(("around",), "a2")).outcome == "waiting"


def test_a_listed_wrong_form_gets_its_feedback(ask: Ask, area: ShortAnswer) -> None:
    item = replace(area, reject=(Reject("terrorism", "Read paragraph two again."),))
    verdict = ask(item, " Terrorism. ")
    assert (verdict.outcome, verdict.trace.rule) == ("wrong", "reject")
    assert verdict.trace.note == "Read paragraph two again."


def test_a_listed_wrong_form_is_not_swallowed_by_a_tolerance(ask: Ask, area: ShortAnswer) -> None:
    rejects = (Reject("tourisn", "No."), Reject("flash-tube", "No."))
    item = replace(area, reject=rejects)
    assert [ask(item, r.form).outcome for r in rejects] == ["wrong", "wrong"]


def test_an_accepted_form_wins_over_the_same_wrong_form(ask: Ask, area: ShortAnswer) -> None:
    assert ask(replace(area, reject=(Reject("oil", "No."),)), "oil").outcome == "right"


@pytest.mark.parametrize(
    ("review", "outcome"), [("never", "wrong"), ("on_miss", "waiting"), ("always", "waiting")]
)
def test_the_item_says_who_decides_a_miss(
    ask: Ask, area: ShortAnswer, review: str, outcome: str
) -> None:
    items = {r: replace(area, review=r) for r in ("never", "on_miss", "always")}
    verdict = ask(items[review], "commerce")
    assert (verdict.outcome, verdict.trace.rule) == (outcome, "no-match")


def test_always_reviewed_means_a_suggestion_instead_of_points(ask: Ask, area: ShortAnswer) -> None:
    verdict = ask(replace(area, review="always", points=2), "turism")
    assert verdict.outcome == "waiting"
    assert verdict.points is None
    assert verdict.suggestion == 2
    assert verdict.trace.rule == "spelling"
    assert "Accepted" not in (verdict.trace.note or "")


def test_always_reviewed_leaves_a_blank_a_blank(ask: Ask, area: ShortAnswer) -> None:
    verdict = ask(replace(area, review="always"), " \u200b ")
    assert verdict.outcome == "blank"
    assert verdict.points == 0
