"""The class of the school, for every test of the teacher's pages."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.school import School, open_school


@pytest.fixture
def school(app: Flask) -> Iterator[School]:
    """Ms Reed and her class, inside an application context."""
    with app.app_context():
        yield open_school(app)
