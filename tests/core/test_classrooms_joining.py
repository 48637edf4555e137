"""Who may join, and under which name: typed freely, on the list, or given by the application."""

import re
import threading

import pytest
from flask import Flask
from sqlalchemy import select

from quizapp import accounts, classrooms, pseudonyms, rooms, rosters, students
from quizapp.accounts import NameTaken, fold_name
from quizapp.database import db
from quizapp.models import Classroom, Student
from tests.core.core_world import NOW, SECRET, World


def make_room(world: World, naming: str, *names: str) -> Classroom:
    room = rooms.create("Class 8b", naming, world.teacher, NOW)
    if names:
        rosters.add_names(room, names, world.teacher, NOW)
    return room


def names_in(room: Classroom) -> list[str]:
    query = select(Student.name).where(Student.classroom_id == room.id).order_by(Student.id)
    return list(db.session.scalars(query))


def test_a_name_on_the_list_is_claimed_by_whoever_types_it_first(world: World) -> None:
    room = make_room(world, "roster", "Anna Berg", "Ben")
    joined = classrooms.join(room, " anna  BERG ", SECRET, NOW)
    assert joined.name == "Anna Berg"
    assert names_in(room) == ["Anna Berg", "Ben"]
    with pytest.raises(NameTaken):
        classrooms.join(room, "Anna Berg", SECRET, NOW)


def test_the_phrase_of_a_claimed_name_brings_its_student_back(world: World) -> None:
    room = make_room(world, "roster", "Anna Berg")
    joined = classrooms.join(room, "Anna Berg", SECRET, NOW)
    token = classrooms.rejoin(joined.phrase, SECRET, NOW)
    assert token is not None
    login = accounts.find_login(token, NOW)
    assert login is not None
    assert login.student is not None
    assert login.student.joined_at == NOW


def test_a_name_that_is_not_on_the_list_stays_outside(world: World) -> None:
    room = make_room(world, "roster", "Anna Berg")
    with pytest.raises(classrooms.NotOnList):
        classrooms.join(room, "Carl", SECRET, NOW)
    assert names_in(room) == ["Anna Berg"]


def test_a_removed_name_is_no_longer_on_the_list(world: World) -> None:
    room = make_room(world, "roster", "Anna Berg")
    anna = db.session.scalars(select(Student).where(Student.name == "Anna Berg")).one()
    students.remove(anna, world.teacher, NOW)
    with pytest.raises(classrooms.NotOnList):
        classrooms.join(room, "Anna Berg", SECRET, NOW)


def test_where_names_are_free_a_listed_one_is_claimed_and_others_are_made(world: World) -> None:
    room = make_room(world, "free", "Anna")
    classrooms.join(room, "Anna", SECRET, NOW)
    classrooms.join(room, "Carl", SECRET, NOW)
    assert names_in(room) == ["Anna", "Carl"]


def test_of_four_who_claim_one_name_at_once_one_wins(inside: Flask, world: World) -> None:
    room_id = make_room(world, "roster", "Anna").id
    outcomes: list[str] = []
    barrier = threading.Barrier(4)

    def claim() -> None:
        with inside.app_context():
            room = db.session.get_one(Classroom, room_id)
            barrier.wait(10)
            try:
                classrooms.join(room, "Anna", SECRET, NOW)
                outcomes.append("in")
            except NameTaken:
                outcomes.append("taken")

    threads = [threading.Thread(target=claim) for _ in range(4)]
    db.session.rollback()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["in", "taken", "taken", "taken"]


def test_a_given_name_is_an_animal_with_a_number_whatever_is_typed(world: World) -> None:
    room = make_room(world, "pseudonyms")
    names = {classrooms.join(room, "My Real Name", SECRET, NOW).name for _ in range(12)}
    assert len(names) == 12
    assert all(re.fullmatch(r"[A-Z][a-z]+-[1-9]\d?", name) for name in names)
    assert len({name.partition("-")[0] for name in names}) == 12


def test_a_given_name_is_never_one_that_is_taken() -> None:
    every = {f"{animal}-{number}" for animal in pseudonyms.ANIMALS for number in range(1, 100)}
    left = every - {"Otter-17"}
    assert pseudonyms.draw({fold_name(name) for name in left}) == "Otter-17"
    with pytest.raises(LookupError):
        pseudonyms.draw({fold_name(name) for name in every})


def test_a_closed_classroom_is_not_found_by_its_code(world: World) -> None:
    room = make_room(world, "free")
    rooms.set_joining(room, False, world.teacher, NOW)
    assert classrooms.find_by_code(room.join_code) is None
    rooms.set_joining(room, True, world.teacher, NOW)
    assert classrooms.find_by_code(room.join_code) is not None


def test_an_archived_classroom_is_not_found_by_its_code(world: World) -> None:
    room = make_room(world, "free")
    rooms.archive(room, NOW, world.teacher, NOW)
    assert classrooms.find_by_code(room.join_code) is None
    rooms.unarchive(room, world.teacher, NOW)
    assert classrooms.find_by_code(room.join_code) is not None


def test_nobody_slips_in_while_joining_is_being_closed(world: World) -> None:
    room = make_room(world, "free")
    found = classrooms.find_by_code(room.join_code)
    assert found is not None
    rooms.set_joining(room, False, world.teacher, NOW)
    with pytest.raises(classrooms.JoiningClosed):
        classrooms.join(found, "Anna", SECRET, NOW)


def test_an_old_code_opens_nothing_once_there_is_a_new_one(world: World) -> None:
    room = make_room(world, "free")
    old = room.join_code
    rooms.rotate_code(room, world.teacher, NOW)
    assert classrooms.find_by_code(old) is None
    assert classrooms.find_by_code(room.join_code) is not None


@pytest.mark.parametrize("name", ["An\x07na", "An\x1bna", "Anna\ue000"])
def test_a_name_with_a_character_that_is_none_is_refused(world: World, name: str) -> None:
    with pytest.raises(classrooms.NotAName):
        classrooms.join(world.classroom, name, SECRET, NOW)


@pytest.mark.parametrize("naming", ["free", "roster"])
def test_a_walk_in_claims_a_name_on_the_list_and_is_no_walk_in_then(
    world: World, naming: str
) -> None:
    room = make_room(world, naming, "Anna Berg")
    joined = classrooms.walk_in(room, " anna  BERG ", SECRET, NOW)
    assert joined.name == "Anna Berg"
    assert names_in(room) == ["Anna Berg"]
    anna = db.session.scalars(select(Student).where(Student.name == "Anna Berg")).one()
    assert (anna.joined_at, anna.is_walk_in) == (NOW, False)
    assert classrooms.rejoin(joined.phrase, SECRET, NOW) is not None
    for come_in in (classrooms.walk_in, classrooms.join):
        with pytest.raises(NameTaken):
            come_in(room, "Anna Berg", SECRET, NOW)


def test_the_link_with_names_does_not_fill_a_class_beyond_its_places(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(classrooms, "MOST_STUDENTS", 2)
    classrooms.walk_in(world.classroom, "Anna", SECRET, NOW)
    with pytest.raises(classrooms.RoomFull):
        classrooms.walk_in(world.classroom, "Ben", SECRET, NOW)
    students.remove(world.student, world.teacher, NOW)
    classrooms.walk_in(world.classroom, "Ben", SECRET, NOW)
