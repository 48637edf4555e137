"""The pages that stand before a log-in, and the error page: accessible, and never too wide."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

DOORS = (
    "/",
    "/help",
    "/join",
    "/join?code=BBBB-BBBB",
    "/back",
    "/teach/login",
    "/teach/setup/used",
)


@pytest.mark.parametrize("path", DOORS)
def test_a_door_breaks_no_rule_of_accessibility(
    page_in_every_look: Page, axe: Callable[[Page], None], complaints: list[str], path: str
) -> None:
    page_in_every_look.goto(path)
    axe(page_in_every_look)
    complaints.clear()  # the used link answers 410, which the browser notes in its console


@pytest.mark.parametrize("path", DOORS)
def test_a_door_never_scrolls_sideways_on_the_smallest_screen(
    page: Page, complaints: list[str], path: str
) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    complaints.clear()
