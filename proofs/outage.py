"""Outages in a real browser: the connection goes, the student types on, reloads, comes back."""

import asyncio
import json
import os
import random
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from dev import find_browser
from proofs.people import Student
from proofs.result import Missing, Result, Setting
from proofs.school import COOKIE, Books, application, enrol, open_room
from proofs.server import Server
from proofs.together import seated
from quizapp.student.forms import field_name

QUIET = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic")
KEPT = "Not saved – kept on this device"
LEFT = "(mine) => Object.keys(localStorage).filter((key) => key.startsWith(mine)).length"
# Nor does its page get a last word: a tab that crashes sends nothing any more.
FORGETFUL = """Storage.prototype.setItem = () => { throw new Error('this device keeps nothing'); };
  addEventListener("pagehide", (event) => event.stopImmediatePropagation(), true);"""
STORED = """SELECT r.item_id, r.given FROM responses r JOIN attempts a ON a.id = r.attempt_id
  WHERE a.public_id = :attempt"""
PATIENCE = 15_000  # milliseconds; after failures a page tries again less often
SHARE_ANEW = 0.7
AT_ONCE = 16  # devices side by side: an outage is mostly waiting
WRITTEN = ("cleaner", "how-many", "one-line")
Seated = tuple[int, Student]


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Start the machine's own Chromium. Raises Missing."""
    path = find_browser(os.environ)
    if path is None:
        raise Missing("Chromium is not here: apt-get install chromium-headless-shell")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(QUIET))
        yield browser
        await browser.close()


async def write(page: Page, item: str, words: str) -> None:
    """Type an answer, or choose it."""
    if item in WRITTEN:
        await page.fill(f"#{field_name(item)}", words)
    else:
        await page.check(f"[name={field_name(item)}][value={words}]")


async def says(page: Page, words: str) -> None:
    """Wait until the page says how saving stands. Raises AssertionError when it never does."""
    await expect(page.locator(".bar [data-saved]")).to_have_text(words, timeout=PATIENCE)


async def suffer(
    context: BrowserContext, student: Student, chance: random.Random, *, keeps: bool
) -> dict[str, str]:
    """Work through one outage in a real browser; return what was entered.

    A device that keeps answers says so in time, and sends them afterwards, though the page may have
    been closed during the outage. One that keeps nothing always sees its page closed.
    """
    page, address = context.pages[-1], f"http://127.0.0.1:{student.port}{student.attempt}"
    await context.set_offline(False)  # where the one before broke off
    await page.goto(address)
    entered = {"cleaner": f"lemon {chance.randrange(10**6)}"}
    await write(page, "cleaner", entered["cleaner"])
    if chance.random() < 0.5:
        await says(page, "Saved")
    await context.set_offline(True)
    more = {
        "how-many": str(chance.randrange(1000)),
        "early-stop": chance.choice(("sensor", "pages")),
        "one-line": f"what was broken {chance.randrange(10**6)}",
    }
    for item in chance.sample(list(more), chance.randint(1, len(more))):
        entered[item] = more[item]
        await write(page, item, more[item])
    await says(page, KEPT if keeps else "Not saved")
    anew = chance.random() < SHARE_ANEW or not keeps
    if anew:
        await page.close()
    await context.set_offline(False)
    if anew:
        page = await context.new_page()
        await page.goto(address)
    await page.wait_for_load_state("networkidle")
    if keeps:
        await says(page, "Saved")
        left = await page.evaluate(LEFT, f"answers/{student.public_id}/")
        assert left == 0, "something is left on the device"
    return entered


async def sit_through(
    browser: Browser, people: Iterable[Seated], books: Books, seed: int, *, keeps: bool
) -> int:
    """Take one student after another through an outage; return in how many an answer was lost.

    They share a device, and each finds the page of the one before. A second page, which nobody
    looks at, keeps the window open: a new window takes longer than all the rest.
    """
    context, lost = await browser.new_context(), 0
    context.on("dialog", lambda dialog: dialog.accept())
    if not keeps:
        await context.add_init_script(FORGETFUL)
    for _ in range(2):
        await context.new_page()
    for number, student in people:
        address, login = f"http://127.0.0.1:{student.port}", student.cookies[COOKIE]
        await context.add_cookies([{"name": COOKIE, "value": login, "url": address}])
        chance = random.Random(f"{seed} {number}")
        lost += not await goes_well(context, student, books, chance, keeps=keeps)
    await context.close()
    return lost


async def share_out(
    people: Iterator[Seated], devices: int, books: Books, seed: int, *, keeps: bool
) -> int:
    """Let as many at a time as there are devices go through outages; return how many lost any."""
    async with chromium() as browser:
        sittings = [sit_through(browser, people, books, seed, keeps=keeps) for _ in range(devices)]
        return sum(await asyncio.gather(*sittings))


def count_lost(folder: Path, times: int, seed: int, *, keeps: bool = True) -> int:
    """Go through so many outages; return in how many an answer was lost."""
    folder.mkdir()
    server = Server(folder)
    url = f"sqlite:///{server.database}"
    app = application(url, folder, server.questions)
    room = open_room(app)
    cookies, books = enrol(app, room, times), Books(url)
    with server:
        people = ((number, seated(server.port, room, one)) for number, one in enumerate(cookies))
        devices = min(AT_ONCE, times)
        lost = asyncio.run(share_out(people, devices, books, seed, keeps=keeps))
    books.close()
    return lost


async def goes_well(
    context: BrowserContext, student: Student, books: Books, chance: random.Random, *, keeps: bool
) -> bool:
    """Tell whether everything that was entered in an outage is in the database after it.

    A page that never says what it should is a loss as well, but not in the control, where only
    what is stored may differ: there the AssertionError is passed on.
    """
    try:
        entered = await suffer(context, student, chance, keeps=keeps)
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
    times, few, seed = setting.times(1_000, least=2), setting.times(20, least=1), setting.seed
    lost = count_lost(setting.folder / "whole", times, seed)
    caught = count_lost(setting.folder / "weak", few, seed, keeps=False)
    return [
        Result("no answer is lost in an outage of a real browser", times, lost, seed),
        Result("control: a device that keeps nothing", few, caught, seed, True),
    ]
