"""The reading settings: a plain cookie, so that they work before any script runs."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import request
from werkzeug.wrappers import Response as Page

COOKIE = "reading"
A_YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting; the first choice is the default and leaves the page as it is."""

    name: str
    label: str
    choices: tuple[tuple[str, str], ...]


SETTINGS = (
    Setting("size", "Size", (("1", "Normal"), ("2", "Large"), ("3", "Larger"), ("4", "Largest"))),
    Setting("spacing", "Spacing", (("1", "Normal"), ("2", "Wide"), ("3", "Wider"))),
    Setting(
        "theme",
        "Colours",
        (("auto", "As device"), ("light", "Light"), ("cream", "Cream"), ("dark", "Dark")),
    ),
)


def chosen(values: Mapping[str, str]) -> dict[str, str]:
    """Return a valid value for every setting: the one in `values`, else the default."""
    return {
        setting.name: value
        if (value := values.get(setting.name, "")) in dict(setting.choices)
        else setting.choices[0][0]
        for setting in SETTINGS
    }


def stored() -> dict[str, str]:
    """Return what the cookie holds, by the names of the settings; it may be anything."""
    names = [setting.name for setting in SETTINGS]
    return dict(zip(names, request.cookies.get(COOKIE, "").split("."), strict=False))


def current() -> dict[str, object]:
    """Return what every template needs: the values, the choices, the attributes of <html>."""
    values = chosen(stored())
    changed = [s.name for s in SETTINGS if values[s.name] != s.choices[0][0]]
    return {
        "reading": values,
        "reading_choices": SETTINGS,
        "reading_attributes": {f"data-{name}": values[name] for name in changed},
    }


def remember(page: Page, values: Mapping[str, str]) -> Page:
    """Put the settings into the cookie of `page`. Scripts may read it."""
    text = ".".join(chosen(values).values())
    page.set_cookie(COOKIE, text, max_age=A_YEAR, samesite="Lax", secure=request.is_secure)
    return page
