"""Take the README's screenshots from a demonstration class that is being served.

    python3 dev.py demo
    python3 dev.py run
    .venv/bin/python bench/screenshots.py http://127.0.0.1:8000/join/ABCD-EFGH \
        http://127.0.0.1:8000/teach/setup/... docs

The addresses are those that the start prints. Joins as a pseudonym, answers as a student who
misreads a little, hands in, looks at the review; then sets up a teacher and reads the summary.
"""

import os
import re
import secrets
import sys
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))
from dev import find_browser

WIDE: ViewportSize = {"width": 1280, "height": 800}
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


def answer(page: Page) -> None:
    """Choose the second option of every question with options; write something into the others."""
    for question in page.locator("fieldset:has(input[type=radio][name^=q-])").all():
        question.locator("input").nth(1).check()
    page.locator("[name=q-belt-and-road][value=growing-economies]").check()
    for box in page.locator("input[type=checkbox][name^=q-]").all()[:2]:
        box.check()
    for item, text in WRITTEN.items():
        page.locator(f"[name=q-{item}]").fill(text)


def picture_summary(page: Page, link: str, path: Path) -> None:
    """Set up a teacher with the link, and picture the summary of the larger demonstration."""
    page.goto(link)
    page.get_by_label("Your name").fill("Ms Reed")
    page.get_by_label("Password").fill(secrets.token_urlsafe(12))
    page.get_by_role("button", name="Save and log in").click()
    page.get_by_role("region", name="Demonstration, 30 students").get_by_role(
        "link", name="A partnership for all weathers", exact=True
    ).click()
    page.get_by_role("link", name="Summary").wait_for()
    page.set_viewport_size({"width": 1280, "height": 1380})
    page.screenshot(path=path)


def main(join: str, link: str, folder: Path) -> None:
    """Write student.png, review.png and summary.png into `folder`."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser(os.environ), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport=WIDE)
        page.goto(join)
        page.get_by_label("Your name").fill(f"Otter-{secrets.randbelow(10_000)}")
        page.get_by_role("button", name="Join").click()
        page.goto(re.sub("/join/.*", "/home", join))
        page.get_by_role("button", name="Start").click()
        answer(page)
        page.locator("fieldset").nth(4).scroll_into_view_if_needed()
        page.get_by_text("Saved", exact=True).locator("visible=true").wait_for()
        page.screenshot(path=folder / "student.png")
        page.get_by_role("button", name="Check and submit").click()
        page.wait_for_url("**/check")
        page.get_by_role("button", name=re.compile("Submit|Hand in")).click()
        page.locator("[data-show=belt-and-road]").click()
        page.locator(".marked-for", has_text="question 5").wait_for()
        page.locator("mark.key").first.evaluate("place => place.scrollIntoView({block: 'center'})")
        page.screenshot(path=folder / "review.png")
        picture_summary(browser.new_page(), link, folder / "summary.png")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
