"""Joining with a code, coming back with a phrase."""

import pytest

from quizapp import accounts, classrooms
from quizapp.accounts import NameTaken
from tests.core.core_world import NOW, SECRET, World


def test_a_code_is_found_however_it_is_typed(world: World) -> None:
    code = classrooms.shown(world.classroom.join_code)
    found = classrooms.find_by_code(f" {code.lower()} ")
    assert found is not None
    assert found.id == world.classroom.id


@pytest.mark.parametrize("code", ["", "BBBB-BBBB", "'; DROP TABLE students", "\ud800\0"])
def test_an_unknown_code_finds_no_classroom(world: World, code: str) -> None:
    assert classrooms.find_by_code(code) is None


def test_the_phrase_brings_a_student_back(world: World) -> None:
    joined = classrooms.join(world.classroom, "Heron-3", SECRET, NOW)
    token = classrooms.rejoin(joined.phrase, SECRET, NOW)
    assert token is not None
    login = accounts.find_login(token, NOW)
    assert login is not None
    assert login.student is not None
    assert login.student.name == "Heron-3"


def test_a_phrase_survives_capitals_commas_and_slips_after_four_letters(world: World) -> None:
    joined = classrooms.join(world.classroom, "Heron-3", SECRET, NOW)
    words = [word[:4].upper() + "x" * (len(word) > 4) for word in joined.phrase.split()]
    assert classrooms.rejoin(", ".join(words), SECRET, NOW) is not None


def test_three_of_the_four_words_open_nothing(world: World) -> None:
    joined = classrooms.join(world.classroom, "Heron-3", SECRET, NOW)
    assert classrooms.rejoin(" ".join(joined.phrase.split()[:3]), SECRET, NOW) is None


def test_the_database_does_not_hold_the_phrase(world: World) -> None:
    joined = classrooms.join(world.classroom, "Heron-3", SECRET, NOW)
    assert joined.phrase.split()[0] not in world.student.phrase_hash
    assert len(world.student.phrase_hash) == 64


def test_a_name_is_taken_whatever_its_case(world: World) -> None:
    with pytest.raises(NameTaken):
        classrooms.join(world.classroom, "  OTTER-17 ", SECRET, NOW)


@pytest.mark.parametrize("name", ["", "   ", "…!", "x" * 41])
def test_what_is_no_name_is_refused(world: World, name: str) -> None:
    with pytest.raises(classrooms.NotAName):
        classrooms.join(world.classroom, name, SECRET, NOW)


def test_phrases_are_drawn_from_two_thousand_words_told_apart_by_four_letters() -> None:
    words = classrooms.phrase_words()
    assert len({word[:4] for word in words}) == len(words) > 2000


def test_the_demonstration_is_made_once(world: World) -> None:
    assert classrooms.make_demonstration("kettles", NOW) is None


def test_a_name_of_signs_that_unfold_to_many_letters_is_kept_as_typed(world: World) -> None:
    assert classrooms.join(world.classroom, "ﷺ" * 40, SECRET, NOW).name == "ﷺ" * 40
