"""Every address, who may open it, and what stands between it and a stranger."""

import pytest
from flask import Flask

# endpoint: audience, what is checked before anything is shown
ROUTES = {
    "static": ("everyone", "files that everyone may have"),
    "system.healthz": ("everyone", "says nothing about anyone"),
    "system.readyz": ("everyone", "says nothing about anyone"),
    "system.favicon": ("everyone", "a drawing"),
    "auth.front": ("everyone", "sends a person who is logged in to their own home"),
    "auth.help_page": ("everyone", "text only"),
    "auth.join": ("everyone", "the join code finds the classroom"),
    "auth.phrase": ("everyone", "shows the phrase kept in this browser's own session"),
    "auth.rejoin": ("everyone", "the phrase finds the student"),
    "auth.go": ("everyone", "the code of the link finds the assignment"),
    "auth.leave": ("everyone", "ends the log-in of the browser that asks"),
    "auth.set_up": ("everyone", "the token, once"),
    "auth.teacher_login": ("everyone", "name and password"),
    "auth.teacher_logout": ("everyone", "ends the log-in of the browser that asks"),
    "student.home": ("students", "lists the student's own work"),
    "student.assignment": ("students", "desk.get_assignment: of the own classroom"),
    "student.start": ("students", "desk.get_assignment: of the own classroom"),
    "student.answer": ("students", "desk.get_attempt: the own attempt"),
    "student.save_response": ("students", "desk.get_attempt: the own attempt"),
    "student.time_left": ("students", "desk.get_attempt: the own attempt"),
    "student.check": ("students", "desk.get_attempt: the own attempt"),
    "student.submit": ("students", "desk.get_attempt: the own attempt, and its key"),
    "student.review_page": ("students", "desk.get_attempt: the own attempt, submitted"),
    "student.read_settings": ("students", "a cookie of the browser that asks"),
    "teacher.home": ("teachers", "lists the teacher's own classrooms"),
    "teacher.new_classroom": ("teachers", "makes a classroom of the teacher's own"),
    "teacher.classroom": ("teachers", "the classroom is the teacher's, or shared"),
    "teacher.rotate_code": ("teachers", "the classroom is the teacher's, or shared"),
    "teacher.set_joining": ("teachers", "the classroom is the teacher's, or shared"),
    "teacher.add_students": ("teachers", "the classroom is the teacher's, or shared"),
    "teacher.classroom_settings": ("teachers", "the classroom is the teacher's, or shared"),
    "teacher.rename_classroom": ("teachers", "the classroom is the teacher's, or shared"),
    "teacher.leave_classroom": ("teachers", "the classroom is shared with the teacher"),
    "teacher.share_classroom": ("teachers", "the teacher owns the classroom"),
    "teacher.unshare_classroom": ("teachers", "the teacher owns the classroom"),
    "teacher.archive_classroom": ("teachers", "the teacher owns the classroom"),
    "teacher.unarchive_classroom": ("teachers", "the teacher owns the classroom"),
    "teacher.edit_student": ("teachers", "the student's classroom is the teacher's"),
    "teacher.rename_student": ("teachers", "the student's classroom is the teacher's"),
    "teacher.set_level": ("teachers", "the student's classroom is the teacher's"),
    "teacher.set_time_factor": ("teachers", "the student's classroom is the teacher's"),
    "teacher.give_time": ("teachers", "the student's classroom is the teacher's"),
    "teacher.give_all_time": ("teachers", "the assignment's classroom is the teacher's"),
    "teacher.take_time_back": ("teachers", "the assignment's classroom is the teacher's"),
    "teacher.renew_phrase": ("teachers", "the student's classroom is the teacher's"),
    "teacher.remove_student": ("teachers", "the student's classroom is the teacher's"),
    "teacher.restore_student": ("teachers", "the student's classroom is the teacher's"),
    "teacher.merge_students": ("teachers", "both students' classroom is the teacher's"),
    "teacher.assignment": ("teachers", "the assignment's classroom is the teacher's"),
    "teacher.new_assignment": ("teachers", "the classroom is the teacher's"),
    "teacher.deleted_assignments": ("teachers", "the classroom is the teacher's"),
    "teacher.edit_assignment": ("teachers", "the assignment's classroom is the teacher's"),
    "teacher.close_assignment": ("teachers", "the assignment's classroom is the teacher's"),
    "teacher.extend_assignment": ("teachers", "the assignment's classroom is the teacher's"),
    "teacher.delete_assignment": ("teachers", "the assignment's classroom is the teacher's"),
    "teacher.restore_assignment": ("teachers", "the assignment's classroom is the teacher's"),
    "teacher.assignment_link": ("teachers", "the assignment's classroom is the teacher's"),
    "teacher.export": ("teachers", "the assignment's classroom is the teacher's"),
    "teacher.export_scores": ("teachers", "the assignment's classroom is the teacher's"),
    "teacher.student": ("teachers", "the student's classroom is the teacher's"),
    "teacher.question": ("teachers", "the assignment's classroom is the teacher's"),
    "teacher.decide": ("teachers", "the assignment's classroom is the teacher's"),
    "teacher.take_back": ("teachers", "the assignment's classroom is the teacher's"),
    "teacher.attempt": ("teachers", "the attempt's classroom is the teacher's"),
    "teacher.answers_file": ("teachers", "the attempt's classroom is the teacher's"),
    "teacher.import_answers": ("teachers", "the attempt's classroom is the teacher's"),
    "teacher.give": ("teachers", "the attempt's classroom is the teacher's"),
    "teacher.account": ("teachers", "the own account"),
    "teacher.change_password": ("teachers", "the own account, and its password"),
    "teacher.log_out_browser": ("teachers", "the log-in is the teacher's own"),
    "teacher.log_out_others": ("teachers", "the teacher's own log-ins"),
    "teacher.colleagues": ("teachers", "administrators; 404 for others"),
    "teacher.invite": ("teachers", "administrators; 404 for others"),
    "teacher.withdraw_link": ("teachers", "administrators; 404 for others"),
    "teacher.offer_password": ("teachers", "administrators; 404 for others"),
    "teacher.close_account": ("teachers", "administrators; 404 for others; not oneself"),
    "teacher.appoint": ("teachers", "administrators; 404 for others"),
    "teacher.hand_over": ("teachers", "administrators; 404 for others; only of a closed account"),
    "teacher.give_classroom": ("teachers", "the teacher owns the classroom"),
    "teacher.open_account": ("teachers", "administrators; 404 for others"),
    "teacher.help_page": ("teachers", "says nothing about anyone"),
    "teacher.quizzes": ("teachers", "quiz files are every teacher's"),
    "teacher.quiz": ("teachers", "quiz files are every teacher's; of foreign classes only a count"),
    "teacher.preview": ("teachers", "quiz files are every teacher's"),
    "teacher.download": ("teachers", "quiz files are every teacher's; the id is no path"),
    "teacher.earlier_quiz": ("teachers", "quiz files are every teacher's; the id is no path"),
    "teacher.put_back": ("teachers", "the file is still the one that was compared"),
    "teacher.new_quiz": ("teachers", "an example"),
    "teacher.make_quiz": ("teachers", "the name is free, the text without errors"),
    "teacher.edit_quiz": ("teachers", "quiz files are every teacher's; the id is no path"),
    "teacher.save_quiz": ("teachers", "the file is still the one that was opened"),
    "teacher.check_quiz": ("teachers", "says nothing about anyone"),
    "teacher.upload_page": ("teachers", "asks for a file"),
    "teacher.upload": ("teachers", "the name is an id, the text without errors"),
    "teacher.working": ("teachers", "the assignment's classroom is the teacher's"),
    "teacher.working_state": ("teachers", "the assignment's classroom is the teacher's"),
    "teacher.receipt": ("teachers", "looks in the teacher's own classrooms"),
    "teacher.log": ("teachers", "the classroom is the teacher's"),
    "teacher.help_student": ("teachers", "assignment and student are the teacher's"),
    "teacher.allow_attempt": ("teachers", "assignment and student are the teacher's"),
    "teacher.take_attempt_back": (
        "teachers",
        "assignment and student are the teacher's",
    ),
    "teacher.close_later": ("teachers", "assignment and student are the teacher's"),
    "teacher.take_closing_back": (
        "teachers",
        "assignment and student are the teacher's",
    ),
    "teacher.reopen": ("teachers", "assignment and student are the teacher's"),
    "teacher.hand_in": ("teachers", "assignment and student are the teacher's"),
}


def audience(app: Flask, endpoint: str) -> str:
    blueprint = endpoint.partition(".")[0]
    return {"student": "students", "teacher": "teachers"}.get(blueprint, "everyone")


def endpoints(app: Flask) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        found.setdefault(rule.endpoint, set()).update((rule.methods or set()) - {"HEAD", "OPTIONS"})
    return found


def test_every_address_is_in_the_table(sqlite_app: Flask) -> None:
    assert set(endpoints(sqlite_app)) == set(ROUTES)


def test_the_table_says_the_audience_that_the_guard_enforces(sqlite_app: Flask) -> None:
    for endpoint, (people, _check) in ROUTES.items():
        assert audience(sqlite_app, endpoint) == people, endpoint


@pytest.mark.parametrize("people", ["students", "teachers"])
def test_a_stranger_is_sent_to_the_door(sqlite_app: Flask, people: str) -> None:
    adapter = sqlite_app.url_map.bind("localhost")
    client = sqlite_app.test_client()
    for rule in sqlite_app.url_map.iter_rules():
        if ROUTES[rule.endpoint][0] != people:
            continue
        path = adapter.build(rule.endpoint, dict.fromkeys(rule.arguments, "x"))
        for method in (rule.methods or set()) & {"GET", "POST"}:
            page = client.open(path, method=method, data={"csrf_token": "x"})
            assert page.status_code in (303, 400), (rule.endpoint, method)
            assert method == "POST" or page.location in ("/join", "/teach/login")
