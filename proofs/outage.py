"""Outages in a real browser: the connection goes, the student types on, reloads, comes back."""

import json
import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from dev import find_browser
from proofs.people import Student
from proofs.result import Missing, Result, Setting
from proofs.school import COOKIE, Books, application, enrol, open_room
from proofs.server import Server
from proofs.together import seated
from quizapp.student.forms import field_name

QUIET = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic")
KEPT = "Not saved – kept on this device"
LEFT = "() => Object.keys(localStorage).filter((key) => key.startsWith('answers/')).length"
# Nor does its page get a last word: a tab that crashes sends nothing any more.
FORGETFUL = """Storage.prototype.setItem = () => { throw new Error('this device keeps nothing'); };
  addEventListener("pagehide", (event) => event.stopImmediatePropagation(), true);"""
STORED = """SELECT r.item_id, r.given FROM responses r JOIN attempts a ON a.id = r.attempt_id
  WHERE a.public_id = :attempt"""
PATIENCE = 15_000  # milliseconds; after failures a page tries again less often
SHARE_ANEW = 0.7
WRITTEN = ("cleaner", "how-many", "one-line")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the machine's own Chromium. Raises Missing."""
    path = find_browser(os.environ)
    if path is None:
        raise Missing("Chromium is not here: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(QUIET))
        yield browser
        browser.close()


def write(page: Page, item: str, words: str) -> None:
    """Type an answer, or choose it."""
    if item in WRITTEN:
        page.fill(f"#{field_name(item)}", words)
    else:
        page.check(f"[name={field_name(item)}][value={words}]")


def says(page: Page, words: str) -> None:
    """Wait until the page says how saving stands. Raises AssertionError when it never does."""
    expect(page.locator(".bar [data-saved]")).to_have_text(words, timeout=PATIENCE)


def suffer(
    context: BrowserContext, student: Student, chance: random.Random, *, keeps: bool
) -> dict[str, str]:
    """Work through one outage in a real browser; return what was entered.

    A device that keeps answers says so in time, and sends them afterwards, though the page may have
    been closed during the outage. One that keeps nothing always sees its page closed.
    """
    page = context.new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(student.attempt)
    entered = {"cleaner": f"lemon {chance.randrange(10**6)}"}
    write(page, "cleaner", entered["cleaner"])
    if chance.random() < 0.5:
        says(page, "Saved")
    context.set_offline(True)
    more = {
        "how-many": str(chance.randrange(1000)),
        "early-stop": chance.choice(("sensor", "pages")),
        "one-line": f"what was broken {chance.randrange(10**6)}",
    }
    for item in chance.sample(list(more), chance.randint(1, len(more))):
        entered[item] = more[item]
        write(page, item, more[item])
    says(page, KEPT if keeps else "Not saved")
    anew = chance.random() < SHARE_ANEW or not keeps
    if anew:
        page.close()
    context.set_offline(False)
    if anew:
        page = context.new_page()
        page.goto(student.attempt)
    page.wait_for_load_state("networkidle")
    if keeps:
        says(page, "Saved")
        assert page.evaluate(LEFT) == 0, "something is left on the device"
    page.close()
    return entered


def count_lost(folder: Path, times: int, seed: int, *, keeps: bool = True) -> int:
    """Go through so many outages; return in how many an answer was lost."""
    folder.mkdir()
    server, chance = Server(folder), random.Random(seed)
    url = f"sqlite:///{server.database}"
    app = application(url, folder, server.questions)
    room = open_room(app)
    cookies, books, lost = enrol(app, room, times), Books(url), 0
    with server, chromium() as browser:
        address = f"http://127.0.0.1:{server.port}"
        for one in cookies:
            student = seated(server.port, room, one)
            context = browser.new_context(base_url=address)
            login = student.cookies[COOKIE]
            context.add_cookies([{"name": COOKIE, "value": login, "url": address}])
            if not keeps:
                context.add_init_script(FORGETFUL)
            lost += not goes_well(context, student, books, chance, keeps=keeps)
            context.close()
    books.close()
    return lost


def goes_well(
    context: BrowserContext, student: Student, books: Books, chance: random.Random, *, keeps: bool
) -> bool:
    """Tell whether everything that was entered in an outage is in the database after it.

    A page that never says what it should is a loss as well, but not in the control, where only
    what is stored may differ: there the AssertionError is passed on.
    """
    try:
        entered = suffer(context, student, chance, keeps=keeps)
    except AssertionError:
        if keeps:
            return False
        raise
    stored = dict(books.rows(STORED, attempt=student.public_id))
    return {item: json.loads(given) for item, given in stored.items()} == {
        item: [words] for item, words in entered.items()
    }


def run(setting: Setting) -> list[Result]:
    """Go through outages; in the control the device keeps nothing."""
    times, few, seed = setting.times(60, least=2), setting.times(3, least=1), setting.seed
    lost = count_lost(setting.folder / "whole", times, seed)
    caught = count_lost(setting.folder / "weak", few, seed, keeps=False)
    return [
        Result("no answer is lost in an outage of a real browser", times, lost, seed),
        Result("control: a device that keeps nothing", few, caught, seed, True),
    ]
