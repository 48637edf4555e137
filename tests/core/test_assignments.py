"""Giving, changing, closing, extending, deleting and putting back; what the audit log keeps."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from quizapp import assignments, attempts, audit, classrooms, reopening, rooms, students
from quizapp.assignments import KEPT, Rules, digest, rules_of
from quizapp.database import db
from quizapp.models import Assignment, Student
from tests.core.core_world import NOW, SECRET, World

HOUR = timedelta(hours=1)


def make(world: World, rules: Rules | None = None) -> Assignment:
    return assignments.make(world.classroom, "kettles", rules or Rules(), world.teacher, NOW)


def newest(world: World) -> tuple[str, dict[str, object]]:
    entry = audit.entries(world.classroom)[0]
    return entry.action, json.loads(entry.details)


def test_an_assignment_is_made_with_the_rules_that_were_given(world: World) -> None:
    rules = Rules(
        opens_at=NOW + HOUR,
        closes_at=NOW + 2 * HOUR,
        attempts_allowed=3,
        counts="best",
        level_mode="fixed",
        level="a2",
        shuffle=False,
        review="closing",
        is_practice=True,
        walk_in=True,
    )
    made = make(world, rules)
    assert (rules_of(made), made.quiz_id, made.classroom_id) == (
        rules,
        "kettles",
        world.classroom.id,
    )
    assert newest(world)[0] == "assignment made"


def test_an_archived_classroom_is_given_nothing(world: World) -> None:
    rooms.archive(world.classroom, NOW + HOUR, world.teacher, NOW)
    before = db.session.query(Assignment).count()
    with pytest.raises(assignments.IsArchived):
        make(world)
    assert (db.session.query(Assignment).count(), audit.entries(world.classroom)[0].action) == (
        before,
        "classroom archived",
    )


def test_review_after_the_closing_needs_a_closing(world: World) -> None:
    rules = Rules(review="closing", closes_at=NOW + HOUR)
    made, without = make(world, rules), replace(rules, closes_at=None)
    with pytest.raises(assignments.NeedsClosing):
        make(world, without)
    with pytest.raises(assignments.NeedsClosing):
        assignments.change(made, without, digest(rules_of(made)), world.teacher, NOW)
    with pytest.raises(assignments.NeedsClosing):
        assignments.extend(made, None, world.teacher, NOW)


def test_a_change_of_the_attempts_is_in_the_audit_log_with_before_and_after(world: World) -> None:
    made = make(world)
    rules, base = replace(rules_of(made), attempts_allowed=4), digest(rules_of(made))
    assignments.change(made, rules, base, world.teacher, NOW)
    assert newest(world) == (
        "assignment changed",
        {"before": {"attempts_allowed": 1}, "after": {"attempts_allowed": 4}},
    )


def test_saving_the_same_settings_writes_no_audit_entry(world: World) -> None:
    made = make(world)
    assignments.change(made, rules_of(made), digest(rules_of(made)), world.teacher, NOW)
    assert newest(world)[0] == "assignment made"


@pytest.mark.parametrize("was", [False, True])
def test_the_first_attempt_fixes_whether_it_is_practice(world: World, was: bool) -> None:
    made = make(world, Rules(is_practice=was))

    def change(rules: Rules) -> None:
        assignments.change(made, rules, digest(rules_of(made)), world.teacher, NOW)

    change(Rules(is_practice=not was))
    change(Rules(is_practice=was))
    attempt = attempts.start(made, world.student, world.live, NOW)
    with pytest.raises(assignments.HasBegun):
        change(Rules(is_practice=not was, counts="best"))
    assert (made.is_practice, made.counts) == (was, "first")
    attempts.submit(attempt, attempt.submission_key, world.live.quiz, NOW)
    with pytest.raises(assignments.HasBegun):
        change(Rules(is_practice=not was))
    change(Rules(is_practice=was, counts="best"))
    assert made.counts == "best"


def test_settings_shown_before_a_closing_do_not_open_what_is_closed(world: World) -> None:
    made = make(world)
    before = rules_of(made)
    assignments.close(made, world.teacher, NOW)
    with pytest.raises(assignments.ChangedMeanwhile):
        assignments.change(
            made, replace(before, attempts_allowed=2), digest(before), world.teacher, NOW
        )
    assert (made.closes_at, made.attempts_allowed) == (NOW, 1)


def test_closing_what_is_closed_keeps_the_moment(world: World) -> None:
    made = make(world, Rules(closes_at=NOW - HOUR))
    assignments.close(made, world.teacher, NOW)
    assert (newest(world)[0], made.closes_at) == ("assignment made", NOW - HOUR)


def test_closing_and_opening_again_are_audited(world: World) -> None:
    made = make(world)
    assignments.close(made, world.teacher, NOW)
    assert (newest(world)[0], made.closes_at) == ("assignment closed", NOW)
    assignments.extend(made, NOW + HOUR, world.teacher, NOW)
    assert (newest(world)[0], made.closes_at) == ("assignment extended", NOW + HOUR)
    assert audit.find_break() is None


def test_who_has_longer_than_the_closed_class_is_known_the_last_first(world: World) -> None:
    made = make(world)
    for name, hours in (("Heron-4", 1), ("Stork-5", 3), ("Goose-6", 2)):
        classrooms.join(world.classroom, name, SECRET, NOW)
        student = db.session.query(Student).filter_by(name=name).one()
        reopening.close_later(made, student, NOW + hours * HOUR, world.teacher, NOW)
    assert assignments.later_closings(made, NOW) == ()
    assignments.close(made, world.teacher, NOW)
    assert assignments.later_closings(made, NOW) == [NOW + 3 * HOUR, NOW + 2 * HOUR, NOW + HOUR]
    students.remove(student, world.teacher, NOW)
    assert assignments.later_closings(made, NOW + HOUR) == [NOW + 3 * HOUR]


def test_a_deleted_assignment_is_listed_and_comes_back_as_it_was(world: World) -> None:
    made = make(world, Rules(attempts_allowed=2))
    assignments.delete(made, world.teacher, NOW)
    assert [one.id for one in assignments.deleted(world.classroom, NOW)] == [made.id]
    assert assignments.find_by_code(made.code) is None
    assignments.restore(made, world.teacher, NOW + HOUR)
    assert (made.deleted_at, made.attempts_allowed) == (None, 2)
    assert assignments.deleted(world.classroom, NOW) == []
    assert newest(world)[0] == "assignment restored"


def test_after_thirty_days_a_deleted_assignment_stays_deleted(world: World) -> None:
    made = make(world)
    assignments.delete(made, world.teacher, NOW)
    late = NOW + KEPT + HOUR
    assert assignments.deleted(world.classroom, late) == []
    with pytest.raises(LookupError):
        assignments.restore(made, world.teacher, late)


def test_a_link_is_found_however_its_code_was_typed(world: World) -> None:
    made = make(world)
    typed = f" {made.code[:4].lower()}-{made.code[4:]} "
    found = assignments.find_by_code(typed)
    assert found is not None
    assert found.id == made.id


def test_a_walk_in_is_an_ordinary_student_with_a_flag_and_a_phrase(world: World) -> None:
    joined = classrooms.walk_in(world.classroom, "Heron-4", SECRET, NOW)
    student = db.session.query(Student).filter_by(name="Heron-4").one()
    assert (student.is_walk_in, len(joined.phrase.split())) == (True, 4)
    assert classrooms.rejoin(joined.phrase, SECRET, NOW) is not None
