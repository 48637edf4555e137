"""What each of the teacher's pages shows, and to whom."""

import pytest

from quizapp import attempts, receipts
from quizapp.bank.model import Given
from quizapp.bank.problem import Problem
from quizapp.library import BrokenFile, Shelf
from tests.school import NOW, School

FORMS = (
    "/teach/assignments/{assignment}/questions/cleaner/decisions",
    "/teach/assignments/{assignment}/questions/cleaner/decisions/undo",
    "/teach/attempts/{attempt}/questions/cleaner/marks",
)
PAGES = (
    "/teach/assignments/{assignment}",
    "/teach/assignments/{assignment}/questions/cleaner",
    "/teach/attempts/{attempt}",
)


def address(school: School, pattern: str) -> str:
    attempt = school.hand_in("Otter-1", {"cleaner": "sour stuff"})
    return pattern.format(assignment=school.assignment.public_id, attempt=attempt.public_id)


@pytest.mark.parametrize("pattern", ["/teach/", *PAGES])
def test_a_stranger_is_sent_to_log_in(school: School, pattern: str) -> None:
    answer = school.app.test_client().get(address(school, pattern))
    assert answer.headers["Location"] == "/teach/login"


def test_a_student_is_sent_to_log_in(school: School) -> None:
    token = school.join("Otter-2")[1]
    place = f"/teach/assignments/{school.assignment.public_id}"
    assert school.client(token).get(place).status_code == 303


@pytest.mark.parametrize("pattern", PAGES)
def test_the_owner_sees_the_page(school: School, pattern: str) -> None:
    assert school.as_teacher().get(address(school, pattern)).status_code == 200


@pytest.mark.parametrize("pattern", PAGES)
def test_another_teacher_finds_no_such_page(school: School, pattern: str) -> None:
    assert school.as_teacher("Mr Hale").get(address(school, pattern)).status_code == 404


@pytest.mark.parametrize("pattern", FORMS)
def test_another_teacher_changes_nothing(school: School, pattern: str) -> None:
    school.app.config["WTF_CSRF_ENABLED"] = False
    data = {"points": "1", "folded": "sour stuff"}
    answer = school.as_teacher("Mr Hale").post(address(school, pattern), data=data)
    assert answer.status_code == 404


def test_home_shows_the_code_and_how_far_the_class_is(school: School) -> None:
    school.hand_in("Otter-1", {"cleaner": "sour stuff"})
    school.start("Otter-2", {})
    school.join("Otter-3")
    text = school.as_teacher().get("/teach/").text
    code = school.assignment.classroom.join_code
    assert f"{code[:4]}-{code[4:]}" in text
    assert "1 of 3" in text
    assert "1 answer<" in text


def test_another_teacher_sees_no_class_of_ms_reed(school: School) -> None:
    text = school.as_teacher("Mr Hale").get("/teach/").text
    assert "Class 7c" not in text
    assert "You have no class yet" in text


def test_a_broken_file_is_shown_with_its_place_and_its_remedy(school: School) -> None:
    problem = Problem(1, 1, "`skil` is no word of the format", "did you mean `skill`?")
    broken = BrokenFile("<b>.yaml", (problem,), ("skil: infer",), live=True)
    school.library.shelf = Shelf(broken={"<b>.yaml": broken})
    text = school.as_teacher().get("/teach/").text
    assert text.count("&lt;b&gt;.yaml") == 1
    assert "Line 1, column 1" in text
    assert "Did you mean <code>skill</code>?" in text
    assert '<mark title="here">s</mark>kil: infer' in text
    assert "the last good version is still in use" in text


@pytest.mark.parametrize(("name", "first"), [("Ms Reed", False), ("Mr Hale", True)])
def test_broken_files_stand_first_where_there_is_no_class(
    school: School, name: str, first: bool
) -> None:
    broken = BrokenFile("a.yaml", (Problem(1, 1, "no"),), ("skil: infer",), live=False)
    school.library.shelf = Shelf(broken={"a.yaml": broken})
    text = school.as_teacher(name).get("/teach/").text
    below = text.index("You have no class yet" if first else "Class 7c")
    assert (text.index("Quiz files with errors") < below) == first


def test_an_empty_class_says_what_to_do_next(school: School) -> None:
    assert "Nobody has joined yet" in school.as_teacher().get("/teach/").text


def test_the_summary_counts_waiting_answers_apart_from_wrong_ones(school: School) -> None:
    for number, answer in enumerate(("sour stuff", "lemon", "a sensor")):
        school.hand_in(f"Otter-{number}", {"cleaner": answer})
    place = f"/teach/assignments/{school.assignment.public_id}"
    text = " ".join(school.as_teacher().get(place).text.split())
    assert "<strong>1 of 2</strong> right" in text
    assert "1 wrong · 1 not yet marked" in text


@pytest.mark.parametrize(("students", "drawn"), [(4, False), (5, True)])
def test_the_spread_is_drawn_from_five_scores(school: School, students: int, drawn: bool) -> None:
    for number in range(students):
        school.hand_in(f"Otter-{number}", {"cleaner": "lemon"})
    place = f"/teach/assignments/{school.assignment.public_id}"
    assert ("Spread of scores" in school.as_teacher().get(place).text) == drawn


def test_the_spread_is_provisional_while_an_answer_waits(school: School) -> None:
    for number, answer in enumerate(("lemon", "lemon", "juice", "sour stuff", "chalk")):
        school.hand_in(f"Otter-{number}", {"cleaner": answer})
    place = f"/teach/assignments/{school.assignment.public_id}"
    text = school.as_teacher().get(place).text
    assert "provisional: 2 answers wait" in text
    assert text.count('<circle class="hollow"') == 2


def test_few_attempts_are_said_to_be_few(school: School) -> None:
    for number in range(3):
        school.hand_in(f"Otter-{number}", {"cleaner": "lemon"})
    place = f"/teach/assignments/{school.assignment.public_id}"
    text = school.as_teacher().get(place).text
    assert "The spread is shown from 5 finished attempts; so far there are 3." in text


def test_the_summary_says_what_earns_points_and_that_nobody_wrote(school: School) -> None:
    school.hand_in("Otter-1", {})
    text = school.as_teacher().get(f"/teach/assignments/{school.assignment.public_id}").text
    assert "Earns points:</span> lemon juice · lemon · juice" in text
    assert "Nobody wrote an answer." in text


def test_the_answers_of_a_question_carry_no_names(school: School) -> None:
    text = school.as_teacher().get(address(school, PAGES[1])).text
    assert "sour stuff" in text
    assert "Otter-1" not in text


def test_a_question_with_options_has_no_page_of_answers(school: School) -> None:
    place = address(school, PAGES[1]).replace("cleaner", "early-stop")
    assert school.as_teacher().get(place).status_code == 404


@pytest.mark.parametrize("pattern", PAGES)
def test_what_students_type_is_text_and_never_markup(school: School, pattern: str) -> None:
    attempt = school.hand_in("<i>Otter</i>", {"cleaner": "<b>sour</b>"})
    ids = {"assignment": school.assignment.public_id, "attempt": attempt.public_id}
    text = school.as_teacher().get(pattern.format(**ids)).text
    assert "&lt;b&gt;sour&lt;/b&gt;" in text
    assert "<b>sour" not in text
    assert "<i>Otter" not in text


def test_the_sheet_shows_the_answer_the_rule_and_the_receipt(school: School) -> None:
    attempt = school.hand_in("Otter-1", {"cleaner": "Lemon  juice"})
    submission = receipts.find_submission(attempt)
    assert submission is not None
    text = school.as_teacher().get(f"/teach/attempts/{attempt.public_id}").text
    assert f"{submission.receipt[:4]}-{submission.receipt[4:]}" in text
    assert '<time datetime="2026-03-02T09:50Z">' in text
    assert "Lemon  juice" in text
    assert "The answer is an accepted form; capitals" in text
    assert "Compared as “lemon juice”" in text


def test_what_came_after_handing_in_is_shown_as_not_counted(school: School) -> None:
    attempt = school.hand_in("Otter-1", {"cleaner": "vinegar"})
    attempts.save(attempt, {"cleaner": Given(("lemon, I now see",), "text")}, "text", NOW)
    text = school.as_teacher().get(f"/teach/attempts/{attempt.public_id}").text
    assert "not counted" in text
    assert "lemon, I now see" in text


def test_the_sheet_of_an_open_attempt_offers_no_marks(school: School) -> None:
    attempt = school.start("Otter-1", {"cleaner": "vinegar"})
    text = school.as_teacher().get(f"/teach/attempts/{attempt.public_id}").text
    assert "Still working" in text
    assert "Give points" not in text
