"""A quiz in Arabic: what its author wrote runs from the right, the page around it does not."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect

from quizapp.database import db
from tests.browser.answering import Axe, begin, give, saved, write
from tests.browser.serving import served
from tests.school import PASSWORD, open_school

GARDEN = """\
title: حديقة المدرسة
language: ar
source: كُتب لاختبارات هذا المشروع.

passage: |
  زرع التلاميذ في الربيع حديقة صغيرة خلف المدرسة. كان المكان فارغا سنوات طويلة، ولم يكن فيه إلا
  الحجارة. جمع التلاميذ ثلاثين كيسا من الحجارة، ثم حملوا التراب من ضفة النهر.

  في الصيف أكلت الطيور نصف البذور. لم يغضب التلاميذ، بل علقوا شرائط لامعة بين الأغصان، فخافت الطيور
  من الضوء وابتعدت. في الخريف باع التلاميذ الطماطم في سوق الحي، واشتروا بالمال كتبا للمكتبة.

questions:
  - id: birds
    skill: retrieve
    question: ما الذي أبعد الطيور عن الحديقة؟
    options:
      light: الضوء على الشرائط
      noise:
        text: أصوات التلاميذ
        error: unsupported
      stones:
        text: الحجارة التي رماها التلاميذ
        error: misread
    answer: light
    evidence: فخافت الطيور من الضوء وابتعدت
    why: تقول الفقرة الثانية مم خافت الطيور.

  - id: sold
    skill: retrieve
    question: ماذا باع التلاميذ في السوق؟
    accept: [الطماطم, طماطم]
    evidence: باع التلاميذ الطماطم في سوق الحي
    why: الجملة الأخيرة تذكر ما باعوه.

  - id: sacks
    skill: retrieve
    question: كم كيسا من الحجارة جمع التلاميذ؟
    number: {value: 30, qualifier: none, tolerance: 0}
    evidence: جمع التلاميذ ثلاثين كيسا من الحجارة
    why: العدد في الفقرة الأولى.
"""


@pytest.fixture(scope="session")
def garden_app(
    tmp_path_factory: pytest.TempPathFactory,
    make_app: Callable[[str], Flask],
    make_sqlite_url: Callable[[Path], str],
) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("garden")
    (folder / "bank").mkdir()
    (folder / "bank" / "garden.yaml").write_text(GARDEN, encoding="utf-8")
    app = make_app(make_sqlite_url(folder))
    library = app.extensions["quizapp_library"]
    library.folder = folder / "bank"
    library.load()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session")
def base_url(garden_app: Flask) -> Iterator[str]:
    """The address that the watch over foreign requests compares with."""
    with served(garden_app) as address:
        yield address


def runs(place: Locator) -> str:
    """Return the direction in which a place is written."""
    return str(place.first.evaluate("(element) => getComputedStyle(element).direction"))


def overflows(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


def test_text_questions_and_options_run_from_the_right_and_our_own_words_from_the_left(
    page_in_both_looks: Page, garden_app: Flask, axe: Axe
) -> None:
    page = page_in_both_looks
    begin(page, give(garden_app, "garden"))
    for place in (".passage", ".passage-head h1", ".item .stem", ".option"):
        assert runs(page.locator(place)) == "rtl", place
    for place in (".hint bdi", ".jump", ".bar"):
        assert runs(page.locator(place)) == "ltr", place
    assert not overflows(page)
    axe(page)


def test_a_review_says_why_from_the_right(
    page_in_both_looks: Page, garden_app: Flask, axe: Axe
) -> None:
    page = page_in_both_looks
    attempt = begin(page, give(garden_app, "garden"))
    page.get_by_text("الضوء على الشرائط").click()
    write(page, "sold", "الطماطم")
    write(page, "sacks", "30")
    page.get_by_role("button", name="Check").locator("visible=true").click()
    page.wait_for_url("**/check")
    assert runs(page.locator(".stem-line")) == "rtl"
    page.get_by_role("button", name="Submit").click()
    page.wait_for_url("**/review")
    assert saved(garden_app, attempt) == {"birds": ["light"], "sold": ["الطماطم"], "sacks": ["30"]}
    expect(page.get_by_text("Right · 1 of 1")).to_have_count(3)
    assert runs(page.get_by_text("تقول الفقرة الثانية مم خافت الطيور.")) == "rtl"
    assert runs(page.get_by_text("Right · 1 of 1")) == "ltr"
    assert not overflows(page)
    axe(page)


def test_a_key_says_our_words_from_the_left_and_its_authors_words_from_the_right(
    page_in_both_looks: Page, garden_app: Flask, axe: Axe
) -> None:
    page = page_in_both_looks
    with garden_app.app_context():
        name = f"Ms Reed {page.viewport_size}"
        open_school(garden_app, name)
    page.goto("/teach/login")
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.goto("/teach/quizzes/garden/preview?keys=1")
    card = page.locator("#card-birds")
    for place in (".key-options li", "dd:has-text('تقول')"):
        assert runs(card.locator(place)) == "rtl", place
    for place in (".key-word", ".key-options .quiet", "dt"):
        assert runs(card.locator(place)) == "ltr", place
    assert not overflows(page)
    axe(page)
