"""Opening an attempt again: answers and their marks stay, each submission has its own receipt."""

from datetime import timedelta
from fractions import Fraction

import pytest
from flask import Flask
from sqlalchemy import func, select

from quizapp import attempts, audit, marks, reopening, terms
from quizapp.bank.model import Given
from quizapp.database import db, writing
from quizapp.models import Attempt, AuditEntry, Mark, Submission, Teacher
from quizapp.receipts import find_receipt, receipts
from quizapp.responses import responses
from quizapp.sheets import sheet
from quizapp.summaries import overview, summary
from tests.school import NOW, School, add_teacher, open_school

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def school(inside: Flask) -> School:
    return open_school(inside)


def save(attempt: Attempt, item_id: str, text: str) -> None:
    assert attempts.save(attempt, {item_id: Given((text,), "text")}, "text", LATER).counts


def submit(school: School, attempt: Attempt) -> Submission:
    return attempts.submit(attempt, attempt.submission_key, school.live.quiz, LATER)


def count_marks(attempt: Attempt, item_id: str) -> int:
    query = select(func.count()).select_from(Mark)
    return (
        db.session.scalar(query.where(Mark.attempt_id == attempt.id, Mark.item_id == item_id)) or 0
    )


def actions() -> list[str]:
    return list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def test_answers_stay_and_the_attempt_is_open(school: School) -> None:
    attempt = school.hand_in("Otter-1", {"cleaner": "lemon"})
    reopening.reopen(attempt, school.teacher, NOW)
    assert attempt.state == "open"
    assert responses(attempt)["cleaner"].values == ("lemon",)
    assert actions() == ["attempt reopened"]


def test_handing_in_again_gives_a_second_receipt_and_the_first_stays(school: School) -> None:
    attempt = school.hand_in("Otter-1", {"cleaner": "lemon"})
    first = receipts([attempt.id])[0].receipt
    reopening.reopen(attempt, school.teacher, NOW)
    second = submit(school, attempt).receipt
    assert [one.receipt for one in receipts([attempt.id])] == [first, second]
    assert find_receipt(first, school.teacher) is not None
    assert len(sheet(attempt, school.library).receipts) == 2


def test_a_page_from_before_the_reopening_gets_its_old_receipt(school: School) -> None:
    attempt = school.hand_in("Otter-1", {"cleaner": "lemon"})
    key, first = attempt.submission_key, receipts([attempt.id])[0].receipt
    reopening.reopen(attempt, school.teacher, NOW)
    assert attempts.submit(attempt, key, school.live.quiz, LATER).receipt == first
    db.session.expire_all()
    assert attempt.state == "open"


def test_an_answer_that_stays_keeps_the_teachers_points(school: School) -> None:
    attempt = school.hand_in("Otter-1", {"cleaner": "sour stuff", "early-stop": "juice"})
    marks.give(attempt, "cleaner", Fraction(1), 1, school.teacher, None, NOW)
    reopening.reopen(attempt, school.teacher, NOW)
    save(attempt, "early-stop", "sensor")
    submit(school, attempt)
    now = marks.current([attempt.id])[attempt.id]
    assert (now["cleaner"].source, now["cleaner"].points) == ("teacher", Fraction(1))
    assert (now["early-stop"].outcome, count_marks(attempt, "early-stop")) == ("right", 2)
    assert count_marks(attempt, "one-line") == 1


def test_an_answer_changed_and_changed_back_keeps_its_points(school: School) -> None:
    attempt = school.hand_in("Otter-1", {"cleaner": "sour stuff"})
    marks.give(attempt, "cleaner", Fraction(1), 1, school.teacher, None, NOW)
    reopening.reopen(attempt, school.teacher, NOW)
    save(attempt, "cleaner", "chalk")
    save(attempt, "cleaner", "sour stuff")
    submit(school, attempt)
    assert marks.current([attempt.id])[attempt.id]["cleaner"].source == "teacher"


def test_an_answer_changed_by_hand_is_marked_by_the_rules_again(school: School) -> None:
    attempt = school.hand_in("Otter-1", {"cleaner": "sour stuff"})
    marks.give(attempt, "cleaner", Fraction(1), 1, school.teacher, None, NOW)
    reopening.reopen(attempt, school.teacher, NOW)
    save(attempt, "cleaner", "a sensor")
    submit(school, attempt)
    now = marks.current([attempt.id])[attempt.id]["cleaner"]
    assert (now.source, now.points) == ("rule", Fraction(0))


def test_opened_twice_each_round_compares_with_the_one_before(school: School) -> None:
    attempt = school.hand_in("Otter-1", {"cleaner": "lemon"})
    for text in ("chalk", "lemon"):
        reopening.reopen(attempt, school.teacher, NOW)
        save(attempt, "cleaner", text)
        submit(school, attempt)
    assert count_marks(attempt, "cleaner") == 3


def test_a_reopened_attempt_is_not_finished(school: School) -> None:
    attempt = school.hand_in("Otter-1", {"cleaner": "sour stuff"})
    reopening.reopen(attempt, school.teacher, NOW)
    assert dict(summary(school.assignment, school.library).states) == {"working": 1}
    line = overview(school.teacher, school.library)[0].lines[0]
    assert (line.finished, line.working, line.waiting) == (0, 1, 0)
    assert sheet(attempt, school.library).score is None


def test_a_reopening_is_refused_while_another_attempt_is_open(school: School) -> None:
    with writing():
        school.assignment.attempts_allowed = 2
    attempt = school.hand_in("Otter-1", {})
    school.start("Otter-1", {})
    with pytest.raises(reopening.AnotherOpen):
        reopening.reopen(attempt, school.teacher, NOW)
    assert actions() == []


def test_a_start_goes_on_with_an_earlier_attempt_that_was_opened_again(school: School) -> None:
    with writing():
        school.assignment.attempts_allowed = 3
    first, _second = school.hand_in("Otter-1", {}), school.hand_in("Otter-1", {})
    reopening.reopen(first, school.teacher, NOW)
    assert school.start("Otter-1", {}).id == first.id


def test_what_is_closed_opens_only_with_a_later_closing(school: School) -> None:
    attempt = school.hand_in("Otter-1", {"cleaner": "lemon"})
    with writing():
        school.assignment.closes_at = NOW + timedelta(minutes=30)
    with pytest.raises(reopening.StillClosed):
        reopening.reopen(attempt, school.teacher, LATER)
    assert attempt.state == "submitted"
    reopening.reopen(attempt, school.teacher, LATER, LATER + timedelta(hours=1))
    assert attempt.state == "open"
    assert actions() == ["later closing given", "attempt reopened"]


def test_reopening_what_is_open_changes_nothing(school: School) -> None:
    attempt = school.start("Otter-1", {})
    key = attempt.submission_key
    reopening.reopen(attempt, school.teacher, NOW)
    assert (attempt.submission_key, actions()) == (key, [])


def test_one_more_attempt_is_given_and_taken_back(school: School) -> None:
    attempt = school.hand_in("Otter-1", {})
    given = (school.assignment, attempt.student)
    for _ in range(2):
        reopening.allow_attempts(*given, 1, school.teacher, NOW)
    assert terms.read_terms(school.assignment, attempt.student_id).attempts == 2
    for _ in range(2):
        reopening.allow_attempts(*given, 0, school.teacher, NOW)
    assert terms.read_terms(school.assignment, attempt.student_id).attempts == 1
    assert actions() == ["attempt allowed", "allowed attempt taken back"]


def test_an_extra_attempt_and_a_later_closing_stand_side_by_side(school: School) -> None:
    with writing():
        school.assignment.closes_at = LATER
    student = school.join("Otter-1")[0]
    given = (school.assignment, student)
    reopening.allow_attempts(*given, 1, school.teacher, NOW)
    reopening.close_later(*given, LATER + timedelta(days=1), school.teacher, NOW)
    found = terms.read_terms(school.assignment, student.id)
    assert (found.attempts, found.closes_at) == (2, LATER + timedelta(days=1))
    reopening.close_later(*given, None, school.teacher, NOW)
    assert terms.read_terms(school.assignment, student.id).closes_at == LATER


def test_a_teacher_hands_in_with_an_entry_in_the_log(school: School) -> None:
    attempt = school.start("Otter-1", {"cleaner": "lemon"})
    key, teacher = attempt.submission_key, school.teacher
    done = attempts.submit(attempt, key, school.live.quiz, LATER, "teacher", teacher.id)
    assert (done.how, actions()) == ("teacher", ["attempt handed in"])
    attempts.submit(attempt, key, school.live.quiz, LATER, "teacher", teacher.id)
    assert len(actions()) == 1
    assert audit.find_break() is None


@pytest.mark.parametrize("shape", ["{a}-{b}", "{a}{b}", " {a} {b} ", "{a}\N{EN DASH}{b}"])
def test_a_receipt_is_found_however_it_is_typed(school: School, shape: str) -> None:
    attempt = school.hand_in("Otter-1", {})
    code = receipts([attempt.id])[0].receipt
    typed = shape.format(a=code[:4].lower(), b=code[4:])
    found = find_receipt(typed, school.teacher)
    assert found is not None
    assert found[1].id == attempt.id


def test_a_receipt_of_another_teachers_class_is_not_found(school: School) -> None:
    code = receipts([school.hand_in("Otter-1", {}).id])[0].receipt
    with writing():
        stranger = add_teacher("Mr Stone", "-")
    assert find_receipt(code, db.session.get_one(Teacher, stranger)) is None
