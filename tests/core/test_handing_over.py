"""A classroom changes hands: given by its owner, or handed over when an account was closed."""

import pytest
from flask import Flask
from sqlalchemy import select

from quizapp import access, audit, rooms, staff
from quizapp.database import db, writing
from quizapp.models import AuditEntry, Teacher
from tests.school import NOW, School, add_teacher, open_school


@pytest.fixture
def school(inside: Flask) -> School:
    return open_school(inside)


def teacher(name: str, *, is_admin: bool = False) -> Teacher:
    with writing() as session:
        row_id = add_teacher(name, "-")
        session.get_one(Teacher, row_id).is_admin = is_admin
    return db.session.get_one(Teacher, row_id)


def test_the_new_owner_has_the_class_and_the_old_one_a_share(school: School) -> None:
    hill, room = teacher("Mr Hill"), school.assignment.classroom
    rooms.share(room, "Mr Hill", school.teacher, NOW)
    assert rooms.give_away(room, hill.public_id, school.teacher, NOW) == "Mr Hill"
    assert access.get_owned_classroom(room.public_id, hill)
    assert access.get_classroom(room.public_id, school.teacher)
    with pytest.raises(LookupError):
        access.get_owned_classroom(room.public_id, school.teacher)


def test_a_class_goes_only_to_somebody_who_shares_it(school: School) -> None:
    hill, room = teacher("Mr Hill"), school.assignment.classroom
    with pytest.raises(rooms.NoColleague):
        rooms.give_away(room, hill.public_id, school.teacher, NOW)


def test_a_class_is_given_once(school: School) -> None:
    hill, room = teacher("Mr Hill"), school.assignment.classroom
    rooms.share(room, "Mr Hill", school.teacher, NOW)
    rooms.give_away(room, hill.public_id, school.teacher, NOW)
    with pytest.raises(rooms.NoColleague):
        rooms.give_away(room, hill.public_id, school.teacher, NOW)


def test_the_classes_of_a_closed_account_are_handed_over(school: School) -> None:
    office, heir = teacher("The office", is_admin=True), teacher("Mr Hill")
    rooms.share(school.assignment.classroom, "Mr Hill", school.teacher, NOW)
    staff.close_account(school.teacher.public_id, office, NOW)
    assert staff.hand_over(school.teacher.public_id, heir.public_id, office, NOW) == 1
    assert access.get_owned_classroom(school.assignment.classroom.public_id, heir)
    assert rooms.list_colleagues(school.assignment.classroom) == []
    actions = set(db.session.scalars(select(AuditEntry.action)))
    assert "classroom given away" in actions
    assert audit.find_break() is None


def test_an_open_account_keeps_its_classes(school: School) -> None:
    office, heir = teacher("The office", is_admin=True), teacher("Mr Hill")
    with pytest.raises(staff.NotClosed):
        staff.hand_over(school.teacher.public_id, heir.public_id, office, NOW)


def test_only_an_administrator_hands_over_and_appoints(school: School) -> None:
    hill = teacher("Mr Hill")
    with pytest.raises(LookupError):
        staff.hand_over(school.teacher.public_id, hill.public_id, hill, NOW)
    with pytest.raises(LookupError):
        staff.appoint(school.teacher.public_id, hill, NOW)


def test_a_second_administrator_is_appointed(school: School) -> None:
    office = teacher("The office", is_admin=True)
    staff.appoint(school.teacher.public_id, office, NOW)
    assert school.teacher.is_admin
