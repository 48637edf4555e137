"""The student's pages in the order of their use, with a client and no script."""

import re

import pytest
from flask import Flask

from quizapp.student.forms import LONGEST
from tests.student.student_world import Browser, MakeBrowser, assign, base

ANSWERS: dict[str, object] = {
    "level": "text",
    "go": "save",
    "q-early-stop": "pages",
    "q-two-true": ["free", "radio"],
    "q-cleaner": "lemon jucie",
    "q-how-many": "60",
    "q-one-line": "",
}


def submit(browser: Browser, attempt: str) -> str:
    found = re.search(r'name="key" value="([^"]+)"', browser.get(f"{attempt}/check"))
    assert found
    return browser.post(f"{attempt}/submission", {"key": found[1]}).location


def receipt(page: str) -> str:
    found = re.search(r"<code>([^<]+)</code>", page)
    assert found
    return found[1]


def card(page: str, item_id: str) -> str:
    return page.split(f'id="card-{item_id}"')[1].split("</article>")[0]


@pytest.fixture
def reviewed(otter: Browser) -> str:
    attempt = otter.start()
    otter.post(attempt, ANSWERS)
    return otter.get(submit(otter, attempt))


def test_a_home_without_work_says_what_will_come(make_browser: MakeBrowser) -> None:
    browser = make_browser()
    browser.join("Otter-17")
    assert "Nothing to do right now" in browser.get("/home")


def test_starting_twice_leads_to_one_attempt(otter: Browser) -> None:
    assignment = re.search(r'action="(/assignments/[^"]+)"', otter.get("/home"))
    assert assignment
    first, second = otter.post(assignment[1]), otter.post(assignment[1])
    assert first.location == second.location


def test_what_was_saved_stands_on_the_page_again(otter: Browser) -> None:
    attempt = otter.start()
    otter.post(attempt, ANSWERS)
    page = otter.get(attempt)
    assert 'value="lemon jucie"' in page
    assert re.search(r'value="pages" checked', page)
    assert "<span data-answered>4</span> of 5" in page


def test_clearing_an_answer_is_saved_too(otter: Browser) -> None:
    attempt = otter.start()
    otter.post(attempt, ANSWERS)
    page = otter.get(attempt)
    otter.post(attempt, {**ANSWERS, "base": base(page), "q-cleaner": ""})
    assert "<span data-answered>3</span> of 5" in otter.get(attempt)


def test_the_page_holds_no_key(otter: Browser) -> None:
    page = otter.get(otter.start())
    assert "The juice came later" not in page
    assert "names the fault" not in page


def test_too_many_choices_are_named_and_the_rest_is_saved(otter: Browser) -> None:
    attempt = otter.start()
    sent = otter.post(attempt, {**ANSWERS, "q-two-true": ["free", "radio", "daily"]})
    page = sent.get_data(as_text=True)
    message = "Question 2: Choose no more than 2. You have chosen 3."
    assert f'<a href="#q-two-true">{message}</a>' in page
    assert all(f'value="{one}" checked' in page for one in ("free", "radio", "daily"))
    assert 'value="lemon jucie"' in otter.get(attempt)


def test_an_answer_that_is_too_long_is_kept_on_the_page(otter: Browser) -> None:
    attempt = otter.start()
    long = "x" * (LONGEST + 1)
    page = otter.post(attempt, {**ANSWERS, "q-one-line": long}).get_data(as_text=True)
    assert "This answer has 2,001 characters. The most is 2,000." in page
    assert long in page


def test_a_choice_of_another_question_is_refused(otter: Browser) -> None:
    page = otter.post(otter.start(), {**ANSWERS, "q-early-stop": "radio"}).get_data(as_text=True)
    assert "One of these choices does not belong to the question." in page


def test_a_character_that_no_database_stores_is_replaced(otter: Browser) -> None:
    attempt = otter.start()
    otter.post(attempt, {**ANSWERS, "q-cleaner": "lem\0on"})
    assert 'value="lem\ufffdon"' in otter.get(attempt)


def test_an_answer_is_shown_as_text(otter: Browser) -> None:
    attempt = otter.start()
    otter.post(attempt, {**ANSWERS, "q-one-line": "</textarea><script>"})
    assert "&lt;/textarea&gt;&lt;script&gt;" in otter.get(attempt)


def test_switching_the_level_saves_the_page_and_shows_the_other_text(
    sqlite_app: Flask, otter: Browser
) -> None:
    assign(sqlite_app, "harbour")
    attempt = otter.start()
    sent = {"level": "b1", "go": "level:a2", "q-estimate": "about"}
    page = otter.get(otter.post(attempt, sent).location)
    assert 'value="level:a2" aria-pressed="true"' in page
    assert "The small harbour of Velm has an old crane" in page
    assert 'value="about"' in page


def test_the_check_page_says_what_is_not_answered(otter: Browser) -> None:
    attempt = otter.start()
    page = otter.get(otter.post(attempt, {**ANSWERS, "go": "check"}).location)
    assert "1 of 5 questions is not answered yet" in page
    assert f'Not answered: <a href="{attempt}#q-one-line">5</a>.' in page
    assert f'href="{attempt}#q-one-line"' in page


def test_submitting_twice_gives_one_receipt(otter: Browser) -> None:
    attempt = otter.start()
    found = re.search(r'name="key" value="([^"]+)"', otter.get(f"{attempt}/check"))
    assert found
    pages = [
        otter.get(otter.post(f"{attempt}/submission", {"key": found[1]}).location) for _ in range(2)
    ]
    assert receipt(pages[0]) == receipt(pages[1])


def test_a_foreign_key_submits_nothing(otter: Browser) -> None:
    attempt = otter.start()
    assert otter.post(f"{attempt}/submission", {"key": "guessed"}).status_code == 404
    assert otter.client.get(attempt).status_code == 200


def test_an_open_attempt_has_no_review(otter: Browser) -> None:
    attempt = otter.start()
    assert otter.client.get(f"{attempt}/review").location == attempt


@pytest.mark.parametrize("page", ["", "/check"])
def test_a_submitted_attempt_leads_to_its_review(otter: Browser, page: str) -> None:
    attempt = otter.start()
    review = submit(otter, attempt)
    assert otter.client.get(attempt + page).location == review


def test_a_stale_tab_is_told_that_its_answers_are_kept_but_not_counted(otter: Browser) -> None:
    attempt = otter.start()
    submit(otter, attempt)
    page = otter.get(otter.post(attempt, ANSWERS).location)
    assert re.search(r"This was handed in at \d\d:\d\d\. What you changed since is kept", page)


def test_the_home_page_shows_the_score_of_finished_work(otter: Browser, reviewed: str) -> None:
    assert "1 of 6 points" in otter.get("/home")


def test_the_review_shows_verdict_answer_and_key(reviewed: str) -> None:
    text = card(reviewed, "early-stop")
    assert "Not quite · 0 of 1" in text
    assert "Nobody had read the notebook first" in text
    assert "The part that measures heat was covered" in text


def test_the_review_names_a_spelling_slip_kindly(reviewed: str) -> None:
    assert "lemon juice (a small spelling slip)" in card(reviewed, "cleaner")


def test_the_review_shows_the_feedback_of_a_foreseen_wrong_number(reviewed: str) -> None:
    assert "That is the number of visitors who joined the team." in card(reviewed, "how-many")


def test_the_review_says_not_answered(reviewed: str) -> None:
    assert "Not answered · 0 of 2" in card(reviewed, "one-line")
    assert "A full answer has" in card(reviewed, "one-line")


def test_the_review_marks_the_key_and_what_misled(reviewed: str) -> None:
    assert '<mark class="key">a thin layer of chalk had covered the sensor</mark>' in reviewed
    assert '<mark class="elsewhere">somebody turns the pages</mark>' in reviewed


def test_a_chosen_question_marks_its_own_places(otter: Browser) -> None:
    attempt = otter.start()
    page = otter.get(submit(otter, attempt) + "?q=how-many")
    assert '<mark class="key">the room received 340 kettles</mark>' in page
    assert "covered the sensor</mark>" not in page


def test_an_answer_that_waits_is_not_called_wrong(otter: Browser) -> None:
    attempt = otter.start()
    otter.post(attempt, {**ANSWERS, "q-cleaner": "some kind of fruit"})
    page = otter.get(submit(otter, attempt))
    assert "Not yet marked" in card(page, "cleaner")
    assert "It counts as not yet marked, not as wrong." in card(page, "cleaner")
    assert "this score can still rise" in page


@pytest.mark.parametrize("page", ["", "/check", "/review"])
def test_the_attempt_of_another_student_is_not_found(
    otter: Browser, make_browser: MakeBrowser, page: str
) -> None:
    attempt = otter.start()
    other = make_browser()
    other.join("Heron-4")
    assert other.client.get(attempt + page).status_code == 404


def test_the_reading_settings_are_kept_in_a_cookie(otter: Browser) -> None:
    otter.post("/reading", {"size": "3", "spacing": "2", "theme": "cream"})
    assert 'data-size="3" data-spacing="2" data-theme="cream"' in otter.get("/home")


def test_an_unknown_reading_setting_is_left_out(otter: Browser) -> None:
    otter.post("/reading", {"size": "3", "theme": '"><script>'})
    assert '<html lang="en" class="" data-size="3">' in otter.get("/home")


def test_the_reading_settings_on_the_attempt_page_save_the_answers_too(otter: Browser) -> None:
    attempt = otter.start()
    otter.post(attempt, {**ANSWERS, "go": "reading", "size": "2"})
    page = otter.get(attempt)
    assert 'data-size="2"' in page
    assert 'value="lemon jucie"' in page
