"""Settings that somebody else changed meanwhile, and acts that come too late."""

import re

import pytest

from tests.school import School, post
from tests.teacher.test_assigning import ORDINARY, act, place


def test_a_form_shown_before_somebody_closed_it_is_not_saved_and_shows_both(
    school: School,
) -> None:
    client, page = school.as_teacher(), place(school.assignment, "edit")
    shown = re.search(r'name="base" value="(\w+)"', client.get(page).text)
    assert shown is not None
    act(school, "close")
    closed = school.assignment.closes_at
    sent = {**ORDINARY, "attempts": "3", "base": shown[1]}
    answer = post(client, page, page, sent)
    assert answer.status_code == 409
    assert "look at both, then save again" in answer.text
    assert "<li>Attempts for each student: 1</li>" in answer.text
    assert "<li>Closes: 2" in answer.text
    assert 'name="attempts" type="number" value="3"' in answer.text
    assert school.assignment.closes_at == closed
    anew = re.search(r'name="base" value="(\w+)"', answer.text)
    assert anew is not None
    assert "are saved" in post(client, page, page, {**sent, "base": anew[1]}).text
    assert (school.assignment.closes_at, school.assignment.attempts_allowed) == (None, 3)


@pytest.mark.parametrize("until", ["", "day", "2020-01-01T10:00", "0001-01-01T00:00"])
def test_it_is_not_extended_to_what_does_not_lie_ahead(school: School, until: str) -> None:
    act(school, "close")
    closed = school.assignment.closes_at
    assert "Look again, then choose another." in act(school, "extend", {"until": until})
    assert school.assignment.closes_at == closed
