"""Points that a teacher gives and takes back, through the pages."""

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from quizapp import marks
from quizapp.models import Attempt
from tests.school import School, post


@pytest.fixture
def pair(school: School) -> tuple[Attempt, Attempt]:
    """Two students with the same answer, which no rule decides."""
    return (
        school.hand_in("Otter-1", {"cleaner": "sour stuff"}),
        school.hand_in("Otter-2", {"cleaner": "Sour  stuff!"}),
    )


@pytest.fixture
def client(school: School) -> FlaskClient:
    return school.as_teacher()


def decide(school: School, client: FlaskClient, points: str, do: str = "") -> TestResponse:
    place = f"/teach/assignments/{school.assignment.public_id}/questions/cleaner"
    data = {"folded": "sour stuff", "points": points, "reason": "true of the text"}
    return post(client, place, f"{place}/decisions{do}", data)


def score(school: School, attempt: Attempt) -> tuple[str, int]:
    found = marks.score(marks.current([attempt.id])[attempt.id], school.live.quiz)
    return str(found.points), found.waiting


def test_one_decision_moves_the_score_of_every_equal_answer(
    school: School, client: FlaskClient, pair: tuple[Attempt, Attempt]
) -> None:
    answer = decide(school, client, "1")
    assert "Done: 2 answers marked." in answer.text
    assert [score(school, attempt) for attempt in pair] == [("1", 0), ("1", 0)]


def test_half_a_point_is_kept_exactly(
    school: School, client: FlaskClient, pair: tuple[Attempt, Attempt]
) -> None:
    decide(school, client, "½")
    assert score(school, pair[0]) == ("1/2", 0)


def test_taking_back_lets_the_answers_wait_again(
    school: School, client: FlaskClient, pair: tuple[Attempt, Attempt]
) -> None:
    decide(school, client, "1")
    answer = decide(school, client, "", "/undo")
    assert "Taken back for 2 answers." in answer.text
    assert [score(school, attempt) for attempt in pair] == [("0", 1), ("0", 1)]


@pytest.mark.parametrize("typed", ["2", "-1", "half", ""])
def test_points_that_make_no_sense_are_named_and_change_nothing(
    school: School, client: FlaskClient, pair: tuple[Attempt, Attempt], typed: str
) -> None:
    answer = decide(school, client, typed)
    assert answer.status_code == 422
    assert "Type a number from 0 to 1." in answer.text
    assert f'value="{typed}"' in answer.text
    assert 'value="true of the text"' in answer.text
    assert score(school, pair[0]) == ("0", 1)


def give(client: FlaskClient, attempt: Attempt, points: str) -> TestResponse:
    place = f"/teach/attempts/{attempt.public_id}"
    data = {"points": points, "reason": "said aloud"}
    return post(client, place, f"{place}/questions/cleaner/marks", data)


def test_points_for_one_answer_leave_equal_answers_alone(
    school: School, client: FlaskClient, pair: tuple[Attempt, Attempt]
) -> None:
    give(client, pair[0], "1")
    assert [score(school, attempt) for attempt in pair] == [("1", 0), ("0", 1)]


def test_the_sheet_tells_who_marked_and_why(
    client: FlaskClient, pair: tuple[Attempt, Attempt]
) -> None:
    text = " ".join(give(client, pair[0], "1").text.split())
    assert "1 of 1 by Ms Reed" in text
    assert "said aloud" in text


def test_too_many_points_for_one_answer_are_named(
    school: School, client: FlaskClient, pair: tuple[Attempt, Attempt]
) -> None:
    answer = give(client, pair[0], "7")
    assert answer.status_code == 422
    assert "Type a number from 0 to 1." in answer.text
    assert score(school, pair[0]) == ("0", 1)


def test_an_open_attempt_cannot_be_marked(school: School, client: FlaskClient) -> None:
    attempt = school.start("Otter-3", {"cleaner": "lemon"})
    school.app.config["WTF_CSRF_ENABLED"] = False
    place = f"/teach/attempts/{attempt.public_id}/questions/cleaner/marks"
    assert client.post(place, data={"points": "1"}).status_code == 404
