"""No address that others wrote leads away from the school: followed in a real browser."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote, urlsplit

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Error, Page, Request

from tests.browser.serving import served
from tests.school import open_school

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

EVIL = "evil.invalid"
VECTORS = (
    # more slashes than one, and what browsers take for a slash
    f"//{EVIL}", f"///{EVIL}/x", f"////{EVIL}", f"/\\{EVIL}", f"\\\\{EVIL}", f"/\\/{EVIL}",
    f"//{EVIL}/..", f"//{EVIL}/%2e%2e", f"/.//{EVIL}", f"/..//{EVIL}", f"/x/..//{EVIL}",
    # control characters, which browsers drop from an address
    f"/\t/{EVIL}", f"/\r/{EVIL}", f"/\n/{EVIL}", f"/\r\n/{EVIL}", f"/\0/{EVIL}", f"\t//{EVIL}",
    f"/\r\nLocation: //{EVIL}",
    # encoded once and twice
    f"/%2f{EVIL}", f"/%2f%2f{EVIL}", f"%2f%2f{EVIL}", f"/%5c{EVIL}", f"/%5c%5c{EVIL}",
    f"/%09/{EVIL}", f"/%0d%0a/{EVIL}", f"/%0d%0aLocation:%20//{EVIL}", f"/%00/{EVIL}",
    f"/%252f%252f{EVIL}", f"/%255c{EVIL}",
    # letters that look like a slash or fold into one
    f"/\uff0f{EVIL}", f"/\uff0f\uff0f{EVIL}", f"/\u2044{EVIL}", f"/\u2215{EVIL}", f"/\uff3c{EVIL}",
    # the host in another place
    f"//user@{EVIL}", f"@{EVIL}", f".{EVIL}", f"/@{EVIL}", f"//user:word@{EVIL}/x", f";@{EVIL}",
    # whole addresses
    f"https://{EVIL}", f"https:{EVIL}", f"https:/{EVIL}", f"https://{EVIL}//{EVIL}", f"?//{EVIL}",
    f"javascript://{EVIL}/%0alocation='//{EVIL}'", f"data:text/html,//{EVIL}",
)  # fmt: skip
READ: Literal["domcontentloaded"] = "domcontentloaded"  # pictures and fonts lead nowhere
# A form that is sent as the script of the page sends none: the browser follows where it leads.
SEND = """(token) => {
  const form = document.createElement("form");
  form.method = "post";
  form.action = "/reading";
  const field = document.createElement("input");
  field.name = "csrf_token";
  field.value = token;
  form.append(field);
  document.documentElement.append(form);
  form.submit();
}"""


class Forger:
    """Stands before the application: gives forms a Referer that no browser would send.

    Each request comes from an address of its own, so that the doors make none wait.
    """

    def __init__(self, inner: "WSGIApplication") -> None:
        self.inner, self.referrer = inner, ""
        self.requests = self.forms = 0

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        self.requests += 1
        environ["REMOTE_ADDR"] = f"10.{self.requests // 250}.{self.requests % 250}.1"
        if environ["PATH_INFO"] == "/reading":
            self.forms += 1
            environ["HTTP_REFERER"] = self.referrer.encode().decode("latin-1")
        return self.inner(environ, start)


@pytest.fixture(scope="session")
def forged_app(
    make_app: Callable[[str], Flask],
    make_sqlite_url: Callable[[Path], str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Flask:
    """An application of this file's own, behind a forger."""
    app = make_app(make_sqlite_url(tmp_path_factory.mktemp("forged")))
    app.extensions["quizapp_library"].load()
    app.wsgi_app = Forger(app.wsgi_app)  # type: ignore[assignment]
    return app


@pytest.fixture(scope="session")
def base_url(forged_app: Flask) -> Iterator[str]:
    """The address of its server, with which the watch over foreign requests compares."""
    with served(forged_app) as address:
        yield address


@pytest.fixture
def page(new_context: Callable[..., BrowserContext]) -> Page:
    """A page without the content policy, which would stop a form that is led away."""
    return new_context(bypass_csp=True).new_page()


class Away:
    """Notes every navigation that leaves the school, and every page that stands elsewhere."""

    def __init__(self, page: Page, base_url: str) -> None:
        self.page, self.host = page, urlsplit(base_url).netloc
        self.led: list[str] = []
        page.on("request", self._note)

    def _note(self, request: Request) -> None:
        if request.is_navigation_request():
            self._compare(request.url)

    def _compare(self, address: str) -> None:
        if urlsplit(address).netloc != self.host:
            self.led.append(address)

    def look(self, written: str) -> None:
        """Assert that what was written has led nowhere else."""
        self._compare(self.page.url)
        assert self.led == [], written


@pytest.mark.counts
def test_no_referrer_leads_a_form_away(
    page: Page, base_url: str, forged_app: Flask, complaints: list[str]
) -> None:
    with forged_app.app_context():
        code = open_school(forged_app).assignment.classroom.join_code
    page.goto(f"/join/{code}")
    page.get_by_label("Your name").fill("Otter-17")
    page.get_by_role("button", name="Join").click()
    page.get_by_role("link", name="I have written them down").click()
    forger, away = forged_app.wsgi_app, Away(page, base_url)
    assert isinstance(forger, Forger)
    referrers = [way + vector for vector in VECTORS for way in ("", base_url)]
    page.goto("/home")
    token = page.locator("[name=csrf_token]").first.input_value()
    for forger.referrer in referrers:  # from wherever the last one led, which is at the school
        with suppress(Error), page.expect_navigation(wait_until=READ):
            page.evaluate(SEND, token)  # an unknown host ends in an error
        away.look(forger.referrer)
    sys.stdout.write(f"{len(referrers)} referrers of a form: {len(away.led)} led away\n")
    assert forger.forms == len(referrers)
    complaints.clear()  # pages that do not exist


@pytest.mark.counts
def test_no_path_leads_away(
    page: Page, base_url: str, forged_app: Flask, complaints: list[str]
) -> None:
    forger, away = forged_app.wsgi_app, Away(page, base_url)
    assert isinstance(forger, Forger)
    before = forger.requests
    paths = [vector for vector in VECTORS if vector.startswith("/")]
    for door in ("/go/", "/join/"):
        paths += [door + text for vector in VECTORS for text in (vector, quote(vector, safe=""))]
    for path in paths:
        with suppress(Error):  # an unknown host ends in an error
            page.goto(base_url + path, wait_until=READ)
        away.look(path)
    sys.stdout.write(f"{len(paths)} paths: {len(away.led)} led away\n")
    assert forger.requests >= before + len(paths)
    complaints.clear()  # pages that do not exist
