"""The page that is put together is, byte for byte, the page that the template gives."""

import itertools
import re
from collections.abc import Mapping

import pytest
from flask import Flask
from itsdangerous import TimestampSigner

from quizapp.student import compiled
from tests.student.student_world import Browser, MakeBrowser, assign, base
from tests.student.test_time_left import limit, move

FIELDS: Mapping[str, object] = {
    "q-early-stop": "pages",
    "q-two-true": ["free", "radio"],
    "q-cleaner": 'lemon "juice" & <b>vinegar</b>',
    "q-how-many": " 60\u2028",
    "q-one-line": "first\n  second </textarea> line",
}


class Spy:
    """Stands for `compiled.show`: notes what it gave, or gives nothing."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.given: list[str | None] = []
        self.off = False
        self._real = compiled.show
        monkeypatch.setattr(compiled, "show", self)

    def __call__(self, *words: object) -> str | None:
        page = None if self.off else self._real(*words)  # type: ignore[arg-type]
        self.given.append(page)
        return page


@pytest.fixture
def spy(monkeypatch: pytest.MonkeyPatch) -> Spy:
    return Spy(monkeypatch)


def without_token(page: str) -> str:
    """The token holds the second in which it was made."""
    return re.sub(r'(name="csrf_token" value=")[^"]+', r"\1", page)


def without_seconds(page: str) -> tuple[str, int]:
    """Return the page and, apart from it, the seconds that are left: another one may have begun."""
    found = re.search(r'data-left="(-?[0-9]+)"', page)
    assert found
    return page.replace(found[0], ""), int(found[1])


def both(browser: Browser, attempt: str, spy: Spy) -> tuple[str, str]:
    """Return the page as it is put together, which must not have been given up, and as rendered."""
    browser.get(attempt)  # says "Saved" once, which the template does
    spy.given.clear()
    together = browser.get(attempt)
    assert [page for page in spy.given if page] == [together]
    spy.off = True
    rendered = browser.get(attempt)
    spy.off = False
    return without_token(together), without_token(rendered)


def save(browser: Browser, attempt: str, fields: Mapping[str, object]) -> None:
    made_from = base(browser.get(attempt))
    assert browser.post(attempt, {"base": made_from, "go": "save", **fields}).status_code == 303


def test_an_empty_page_is_the_same(otter: Browser, spy: Spy) -> None:
    together, rendered = both(otter, otter.start(), spy)
    assert together == rendered


def test_a_page_with_every_kind_of_answer_is_the_same(otter: Browser, spy: Spy) -> None:
    attempt = otter.start()
    save(otter, attempt, FIELDS)
    together, rendered = both(otter, attempt, spy)
    assert together == rendered
    assert " checked" in together


def test_a_page_with_a_time_limit_is_the_same(sqlite_app: Flask, otter: Browser, spy: Spy) -> None:
    limit(sqlite_app)
    attempt = otter.start()
    together, rendered = map(without_seconds, both(otter, attempt, spy))
    assert together[0] == rendered[0]
    assert 0 <= together[1] - rendered[1] < 60


def test_each_page_says_what_time_is_left_then(sqlite_app: Flask, otter: Browser, spy: Spy) -> None:
    limit(sqlite_app)
    attempt = otter.start()
    assert 1700 < without_seconds(otter.get(attempt))[1] <= 1800
    move(sqlite_app, 100)
    assert 40 < without_seconds(otter.get(attempt))[1] <= 100
    move(sqlite_app, -5)
    assert -65 < without_seconds(otter.get(attempt))[1] < 0
    move(sqlite_app, 90_000, timed=False)
    assert 'data-left=""' in otter.get(attempt)
    assert all(spy.given)


def test_another_student_finds_their_own_order_name_and_answers(
    otter: Browser, make_browser: MakeBrowser, spy: Spy
) -> None:
    both(otter, otter.start(), spy)
    heron = make_browser()
    heron.join("Heron <3>")
    attempt = heron.start()
    save(heron, attempt, {"q-cleaner": "soap", "q-early-stop": "pages"})
    together, rendered = both(heron, attempt, spy)
    assert together == rendered
    assert "Otter-17" not in together


def test_each_level_and_each_look_has_its_own_page(
    sqlite_app: Flask, make_browser: MakeBrowser, spy: Spy
) -> None:
    assign(sqlite_app, "harbour")
    browser = make_browser()
    browser.join("Otter-17")
    attempt = browser.start()
    seen: set[str] = set()
    levels = re.findall(r'value="level:([^"]+)"', browser.get(attempt))
    for level in levels:
        save(browser, attempt, {"go": f"level:{level}"})
        browser.client.set_cookie("reading", f"{len(seen) + 1}.2.dark")
        together, rendered = both(browser, attempt, spy)
        assert together == rendered
        seen.add(together)
    assert len(seen) == len(levels) > 1


def test_what_there_is_to_say_is_said(otter: Browser, spy: Spy) -> None:
    attempt = otter.start()
    made_from = base(otter.get(attempt))
    otter.post(attempt, {"base": made_from, "go": "save", **FIELDS})
    assert "Saved" in otter.get(attempt)


def test_two_answers_that_wait_for_a_choice_are_shown(otter: Browser, spy: Spy) -> None:
    attempt = otter.start()
    made_from = base(otter.get(attempt))
    for text in ("lemon juice", "soap"):
        otter.post(attempt, {"base": made_from, "go": "save", "q-cleaner": text})
    otter.get(attempt)
    spy.given.clear()
    assert "Two answers to this question" in otter.get(attempt)


def test_a_template_that_cannot_be_cut_is_rendered_as_ever(
    otter: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = otter.start()
    monkeypatch.setattr(compiled, "_HOLES", rf"(?P<base>{compiled.BASE})")
    assert 'name="q-cleaner"' in otter.get(attempt)
    assert compiled.BASE not in otter.get(attempt)


def test_each_student_gets_their_own_token_with_the_page(
    sqlite_app: Flask, make_browser: MakeBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = itertools.count(1_800_000_000)  # no two tokens are made in the same one
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _self: next(seconds))
    assign(sqlite_app, "kettles")
    for name in ("Heron-4", "Badger-9"):  # the first one's page is taken to pieces
        browser = make_browser()
        browser.join(name)
        attempt = browser.start()
        found = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(attempt))
        assert found
        sent = browser.client.post(f"{attempt}/submission", data={"csrf_token": found[1]})
        assert sent.status_code == 404  # the token is good, and the key is missing
