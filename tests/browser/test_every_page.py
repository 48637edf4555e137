"""Every page that a browser can see, and every error: accessible in four looks, never too wide.

A page is loaded once, then looked at in each width and colour scheme: wide as it comes, narrow
with everything folded out. All rules of axe are tried wide and narrow, those on colour in every
look: no other rule depends on the colour scheme.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import BrowserContext, Page
from werkzeug.exceptions import default_exceptions
from werkzeug.routing import Rule

from quizapp.database import db
from quizapp.system.errors import SENTENCES
from quizapp.throttle import TooManyTries
from tests.browser.campus import Campus, open_campus
from tests.browser.conftest import ColourScheme
from tests.browser.serving import served
from tests.system.test_routes import ROUTES

# What answers a GET with something that is no page.
NO_PAGES = {
    "student.time_left",
    "static",
    "system.favicon",
    "system.healthz",
    "system.readyz",
    "teacher.download",
    "teacher.export",
    "teacher.export_scores",
    "teacher.working_state",
}
ALL: dict[str, object] = {"resultTypes": ["violations"]}
COLOUR: dict[str, object] = {**ALL, "runOnly": ["color-contrast", "link-in-text-block"]}
LOOKS: tuple[tuple[int, ColourScheme, dict[str, object]], ...] = (
    (1280, "light", ALL),
    (1280, "dark", COLOUR),
    (390, "dark", ALL),
    (390, "light", COLOUR),
)
GONE = {"/teach/setup/used": 410}  # everything else is there for its visitor
SMALLEST, HEIGHT = 320, 800
FITS = "document.documentElement.scrollWidth <= innerWidth"
UNFOLD = "document.querySelectorAll('main details').forEach((fold) => { fold.open = true; })"
VIOLATIONS = """async (options) => (await axe.run(options)).violations.map((one) =>
  one.help + ": " + one.nodes.map((node) => node.html + " " + node.failureSummary).join(" | "))"""
PEOPLE = ("nobody", "student", "pupil", "idle", "teacher", "new", "first")


@pytest.fixture(scope="session")
def campus(
    tmp_path_factory: pytest.TempPathFactory,
    make_app: Callable[[str], Flask],
    make_sqlite_url: Callable[[Path], str],
) -> Iterator[Campus]:
    """The school in which every page has something to show."""
    folder = tmp_path_factory.mktemp("campus")
    app = make_app(make_sqlite_url(folder))
    with app.app_context():
        yield open_campus(app, folder)
        db.engine.dispose()


@pytest.fixture(scope="session")
def base_url(campus: Campus) -> Iterator[str]:
    """The address of the school's own server."""
    with served(campus.app) as address:
        yield address


def enter(context: BrowserContext, campus: Campus, who: str, base_url: str) -> Page:
    if who in campus.cookies:
        context.add_cookies([{"name": "quizapp", "value": campus.cookies[who], "url": base_url}])
    return context.new_page()


def faults(page: Page, path: str, status: int) -> Iterator[str]:
    """Yield what is wrong with a page in any look."""
    page.set_viewport_size({"width": LOOKS[0][0], "height": HEIGHT})
    # Without motion, or a panel that slides in is seen halfway.
    page.emulate_media(color_scheme=LOOKS[0][1], reduced_motion="reduce")
    answer = page.goto(path)
    assert answer is not None
    if answer.status != status:
        yield f"{path} answers {answer.status}"
    page.evaluate(Axe().axe_script)
    for width, scheme, options in LOOKS:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": HEIGHT})
        if width < LOOKS[0][0]:
            page.evaluate(UNFOLD)
        for violation in page.evaluate(VIOLATIONS, options):
            yield f"{path} at {width}, {scheme}: {violation}"
        if not page.evaluate(FITS):
            yield f"{path} is too wide at {width}"
    for width in (SMALLEST, LOOKS[0][0]):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        if not page.evaluate(FITS):
            yield f"{path} is too wide at {width}, folded out"


def forgive_statuses(complaints: list[str]) -> None:
    """Forget that the browser notes every page which is an error in its console."""
    complaints[:] = [one for one in complaints if "Failed to load resource" not in one]


def test_every_page_is_visited(campus: Campus) -> None:
    adapter = campus.app.url_map.bind("localhost")
    visited = {adapter.match(path.partition("?")[0])[0] for _who, path in campus.visits}
    rules: list[Rule] = list(campus.app.url_map.iter_rules())
    pages = {rule.endpoint for rule in rules if "GET" in (rule.methods or set())}
    assert visited == (pages & ROUTES.keys()) - NO_PAGES
    assert {who for who, _path in campus.visits} == set(PEOPLE)


@pytest.mark.parametrize("who", PEOPLE)
def test_every_page_can_be_read_by_everybody_on_every_screen(
    new_context: Callable[..., BrowserContext],
    campus: Campus,
    base_url: str,
    complaints: list[str],
    who: str,
) -> None:
    page = enter(new_context(), campus, who, base_url)
    found = []
    for path in [path for one, path in campus.visits if one == who]:
        found += list(faults(page, path, GONE.get(path, 200)))
        assert page.url.removeprefix(base_url) == path, "this page sends its visitor on"
    forgive_statuses(complaints)
    assert "\n".join(found) == ""


def test_every_error_can_be_read_by_everybody_on_every_screen(
    page: Page, campus: Campus, complaints: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    failures: list[Exception] = []

    def fail() -> None:
        raise failures[-1]

    monkeypatch.setitem(campus.app.view_functions, "auth.help_page", fail)
    found = []
    for code in (*SENTENCES, 429):
        wait = TooManyTries(timedelta(minutes=4))
        failures.append(wait if code == 429 else default_exceptions[code]())
        found += [f"{code}: {fault}" for fault in faults(page, "/help", code)]
    forgive_statuses(complaints)
    assert "\n".join(found) == ""
