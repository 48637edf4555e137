"""What templates need: points as people write them, moments in words, bold words."""

from datetime import datetime
from fractions import Fraction

from flask import Flask
from markupsafe import Markup, escape

from quizapp import times
from quizapp.system.shelf import zone

SIGNS = {
    Fraction(1, 2): "½", Fraction(1, 3): "⅓", Fraction(2, 3): "⅔", Fraction(1, 4): "¼",
    Fraction(3, 4): "¾", Fraction(1, 5): "⅕", Fraction(1, 6): "⅙", Fraction(1, 8): "⅛",
}  # fmt: skip


def init_app(app: Flask) -> None:
    """Register the filters."""
    app.add_template_filter(bold)
    app.add_template_filter(points)
    app.add_template_filter(moment)
    app.add_template_filter(day)
    app.add_template_filter(times.zone_name)


def bold(text: str) -> Markup:
    """Return the text escaped, with `**words**` as strong: the one place that makes markup."""
    pieces = str(escape(text)).split("**")
    if len(pieces) % 2 == 0:  # an odd marker out stays as it was typed
        pieces[-2:] = ["**".join(pieces[-2:])]
    return Markup("".join(f"<strong>{p}</strong>" if n % 2 else p for n, p in enumerate(pieces)))


def moment(when: datetime) -> str:
    """Return a moment in words, in the school's time zone."""
    return times.said(when, zone())


def day(when: datetime) -> str:
    """Return the day of a moment in words, in the school's time zone."""
    return times.day(when, zone())


def points(value: Fraction | int) -> str:
    """Return exact points as people write them: 1, ½, 1 ⅓, 2/7."""
    exact = Fraction(value)
    whole, rest = divmod(exact.numerator, exact.denominator)
    part = Fraction(rest, exact.denominator)
    if not part:
        return str(whole)
    sign = SIGNS.get(part, f"{part.numerator}/{part.denominator}")
    return f"{whole} {sign}" if whole else sign
