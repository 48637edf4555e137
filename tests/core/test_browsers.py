"""Where a teacher is logged in, and what a new password ends."""

from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from flask import Flask

from quizapp import accounts, browsers
from quizapp.database import writing
from tests.core.core_world import NOW, SECRET, World
from tests.school import PASSWORD, add_teacher

LATER = NOW + timedelta(minutes=20)
NEW = "another long pass phrase"


@pytest.fixture
def hasher(inside: Flask) -> PasswordHasher:
    found: PasswordHasher = inside.extensions["quizapp_hasher"]
    return found


def log_in(hasher: PasswordHasher) -> str:
    token = accounts.log_in("Ms Reed", PASSWORD, hasher, NOW)
    assert token is not None
    return token


def test_a_new_password_ends_every_log_in_and_gives_a_new_one(
    world: World, hasher: PasswordHasher
) -> None:
    here, elsewhere = log_in(hasher), log_in(hasher)
    token = browsers.change_password(world.teacher, PASSWORD, NEW, hasher, LATER)
    assert token is not None
    assert accounts.find_login(token, LATER) is not None
    assert [accounts.find_login(old, LATER) for old in (here, elsewhere)] == [None, None]
    assert accounts.log_in("Ms Reed", NEW, hasher, LATER) is not None
    assert accounts.log_in("Ms Reed", PASSWORD, hasher, LATER) is None


def test_a_wrong_old_password_changes_nothing(world: World, hasher: PasswordHasher) -> None:
    here = log_in(hasher)
    assert browsers.change_password(world.teacher, "not this one", NEW, hasher, LATER) is None
    assert accounts.find_login(here, LATER) is not None
    assert accounts.log_in("Ms Reed", PASSWORD, hasher, LATER) is not None


def test_a_new_password_ends_links_that_would_set_another(
    world: World, hasher: PasswordHasher
) -> None:
    link = accounts.offer_reset("Ms Reed", SECRET, NOW)
    browsers.change_password(world.teacher, PASSWORD, NEW, hasher, LATER)
    assert accounts.find_setup(link, SECRET, LATER) is None


def test_a_password_that_changed_while_it_was_verified_logs_nobody_in(
    world: World, hasher: PasswordHasher, monkeypatch: pytest.MonkeyPatch
) -> None:
    verify = accounts.verify

    def be_overtaken(known: str, password: str, hasher: PasswordHasher) -> bool:
        verified = verify(known, password, hasher)
        browsers.change_password(world.teacher, PASSWORD, NEW, hasher, LATER)
        return verified

    monkeypatch.setattr(accounts, "verify", be_overtaken)
    assert accounts.log_in("Ms Reed", PASSWORD, hasher, LATER) is None


def test_the_list_has_this_browser_first_and_none_that_is_over(
    world: World, hasher: PasswordHasher
) -> None:
    over = accounts.log_in("Ms Reed", PASSWORD, hasher, NOW - timedelta(hours=9))
    here, elsewhere = log_in(hasher), log_in(hasher)
    assert over is not None
    accounts.find_login(elsewhere, LATER)
    found = browsers.browsers(world.teacher, here, LATER)
    assert [one.is_this for one in found] == [True, False, False]  # the last: from the set-up
    assert found[1].last_used == LATER


def test_one_browser_is_logged_out_by_its_handle(world: World, hasher: PasswordHasher) -> None:
    here, elsewhere = log_in(hasher), log_in(hasher)
    found = browsers.browsers(world.teacher, here, NOW)
    handle = next(one.handle for one in found if one.handle == accounts.hash_token(elsewhere))
    browsers.log_out_browser(world.teacher, handle, NOW)
    assert accounts.find_login(elsewhere, NOW) is None
    assert accounts.find_login(here, NOW) is not None


def test_all_other_browsers_are_logged_out(world: World, hasher: PasswordHasher) -> None:
    here, *others = (log_in(hasher) for _ in range(3))
    before = len(browsers.browsers(world.teacher, here, NOW))
    assert browsers.log_out_others(world.teacher, here, NOW) == before - 1
    assert accounts.find_login(here, NOW) is not None
    assert [accounts.find_login(token, NOW) for token in others] == [None, None]


def test_a_browser_of_somebody_else_is_not_found(world: World, hasher: PasswordHasher) -> None:
    hashed = hasher.hash(PASSWORD)
    with writing():
        add_teacher("Mr Vale", hashed)
    foreign = accounts.log_in("Mr Vale", PASSWORD, hasher, NOW)
    assert foreign is not None
    with pytest.raises(LookupError):
        browsers.log_out_browser(world.teacher, accounts.hash_token(foreign), NOW)
    assert accounts.find_login(foreign, NOW) is not None
