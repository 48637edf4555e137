"""What a quiz that was given refuses or says once students have begun, have longer, or are gone."""

import pytest

from quizapp.database import writing
from quizapp.teacher import assigning
from tests.school import School, post
from tests.teacher.test_assigning import ORDINARY, act, place


@pytest.mark.parametrize("was", [False, True])
def test_once_students_have_begun_practice_is_greyed_and_stays_as_it_is(
    school: School, was: bool
) -> None:
    with writing():
        school.assignment.is_practice = was
    before = school.as_teacher().get(place(school.assignment, "edit")).text
    school.start("Otter-1", {})
    after = school.as_teacher().get(place(school.assignment, "edit")).text
    ticked = ' value="y" checked' if was else ' value="y"'
    assert f'id="practice"{ticked}> ' in before
    assert f'id="practice"{ticked} disabled> ' in after
    assert ('type="hidden" name="practice"' in after) == was
    sent = {**ORDINARY, "attempts": "2", **({"practice": "y"} if was else {})}
    assert "The new settings are saved." in act(school, "edit", sent)
    assert (school.assignment.is_practice, school.assignment.attempts_allowed) == (was, 2)


def test_a_switch_to_practice_from_an_old_page_is_refused_and_nothing_is_lost(
    school: School,
) -> None:
    school.start("Otter-1", {})
    page = place(school.assignment, "edit")
    sent = {**ORDINARY, "attempts": "7", "practice": "y"}
    answer = post(school.as_teacher(), page, page, sent)
    assert (answer.status_code, assigning.BEGUN in answer.text) == (422, True)
    assert 'type="number" value="7"' in answer.text
    assert not school.assignment.is_practice
