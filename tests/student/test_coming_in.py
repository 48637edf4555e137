"""Joining, coming back and leaving."""

import re

import pytest

from quizapp import classrooms
from quizapp.auth import joining
from tests.student.student_world import CODE, Browser, MakeBrowser


def words_of(page: str) -> str:
    return " ".join(re.findall(r"<li>(\w+)</li>", page))


def test_the_front_page_shows_the_three_ways_in(make_browser: MakeBrowser) -> None:
    page = make_browser().get("/")
    assert all(way in page for way in ('action="/join"', 'href="/back"', 'href="/teach/login"'))


def test_joining_shows_four_words(make_browser: MakeBrowser) -> None:
    assert len(words_of(make_browser().join("Otter-17")).split()) == 4


def test_the_four_words_bring_a_student_back_in_another_browser(make_browser: MakeBrowser) -> None:
    words = words_of(make_browser().join("Otter-17"))
    other = make_browser()
    other.post("/back", {"phrase": words.upper().replace(" ", ", ")})
    assert "You are <bdi>Otter-17</bdi>" in other.get("/home")


def test_wrong_words_are_named_and_kept(make_browser: MakeBrowser) -> None:
    page = make_browser().post("/back", {"phrase": "not my four words"}).get_data(as_text=True)
    assert joining.NO_PHRASE in page
    assert 'value="not my four words"' in page


def test_an_unknown_code_is_named_and_what_was_typed_is_kept(make_browser: MakeBrowser) -> None:
    page = make_browser().post("/join", {"code": "ZZZZ-ZZZZ", "name": "Otter-17"})
    text = page.get_data(as_text=True)
    assert f'<a href="#code">{joining.NO_CODE}</a>' in text
    assert 'value="ZZZZ-ZZZZ"' in text
    assert 'value="Otter-17"' in text


def test_a_name_already_taken_asks_for_the_four_words(make_browser: MakeBrowser) -> None:
    make_browser().join("Otter-17")
    page = make_browser().join("otter-17")
    assert joining.TAKEN in page
    assert "It is me: come back with my four words" in page
    assert words_of(page) == ""


def test_a_full_class_says_so_in_plain_words(
    make_browser: MakeBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(classrooms, "MOST_STUDENTS", 1)
    make_browser().join("Otter-17")
    assert "This class is full. Ask your teacher." in make_browser().join("Otter-18")
    assert joining.TAKEN in make_browser().join("Otter-17")


def test_a_wrong_code_is_named_before_a_name_is_typed(make_browser: MakeBrowser) -> None:
    browser = make_browser()
    assert joining.NO_CODE in browser.get("/join?code=ZZZZ-ZZZZ")
    page = browser.post("/join", {"code": "ZZZZ-ZZZZ", "name": ""}).get_data(as_text=True)
    assert joining.NO_CODE in page
    assert "Type a name." in page


def test_a_form_sent_twice_shows_the_same_four_words(make_browser: MakeBrowser) -> None:
    browser = make_browser()
    found = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/join"))
    assert found
    form = {"csrf_token": found[1], "code": CODE, "name": "Otter-17"}
    pages = [browser.get(browser.client.post("/join", data=form).location) for _ in range(2)]
    assert len(words_of(pages[0]).split()) == 4
    assert words_of(pages[1]) == words_of(pages[0])


def test_the_four_words_are_gone_once_they_are_written_down(make_browser: MakeBrowser) -> None:
    browser = make_browser()
    browser.join("Otter-17")
    assert browser.client.get("/phrase?written=yes").location == "/home"
    assert browser.client.get("/phrase").location == "/home"


def test_a_name_without_letters_is_refused(make_browser: MakeBrowser) -> None:
    assert joining.NOT_A_NAME in make_browser().join("!!!")


def test_leaving_closes_the_home_page(otter: Browser) -> None:
    otter.post("/leave")
    assert otter.client.get("/home").location == "/join"


def test_a_name_is_shown_as_text(make_browser: MakeBrowser) -> None:
    browser = make_browser()
    browser.join("<b>Otter</b>")
    assert "&lt;b&gt;Otter&lt;/b&gt;" in browser.get("/home")
