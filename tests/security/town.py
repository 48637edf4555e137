"""Two classrooms, everybody who might try a door, and one object of each kind behind each door."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Flask
from flask.testing import FlaskClient

from quizapp import accounts, attempts, classrooms
from quizapp.bank.model import Given
from quizapp.database import db, writing
from quizapp.library import Library
from quizapp.models import Assignment, Attempt, Classroom, ClassroomShare, Student, Teacher
from quizapp.models.columns import new_code
from tests.school import NOW, QUIZ, Browser, add_teacher

ITEM = "cleaner"
# Who tries: the room that each belongs to, and how.
ACTORS = (
    "nobody",  # no log-in at all
    "student",  # the student whose work it is
    "classmate",  # another student of the same classroom
    "outsider",  # a student of the other classroom
    "owner",  # the teacher who made the classroom
    "colleague",  # a teacher with whom it is shared
    "stranger",  # the teacher of the other classroom
    "administrator",  # runs the accounts, and has no classroom
)


@dataclass(frozen=True)
class Side:
    """The public ids of one classroom and of what hangs on it."""

    classroom: str
    code: str
    assignment: str
    go: str
    student: str
    classmate: str
    attempt: str
    key: str
    working: str  # an attempt that goes on
    working_key: str
    teacher: str
    deleted: str


@dataclass(frozen=True)
class Town:
    """The application, the logins of the actors, and both sides."""

    app: Flask
    logins: Mapping[str, str]
    here: Side
    there: Side

    def browser(self, actor: str) -> FlaskClient:
        """Return a browser in which the actor is logged in."""
        client = Browser(self.app, self.app.response_class, use_cookies=True)
        if actor in self.logins:
            with client.session_transaction() as session:
                session["login"] = self.logins[actor]
        return client


def open_town(app: Flask) -> Town:
    """Build everything; tokens are checked elsewhere, so that only authorisation is tried here."""
    app.config["WTF_CSRF_ENABLED"] = False
    with writing():
        owner, colleague = add_teacher("Ms Reed", "-"), add_teacher("Mr Hill", "-")
        stranger, administrator = add_teacher("Dr Moss", "-"), add_teacher("The office", "-")
    with writing() as session:
        session.get_one(Teacher, administrator).is_admin = True
    here = _side(app, owner, "Otter-17", "Heron-4", colleague)
    there = _side(app, stranger, "Badger-2", "Lynx-8", None)
    teachers = {"owner": owner, "colleague": colleague, "stranger": stranger}
    with writing():
        logins = {
            name: accounts.add_login(teacher_id=row_id, student_id=None, now=_now())
            for name, row_id in {**teachers, "administrator": administrator}.items()
        }
        for name, public_id in (
            ("student", here.student),
            ("classmate", here.classmate),
            ("outsider", there.student),
        ):
            logins[name] = accounts.add_login(
                teacher_id=None, student_id=_student_id(public_id), now=_now()
            )
    return Town(app, logins, here, there)


def _now() -> datetime:
    return datetime.now(UTC)


def _student_id(public_id: str) -> int:
    found = db.session.query(Student.id).filter(Student.public_id == public_id).scalar()
    assert isinstance(found, int)
    return found


def _side(app: Flask, owner: int, name: str, classmate: str, colleague: int | None) -> Side:
    with writing() as session:
        room = Classroom(
            teacher_id=owner, name=f"Class of {name}", join_code=new_code(), created_at=NOW
        )
        session.add(room)
        session.flush()
        assignment = Assignment(
            classroom_id=room.id, quiz_id=QUIZ, attempts_allowed=2, created_at=NOW
        )
        deleted = Assignment(classroom_id=room.id, quiz_id=QUIZ, deleted_at=_now(), created_at=NOW)
        session.add_all([assignment, deleted])
        if colleague:
            session.add(ClassroomShare(classroom_id=room.id, teacher_id=colleague, created_at=NOW))
    for person in (name, classmate):
        classrooms.join(room, person, str(app.secret_key), NOW)
    students = {row.name: row for row in db.session.query(Student).all()}
    attempt, working = _work(app, assignment, students[name])
    return Side(
        classroom=room.public_id,
        code=room.join_code,
        assignment=assignment.public_id,
        go=assignment.code,
        student=students[name].public_id,
        classmate=students[classmate].public_id,
        attempt=attempt.public_id,
        key=attempt.submission_key,
        working=working.public_id,
        working_key=working.submission_key,
        deleted=deleted.public_id,
        teacher=db.session.get_one(Teacher, colleague or owner).public_id,
    )


def _work(app: Flask, assignment: Assignment, student: Student) -> tuple[Attempt, Attempt]:
    library: Library = app.extensions["quizapp_library"]
    live = library.find(QUIZ)
    assert live is not None
    attempt = attempts.start(assignment, student, live, NOW)
    attempts.save(attempt, {ITEM: Given(("sour stuff",), "text")}, "text", NOW)
    attempts.submit(attempt, attempt.submission_key, live.quiz, NOW)
    return attempt, attempts.start(assignment, student, live, _now())
