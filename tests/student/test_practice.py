"""Practice as a student meets it: check, try once more, see the key at the end."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from quizapp.bank.public import PublicItem, PublicOption, ordered
from quizapp.database import db
from quizapp.models import Assignment, PracticeTry, Response
from quizapp.student import expecting
from quizapp.student.practising import reshuffled
from tests.student.student_world import Browser, MakeBrowser, assign

KEY = "The part that measures heat was covered"
QUOTE = "<blockquote"
WHY = "The first paragraph names the fault"


@pytest.fixture
def otter(sqlite_app: Flask, make_browser: MakeBrowser) -> Browser:
    """The browser of a student who has the quiz about kettles to practise."""
    assign(sqlite_app, "kettles")
    with sqlite_app.app_context():
        db.session.scalars(select(Assignment)).one().is_practice = True
        db.session.commit()
    browser = make_browser()
    browser.join("Otter-17")
    return browser


def send(browser: Browser, attempt: str, go: str, **answers: object) -> str:
    """Send the page as it stands with these answers, and return the page that comes back."""
    page = browser.get(attempt)
    base = re.search(r'name="base" value="([^"]*)"', page)
    assert base
    fields: dict[str, object] = {"level": "text", "base": base[1].replace("&#34;", '"'), "go": go}
    fields["again"] = re.findall(r'name="again" value="([^"]+)"', page)
    sent = {f"q-{item.replace('_', '-')}": value for item, value in answers.items()}
    answer = browser.post(attempt, {**fields, **sent})
    return browser.get(attempt) if answer.status_code == 303 else answer.text


def item(page: str, item_id: str) -> str:
    """Return the part of the page that belongs to one question."""
    return page.split(f'data-item="{item_id}"')[1].split("data-item=")[0]


def order(page: str, item_id: str) -> list[str]:
    return re.findall(rf'name="q-{item_id}" value="([^"]+)"', page)


def saved(app: Flask) -> dict[str, str]:
    with app.app_context():
        return {row.item_id: row.given for row in db.session.query(Response)}


def test_the_page_says_how_practice_works_before_the_questions(otter: Browser) -> None:
    page = otter.get(otter.start())
    assert expecting.PRACTICE_SAID in page.split("data-item=")[0]


def test_an_ordinary_quiz_has_no_button_to_check_an_answer(
    sqlite_app: Flask, make_browser: MakeBrowser
) -> None:
    assign(sqlite_app, "kettles")
    browser = make_browser()
    browser.join("Otter-17")
    page = browser.get(browser.start())
    assert "Check this answer" not in page
    assert "practice.css" not in page


def test_an_ordinary_quiz_checks_nothing_when_asked_to(
    sqlite_app: Flask, make_browser: MakeBrowser
) -> None:
    assign(sqlite_app, "kettles")
    browser = make_browser()
    browser.join("Otter-17")
    attempt = browser.start()
    form = {"level": "text", "q-early-stop": "juice", "go": "check:early-stop"}
    assert browser.post(attempt, form).status_code == 404
    assert WHY not in browser.get(attempt)


def test_a_wrong_first_try_says_what_went_wrong_and_not_the_key(otter: Browser) -> None:
    page = send(otter, otter.start(), "check:early-stop", early_stop="juice")
    question = item(page, "early-stop")
    assert "Not quite" in question
    assert "You may have misread this" in question
    assert "Try once more. First read paragraph 1 again." in question
    for secret in (QUOTE, WHY, "The juice came later", "The text says", "disabled"):
        assert secret not in question, secret


def test_the_second_try_has_another_order_and_nothing_chosen(otter: Browser) -> None:
    attempt = otter.start()
    before = order(otter.get(attempt), "early-stop")
    page = send(otter, attempt, "check:early-stop", early_stop="juice")
    after = order(page, "early-stop")
    assert before != after
    assert sorted(before) == sorted(after)
    assert re.search(r'name="q-early-stop" value="[^"]+" checked', page) is None


def test_a_second_try_shows_the_key_and_closes_the_question(otter: Browser) -> None:
    attempt = otter.start()
    send(otter, attempt, "check:early-stop", early_stop="juice")
    question = item(send(otter, attempt, "again:early-stop", early_stop="money"), "early-stop")
    for shown in (QUOTE, WHY, "The text says", KEY, "The text does not say this."):
        assert shown in question, shown
    assert "Somebody had left lemon juice inside them \u2066(not quite)\u2069" in question
    assert 'value="money" checked disabled' in question
    assert "Your first try counts: 0 of 1" in question
    assert "Check" not in question


def test_a_right_first_try_closes_the_question_and_says_why(otter: Browser) -> None:
    page = send(otter, otter.start(), "check:early-stop", early_stop="sensor")
    question = item(page, "early-stop")
    for shown in ("Right", QUOTE, WHY, 'value="sensor" checked disabled', "1 of 1"):
        assert shown in question, shown


def test_an_answer_for_the_teacher_shows_the_key_to_compare(otter: Browser) -> None:
    page = send(otter, otter.start(), "check:cleaner", cleaner="something sour")
    question = item(page, "cleaner")
    for shown in ("Not yet marked", "A teacher will read this answer", "lemon juice", "disabled"):
        assert shown in question, shown


def test_a_second_answer_that_no_rule_marks_is_for_comparing(otter: Browser) -> None:
    attempt = otter.start()
    send(otter, attempt, "check:cleaner", cleaner="a sensor")
    page = send(otter, attempt, "again:cleaner", cleaner="something sour")
    question = item(page, "cleaner")
    assert "compare your answer with the words of the text" in question
    assert "A teacher will read" not in question


def test_words_of_the_teacher_wait_until_the_question_closes(otter: Browser) -> None:
    attempt = otter.start()
    page = send(otter, attempt, "check:cleaner", cleaner="a sensor")
    assert "the part that gets dirty" not in page
    page = send(otter, attempt, "again:cleaner", cleaner="a sensor")
    assert "the part that gets dirty" in page


def test_the_marker_says_how_much_was_found(otter: Browser) -> None:
    page = send(otter, otter.start(), "check:one-line", one_line="They write what was broken.")
    assert "You found 1 of 2 ideas" in item(page, "one-line")


def test_a_blank_answer_is_asked_for_and_everything_else_is_saved(
    sqlite_app: Flask, otter: Browser
) -> None:
    page = send(otter, otter.start(), "check:early-stop", how_many="340")
    assert "There is nothing to check yet" in item(page, "early-stop")
    assert 'href="#q-early-stop"' in page
    assert saved(sqlite_app) == {"how-many": '["340"]'}


def test_checking_goes_to_the_feedback_of_that_question(otter: Browser) -> None:
    attempt = otter.start()
    form = {"level": "text", "q-early-stop": "juice", "go": "check:early-stop"}
    assert otter.post(attempt, form).location == f"{attempt}#feedback-early-stop"
    assert 'id="feedback-early-stop" role="status" tabindex="-1"' in otter.get(attempt)


@pytest.mark.parametrize("go", ["check:nothing", "again:", "check:q-early-stop"])
def test_a_question_that_is_not_there_is_not_found(otter: Browser, go: str) -> None:
    assert otter.post(otter.start(), {"level": "text", "go": go}).status_code == 404


def test_the_same_click_twice_is_no_second_try(sqlite_app: Flask, otter: Browser) -> None:
    attempt = otter.start()
    form = {"level": "text", "q-early-stop": "juice", "go": "check:early-stop"}
    otter.post(attempt, form)
    otter.post(attempt, form)
    with sqlite_app.app_context():
        assert [row.number for row in db.session.query(PracticeTry)] == [1]
    assert 'value="juice" checked' not in otter.get(attempt)


def test_a_second_answer_is_still_there_after_a_save(otter: Browser) -> None:
    attempt = otter.start()
    send(otter, attempt, "check:early-stop", early_stop="juice")
    page = send(otter, attempt, "check:how-many", early_stop="money", how_many="340")
    assert 'value="money" checked' in page
    assert "Check your second answer" in item(page, "early-stop")


def test_an_error_elsewhere_keeps_what_is_closed_and_what_is_typed(otter: Browser) -> None:
    attempt = otter.start()
    send(otter, attempt, "check:early-stop", early_stop="sensor")
    page = send(otter, attempt, "save", how_many="341", two_true=["free", "record", "daily"])
    assert 'value="sensor" checked disabled' in page
    assert 'value="341"' in page
    assert "Choose no more than 2" in page


def test_the_review_shows_both_tries_and_counts_the_first(otter: Browser) -> None:
    attempt = otter.start()
    send(otter, attempt, "check:early-stop", early_stop="juice")
    send(otter, attempt, "again:early-stop", early_stop="sensor")
    key = re.search(r'name="key" value="([^"]+)"', otter.get(f"{attempt}/check"))
    assert key
    otter.post(f"{attempt}/submission", {"key": key[1]})
    card = otter.get(f"{attempt}/review").split('id="card-early-stop"')[1].split("</article>")[0]
    assert "0 of 1" in card
    assert "Second try" in card
    assert f"{KEY} \u2066(right)\u2069" in card


def test_what_was_checked_counts_as_answered(otter: Browser) -> None:
    page = send(otter, otter.start(), "check:early-stop", early_stop="juice")
    assert "<span data-answered>1</span> of 5 answered" in page


def test_two_options_come_the_other_way_round() -> None:
    options = (PublicOption("a", "A"), PublicOption("b", "B"))
    two = PublicItem(
        id="x", kind="single", question="?", points=1, levels=(), options=options, shuffle=True
    )
    for seed in "abcdefgh":
        assert reshuffled(two, seed) == tuple(reversed(ordered(two, seed)))


def test_options_that_are_never_shuffled_keep_their_order() -> None:
    options = (PublicOption("a", "1"), PublicOption("b", "2"))
    years = PublicItem(id="x", kind="single", question="?", points=1, levels=(), options=options)
    assert reshuffled(years, "seed") == options
