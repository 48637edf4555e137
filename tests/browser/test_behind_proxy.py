"""The same tests once more, where nginx stands before several processes on one PostgreSQL.

The tests are those of other files; this one gives them another server.
"""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from quizapp.database import writing
from quizapp.models import Classroom
from quizapp.models.columns import fold_code
from tests.browser.answering import give
from tests.browser.test_autosave_pages import (
    test_an_answer_is_saved_a_second_after_typing_stops,
    test_of_two_tabs_the_older_one_asks_which_answer_to_use,
)
from tests.browser.test_new_teacher import setup_link, test_a_new_teachers_first_lesson
from tests.browser.test_outages import (
    test_the_network_is_pulled_and_every_answer_is_in_the_database,
)
from tests.browser.test_student_way import (
    test_a_student_reads_answers_submits_and_sees_why,
)
from tests.school import NOW
from tests.workers.conftest import MakeWorld, World, make_world

__all__ = [
    "make_world",
    "setup_link",
    "test_a_new_teachers_first_lesson",
    "test_a_student_reads_answers_submits_and_sees_why",
    "test_an_answer_is_saved_a_second_after_typing_stops",
    "test_of_two_tabs_the_older_one_asks_which_answer_to_use",
    "test_the_network_is_pulled_and_every_answer_is_in_the_database",
]
pytestmark = pytest.mark.postgres


@pytest.fixture(scope="session")
def behind_proxy(
    make_world: MakeWorld, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """The processes, nginx before them, and the application on the same database."""
    with make_world(tmp_path_factory.mktemp("proxied")) as world:
        yield world


@pytest.fixture(scope="session")
def base_url(behind_proxy: World) -> str:
    """The address of nginx."""
    return f"http://127.0.0.1:{behind_proxy.fleet.port}"


@pytest.fixture(scope="session")
def live_app(behind_proxy: World) -> Flask:
    """The application that looks into the database which the processes serve."""
    return behind_proxy.app


@pytest.fixture(scope="session")
def fresh_app(behind_proxy: World) -> Flask:
    """The same: no test here but the first lesson makes a teacher."""
    return behind_proxy.app


@pytest.fixture
def code(request: pytest.FixtureRequest, live_app: Flask) -> Iterator[str]:
    """The code of a classroom of the test's own, with the quiz that its file works on.

    It is archived afterwards: the new teacher's first lesson begins with no class.
    """
    quiz_id = "harbour" if request.function.__module__.endswith("test_student_way") else "kettles"
    code = give(live_app, quiz_id)
    yield code
    with live_app.app_context(), writing() as session:
        over = session.scalars(select(Classroom).filter_by(join_code=fold_code(code))).one()
        over.archived_at = over.keep_until = NOW
