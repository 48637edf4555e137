"""Revisions, on both databases: what is older never overwrites, and what loses is kept."""

import json
import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
from flask import Flask

from quizapp import attempts, practice
from quizapp.bank.model import Given
from quizapp.database import db, writing
from quizapp.models import Attempt
from quizapp.responses import Held, read_held, responses, strays, unsettled
from quizapp.saving import Base, Saved, find_held
from tests.core.core_world import NOW, World

ITEM = "cleaner"
RUNS, STEPS = 250, 8
Values = tuple[str, ...]


def begin(world: World) -> Attempt:
    return attempts.start(world.assignment, world.student, world.live, NOW)


def save(
    attempt: Attempt, text: str, revision: int | None, *unheard: str, item: str = ITEM
) -> Saved:
    base = Base(revision, tuple((one,) for one in unheard))
    given = {item: Given((text,) if text else (), "text")}
    return attempts.save(attempt, given, None, NOW, bases={item: base})


def held(attempt: Attempt) -> Held:
    return find_held(attempt, ITEM, second=False)


def kept(attempt: Attempt) -> list[tuple[str, str]]:
    return [(row.given, row.why) for row in strays(attempt)]


def test_each_change_is_a_revision(world: World) -> None:
    attempt = begin(world)
    save(attempt, "ash", 0)
    save(attempt, "lemon", 1)
    assert held(attempt) == Held(("lemon",), 2)


def test_the_same_answer_again_is_no_revision(world: World) -> None:
    attempt = begin(world)
    assert [save(attempt, "ash", 0).lost for _ in range(3)] == [frozenset()] * 3
    assert held(attempt) == Held(("ash",), 1)


def test_an_older_page_does_not_overwrite_and_what_it_sent_is_kept(world: World) -> None:
    attempt = begin(world)
    save(attempt, "ash", 0)
    assert save(attempt, "lemon", 0).lost == {ITEM}
    assert held(attempt) == Held(("ash",), 1)
    assert kept(attempt) == [('["lemon"]', "older")]


def test_a_blank_never_overwrites_the_text_of_another_page(world: World) -> None:
    attempt = begin(world)
    save(attempt, "ash", 0)
    assert save(attempt, "", 0).lost == {ITEM}
    assert held(attempt).values == ("ash",)


def test_a_page_that_knows_the_answer_may_empty_it(world: World) -> None:
    attempt = begin(world)
    save(attempt, "ash", 0)
    save(attempt, "", 1)
    assert held(attempt) == Held((), 2)


def test_an_older_page_does_not_bring_back_what_was_emptied(world: World) -> None:
    attempt = begin(world)
    save(attempt, "ash", 0)
    save(attempt, "", 1)
    assert save(attempt, "ash too", 1).lost == {ITEM}
    assert held(attempt).values == ()


def test_a_page_whose_reply_was_lost_is_not_its_own_rival(world: World) -> None:
    attempt = begin(world)
    save(attempt, "lem", 0)
    assert save(attempt, "lemon", 0, "lem").lost == frozenset()
    assert held(attempt) == Held(("lemon",), 2)


def test_a_save_by_itself_leaves_the_level_on_screen(world: World) -> None:
    attempt = begin(world)
    attempts.save(attempt, {}, "other", NOW)
    save(attempt, "ash", 0)
    db.session.expire_all()
    assert attempt.level == "other"


def test_the_student_may_use_the_one_that_lost(world: World) -> None:
    attempt = begin(world)
    save(attempt, "ash", 0)
    save(attempt, "lemon", 0)
    mine = unsettled(attempt)
    attempts.save(attempt, mine, None, NOW, bases={ITEM: Base(0)}, settled=(ITEM,))
    assert held(attempt) == Held(("lemon",), 2)
    assert (unsettled(attempt), ('["ash"]', "older") in kept(attempt)) == ({}, True)


def test_the_student_may_keep_the_saved_one(world: World) -> None:
    attempt = begin(world)
    save(attempt, "ash", 0)
    save(attempt, "lemon", 0)
    attempts.save(attempt, {}, None, NOW, settled=(ITEM,))
    assert held(attempt).values == ("ash",)
    assert (unsettled(attempt), kept(attempt)) == ({}, [('["lemon"]', "older")])


def test_an_answer_that_loses_again_is_asked_about_again(world: World) -> None:
    attempt = begin(world)
    save(attempt, "ash", 0)
    save(attempt, "lemon", 0)
    attempts.save(attempt, {}, None, NOW, settled=(ITEM,))
    save(attempt, "lemon", 0)
    assert set(unsettled(attempt)) == {ITEM}


def test_a_late_answer_is_late_whatever_it_was_made_from(world: World) -> None:
    attempt = begin(world)
    save(attempt, "ash", 0)
    attempts.submit(attempt, attempt.submission_key, world.live.quiz, NOW)
    assert not save(attempt, "lemon", 0).counts
    assert kept(attempt) == [('["lemon"]', "late")]


def fail_once(world: World) -> Attempt:
    attempt, assignment_id = begin(world), world.assignment.id
    with writing() as session:
        session.get_one(type(world.assignment), assignment_id).is_practice = True
    attempts.save(attempt, {"early-stop": Given(("juice",), "text")}, "text", NOW)
    item = world.live.quiz.find_item("early-stop")
    assert item
    practice.check(attempt, item, 1, world.live.quiz, NOW)
    return attempt


def save_second(attempt: Attempt, value: str, revision: int) -> Saved:
    second = {"early-stop": Given((value,), "text")}
    return attempts.save(attempt, {}, None, NOW, second, {"early-stop": Base(revision)})


def test_second_answers_in_practice_have_revisions_of_their_own(world: World) -> None:
    attempt = fail_once(world)
    save_second(attempt, "money", 0)
    assert save_second(attempt, "sensor", 0).lost == {"early-stop"}
    assert save_second(attempt, "sensor", 1).lost == frozenset()
    assert find_held(attempt, "early-stop", second=True) == Held(("sensor",), 2)


def test_what_the_first_try_fixed_is_not_saved_by_itself_either(world: World) -> None:
    attempt = fail_once(world)
    assert save(attempt, "sensor", 1, item="early-stop").lost == frozenset()
    assert responses(attempt)["early-stop"].values == ("juice",)


@dataclass
class Tab:
    """A page as it stands in a browser: which revision it knows, and what went unheard."""

    revision: int = 0
    unheard: list[Values] = field(default_factory=list)


@dataclass
class Told:
    """What must be true, worked out without the code under test."""

    values: Values = ()
    revision: int = 0
    author: Tab | None = None
    lost: set[Values] = field(default_factory=set)


def step(attempt: Attempt, item: str, tab: Tab, told: Told, chance: random.Random) -> None:
    """Load the page again, or save something, with a reply or without one."""
    act = chance.choice(("load", "save", "save", "save", "lost reply", "never sent"))
    if act == "load":
        tab.revision, tab.unheard = told.revision, []
        return
    text = chance.choice(("", "ash", "lemon", f"text {chance.random()}"))
    values = (text,) if text else ()
    if act == "never sent":
        tab.unheard.append(values)
        return
    sent = Base(tab.revision, tuple(tab.unheard))
    attempts.save(attempt, {item: Given(values, "text")}, None, NOW, bases={item: sent})
    knows = tab.revision == told.revision or told.author is tab or told.values in tab.unheard
    if values != told.values and (told.revision or values):
        if knows:
            told.values, told.revision, told.author = values, told.revision + 1, tab
        else:
            told.lost.add(values)
    if act == "lost reply":
        tab.unheard.append(values)
    elif values == told.values:
        tab.revision, tab.unheard = told.revision, []


@pytest.mark.parametrize("seed", [1, 2])
def test_in_any_interleaving_of_tabs_the_newest_known_answer_stands_and_none_is_lost(
    world: World, seed: int
) -> None:
    attempt, chance = begin(world), random.Random(seed)
    expected: dict[str, Told] = {}
    for run in range(RUNS // 2):
        item, told, tabs = f"item-{run}", Told(), [Tab() for _ in range(chance.choice((2, 3)))]
        for _ in range(STEPS):
            step(attempt, item, chance.choice(tabs), told, chance)
        expected[item] = told
    now = read_held(attempt.id)
    lost: dict[str, set[Values]] = {}
    for row in strays(attempt):
        lost.setdefault(row.item_id, set()).add(tuple(json.loads(row.given)))
    for item, told in expected.items():
        assert now.get(item, Held()) == Held(told.values, told.revision), (seed, item)
        assert lost.get(item, set()) == told.lost, (seed, item)


def test_of_eight_pages_at_once_one_is_saved_and_seven_are_kept(
    inside: Flask, world: World
) -> None:
    attempt = begin(world)
    attempt_id = attempt.id
    db.session.rollback()

    def act(number: int) -> int:
        with inside.app_context():
            return len(save(db.session.get_one(Attempt, attempt_id), f"text {number}", 0).lost)

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(act, range(8))) == [0, 1, 1, 1, 1, 1, 1, 1]
    assert held(attempt).revision == 1
    texts = {json.loads(row.given)[0] for row in strays(attempt)} | set(held(attempt).values)
    assert texts == {f"text {number}" for number in range(8)}
