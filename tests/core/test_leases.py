"""Leases: one of many has the duty; another takes it over when it has run out."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from flask import Flask

from quizapp.leases import LASTS, hold
from tests.school import NOW

SECOND = timedelta(seconds=1)


def test_the_first_has_it_and_keeps_it(inside: Flask) -> None:
    for seconds in range(0, 60, 2):
        now = NOW + seconds * SECOND
        assert hold("duty", "one", now)
        assert not hold("duty", "two", now)


def test_another_takes_over_when_it_has_run_out(inside: Flask) -> None:
    assert hold("duty", "one", NOW)
    assert not hold("duty", "two", NOW + LASTS)
    assert hold("duty", "two", NOW + LASTS + SECOND)
    assert not hold("duty", "one", NOW + LASTS + SECOND)


def test_a_clock_that_was_set_back_does_not_keep_it_for_the_dead(inside: Flask) -> None:
    assert hold("duty", "one", NOW)
    assert hold("duty", "two", NOW - timedelta(hours=1))


def test_two_duties_are_two(inside: Flask) -> None:
    assert hold("duty", "one", NOW)
    assert hold("another", "two", NOW)


def test_of_two_at_once_one_has_it(app: Flask) -> None:
    at_once = Barrier(2)

    def ask(holder: str, name: str) -> bool:
        with app.app_context():
            at_once.wait(timeout=10)
            return hold(name, holder, NOW)

    with ThreadPoolExecutor(2) as pool:
        for number in range(10):
            asked = [pool.submit(ask, holder, f"duty {number}") for holder in ("one", "two")]
            assert sorted(one.result() for one in asked) == [False, True]


def test_of_two_who_want_what_has_run_out_one_gets_it(app: Flask) -> None:
    at_once = Barrier(2)
    with app.app_context():
        hold("duty", "dead", NOW)

    def ask(holder: str, round_: int) -> bool:
        with app.app_context():
            at_once.wait(timeout=10)
            return hold("duty", f"{holder} {round_}", NOW + round_ * (LASTS + SECOND))

    with ThreadPoolExecutor(2) as pool:
        for round_ in range(1, 11):
            asked = [pool.submit(ask, holder, round_) for holder in ("one", "two")]
            assert sorted(one.result() for one in asked) == [False, True]
