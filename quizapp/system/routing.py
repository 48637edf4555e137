"""Addresses of pages are put together by code that Werkzeug compiles for each rule.

Of a hundred rules a server needs most only later, and compiling all is a twentieth of its start.
"""

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule

Build = Callable[..., tuple[str, str]]


class LateRule(Rule):
    """A rule whose addresses are compiled when the first of them is asked for."""

    def _compile_builder(self, append_unknown: bool = True) -> Build:
        compiled: list[Build] = []

        def build(rule: Rule, **values: Any) -> tuple[str, str]:
            if not compiled:
                compiled.append(super(LateRule, self)._compile_builder(append_unknown))
            return compiled[0](rule, **values)

        return build
