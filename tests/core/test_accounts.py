"""Set-up links, log-ins, and what ends them."""

from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from flask import Flask

from quizapp import accounts
from tests.core.core_world import NOW, SECRET, World

PASSWORD = "correct horse, long enough"


@pytest.fixture
def hasher(inside: Flask) -> PasswordHasher:
    found: PasswordHasher = inside.extensions["quizapp_hasher"]
    return found


def test_the_first_link_is_the_same_until_it_is_used(inside: Flask) -> None:
    assert accounts.offer_setup(SECRET, NOW) == accounts.offer_setup(SECRET, NOW)


def test_a_used_link_makes_no_second_teacher(hasher: PasswordHasher) -> None:
    token = accounts.offer_setup(SECRET, NOW)
    assert token is not None
    accounts.create_teacher(token, "Ms Reed", PASSWORD, hasher, SECRET, NOW)
    with pytest.raises(accounts.LinkUsed):
        accounts.create_teacher(token, "Mr Vale", PASSWORD, hasher, SECRET, NOW)
    assert accounts.offer_setup(SECRET, NOW) is None


def test_a_link_of_another_installation_opens_nothing(inside: Flask) -> None:
    token = accounts.offer_setup("another secret", NOW)
    assert token is not None
    assert accounts.find_setup(token, SECRET, NOW) is None


def test_the_right_password_logs_in_however_the_name_is_written(
    world: World, hasher: PasswordHasher
) -> None:
    token = accounts.log_in("  ms   REED ", "a long pass phrase", hasher, NOW)
    assert token is not None
    login = accounts.find_login(token, NOW)
    assert login is not None
    assert login.teacher is not None
    assert login.teacher.name == "Ms Reed"


@pytest.mark.parametrize("name", ["Ms Reed", "Nobody"])
def test_a_wrong_password_logs_nobody_in(world: World, hasher: PasswordHasher, name: str) -> None:
    assert accounts.log_in(name, "a wrong pass phrase", hasher, NOW) is None


def test_an_unknown_name_costs_the_same_verification(
    world: World, hasher: PasswordHasher, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def verify(_self: PasswordHasher, known: str, _typed: str) -> None:
        asked.append(known[:9])
        raise VerificationError

    monkeypatch.setattr(PasswordHasher, "verify", verify)
    accounts.log_in("Nobody", PASSWORD, hasher, NOW)
    accounts.log_in("Ms Reed", PASSWORD, hasher, NOW)
    assert asked == ["$argon2id", "$argon2id"]


def test_logging_out_ends_a_copied_cookie_too(world: World, hasher: PasswordHasher) -> None:
    token = accounts.log_in("Ms Reed", "a long pass phrase", hasher, NOW)
    assert token is not None
    accounts.log_out(token)
    assert accounts.find_login(token, NOW) is None


@pytest.mark.parametrize(("idle", "lasts"), [(7, True), (9, False)])
def test_a_teacher_who_is_away_for_eight_hours_logs_in_again(
    world: World, hasher: PasswordHasher, idle: int, lasts: bool
) -> None:
    token = accounts.log_in("Ms Reed", "a long pass phrase", hasher, NOW)
    assert token is not None
    assert (accounts.find_login(token, NOW + timedelta(hours=idle)) is not None) is lasts


def test_a_new_password_ends_the_old_log_ins(world: World, hasher: PasswordHasher) -> None:
    old = accounts.log_in("Ms Reed", "a long pass phrase", hasher, NOW)
    assert old is not None
    token = accounts.offer_reset("ms reed", SECRET, NOW)
    accounts.create_teacher(token, "Ms Reed", PASSWORD, hasher, SECRET, NOW)
    assert accounts.find_login(old, NOW) is None
    assert accounts.log_in("Ms Reed", PASSWORD, hasher, NOW) is not None
    assert accounts.log_in("Ms Reed", "a long pass phrase", hasher, NOW) is None
