"""While they work, help for one student, receipts and the log, as a teacher sees them."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, event, select

from quizapp import attempts, audit, reopening, rosters, students
from quizapp.database import db, writing
from quizapp.models import Attempt, AuditEntry, Student
from quizapp.presence import Seat
from quizapp.receipts import receipts
from quizapp.teacher.live import say_when
from quizapp.teacher.words_log import ACTIONS
from quizapp.terms import read_terms
from tests.school import NOW, School, post

ROOT = Path(__file__).parents[2]


def now_page(school: School) -> str:
    return f"/teach/assignments/{school.assignment.public_id}/now"


def help_page(school: School, student: Student) -> str:
    return f"/teach/assignments/{school.assignment.public_id}/students/{student.public_id}"


def test_who_works_stands_first_then_who_has_not_started(school: School) -> None:
    school.hand_in("Otter-10", {})
    school.start("Otter-2", {"cleaner": "lemon", "early-stop": "sensor"})
    school.join("Heron-1")
    state = school.as_teacher().get(f"{now_page(school)}.json").json
    assert state is not None
    seats = [(one["name"], one["state"], one["answered"]) for one in state["seats"]]
    assert seats == [
        ("Otter-2", "working", 2),
        ("Heron-1", "not started", 0),
        ("Otter-10", "handed in", 0),
    ]
    assert state["totals"] == {"not started": 1, "working": 1, "handed in": 1}


@pytest.mark.parametrize(
    ("minutes", "said"), [(10, "last answer 10 min ago"), (11, "no new answer for 11 min")]
)
def test_more_than_ten_minutes_without_an_answer_are_said(minutes: int, said: str) -> None:
    seat = Seat(Student(), "working", Attempt(), 1, 5, NOW, None)
    assert say_when(seat, NOW + timedelta(minutes=minutes)) == said


def test_without_a_script_the_page_says_the_same(school: School) -> None:
    school.start("Otter-2", {"cleaner": "lemon"})
    text = school.as_teacher().get(now_page(school)).text
    assert "Otter-2" in text
    assert "1 of 5" in text


def test_what_has_not_changed_is_not_sent_again(school: School) -> None:
    school.join("Otter-2")
    client, address = school.as_teacher(), f"{now_page(school)}.json"
    etag = client.get(address).headers["ETag"]
    again = client.get(address, headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")


def test_ten_more_students_take_no_more_queries(school: School) -> None:
    seen: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
    client, address = school.as_teacher(), f"{now_page(school)}.json"

    def count() -> int:
        seen.clear()
        assert client.get(address).status_code == 200
        return len(seen)

    school.start("Otter-1", {"cleaner": "lemon"})
    count()
    before = count()
    for number in range(2, 12):
        school.start(f"Otter-{number}", {"cleaner": "lemon"})
    assert count() == before


def test_an_attempt_is_opened_again_and_handed_in_by_the_teacher(school: School) -> None:
    attempt = school.hand_in("Otter-1", {"cleaner": "lemon"})
    page, chosen = help_page(school, attempt.student), {"attempt": attempt.public_id}
    client = school.as_teacher()
    opened = post(client, page, f"{page}/reopening", chosen)
    assert "Attempt 1 is open again." in opened.text
    done = post(client, page, f"{page}/handing-in", chosen)
    assert done.text.count("receipt <code>") == 2
    assert [one.how for one in receipts([attempt.id])] == ["student", "teacher"]


def test_opening_again_warns_of_a_student_who_may_have_seen_the_keys(school: School) -> None:
    page = help_page(school, school.hand_in("Otter-1", {"cleaner": "lemon"}).student)
    client, warning = school.as_teacher(), "This student may have seen the right answers already."
    assert warning in client.get(page).text
    with writing():
        school.assignment.review = "never"
    text = client.get(page).text
    assert "Open attempt 1 again" in text
    assert warning not in text


def test_who_has_lost_the_four_words_is_one_link_away_from_new_ones(school: School) -> None:
    student, client = school.join("Otter-1")[0], school.as_teacher()
    link = f"/teach/students/{student.public_id}/edit#words"
    assert f'href="{link}"' in client.get(help_page(school, student)).text
    assert "Make new words" in client.get(link).text
    students.remove(student, school.teacher, NOW)
    assert link not in client.get(help_page(school, student)).text


def test_who_has_not_joined_yet_has_no_words_to_lose(school: School) -> None:
    rosters.add_names(school.assignment.classroom, ["Otter-2"], school.teacher, NOW)
    student = school.find("Otter-2")
    assert student is not None
    assert "/edit#words" not in school.as_teacher().get(help_page(school, student)).text


def test_what_is_closed_asks_until_when_and_keeps_what_was_typed(school: School) -> None:
    attempt = school.hand_in("Otter-1", {})
    page, chosen = help_page(school, attempt.student), {"attempt": attempt.public_id}
    with writing():
        school.assignment.closes_at = NOW
    client = school.as_teacher()
    asked = post(client, page, f"{page}/reopening", chosen)
    assert (asked.status_code, "choose until when" in asked.text) == (422, True)
    past = post(client, page, f"{page}/reopening", {**chosen, "closes": "2026-01-01T10:00"})
    assert (past.status_code, 'value="2026-01-01T10:00"' in past.text) == (422, True)
    ahead = f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%dT%H:%M}"
    opened = post(client, page, f"{page}/reopening", {**chosen, "closes": ahead})
    assert "Attempt 1 is open again." in opened.text


def test_more_time_is_given_in_the_schools_zone_and_taken_back(school: School) -> None:
    student = school.join("Otter-1")[0]
    page, client = help_page(school, student), school.as_teacher()
    with writing():
        school.assignment.closes_at = datetime(2100, 6, 1, 10, 0, tzinfo=UTC)
    post(client, page, f"{page}/closing", {"closes": "2100-06-02T14:00"})
    closes_at = read_terms(school.assignment, student.id).closes_at
    assert closes_at is not None
    assert closes_at.astimezone(UTC).hour == 12
    post(client, page, f"{page}/closing/undo", {})
    assert read_terms(school.assignment, student.id).closes_at == school.assignment.closes_at


def test_one_more_attempt_is_allowed_and_taken_back(school: School) -> None:
    student = school.join("Otter-1")[0]
    page, client = help_page(school, student), school.as_teacher()
    assert 'name="extra" value="1"' in client.get(page).text
    for _ in range(2):
        text = post(client, page, f"{page}/attempts", {"extra": "1"}).text
    assert "1 extra attempt" in text
    post(client, page, f"{page}/attempts/undo", {"extra": "0"})
    assert read_terms(school.assignment, student.id).attempts == 1


def test_a_number_that_cannot_be_is_refused(school: School) -> None:
    student = school.join("Otter-1")[0]
    page, client = help_page(school, student), school.as_teacher()
    for odd in ("", "many", "-1", "21"):
        text = post(client, page, f"{page}/attempts", {"extra": odd}).text
        assert "At most 20 attempts can be added." in text
    assert read_terms(school.assignment, student.id).attempts == 1


def test_an_attempt_of_another_student_is_not_opened_here(school: School) -> None:
    attempt = school.hand_in("Otter-1", {})
    page = help_page(school, school.join("Otter-2")[0])
    data = {"attempt": attempt.public_id}
    assert post(school.as_teacher(), page, f"{page}/reopening", data).status_code == 404


def test_another_teacher_finds_nothing(school: School) -> None:
    attempt = school.hand_in("Otter-1", {})
    room, code = school.assignment.classroom.public_id, receipts([attempt.id])[0].receipt
    page, client = help_page(school, attempt.student), school.as_teacher("Mr Stone")
    for path in (
        page,
        now_page(school),
        f"{now_page(school)}.json",
        f"/teach/classrooms/{room}/log",
    ):
        assert client.get(path).status_code == 404
    assert "No receipt like this" in client.get(f"/teach/receipts?code={code}").text


def test_a_receipt_leads_to_its_student(school: School) -> None:
    attempt = school.hand_in("Otter-1", {})
    code = receipts([attempt.id])[0].receipt.lower()
    text = school.as_teacher().get(f"/teach/receipts?code={code[:4]}-{code[4:]}").text
    assert "Otter-1" in text
    assert "by the student" in text


def test_a_code_of_the_wrong_length_is_explained_and_kept(school: School) -> None:
    page = school.as_teacher().get("/teach/receipts?code=BCD")
    assert (page.status_code, 'value="BCD"' in page.text) == (422, True)


def test_the_log_names_the_student_and_the_teacher(school: School) -> None:
    attempt = school.hand_in("Otter-1", {})
    reopening.reopen(attempt, school.teacher, NOW)
    room = school.assignment.classroom.public_id
    text = school.as_teacher().get(f"/teach/classrooms/{room}/log").text
    assert "opened “The repair room” again for Otter-1" in text
    assert "Ms Reed" in text


def test_the_log_says_when_a_student_is_gone(school: School) -> None:
    attempt = school.hand_in("Otter-1", {})
    reopening.allow_attempts(school.assignment, attempt.student, 1, school.teacher, NOW)
    with writing() as session:
        session.delete(session.get_one(Attempt, attempt.id))
        session.flush()
        session.execute(delete(Student).where(Student.id == attempt.student_id))
    room = school.assignment.classroom.public_id
    text = school.as_teacher().get(f"/teach/classrooms/{room}/log").text
    assert "allowed a student who is gone one more attempt at “The repair room”" in text


def test_an_action_without_words_stands_as_it_is_called(school: School) -> None:
    room = school.assignment.classroom.public_id
    student = school.join("Otter-1")[0].public_id
    with writing():
        audit.record("student praised", NOW, school.teacher.id, room, student)
    text = school.as_teacher().get(f"/teach/classrooms/{room}/log").text
    assert "student praised: Otter-1" in text


def every_source() -> str:
    """Return the source of the package but for the table of words itself."""
    places = (ROOT / "quizapp").rglob("*.py")
    return "".join(path.read_text() for path in places if path.stem != "words_log")


def test_every_action_in_the_code_has_its_words() -> None:
    verbs = "added|ended|opened|closed|renewed|rotated|removed|restored|renamed|merged|shared|made"
    verbs += "|changed|extended|deleted|allowed|back|in|reopened|given|marked|archived|set"
    places = [path for path in (ROOT / "quizapp").glob("*.py") if "audit" in path.read_text()]
    found = set()
    for path in places:
        source = path.read_text()
        found |= set(re.findall(r'audit\.record\(\s*"([^"]+)"', source))
        if path.stem != "cli":
            acts = r'(?:_act\(|action = |else )"([a-z ]+ (?:' + verbs + r'))"'
            found |= set(re.findall(acts, source))
    assert {"attempt reopened", "assignment closed", "later closing given"} <= found
    assert found - set(ACTIONS) == set()
    assert {name for name in ACTIONS if name not in every_source()} == set()


def test_a_teachers_handing_in_is_in_the_log(school: School) -> None:
    attempt = school.start("Otter-1", {})
    key, teacher = attempt.submission_key, school.teacher
    attempts.submit(attempt, key, school.live.quiz, NOW, "teacher", teacher.id)
    assert db.session.scalars(select(AuditEntry.action)).all() == ["attempt handed in"]
