"""The quiz that ships with the product, and a real article by others, taken in the browser."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from quizapp import classrooms
from quizapp.accounts import offer_setup
from quizapp.config import DEFAULTS
from quizapp.database import db
from quizapp.models import Assignment
from tests.browser.serving import served
from tests.core.core_world import NOW
from tests.test_onestop import ARTICLES, onestop

SAMPLE = "all-weather-partnership"
WRITTEN = {
    "visiting-president": "Maduro",
    "area-of-cooperation": "turism",
    "belt-and-road-countries": "over 150",
    "how-many-left": "about 7 million",
    "wider-picture": "It is making friends everywhere",
    "estimate-word": "around",
    "detail-to-check": "which countries",
    "main-news": "China has raised its ties with Venezuela to a new level.",
}


@dataclass(frozen=True)
class School:
    """A running server with the real quizzes, the code of its class, and the teacher's link."""

    address: str
    code: str
    setup: str


@pytest.fixture(scope="session")
def base_url(school: School) -> str:
    """The address that the watch over foreign requests compares with."""
    return school.address


@pytest.fixture(scope="session")
def school(
    tmp_path_factory: pytest.TempPathFactory,
    make_app: Callable[[str], Flask],
    make_sqlite_url: Callable[[Path], str],
) -> Iterator[School]:
    tmp_path = tmp_path_factory.mktemp("school")
    app = make_app(make_sqlite_url(tmp_path))
    library = app.extensions["quizapp_library"]
    library.folder = _folder(tmp_path / "bank")
    library.load()
    with app.app_context():
        classroom = classrooms.make_demonstration(SAMPLE, NOW)
        assert classroom is not None
        if ARTICLES:
            given = Assignment(classroom_id=classroom.id, quiz_id="article", created_at=NOW)
            db.session.add(given)
            db.session.commit()
        code, token = classroom.join_code, offer_setup(str(app.secret_key), NOW)
        db.session.remove()
    with served(app) as address:
        yield School(address, code, f"{address}/teach/setup/{token}")
    with app.app_context():
        db.engine.dispose()


def _folder(folder: Path) -> Path:
    folder.mkdir()
    shutil.copy(Path(str(DEFAULTS["QUESTIONS_DIR"])) / f"{SAMPLE}.yaml", folder)
    for path in ARTICLES[:1]:
        article = json.loads(path.read_text(encoding="utf-8"))
        (folder / "article.yaml").write_text(onestop.dump(onestop.convert(article)))
    return folder


def begin(page: Page, school: School, number: int) -> None:
    page.goto(f"{school.address}/join/{school.code}")
    page.get_by_label("Your name").fill(f"Otter-{number}")
    page.get_by_role("button", name="Join").click()
    page.get_by_role("link", name="I have written them down").click()
    page.get_by_role("button", name="Start").nth(number).click()


def choose_first_options(page: Page) -> int:
    questions = page.locator("fieldset:has(input[name^=q-])").all()
    for question in questions:
        question.locator("input").first.check()
    return len(questions)


def hand_in(page: Page) -> None:
    page.get_by_role("button", name="Check and submit").click()
    page.wait_for_url("**/check")
    page.get_by_role("button", name=re.compile("Submit|Hand in")).click()


def test_the_sample_quiz_from_joining_to_the_teachers_page(
    page: Page, school: School, new_context: Callable[..., BrowserContext]
) -> None:
    begin(page, school, 1 if ARTICLES else 0)
    expect(page.locator("#text")).to_contain_text("China")
    assert choose_first_options(page) == 15
    for item, text in WRITTEN.items():
        page.locator(f"[name=q-{item}]").fill(text)
    with page.expect_navigation():
        page.get_by_role("button", name="Easier").click()
    expect(page.locator("[name=q-how-many-left]")).to_have_value("about 7 million")
    hand_in(page)
    expect(page.locator("article.card")).to_have_count(23)
    expect(page.locator("article.card", has_text="Not yet marked")).to_have_count(1)
    expect(page.locator("mark.key").first).to_be_visible()

    teacher = new_context().new_page()
    teacher.goto(school.setup)
    teacher.get_by_label("Your name").fill("Ms Reed")
    teacher.locator("input[type=password]").first.fill("a long pass phrase")
    teacher.locator("main button").first.click()
    teacher.get_by_role("link", name="A partnership for all weathers").click()
    expect(teacher.locator("main")).to_contain_text("1 of")
    expect(teacher.locator("main")).to_contain_text("It is making friends everywhere")


@pytest.mark.skipif(not ARTICLES, reason="the articles are not part of this repository")
def test_a_real_article_is_read_answered_and_reviewed(page: Page, school: School) -> None:
    begin(page, school, 0)
    with page.expect_navigation():
        page.get_by_role("button", name="Advanced").click()
    asked = choose_first_options(page)
    hand_in(page)
    expect(page.locator("article.card")).to_have_count(asked)
    page.locator("[data-show]").last.click()
    expect(page.locator("mark.key").first).to_be_visible()
