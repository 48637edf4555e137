"""Fixtures of the student's pages: see student_world."""

from tests.student.student_world import make_browser, otter

__all__ = ["make_browser", "otter"]
