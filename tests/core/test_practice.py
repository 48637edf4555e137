"""Practice below the pages: the first try counts, the second is kept, and no try is made twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import func, select

from quizapp import attempts, marks, practice, sheets
from quizapp.bank.model import Given
from quizapp.database import db, writing
from quizapp.models import Attempt, PracticeTry
from quizapp.practice import Progress
from quizapp.responses import responses, strays
from tests.core.core_world import NOW, World

RIGHT, WRONG, OTHER = "sensor", "juice", "money"


def begin(world: World) -> Attempt:
    assignment_id = world.assignment.id
    with writing() as session:
        session.get_one(type(world.assignment), assignment_id).is_practice = True
    return attempts.start(world.assignment, world.student, world.live, NOW)


def save(attempt: Attempt, value: str, *, again: str = "", item: str = "early-stop") -> None:
    first = {item: Given((value,), "text")} if value else {}
    second = {item: Given((again,), "text")} if again else {}
    assert attempts.save(attempt, first, "text", NOW, second).counts


def check(world: World, attempt: Attempt, number: int = 1, item: str = "early-stop") -> None:
    found = world.live.quiz.find_item(item)
    assert found
    practice.check(attempt, found, number, world.live.quiz, NOW)


def so_far(world: World, attempt: Attempt, item: str = "early-stop") -> Progress:
    return practice.progress(attempt, world.live.quiz)[item]


def fail_once(world: World) -> Attempt:
    attempt = begin(world)
    save(attempt, WRONG)
    check(world, attempt)
    return attempt


def outcomes(progress: Progress) -> list[str]:
    return [one.mark.outcome for one in progress.tries]


def test_a_first_try_that_is_right_closes_the_question(world: World) -> None:
    attempt = begin(world)
    save(attempt, RIGHT)
    check(world, attempt)
    assert so_far(world, attempt).closed
    assert outcomes(so_far(world, attempt)) == ["right"]


def test_a_first_try_that_is_wrong_leaves_one_more(world: World) -> None:
    assert not so_far(world, fail_once(world)).closed


def test_a_second_try_closes_the_question_whatever_it_is(world: World) -> None:
    attempt = fail_once(world)
    save(attempt, "", again=OTHER)
    check(world, attempt, 2)
    assert so_far(world, attempt).closed
    assert outcomes(so_far(world, attempt)) == ["wrong", "wrong"]


def test_an_answer_that_no_rule_decides_closes_the_question(world: World) -> None:
    attempt = begin(world)
    save(attempt, "something sour", item="cleaner")
    check(world, attempt, item="cleaner")
    assert so_far(world, attempt, "cleaner").closed
    assert outcomes(so_far(world, attempt, "cleaner")) == ["waiting"]


@pytest.mark.parametrize("blank", ["", "  "])
def test_a_blank_answer_cannot_be_checked(world: World, blank: str) -> None:
    attempt = begin(world)
    save(attempt, blank, item="cleaner")
    with pytest.raises(practice.NothingToCheck):
        check(world, attempt, item="cleaner")
    assert practice.progress(attempt, world.live.quiz) == {}


def test_a_second_try_needs_an_answer_of_its_own(world: World) -> None:
    attempt = fail_once(world)
    with pytest.raises(practice.NothingToCheck):
        check(world, attempt, 2)
    assert len(so_far(world, attempt).tries) == 1


def test_a_later_save_does_not_change_what_the_first_try_fixed(world: World) -> None:
    attempt = fail_once(world)
    save(attempt, RIGHT)
    assert responses(attempt)["early-stop"].values == (WRONG,)


def kept(attempt: Attempt) -> list[tuple[str, str]]:
    return [(row.given, row.why) for row in strays(attempt)]


def test_a_first_answer_that_comes_after_the_check_is_kept_beside_it(world: World) -> None:
    attempt = fail_once(world)
    late = {"early-stop": Given((RIGHT,), "text")}
    assert attempts.save(attempt, late, "text", NOW).fixed == {"early-stop"}
    assert kept(attempt) == [(f'["{RIGHT}"]', "late")]


@pytest.mark.parametrize("values", [(WRONG,), ()])
def test_the_same_answer_or_none_after_the_check_is_not_kept_twice(
    world: World, values: tuple[str, ...]
) -> None:
    attempt = fail_once(world)
    again = {"early-stop": Given(values, "text")}
    assert attempts.save(attempt, again, "text", NOW).fixed == frozenset()
    assert kept(attempt) == []


def test_a_second_answer_that_comes_after_its_check_is_kept_beside_it(world: World) -> None:
    attempt = fail_once(world)
    save(attempt, "", again=OTHER)
    check(world, attempt, 2)
    late = {"early-stop": Given((RIGHT,), "text")}
    assert attempts.save(attempt, {}, "text", NOW, late).fixed == {"early-stop"}
    assert kept(attempt) == [(f'["{RIGHT}"]', "late")]


def test_what_comes_to_a_checked_question_after_handing_in_is_kept(world: World) -> None:
    attempt = fail_once(world)
    attempts.submit(attempt, attempt.submission_key, world.live.quiz, NOW)
    first, second = ({"early-stop": Given((value,), "text")} for value in (OTHER, RIGHT))
    assert not attempts.save(attempt, first, "text", NOW).counts
    assert not attempts.save(attempt, {}, "text", NOW, second).counts
    assert kept(attempt) == [(f'["{OTHER}"]', "late"), (f'["{RIGHT}"]', "late")]


def test_marks_come_from_the_first_try(world: World) -> None:
    attempt = fail_once(world)
    save(attempt, "", again=RIGHT)
    check(world, attempt, 2)
    attempts.submit(attempt, attempt.submission_key, world.live.quiz, NOW)
    current = marks.current([attempt.id])[attempt.id]
    assert current["early-stop"].outcome == "wrong"
    assert marks.score(current, world.live.quiz).points == 0


def test_an_answer_that_was_never_checked_counts_as_saved(world: World) -> None:
    attempt = fail_once(world)
    save(attempt, "340", item="how-many")
    attempts.submit(attempt, attempt.submission_key, world.live.quiz, NOW)
    assert marks.current([attempt.id])[attempt.id]["how-many"].outcome == "right"


def test_a_second_answer_is_kept_before_it_is_checked(world: World) -> None:
    attempt = fail_once(world)
    save(attempt, "", again=OTHER)
    save(attempt, "", again=RIGHT)
    progress = so_far(world, attempt)
    assert (progress.draft, len(progress.tries)) == (Given((RIGHT,), "text"), 1)


def test_a_second_answer_may_be_the_first_one_again(world: World) -> None:
    attempt = fail_once(world)
    save(attempt, "", again=WRONG)
    check(world, attempt, 2)
    assert [one.given.values for one in so_far(world, attempt).tries] == [(WRONG,), (WRONG,)]


def test_a_second_try_is_never_changed(world: World) -> None:
    attempt = fail_once(world)
    save(attempt, "", again=OTHER)
    check(world, attempt, 2)
    save(attempt, "", again=RIGHT)
    check(world, attempt, 2)
    assert so_far(world, attempt).tries[1].given.values == (OTHER,)


def test_there_is_no_second_try_without_a_first(world: World) -> None:
    attempt = begin(world)
    save(attempt, WRONG, again=RIGHT)
    check(world, attempt, 2)
    assert practice.progress(attempt, world.live.quiz) == {}


def test_there_is_no_second_try_after_a_right_one(world: World) -> None:
    attempt = begin(world)
    save(attempt, RIGHT)
    check(world, attempt)
    save(attempt, "", again=WRONG)
    check(world, attempt, 2)
    assert outcomes(so_far(world, attempt)) == ["right"]


def test_nothing_is_checked_outside_practice(world: World) -> None:
    attempt = attempts.start(world.assignment, world.student, world.live, NOW)
    save(attempt, WRONG)
    with pytest.raises(LookupError):
        check(world, attempt)


def test_nothing_is_checked_after_handing_in(world: World) -> None:
    attempt = begin(world)
    save(attempt, WRONG)
    attempts.submit(attempt, attempt.submission_key, world.live.quiz, NOW)
    check(world, attempt)
    assert practice.progress(attempt, world.live.quiz) == {}


def rows() -> int:
    return db.session.scalar(select(func.count()).select_from(PracticeTry)) or 0


def at_once(app: Flask, act: Callable[[], None]) -> None:
    def run(_n: int) -> None:
        with app.app_context():
            act()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(run, range(8)))


def test_many_clicks_at_once_make_one_try(inside: Flask, world: World) -> None:
    attempt = begin(world)
    save(attempt, WRONG)
    attempt_id = attempt.id
    db.session.rollback()
    at_once(inside, lambda: check(world, db.session.get_one(Attempt, attempt_id)))
    assert rows() == 1


def test_where_another_click_was_first_its_try_stands(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = fail_once(world)
    with monkeypatch.context() as blind:
        blind.setattr(practice, "_read", lambda _id: {})
        check(world, attempt)
    assert outcomes(so_far(world, attempt)) == ["wrong"]


def test_the_teachers_sheet_has_the_second_try(inside: Flask, world: World) -> None:
    attempt = fail_once(world)
    save(attempt, "", again=RIGHT)
    check(world, attempt, 2)
    answers = sheets.sheet(attempt, inside.extensions["quizapp_library"]).answers
    seconds = {one.item.id: one.second.given.values for one in answers if one.second}
    assert seconds == {"early-stop": (RIGHT,)}
