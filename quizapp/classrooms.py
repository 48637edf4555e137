"""Classrooms and the students in them: joining with a code, coming back with a phrase."""

import functools
import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from mnemonic import Mnemonic
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from quizapp.accounts import NameTaken, add_login, fold_name, keyed_hash
from quizapp.database import db, writing
from quizapp.models import Assignment, Classroom, Student
from quizapp.models.columns import fold_code, new_code

PHRASE_WORDS = 4
NAME_LENGTH = 40
# A child should not be handed these, alone or in company.
UNFIT = frozenset(
    [
        "abuse",
        "alcohol",
        "army",
        "assault",
        "attack",
        "blood",
        "bomb",
        "bullet",
        "casino",
        "crazy",
        "crime",
        "cruel",
        "dumb",
        "enemy",
        "evil",
        "fat",
        "fatal",
        "gun",
        "insane",
        "kiss",
        "knife",
        "lazy",
        "pistol",
        "prison",
        "rifle",
        "sad",
        "sick",
        "skull",
        "smoke",
        "suffer",
        "sword",
        "tobacco",
        "toilet",
        "trash",
        "ugly",
        "virus",
        "warfare",
        "warrior",
        "weapon",
        "wine",
    ]
)


class NotAName(Exception):
    """The name is empty, too long, or has no letter or digit in it."""


@dataclass(frozen=True, slots=True)
class Joined:
    """A student who has just joined, the phrase to write down, and the log-in token."""

    name: str
    phrase: str
    token: str


@functools.cache
def phrase_words() -> tuple[str, ...]:
    """Return the words of rejoin phrases, each told apart by its first four letters."""
    return tuple(word for word in Mnemonic("english").wordlist if word not in UNFIT)


def shown(code: str) -> str:
    """Return a join code as people read it: ABCD-EFGH."""
    return f"{code[:4]}-{code[4:]}"


def find_by_code(code: str) -> Classroom | None:
    """Return the classroom with this code, however it was typed, or None."""
    return db.session.scalar(select(Classroom).where(Classroom.join_code == fold_code(code)))


def join(classroom: Classroom, name: str, secret: str, now: datetime) -> Joined:
    """Make a student of this name. Raises NotAName, or NameTaken when the classroom has one."""
    return _add(classroom, name, secret, now, is_walk_in=False)


def walk_in(classroom: Classroom, name: str, secret: str, now: datetime) -> Joined:
    """Make a student who came by a link that needs only a name, whatever names the classroom takes.

    Raises NotAName, NameTaken.
    """
    return _add(classroom, name, secret, now, is_walk_in=True)


def _add(
    classroom: Classroom, name: str, secret: str, now: datetime, *, is_walk_in: bool
) -> Joined:
    clean = " ".join(name.split())
    if not 0 < len(clean) <= NAME_LENGTH or not re.search(r"[^\W_]", clean):
        raise NotAName(name)
    phrase = " ".join(secrets.choice(phrase_words()) for _ in range(PHRASE_WORDS))
    classroom_id = classroom.id
    try:
        with writing() as session:
            student = Student(
                classroom_id=classroom_id,
                name=clean,
                name_folded=fold_name(clean),
                phrase_hash=_phrase_hash(phrase, secret),
                is_walk_in=is_walk_in,
                joined_at=now,
                created_at=now,
            )
            session.add(student)
            session.flush()
            token = add_login(teacher_id=None, student_id=student.id, now=now)
    except IntegrityError as error:
        raise NameTaken(name) from error
    return Joined(clean, phrase, token)


def rejoin(phrase: str, secret: str, now: datetime) -> str | None:
    """Return a log-in token for the student whose phrase this is, or None."""
    student_id = db.session.scalar(
        select(Student.id).where(Student.phrase_hash == _phrase_hash(phrase, secret))
    )
    if student_id is None:
        return None
    with writing():
        return add_login(teacher_id=None, student_id=student_id, now=now)


def _phrase_hash(phrase: str, secret: str) -> str:
    """Hash the first four letters of each word: a slip further on does not lock a child out."""
    words = re.findall(r"[a-z]+", unicodedata.normalize("NFKC", phrase).casefold())
    return keyed_hash(secret, "phrase", " ".join(word[:4] for word in words))


def make_demonstration(quiz_id: str, now: datetime) -> Classroom | None:
    """Make the demonstration classroom with this quiz assigned; None if there are classrooms."""
    if db.session.scalar(select(Classroom.id).limit(1)) is not None:
        return None
    with writing() as session:
        classroom = Classroom(
            name="Demonstration class",
            join_code=new_code(),
            is_demonstration=True,
            created_at=now,
        )
        session.add(classroom)
        session.flush()
        session.add(Assignment(classroom_id=classroom.id, quiz_id=quiz_id, created_at=now))
    return classroom


def find_demonstration() -> Classroom | None:
    """Return the demonstration classroom, or None when there is none."""
    return db.session.scalar(select(Classroom).where(Classroom.is_demonstration))
