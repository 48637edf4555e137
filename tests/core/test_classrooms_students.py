"""Lists of names, and what a teacher does with one student or with two entries of one."""

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from quizapp import accounts, attempts, classrooms, desk, merging, rooms, rosters, students
from quizapp.accounts import NameTaken
from quizapp.bank.model import Given
from quizapp.database import db, writing
from quizapp.models import Allowance, Attempt, AuditEntry, Login, Student
from quizapp.responses import responses
from quizapp.rosters import read_roster
from tests.core.core_world import NOW, SECRET, World


def add(world: World, name: str) -> tuple[Student, classrooms.Joined]:
    joined = classrooms.join(world.classroom, name, SECRET, NOW)
    return db.session.scalars(select(Student).where(Student.name == name)).one(), joined


def work(world: World, student: Student, minutes: int, answer: str, hand_in: bool = True) -> str:
    """Let a student start (and hand in) at a time; return the public id of the attempt."""
    now = NOW + timedelta(minutes=minutes)
    attempt = attempts.start(world.assignment, student, world.live, now)
    attempts.save(attempt, {"cleaner": Given((answer,), "text")}, "text", now)
    if hand_in:
        attempts.submit(attempt, attempt.submission_key, world.live.quiz, now)
    return attempt.public_id


def actions() -> list[str]:
    return list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def faults(text: str, *taken: str) -> list[tuple[int, str]]:
    return [(fault.line, fault.why) for fault in read_roster(text, set(taken)).faults]


def test_names_are_read_one_a_line() -> None:
    assert read_roster("Anna\n\n  Ben   Okoye \r\nCarl", set()).names == (
        "Anna",
        "Ben Okoye",
        "Carl",
    )


@pytest.mark.parametrize(
    "text",
    [
        '\ufeffName,Form\nAnna,7c\n"Berg, Ben",7c',
        'Student;Form\nAnna;7c\n"Berg, Ben";7c',
        "Vorname\tKlasse\nAnna\t7c\nBerg, Ben\t7c",
    ],
)
def test_the_first_column_of_a_table_is_read_without_its_heading(text: str) -> None:
    roster = read_roster(text, set())
    assert roster.names == ("Anna", "Berg, Ben")
    assert roster.faults == ()


def test_what_cannot_be_added_is_reported_by_line() -> None:
    text = "Anna\nanna\n" + "x" * 41 + '\nBen\n"Carl\n,7c\n!!\nD\x07ora'
    found = faults(text, "ben")
    assert [line for line, _why in found] == [2, 3, 4, 5, 6, 7, 8]
    assert found[0][1] == "the same name as line 1"
    assert found[1][1] == "41 characters long; 40 fit"
    assert found[2][1] == "already in this class"


def test_the_word_name_further_down_is_a_name() -> None:
    assert read_roster("Anna\nName", set()).names == ("Anna", "Name")


def test_three_hundred_names_fit_and_no_more() -> None:
    roster = read_roster("\n".join(f"Otter-{n}" for n in range(302)), set())
    assert len(roster.names) == 300
    assert [fault.line for fault in roster.faults] == [301, 302]


@given(st.text(max_size=200))
def test_no_text_makes_the_reader_fall_over_or_lose_a_line(text: str) -> None:
    roster = read_roster(text, set())
    filled = [line for line in text.removeprefix("\ufeff").splitlines() if line.strip()]
    assert len(filled) - 1 <= len(roster.names) + len(roster.faults) <= len(filled)


def test_no_names_are_added_to_what_is_archived_meanwhile(world: World) -> None:
    rooms.archive(world.classroom, NOW + timedelta(days=9), world.teacher, NOW)
    with pytest.raises(classrooms.JoiningClosed):
        rosters.add_names(world.classroom, ["Anna"], world.teacher, NOW)
    assert not db.session.scalars(select(Student).where(Student.name == "Anna")).all()


def test_a_list_does_not_fill_a_class_beyond_its_places(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(classrooms, "MOST_STUDENTS", 3)
    with pytest.raises(classrooms.RoomFull):
        rosters.add_names(world.classroom, ["Anna", "Ben", "Carl"], world.teacher, NOW)
    assert rosters.add_names(world.classroom, ["Anna", "Ben"], world.teacher, NOW) == 2


def test_names_are_added_all_or_none(world: World) -> None:
    with pytest.raises(NameTaken):
        rosters.add_names(world.classroom, ["Anna", "Otter-17"], world.teacher, NOW)
    assert not db.session.scalars(select(Student).where(Student.name == "Anna")).all()
    assert rosters.add_names(world.classroom, ["Anna", "Ben"], world.teacher, NOW) == 2


def test_a_new_phrase_ends_the_old_one_and_every_log_in(world: World) -> None:
    anna, joined = add(world, "Anna")
    phrase = students.renew_phrase(anna, SECRET, world.teacher, NOW)
    assert accounts.find_login(joined.token, NOW) is None
    assert classrooms.rejoin(joined.phrase, SECRET, NOW) is None
    assert classrooms.rejoin(phrase, SECRET, NOW) is not None
    assert actions() == ["phrase renewed"]


def test_a_name_that_nobody_has_claimed_gets_no_phrase(world: World) -> None:
    rosters.add_names(world.classroom, ["Anna"], world.teacher, NOW)
    anna = db.session.scalars(select(Student).where(Student.name == "Anna")).one()
    with pytest.raises(LookupError):
        students.renew_phrase(anna, SECRET, world.teacher, NOW)


def test_a_removed_student_is_logged_out_and_comes_back_with_all_work(world: World) -> None:
    anna, joined = add(world, "Anna")
    work(world, anna, 1, "lemon")
    students.remove(anna, world.teacher, NOW)
    assert accounts.find_login(joined.token, NOW) is None
    assert classrooms.rejoin(joined.phrase, SECRET, NOW) is None
    students.restore(anna, world.teacher, NOW)
    assert accounts.find_login(joined.token, NOW) is None
    assert classrooms.rejoin(joined.phrase, SECRET, NOW) is not None
    assert students.get_entry(anna).finished == 1
    assert actions() == ["student removed", "student restored"]


def test_removing_twice_is_removing_once(world: World) -> None:
    for _ in range(2):
        students.remove(world.student, world.teacher, NOW)
    assert actions() == ["student removed"]


def test_the_name_of_a_removed_student_is_free_and_then_in_the_way(world: World) -> None:
    anna, _ = add(world, "Anna")
    students.remove(anna, world.teacher, NOW)
    classrooms.join(world.classroom, "Anna", SECRET, NOW)
    with pytest.raises(NameTaken):
        students.restore(anna, world.teacher, NOW)
    students.rename(anna, "Anna B", world.teacher, NOW)
    students.restore(anna, world.teacher, NOW)
    assert anna.removed_at is None


def test_a_student_is_renamed_unless_the_name_is_taken(world: World) -> None:
    anna, _ = add(world, "Anna")
    with pytest.raises(NameTaken):
        students.rename(anna, "otter-17", world.teacher, NOW)
    students.rename(anna, " Anna  Berg ", world.teacher, NOW)
    assert (anna.name, anna.name_folded) == ("Anna Berg", "anna berg")
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.subject) == ("student renamed", anna.public_id)
    assert "Anna" not in entry.details


def test_a_level_is_set_and_taken_back(world: World) -> None:
    students.set_level(world.student, "a2", world.teacher, NOW)
    students.set_level(world.student, "a2", world.teacher, NOW)
    assert world.student.level == "a2"
    students.set_level(world.student, None, world.teacher, NOW)
    assert world.student.level is None
    assert actions() == ["level set", "level set"]


def test_merged_attempts_are_numbered_in_the_order_of_their_start(world: World) -> None:
    first, second = add(world, "Anna")[0], add(world, "Anna B")[0]
    with writing():
        world.assignment.attempts_allowed = 3
    ids = [
        work(world, second, 1, "lemon"),
        work(world, first, 2, "vinegar"),
        work(world, second, 3, "juice", hand_in=False),
    ]
    merging.merge(first, second, world.teacher, NOW)
    rows = db.session.scalars(
        select(Attempt).where(Attempt.student_id == first.id).order_by(Attempt.number)
    )
    assert [(row.number, row.public_id) for row in rows] == list(enumerate(ids, start=1))
    assert not db.session.scalars(select(Student).where(Student.name == "Anna B")).all()
    entry = db.session.scalars(select(AuditEntry)).one()
    assert json.loads(entry.details)["attempts"] == 2


def test_merged_work_keeps_its_answers_and_marks(world: World) -> None:
    first, second = add(world, "Anna")[0], add(world, "Anna B")[0]
    public_id = work(world, second, 1, "lemon")
    merging.merge(first, second, world.teacher, NOW)
    attempt = desk.get_attempt(public_id, first)
    assert responses(attempt)["cleaner"].values == ("lemon",)
    assert desk.home(first, lambda _id: world.live.quiz, NOW)[1][0].score is not None


def test_merged_allowances_add_up(world: World) -> None:
    first, second = add(world, "Anna")[0], add(world, "Anna B")[0]
    later = NOW + timedelta(days=2)
    with writing() as session:
        for student, closes_at in ((first, NOW), (second, later)):
            session.add(
                Allowance(
                    assignment_id=world.assignment.id,
                    student_id=student.id,
                    closes_at=closes_at,
                    extra_attempts=1,
                )
            )
    merging.merge(first, second, world.teacher, NOW)
    row = db.session.scalars(select(Allowance)).one()
    assert (row.student_id, row.closes_at, row.extra_attempts) == (first.id, later, 2)


def test_a_merged_browser_is_logged_in_as_the_one_that_is_kept(world: World) -> None:
    first = add(world, "Anna")[0]
    second, joined = add(world, "Anna B")
    merging.merge(first, second, world.teacher, NOW)
    login = accounts.find_login(joined.token, NOW)
    assert login is not None
    assert login.student_id == first.id
    assert classrooms.rejoin(joined.phrase, SECRET, NOW) is None


def test_a_name_on_the_list_takes_over_the_phrase_of_the_one_who_joined_beside_it(
    world: World,
) -> None:
    rosters.add_names(world.classroom, ["Anna"], world.teacher, NOW)
    listed = db.session.scalars(select(Student).where(Student.name == "Anna")).one()
    second, joined = add(world, "Annna")
    merging.merge(listed, second, world.teacher, NOW)
    assert listed.joined_at == NOW
    token = classrooms.rejoin(joined.phrase, SECRET, NOW)
    assert token is not None
    assert db.session.scalars(select(Login.student_id)).all()[-1] == listed.id


def test_one_entry_is_not_merged_with_itself_or_a_removed_one(world: World) -> None:
    anna = add(world, "Anna")[0]
    with pytest.raises(merging.CannotMerge):
        merging.merge(anna, anna, world.teacher, NOW)
    students.remove(anna, world.teacher, NOW)
    with pytest.raises(merging.CannotMerge):
        merging.merge(world.student, anna, world.teacher, NOW)


def test_two_who_work_at_one_assignment_are_merged_once_one_has_handed_in(world: World) -> None:
    first, second = add(world, "Anna")[0], add(world, "Anna B")[0]
    work(world, first, 1, "lemon", hand_in=False)
    public_id = work(world, second, 2, "juice", hand_in=False)
    with pytest.raises(merging.BothOpen):
        merging.merge(first, second, world.teacher, NOW)
    assert actions() == []
    attempt = desk.get_attempt(public_id, second)
    attempts.submit(attempt, attempt.submission_key, world.live.quiz, NOW)
    merging.merge(first, second, world.teacher, NOW)
    states = select(Attempt.state).where(Attempt.student_id == first.id).order_by(Attempt.number)
    assert db.session.scalars(states).all() == ["open", "submitted"]


def test_work_is_counted_by_assignment(world: World) -> None:
    with writing():
        world.assignment.attempts_allowed = 3
    work(world, world.student, 1, "lemon")
    work(world, world.student, 2, "juice", hand_in=False)
    entries, gone = students.list_students(world.classroom)
    assert [(entry.finished, entry.open) for entry in entries] == [(1, 0)]
    assert gone == ()
