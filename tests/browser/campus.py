"""A school with something on every page, and the address of each page with who opens it."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from quizapp import (
    accounts,
    assignments,
    demonstration,
    practice,
    receipts,
    reopening,
    rooms,
    rosters,
    staff,
    students,
)
from quizapp.assignments import Rules
from quizapp.config import ROOT
from quizapp.database import db, writing
from quizapp.library import Library, LiveVersion
from quizapp.models import Assignment, Attempt, Classroom, StrayResponse, Student, Teacher
from quizapp.shelving import Cabinet, digest, earlier_files, save
from tests.school import QUIZ, School, add_teacher
from tests.sharing import QUESTIONS

SAMPLE = "all-weather-partnership"
# Forty characters, as long as a name may be.
LONG = "Maximiliane-Charlotte Oberschelp-Gößmann"
REVERSED = "\u202ecitsale"  # its first character turns what follows around
ROSTER = (LONG, REVERSED, *(f"Otter-{number}" for number in range(1, 8)))
TEACHERS = ("Ms Reed", "Mr Hill", "Dr Moss", "Ms New", "Mr First")
ANSWERS = {"cleaner": "a little juice of lemon", "how-many": "60", "early-stop": "pages"}
EMPTY_ASSIGNMENT = ("", "/edit", "/link", "/now")
FULL_ASSIGNMENT = (*EMPTY_ASSIGNMENT, "/questions/main-news", "/questions/wider-picture")
Visit = tuple[str, str]


@dataclass(frozen=True)
class Campus:
    """The application, the session cookie of each person, and who visits which address."""

    app: Flask
    cookies: Mapping[str, str]
    visits: tuple[Visit, ...]


class _Builder:
    """Fills the school step by step; each step adds the visits that it makes possible."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.now = datetime.now(UTC)
        self.visits: list[Visit] = []
        self.cookies: dict[str, str] = {}
        with writing() as session:
            ids = [add_teacher(name, "-") for name in TEACHERS]
            session.get_one(Teacher, ids[0]).is_admin = True
        rows = [db.session.get_one(Teacher, one) for one in ids]
        self.teacher, self.colleague, self.left, self.new, first = rows
        for name, row in (("teacher", self.teacher), ("new", self.new), ("first", first)):
            self.log_in(name, teacher_id=row.id)

    @property
    def library(self) -> Library:
        """The bank."""
        library: Library = self.app.extensions["quizapp_library"]
        return library

    def see(self, who: str, *paths: str) -> None:
        """Add visits."""
        self.visits += [(who, path) for path in paths]

    def log_in(
        self,
        who: str,
        *,
        teacher_id: int | None = None,
        student_id: int | None = None,
        **kept: str,
    ) -> None:
        """Keep the cookie of a person who has logged in, and holds what `kept` says besides."""
        with writing():
            ids = {"teacher_id": teacher_id, "student_id": student_id}
            token = accounts.add_login(**ids, now=datetime.now(UTC))
        client = self.app.test_client()
        with client.session_transaction() as session:
            session.update({"login": token, **kept})
        cookie = client.get_cookie(self.app.config["SESSION_COOKIE_NAME"])
        assert cookie is not None
        self.cookies[who] = cookie.value

    def give(self, room: Classroom, **rules: object) -> School:
        """Give the quiz about kettles to a class."""
        made = assignments.make(room, QUIZ, Rules(**rules), self.teacher, self.now)  # type: ignore[arg-type]
        return School(self.app, made.id)


def open_campus(app: Flask, folder: Path) -> Campus:
    """Fill the school of an application whose quiz files and earlier ones are below `folder`."""
    _fill_bank(app, folder)
    built = _Builder(app)
    _doors(built)
    _demonstration(built)
    room = _classroom(built)
    _work(built, room)
    _newcomers(built)
    _quizzes(built)
    _people(built)
    return Campus(app, built.cookies, tuple(built.visits))


def _fill_bank(app: Flask, folder: Path) -> None:
    bank = folder / "bank"
    shutil.copytree(QUESTIONS, bank, ignore=shutil.ignore_patterns("broken", "small"))
    shutil.copy(ROOT / "questions" / f"{SAMPLE}.yaml", bank)
    (bank / "not-ready.yaml").write_text(f"title: Not ready\nquestions:\n\t- {LONG * 4}\n")
    shutil.copy(QUESTIONS / "broken/58-small-word-earns.yaml", bank / "small-word.yaml")
    app.instance_path = str(folder)
    app.extensions["quizapp_library"].folder = bank
    app.extensions["quizapp_library"].load()


def _doors(built: _Builder) -> None:
    built.see("nobody", "/", "/help", "/join", "/join?code=BBBB-BBBB", "/back", "/teach/login")
    built.see("nobody", "/teach/setup/used")


def _demonstration(built: _Builder) -> None:
    """A class of thirty, at the longest quiz there is."""
    live = built.library.find(SAMPLE)
    assert isinstance(live, LiveVersion)
    secret = str(built.app.secret_key)
    plan = demonstration.Demonstration(live, built.now, "1", secret)
    assert demonstration.fill(plan, 30, lambda _name: None)
    room = db.session.scalars(select(Classroom)).one()
    given = db.session.scalars(select(Assignment)).one()
    handed_in = select(Attempt).where(Attempt.state == "submitted").order_by(Attempt.id)
    attempts = db.session.scalars(handed_in).all()
    student = attempts[0].student
    here, person = f"/teach/assignments/{given.public_id}", student.public_id
    reopening.close_later(given, student, built.now + timedelta(days=1), built.teacher, built.now)
    reopening.allow_attempts(given, student, 1, built.teacher, built.now)
    reopening.reopen(attempts[1], built.teacher, built.now)
    built.see("teacher", *(f"{here}{page}" for page in FULL_ASSIGNMENT))
    built.see("teacher", f"{here}/students/{person}")
    built.see("teacher", f"/teach/classrooms/{room.public_id}")
    built.see("teacher", f"/teach/attempts/{attempts[0].public_id}")
    built.log_in("pupil", student_id=student.id)
    built.see("pupil", "/home", f"/attempts/{attempts[0].public_id}/review?q=belt-and-road")


def _classroom(built: _Builder) -> Classroom:
    """A class with a list of names, a colleague, a student who was removed, and a log."""
    room = rooms.create(
        "Class 8b, reading and writing on Fridays", "roster", built.teacher, built.now
    )
    rosters.add_names(room, ROSTER, built.teacher, built.now)
    rooms.share(room, built.colleague.name, built.teacher, built.now)
    gone = assignments.make(room, "harbour", Rules(), built.teacher, built.now)
    assignments.delete(gone, built.teacher, built.now)
    former = db.session.scalars(select(Student).where(Student.name == ROSTER[-1])).one()
    students.remove(former, built.teacher, built.now)
    here = f"/teach/classrooms/{room.public_id}"
    built.see("teacher", here, f"{here}/settings", f"{here}/log", f"{here}/assignments/deleted")
    built.see("teacher", f"{here}?removed={former.public_id}")
    built.see("teacher", f"/teach/students/{former.public_id}/edit")
    built.see("teacher", *(f"{here}/assignments/new{end}" for end in ("", "?quiz=harbour")))
    built.see("nobody", f"/join/{room.join_code}")
    return room


def _work(built: _Builder, room: Classroom) -> None:
    """One student in the midst of everything: a test, practice, a conflict, a receipt, a wait."""
    later = built.now + timedelta(days=2)
    test, done = built.give(room, walk_in=True, closes_at=later), built.give(room)
    closed = built.give(room, closes_at=built.now - timedelta(hours=1), review="closing")
    held = built.give(room, closes_at=later, review="closing")
    again = built.give(room, closes_at=later, attempts_allowed=3, counts="best")
    waits, drill = built.give(room, opens_at=later), built.give(room, is_practice=True)
    student, _ = test.join(LONG)
    begun, tried = test.start(LONG, ANSWERS), drill.start(LONG, ANSWERS)
    handed_in, hidden = done.hand_in(LONG, ANSWERS), held.hand_in(LONG, ANSWERS)
    for school, name in ((done, REVERSED), (drill, REVERSED), (again, LONG)):
        school.hand_in(name, ANSWERS)
    for item_id in ANSWERS:
        item = drill.live.quiz.find_item(item_id)
        assert item is not None
        practice.check(tried, item, practice.FIRST, drill.live.quiz, built.now)
    _conflict(begun, built.now)
    words = "otter maple candle river"
    built.log_in("student", student_id=student.id, phrase=words)
    built.see("student", "/home", "/phrase", f"/attempts/{tried.public_id}")
    for school in (test, done, closed, waits, held, again, drill):
        built.see("student", f"/assignments/{school.assignment.public_id}")
        built.see("nobody", f"/go/{school.assignment.code}")
    for page in ("", "/check"):
        built.see("student", f"/attempts/{begun.public_id}{page}")
    built.see("student", *(f"/attempts/{one.public_id}/review" for one in (handed_in, hidden)))
    for school, end in (
        (test, "/edit"),
        (test, "/link"),
        (closed, "/edit"),
        (waits, ""),
        (drill, ""),
        (done, ""),
        (done, "/questions/cleaner"),
    ):
        built.see("teacher", f"/teach/assignments/{school.assignment.public_id}{end}")
    _student_pages(built, student, (begun, tried, handed_in))


def _conflict(attempt: Attempt, now: datetime) -> None:
    """An answer that came from an older page waits for the student's choice."""
    with writing() as session:
        session.add(
            StrayResponse(
                attempt_id=attempt.id,
                item_id="cleaner",
                given=json.dumps(["vinegar"]),
                given_hash="0" * 64,
                level=attempt.level,
                why="older",
                received_at=now,
            )
        )


def _student_pages(built: _Builder, student: Student, attempts: tuple[Attempt, ...]) -> None:
    """What a teacher sees of a student: the sheets, the last with a receipt, and the person."""
    for attempt in attempts:
        built.see("teacher", f"/teach/attempts/{attempt.public_id}")
    built.see("teacher", f"/teach/attempts/{attempts[0].public_id}/file")
    code = receipts.receipts([attempts[-1].id])[0].receipt
    for end in ("", f"?code={code}", "?code=BBBB-BBBB"):
        built.see("teacher", f"/teach/receipts{end}")
    here = f"/teach/students/{student.public_id}"
    others = select(Student).where(Student.classroom_id == student.classroom_id)
    waiting = db.session.scalars(others.where(Student.joined_at.is_(None))).first()
    assert waiting is not None
    other = db.session.scalars(others.where(Student.name == REVERSED)).one()
    students.set_level(waiting, "text", built.teacher, built.now)
    built.see("teacher", here, f"{here}/edit", f"{here}/merge?other={waiting.public_id}")
    built.see("teacher", f"{here}/merge?other={other.public_id}")
    for one in (waiting, other):
        built.see("teacher", f"/teach/students/{one.public_id}")


def _newcomers(built: _Builder) -> None:
    """Who has nothing yet: a teacher, a class, an assignment, a student."""
    built.see("first", "/teach/")
    room = rooms.create("Class 9", "free", built.new, built.now)
    given = assignments.make(room, QUIZ, Rules(), built.new, built.now)
    lonely = rooms.create("Class 10", "pseudonyms", built.new, built.now)
    student, _ = School(built.app, given.id).join("Heron-4")
    built.log_in("idle", student_id=student.id)
    club = rooms.create("The reading club on Wednesdays", "roster", built.new, built.now)
    for empty in (room, lonely, club):
        here = f"/teach/classrooms/{empty.public_id}"
        built.see("new", here, f"{here}/log", f"{here}/assignments/deleted")
    built.see("new", *(f"/teach/assignments/{given.public_id}{p}" for p in EMPTY_ASSIGNMENT))
    built.see("nobody", f"/join/{lonely.join_code}")
    built.see("idle", "/home", f"/assignments/{given.public_id}")
    shelved = rooms.create("Class 7, last year", "free", built.teacher, built.now)
    rooms.archive(shelved, built.now + timedelta(days=90), built.teacher, built.now)
    here = f"/teach/classrooms/{shelved.public_id}"
    built.see("teacher", here, f"{here}/settings")


def _quizzes(built: _Builder) -> None:
    folder = built.library.folder
    cabinet = Cabinet(folder, Path(built.app.instance_path) / "earlier")
    before = (folder / f"{SAMPLE}.yaml").read_bytes()
    after = before.replace(b"title:", b"# Looked through once more.\ntitle:")
    save(cabinet, SAMPLE, after, digest(before), built.teacher.id, built.now)
    stamp = earlier_files(cabinet, SAMPLE)[0].stamp
    shelf = "/teach/quizzes"
    built.see("teacher", shelf, f"{shelf}/new", f"{shelf}/upload")
    for quiz in (SAMPLE, "not-ready", "small-word"):
        built.see("teacher", f"{shelf}/{quiz}", f"{shelf}/{quiz}/edit")
    built.see("teacher", f"{shelf}/{SAMPLE}/preview", f"{shelf}/{SAMPLE}/preview?keys=1")
    built.see("teacher", f"{shelf}/{QUIZ}/preview?keys=1&q=early-stop")
    built.see("teacher", f"{shelf}/{SAMPLE}/earlier/{stamp}")


def _people(built: _Builder) -> None:
    staff.close_account(built.left.public_id, built.teacher, built.now)
    nonce = staff.invite(built.teacher, built.now)
    token = accounts.token_of(nonce, str(built.app.secret_key))
    built.see("nobody", f"/teach/setup/{token}")
    built.see("teacher", "/teach/", "/teach/account", "/teach/teachers", "/teach/help")
    built.see("teacher", f"/teach/teachers?made={nonce}", "/teach/classrooms/new")
