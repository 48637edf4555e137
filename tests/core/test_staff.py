"""Administrators invite, make links, close accounts; each act holds only what it says."""

from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import select

from quizapp import accounts, audit, staff
from quizapp.database import db, writing
from quizapp.models import AuditEntry, Teacher
from tests.core.core_world import NOW, SECRET, World
from tests.school import PASSWORD, add_teacher

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def hasher(inside: Flask) -> PasswordHasher:
    found: PasswordHasher = inside.extensions["quizapp_hasher"]
    return found


@pytest.fixture
def vale(world: World, hasher: PasswordHasher) -> Teacher:
    """Mr Vale, who is no administrator and has the usual password."""
    hashed = hasher.hash(PASSWORD)
    with writing():
        add_teacher("Mr Vale", hashed)
    return db.session.scalars(select(Teacher).where(Teacher.name == "Mr Vale")).one()


def invitation(world: World) -> str:
    return accounts.token_of(staff.invite(world.teacher, NOW), SECRET)


def actions() -> list[str]:
    return list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def test_an_invitation_makes_a_teacher_who_is_no_administrator(
    world: World, hasher: PasswordHasher
) -> None:
    accounts.create_teacher(invitation(world), "Mr Vale", PASSWORD, hasher, SECRET, LATER)
    vale = db.session.scalars(select(Teacher).where(Teacher.name == "Mr Vale")).one()
    assert not vale.is_admin
    assert actions() == ["teacher invited", "account made"]
    assert audit.find_break() is None


def test_an_invitation_works_once(world: World, hasher: PasswordHasher) -> None:
    token = invitation(world)
    accounts.create_teacher(token, "Mr Vale", PASSWORD, hasher, SECRET, LATER)
    with pytest.raises(accounts.LinkUsed):
        accounts.create_teacher(token, "Ms Ode", PASSWORD, hasher, SECRET, LATER)


@pytest.mark.parametrize(("days", "works"), [(6, True), (7, False)])
def test_an_invitation_ends_after_seven_days(world: World, days: int, works: bool) -> None:
    found = accounts.find_setup(invitation(world), SECRET, NOW + timedelta(days=days))
    assert (found is not None) is works


def test_a_withdrawn_invitation_opens_nothing(world: World) -> None:
    token = invitation(world)
    staff.withdraw(token[:22], world.teacher, LATER)
    assert accounts.find_setup(token, SECRET, LATER) is None
    assert staff.open_links(SECRET, LATER) == []


def test_an_unused_invitation_is_shown_again(world: World) -> None:
    token = invitation(world)
    assert [link.token for link in staff.open_links(SECRET, LATER)] == [token]


def test_a_password_link_ends_after_a_day_and_replaces_the_one_before(
    world: World, vale: Teacher
) -> None:
    first, second = (staff.offer_password(vale.public_id, world.teacher, NOW) for _ in range(2))
    day = timedelta(days=1)
    tokens = [accounts.token_of(nonce, SECRET) for nonce in (first, second)]
    found = [accounts.find_setup(token, SECRET, LATER) is not None for token in tokens]
    assert found == [False, True]
    assert accounts.find_setup(tokens[1], SECRET, NOW + day) is None


def test_a_closed_account_is_logged_out_and_stays_out(
    world: World, vale: Teacher, hasher: PasswordHasher
) -> None:
    login = accounts.log_in("Mr Vale", PASSWORD, hasher, NOW)
    assert login is not None
    reset = accounts.offer_reset("Mr Vale", SECRET, NOW)
    staff.close_account(vale.public_id, world.teacher, NOW)
    assert accounts.find_login(login, LATER) is None
    assert accounts.log_in("Mr Vale", PASSWORD, hasher, LATER) is None
    assert accounts.find_setup(reset, SECRET, LATER) is None
    with pytest.raises(accounts.AccountClosed):
        accounts.offer_reset("Mr Vale", SECRET, LATER)
    with pytest.raises(LookupError):
        staff.offer_password(vale.public_id, world.teacher, LATER)


def test_an_account_opened_again_has_its_password_and_none_of_its_log_ins(
    world: World, vale: Teacher, hasher: PasswordHasher
) -> None:
    login = accounts.log_in("Mr Vale", PASSWORD, hasher, NOW)
    assert login is not None
    staff.close_account(vale.public_id, world.teacher, NOW)
    staff.open_account(vale.public_id, world.teacher, NOW)
    assert accounts.find_login(login, LATER) is None
    assert accounts.log_in("Mr Vale", PASSWORD, hasher, LATER) is not None
    assert actions() == ["account closed", "account opened"]


def test_invitations_of_a_closed_account_end(world: World, vale: Teacher) -> None:
    with writing():
        db.session.get_one(Teacher, vale.id).is_admin = True
    token = accounts.token_of(staff.invite(vale, NOW), SECRET)
    staff.close_account(vale.public_id, world.teacher, NOW)
    assert accounts.find_setup(token, SECRET, LATER) is None


def test_nobody_closes_their_own_account(world: World) -> None:
    with pytest.raises(staff.OwnAccount):
        staff.close_account(world.teacher.public_id, world.teacher, NOW)


def test_an_administrator_who_was_closed_meanwhile_closes_nobody(
    world: World, vale: Teacher
) -> None:
    with writing():
        db.session.get_one(Teacher, vale.id).is_admin = True
    staff.close_account(vale.public_id, world.teacher, NOW)
    with pytest.raises(LookupError):
        staff.close_account(world.teacher.public_id, vale, NOW)


def test_a_teacher_who_is_no_administrator_can_do_none_of_it(world: World, vale: Teacher) -> None:
    nonce = staff.invite(world.teacher, NOW)
    other = world.teacher.public_id
    for act in (
        lambda: staff.invite(vale, NOW),
        lambda: staff.withdraw(nonce, vale, NOW),
        lambda: staff.offer_password(other, vale, NOW),
        lambda: staff.close_account(other, vale, NOW),
        lambda: staff.open_account(other, vale, NOW),
    ):
        with pytest.raises(LookupError):
            act()
    assert actions() == ["teacher invited"]
