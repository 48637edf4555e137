"""Fixtures of the tests below the web: see core_world."""

from tests.core.core_world import inside, world

__all__ = ["inside", "world"]
