"""Failed tries are counted where they belong, and a wait ends."""

import sys
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from quizapp import throttle
from quizapp.database import db
from quizapp.models import Failure
from quizapp.models.columns import CODE_LENGTH, CODE_LETTERS, new_code
from quizapp.throttle import Door, Limit, TooManyTries
from tests.core.core_world import NOW, SECRET

HERE, THERE = "192.0.2.7", "198.51.100.9"
MINUTE = timedelta(minutes=1)
# Small limits, so that a test sees each reached without hundreds of rows.
SMALL = Door("small", Limit(4, 5 * MINUTE), Limit(6, 10 * MINUTE), Limit(2, 5 * MINUTE))


def fail(times: int, address: str = HERE, account: str = "", door: Door = SMALL) -> None:
    for number in range(times):
        throttle.note(door, address, account, SECRET, NOW + timedelta(seconds=number))


def is_open(
    address: str = HERE, account: str = "", door: Door = SMALL, after: timedelta = MINUTE
) -> bool:
    try:
        throttle.check(door, address, account, SECRET, NOW + after)
    except TooManyTries:
        return False
    return True


def test_an_account_waits_whatever_address_the_tries_come_from(inside: Flask) -> None:
    fail(1, HERE, "Ms Reed")
    fail(1, THERE, "ms  REED")
    assert not is_open("203.0.113.1", "Ms Reed")
    assert is_open("203.0.113.1", "Mr Vale")


def test_an_address_waits_whatever_is_tried(inside: Flask) -> None:
    fail(4, HERE)
    assert not is_open(HERE)
    assert is_open(THERE)


def test_all_addresses_together_wait_at_the_limit_for_everyone(inside: Flask) -> None:
    for number in range(6):
        fail(1, f"192.0.2.{number}")
    assert not is_open(THERE)


def test_one_failure_less_than_the_limit_makes_nobody_wait(inside: Flask) -> None:
    fail(3, HERE)
    assert is_open(HERE)


def test_a_wait_ends_when_the_oldest_failure_has_passed(inside: Flask) -> None:
    fail(2, HERE, "Ms Reed")
    assert not is_open(HERE, "Ms Reed", after=5 * MINUTE - timedelta(seconds=1))
    assert is_open(HERE, "Ms Reed", after=5 * MINUTE)


def test_the_wait_is_said_in_seconds_and_minutes(inside: Flask) -> None:
    fail(2, HERE, "Ms Reed")
    with pytest.raises(TooManyTries) as refused:
        throttle.check(SMALL, HERE, "Ms Reed", SECRET, NOW + 2 * MINUTE)
    assert (refused.value.seconds, refused.value.minutes) == (180, 3)


def test_tries_during_a_wait_do_not_make_it_longer(inside: Flask) -> None:
    fail(2, HERE, "Ms Reed")
    with pytest.raises(TooManyTries):
        throttle.note(SMALL, HERE, "Ms Reed", SECRET, NOW + 4 * MINUTE)
    assert is_open(HERE, "Ms Reed", after=5 * MINUTE)


def test_doors_do_not_count_for_each_other(inside: Flask) -> None:
    fail(10, HERE, "Ms Reed", throttle.LOG_IN)
    assert not is_open(HERE, "Ms Reed", throttle.LOG_IN)
    assert is_open(HERE, "Ms Reed", throttle.OLD_PASSWORD)


def test_old_failures_are_deleted_as_new_ones_come_in(inside: Flask) -> None:
    fail(2, HERE, "Ms Reed")
    throttle.note(SMALL, THERE, "", SECRET, NOW + timedelta(minutes=11))
    assert db.session.scalar(select(func.count()).select_from(Failure)) == 2


def test_neither_name_nor_address_is_stored(inside: Flask) -> None:
    fail(1, HERE, "Ms Reed")
    stored = db.session.scalars(select(Failure.subject)).all()
    assert len(stored) == 3
    assert all(len(subject) == 64 and HERE not in subject for subject in stored)


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
    ],
)
def test_an_address_stands_for_the_network_it_is_in(address: str, place: str) -> None:
    assert throttle.network_of(address) == place


@pytest.mark.parametrize(
    ("door", "account", "address", "everyone"),
    [
        (throttle.LOG_IN, (10, 5), (10, 5), (1000, 5)),
        (throttle.OLD_PASSWORD, (10, 5), (10, 5), (1000, 5)),
        (throttle.LINK, None, (10, 5), (1000, 5)),
        (throttle.JOIN_CODE, None, (200, 5), (600, 60)),
        (throttle.PHRASE, None, (200, 5), (600, 60)),
    ],
)
def test_the_limits_are_those_that_the_arithmetic_rests_on(
    door: Door, account: tuple[int, int] | None, address: tuple[int, int], everyone: tuple[int, int]
) -> None:
    shown = [
        (limit.most, limit.within // MINUTE) if limit else None
        for limit in (door.account, door.address, door.everyone)
    ]
    assert shown == [account, address, everyone]


def unevenness(codes: Iterable[str]) -> float:
    """Return chi-squared of the letters of all codes (26 degrees of freedom)."""
    seen = Counter(letter for code in codes for letter in code)
    expected = seen.total() / len(CODE_LETTERS)
    return sum((seen[letter] - expected) ** 2 / expected for letter in CODE_LETTERS)


NEVER = 76.1  # chi-squared of 26 degrees is larger once in a million


@pytest.mark.counts
def test_no_letter_of_a_code_is_likelier_than_another() -> None:
    found = unevenness([new_code() for _ in range(20_000)])
    sys.stdout.write(f"20,000 codes: chi-squared {found:.1f}, to stay below {NEVER}\n")
    assert found < NEVER


def test_the_measure_notices_a_remainder_of_bytes() -> None:
    biased = [CODE_LETTERS[byte % 27] * CODE_LENGTH for byte in range(256)] * 80
    assert unevenness(biased) > NEVER
