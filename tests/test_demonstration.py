"""Demonstration classes: full of plausible work, alike for one seed, wholly removed."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select

from quizapp import cli, config, demonstration
from quizapp.bank.model import SingleChoice
from quizapp.database import db
from quizapp.imitation import Imitation
from quizapp.library import LiveVersion
from quizapp.models import Assignment, Attempt, Classroom, Mark, Response, Student, Submission
from quizapp.summaries import summary
from tests.school import open_school

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def live_of(app: Flask, quiz_id: str = "harbour") -> LiveVersion:
    live = app.extensions["quizapp_library"].find(quiz_id)
    assert isinstance(live, LiveVersion)
    return live


def plan(app: Flask, seed: str = "1") -> demonstration.Demonstration:
    return demonstration.Demonstration(live_of(app), NOW, seed, str(app.secret_key))


def fill(app: Flask, size: int, seed: str = "1") -> bool:
    return demonstration.fill(plan(app, seed), size, lambda _name: None)


def picture() -> list[tuple[object, ...]]:
    """Everything drawn: who answered what, when, and what it earned."""
    rows = db.session.execute(
        select(Student.name, Response.item_id, Response.given, Response.level, Response.saved_at)
        .join(Attempt, Attempt.student_id == Student.id)
        .join(Response, Response.attempt_id == Attempt.id)
        .order_by(Student.name, Response.item_id)
    )
    return [tuple(row) for row in rows]


def test_a_class_of_thirty_has_handed_in_but_for_four(app: Flask) -> None:
    with app.app_context():
        assert fill(app, 30)
        states = Counter(db.session.scalars(select(Attempt.state)))
        assert states == {"submitted": 26, "open": 1}
        assert db.session.scalar(select(func.count(Student.id))) == 30
        assert db.session.scalars(select(Classroom)).one().is_demonstration


def test_some_answers_wait_and_some_are_wrong(sqlite_app: Flask) -> None:
    with sqlite_app.app_context():
        fill(sqlite_app, 30)
        outcomes = Counter(db.session.scalars(select(Mark.outcome)))
    assert outcomes["waiting"] >= 3
    assert len(outcomes) >= 3


def test_the_work_lies_within_one_lesson(sqlite_app: Flask) -> None:
    with sqlite_app.app_context():
        fill(sqlite_app, 30)
        ends = db.session.scalars(select(Submission.submitted_at)).all()
    assert NOW - demonstration.LESSON < min(ends) < max(ends) <= NOW
    assert max(ends) - min(ends) > timedelta(minutes=5)


def test_the_same_seed_draws_the_same_class(sqlite_app: Flask) -> None:
    with sqlite_app.app_context():
        pictures = []
        for seed in ("1", "1", "2"):
            fill(sqlite_app, 3, seed)
            pictures.append(picture())
            demonstration.remove()
    assert pictures[0] == pictures[1]
    assert pictures[0] != pictures[2]


def test_filling_twice_does_not_double(sqlite_app: Flask) -> None:
    with sqlite_app.app_context():
        assert fill(sqlite_app, 3)
        assert not fill(sqlite_app, 3)
        assert db.session.scalar(select(func.count(Student.id))) == 3


def test_removing_leaves_everybody_else_alone(app: Flask) -> None:
    with app.app_context():
        school = open_school(app)
        school.hand_in("Ada", {})
        fill(app, 3)
        assert demonstration.remove() == 1
        assert demonstration.remove() == 0
        assert list(db.session.scalars(select(Student.name))) == ["Ada"]
        assert db.session.scalar(select(func.count(Attempt.id))) == 1


def test_a_class_that_fails_half_way_is_removed(sqlite_app: Flask) -> None:
    def stop(_name: str) -> None:
        raise KeyboardInterrupt

    with sqlite_app.app_context():
        with pytest.raises(KeyboardInterrupt):
            demonstration.fill(plan(sqlite_app), 3, stop)
        assert db.session.scalar(select(func.count(Classroom.id))) == 0


def test_misreadings_are_chosen_more_often_than_what_stands_nowhere(sqlite_app: Flask) -> None:
    quiz = live_of(sqlite_app).quiz
    imitation = Imitation(quiz, "1")
    errors: Counter[str | None] = Counter()
    for pupil in imitation.pupils(400):
        given = imitation.answers(pupil, quiz.items)
        for item in quiz.items:
            if isinstance(item, SingleChoice):
                chosen = given[item.id].values[0]
                errors.update(o.error for o in item.options if o.id == chosen)
    assert errors["misread"] > errors["elsewhere"] > errors["unsupported"] > 0


def test_every_choice_is_an_option_of_the_question(sqlite_app: Flask) -> None:
    quiz = live_of(sqlite_app).quiz
    imitation = Imitation(quiz, "3")
    for pupil in imitation.pupils(50):
        for item_id, given in imitation.answers(pupil, quiz.items).items():
            item = quiz.find_item(item_id)
            if item is not None and item.kind in ("single", "multiple"):
                assert set(given.values) <= {option.id for option in item.options}, item_id
            assert json.dumps(given.values)


def test_the_command_refuses_where_no_quiz_is_live(
    sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "create_app", lambda: sqlite_app)
    done = CliRunner().invoke(cli.commands, ["demo", "--quiz", "nowhere"])
    assert isinstance(done.exception, config.StartFault)
    assert "nowhere" in str(done.exception)


def test_the_command_fills_both_classes_and_removes_them(
    sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "create_app", lambda: sqlite_app)
    done = CliRunner().invoke(cli.commands, ["demo", "--quiz", "harbour"])
    assert done.exit_code == 0, done.output
    assert "30 of 30" in done.output
    assert "3 of 3" in done.output
    again = CliRunner().invoke(cli.commands, ["demo", "--quiz", "harbour"])
    assert again.output.count("is there already") == 2
    removed = CliRunner().invoke(cli.commands, ["demo", "--remove"])
    assert "Removed 2" in removed.output


def test_the_larger_class_is_marked_well_enough_to_show_every_figure(sqlite_app: Flask) -> None:
    with sqlite_app.app_context():
        fill(sqlite_app, 30)
        classroom = db.session.scalars(select(Classroom)).one()
        assignment = db.session.scalars(select(Assignment)).one()
        found = summary(assignment, sqlite_app.extensions["quizapp_library"])
        assert classroom.is_demonstration
        assert found.trust.students >= 20
        assert found.waiting > 0
