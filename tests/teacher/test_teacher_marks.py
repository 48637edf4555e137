"""Points that a teacher gives and takes back, through the pages."""

import json

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from quizapp import marks
from quizapp.database import writing
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


def decide(
    school: School,
    client: FlaskClient,
    points: str,
    do: str = "",
    *,
    folded: str = "sour stuff",
    follow: bool = True,
) -> TestResponse:
    place = f"/teach/assignments/{school.assignment.public_id}/questions/cleaner"
    data = {"folded": folded, "points": points, "reason": "true of the text"}
    return post(client, place, f"{place}/decisions{do}", data, follow=follow)


def score(school: School, attempt: Attempt) -> tuple[str, int]:
    found = marks.score(marks.current([attempt.id])[attempt.id], school.live.quiz)
    return str(found.points), found.waiting


def test_one_decision_moves_the_score_of_every_equal_answer(
    school: School, client: FlaskClient, pair: tuple[Attempt, Attempt]
) -> None:
    answer = decide(school, client, "1")
    assert "Done: 2 answers marked. Nothing waits here." in answer.text
    assert "Given by <bdi>Ms Reed</bdi>. <q>true of the text</q>" in answer.text
    assert [score(school, attempt) for attempt in pair] == [("1", 0), ("1", 0)]


def test_a_decision_leads_to_the_next_answer_that_waits(
    school: School, client: FlaskClient, pair: tuple[Attempt, Attempt]
) -> None:
    school.hand_in("Otter-3", {"cleaner": "chalk"})
    assert decide(school, client, "1", follow=False).location.endswith("cleaner#answer-1")


def test_the_last_decision_leads_to_the_list_and_offers_the_next_question(
    school: School, client: FlaskClient, pair: tuple[Attempt, Attempt]
) -> None:
    school.hand_in("Otter-3", {"how-many": "a few"})
    assert decide(school, client, "1", follow=False).location.endswith("cleaner#answers")
    place = f"/teach/assignments/{school.assignment.public_id}/questions"
    assert f'href="{place}/how-many"' in client.get(f"{place}/cleaner").text


def test_the_points_that_the_rules_suggest_are_offered(
    school: School, client: FlaskClient, pair: tuple[Attempt, Attempt]
) -> None:
    with writing():
        for attempt in pair:
            mark = marks.current([attempt.id])[attempt.id]["cleaner"]
            mark.trace = json.dumps({**json.loads(mark.trace), "suggestion": "1/2"})
    for place in (
        f"/teach/assignments/{school.assignment.public_id}/questions/cleaner",
        f"/teach/attempts/{pair[0].public_id}",
    ):
        text = client.get(place).text
        assert "The rules suggest ½ of 1." in text
        assert 'name="points" value="½"' in text


def test_a_form_that_no_database_keeps_marks_nothing(
    school: School, client: FlaskClient, pair: tuple[Attempt, Attempt]
) -> None:
    answer = decide(school, client, "1", folded="sour\0 stuff")
    assert "Done: 0 answers marked." in answer.text


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
    assert "Given by <bdi>Ms Reed</bdi>. <q>said aloud</q>" in text
    assert text.count("No rule knows this answer.") == 1
    assert "by the rules: No rule knows this answer." in text
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
