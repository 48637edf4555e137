"""A live server, a real Chromium, and a watch over every page: any complaint fails the test."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

from dev import find_browser, has_atomic
from tests.browser.serving import served

ColourScheme = Literal["light", "dark"]
NewContext = Callable[..., BrowserContext]
# A browser that goes on to the next page drops a static file halfway, and leaves it open.
DROPPED = "ignore:Exception ignored in. <_io.FileIO.*static:pytest.PytestUnraisableExceptionWarning"
QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-dev-shm-usage"
)
REPORT_VIOLATIONS = """addEventListener("securitypolicyviolation", (event) =>
  reportViolation(event.violatedDirective + " " + event.blockedURI));"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder, so that `-m "not browser"` leaves it out."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.filterwarnings(DROPPED))


@pytest.fixture(scope="session")
def live_app(
    make_app: Callable[[str], Flask],
    make_sqlite_url: Callable[[Path], str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Flask:
    """The application that the live server serves, on a file: threads share no memory database."""
    app = make_app(make_sqlite_url(tmp_path_factory.mktemp("live")))
    app.extensions["quizapp_library"].load()
    return app


@pytest.fixture(scope="session")
def base_url(live_app: Flask) -> Iterator[str]:
    """The address of the live server; page.goto("/join") goes there."""
    with served(live_app) as address:
        yield address


@pytest.fixture(scope="session", autouse=True)
def chromium() -> str:
    """The path of the browser; fails with what to type where the browser cannot run."""
    path = find_browser(os.environ)
    if path is None or not has_atomic():
        pytest.fail(
            "Tests have no browser to drive: sudo apt-get install chromium-headless-shell "
            "libatomic1 fonts-dejavu-core, or set CHROMIUM=/path/to/chrome.",
            pytrace=False,
        )
    return path


@pytest.fixture(scope="session")
def browser_type_launch_args(
    browser_type_launch_args: dict[str, Any], chromium: str
) -> dict[str, Any]:
    """Start the machine's own Chromium, with nothing that calls home."""
    return {**browser_type_launch_args, "args": QUIET.split(), "executable_path": chromium}


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any], base_url: str) -> dict[str, Any]:
    """The settings of a context, with the address of the test's own server.

    The plug-in keeps the first address of the session, and some files serve one of their own.
    """
    return {**browser_context_args, "base_url": base_url}


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """What the browser complained of: the test fails unless the list is empty at its end.

    A test that provokes a complaint asserts what it is, then clears the list.
    """
    heard: list[str] = []
    yield heard
    assert heard == []


@pytest.fixture
def new_context(new_context: NewContext, complaints: list[str], base_url: str) -> NewContext:
    """Open a browser of its own cookies (one per person in a test), watched."""
    host = urlsplit(base_url).netloc

    def open_watched(**options: Any) -> BrowserContext:
        context = new_context(**options)
        _watch(context, complaints, host)
        return context

    return open_watched


def _watch(context: BrowserContext, complaints: list[str], host: str) -> None:
    """Note console errors, uncaught errors, CSP violations, and foreign requests."""

    def note_message(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(f"console: {message.text}")

    def note_request(request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("http", "https") and address.netloc != host:
            complaints.append(f"request to {request.url}")

    def note_violation(text: str) -> None:
        complaints.append(f"content security policy: {text}")

    context.on("console", note_message)
    context.on("weberror", lambda error: complaints.append(f"page error: {error.error}"))
    context.on("request", note_request)
    context.expose_function("reportViolation", note_violation)
    context.add_init_script(REPORT_VIOLATIONS)


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], None]:
    """Assert that the page, as it stands, breaks no accessibility rule of axe."""
    rules = Axe()

    def assert_accessible(page: Page) -> None:
        results = rules.run(page, options={"resultTypes": ["violations"]})
        assert results.violations_count == 0, results.generate_report()

    return assert_accessible


@pytest.fixture(params=[(1280, "light"), (390, "dark")], ids=["wide-light", "narrow-dark"])
def page_in_both_looks(page: Page, request: pytest.FixtureRequest) -> Page:
    """The page of a laptop by day, then of a phone at night: the test runs twice.

    Pages as they are loaded are looked at in all four looks, in test_every_page.
    """
    width, scheme = request.param
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    return page
