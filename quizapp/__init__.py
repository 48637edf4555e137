"""quizapp: reading-comprehension quizzes for a classroom. `create_app` is the one front door."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Flask


def create_app(overrides: Mapping[str, Any] | None = None) -> "Flask":
    """Return the application, configured and with its parts registered. Raises config.StartFault.

    `overrides` replace instance/config.py and the environment. The library is empty until `load`.
    """
    from quizapp.application import make  # with everything; a part can be had without it

    return make(overrides)
