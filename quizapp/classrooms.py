"""Classrooms and the students in them: joining with a code, coming back with a phrase."""

import functools
import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from mnemonic import Mnemonic
from sqlalchemy import bindparam, func, select, update
from sqlalchemy.exc import IntegrityError

from quizapp import pseudonyms
from quizapp.accounts import NameTaken, add_login, fold_name, keyed_hash
from quizapp.database import db, writing
from quizapp.models import Assignment, Classroom, Student
from quizapp.models.columns import fold_code, new_code

PHRASE_WORDS = 4
NAME_LENGTH = 40
MOST_STUDENTS = 300  # in one classroom, so that whoever has a code cannot fill the database
GIVEN_TRIES = 5  # two who join at once may be given one name; the constraint lets one have it
# A child should not be handed these, alone or in company.
_UNFIT = """
    abuse alcohol army assault attack blood bomb bullet casino crazy crime cruel dumb enemy
    evil fat fatal gun insane kiss knife lazy pistol prison rifle sad sick skull smoke
    suffer sword tobacco toilet trash ugly virus warfare warrior weapon wine
"""
UNFIT = frozenset(_UNFIT.split())


class NotAName(Exception):
    """The name is empty, too long, has no letter or digit in it, or a character that is none."""


class NotOnList(Exception):
    """Only names that the teacher has written down may join, and this is none of them."""


class JoiningClosed(Exception):
    """Nobody can join any more: closed or archived while the form was being filled in."""


class RoomFull(Exception):
    """MOST_STUDENTS are in the classroom, the removed not counted."""


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


_BY_CODE = select(Classroom).where(
    Classroom.join_code == bindparam("code"),
    Classroom.joining_open,
    Classroom.archived_at.is_(None),
)


def find_by_code(code: str) -> Classroom | None:
    """Return the classroom that can be joined with this code, however it was typed, or None.

    One that is closed or archived is not found either: nobody learns that it exists.
    """
    return db.session.scalar(_BY_CODE, {"code": fold_code(code)})


def clean_name(name: str) -> str:
    """Return a student's name with single spaces. Raises NotAName."""
    clean = " ".join(name.split())
    odd = any(unicodedata.category(sign) in ("Cc", "Cs", "Co") for sign in clean)
    if odd or not 0 < len(clean) <= NAME_LENGTH or not re.search(r"[^\W_]", clean):
        raise NotAName(name)
    return clean


def join(classroom: Classroom, name: str, secret: str, now: datetime) -> Joined:
    """Let a student in: under an unclaimed name of the list, a new name, or one that is given.

    Raises NotAName, NameTaken, NotOnList, JoiningClosed, RoomFull. `name` is not looked at
    where the application gives the names.
    """
    classroom_id, given = classroom.id, classroom.naming == "pseudonyms"
    clean = "" if given else clean_name(name)
    phrase = new_phrase()
    for _ in range(GIVEN_TRIES if given else 1):
        try:
            with writing():
                student = _admit(classroom_id, clean, phrase_hash(phrase, secret), now)
                token = add_login(teacher_id=None, student_id=student.id, now=now)
                joined = Joined(student.name, phrase, token)
        except IntegrityError:
            continue
        return joined
    raise NameTaken(name)


def _admit(classroom_id: int, name: str, hashed: str, now: datetime) -> Student:
    """Claim the name on the list or add it, inside the caller's write section.

    Of two who claim one name at once the conditional update lets one through; the other then meets
    the constraint.
    """
    session = db.session
    room = session.get(Classroom, classroom_id)
    if room is None or not room.joining_open or room.archived_at is not None:
        raise JoiningClosed
    if room.naming == "pseudonyms":
        name = pseudonyms.draw(read_folded(classroom_id))
    claimed = _claim(classroom_id, name, hashed, now)
    if claimed is not None:
        return claimed
    if room.naming == "roster" and fold_name(name) not in read_folded(classroom_id):
        raise NotOnList(name)
    return _add(classroom_id, name, hashed, now)


def _claim(classroom_id: int, name: str, hashed: str, now: datetime) -> Student | None:
    """Take over a name on the list under which nobody has joined; None when there is none."""
    claimed = db.session.scalar(
        update(Student)
        .where(
            Student.classroom_id == classroom_id,
            Student.name_folded == fold_name(name),
            Student.joined_at.is_(None),
        )
        .values(joined_at=now, phrase_hash=hashed)
        .returning(Student.id)
    )
    return None if claimed is None else db.session.get_one(Student, claimed)


def _add(
    classroom_id: int, name: str, hashed: str, now: datetime, *, is_walk_in: bool = False
) -> Student:
    lock_room(classroom_id)
    student = Student(
        classroom_id=classroom_id,
        name=name,
        name_folded=fold_name(name),
        phrase_hash=hashed,
        is_walk_in=is_walk_in,
        joined_at=now,
        created_at=now,
    )
    db.session.add(student)
    db.session.flush()
    refuse_full(classroom_id)
    return student


def lock_room(classroom_id: int) -> Classroom:
    """Return a classroom, read again and locked against others who add students to it.

    Called inside a write section. Raises JoiningClosed when it is gone.
    """
    lock = {"key_share": True}  # rows that point to the classroom can still be written
    room = db.session.get(Classroom, classroom_id, populate_existing=True, with_for_update=lock)
    if room is None:
        raise JoiningClosed
    return room


_HERE = select(func.count(Student.id)).where(
    Student.classroom_id == bindparam("classroom"), Student.removed_at.is_(None)
)


def refuse_full(classroom_id: int) -> None:
    """Raise RoomFull when more are in the locked classroom than may be; nothing is kept then."""
    if (db.session.scalar(_HERE, {"classroom": classroom_id}) or 0) > MOST_STUDENTS:
        raise RoomFull


def walk_in(classroom: Classroom, name: str, secret: str, now: datetime) -> Joined:
    """Let a student in who came by a link that needs only a name, on the list or not.

    A name on the list under which nobody has joined is claimed, as with the class code. Raises
    NotAName, NameTaken, RoomFull, JoiningClosed when the classroom is archived.
    """
    clean, phrase, classroom_id = clean_name(name), new_phrase(), classroom.id
    try:
        with writing() as session:
            room = session.get(Classroom, classroom_id)
            if room is None or room.archived_at is not None:
                raise JoiningClosed
            hashed = phrase_hash(phrase, secret)
            student = _claim(classroom_id, clean, hashed, now) or _add(
                classroom_id, clean, hashed, now, is_walk_in=True
            )
            token = add_login(teacher_id=None, student_id=student.id, now=now)
            joined = Joined(student.name, phrase, token)
    except IntegrityError as error:
        raise NameTaken(name) from error
    return joined


def read_folded(classroom_id: int) -> set[str]:
    """Return the names of a classroom as compared; those of removed students are free again."""
    return set(
        db.session.scalars(select(Student.name_folded).where(Student.classroom_id == classroom_id))
    )


def rejoin(phrase: str, secret: str, now: datetime) -> str | None:
    """Return a log-in token for the student whose phrase this is, or None."""
    student_id = db.session.scalar(
        select(Student.id).where(
            Student.phrase_hash == phrase_hash(phrase, secret), Student.removed_at.is_(None)
        )
    )
    if student_id is None:
        return None
    with writing():
        return add_login(teacher_id=None, student_id=student_id, now=now)


def new_phrase() -> str:
    """Return four random words."""
    return " ".join(secrets.choice(phrase_words()) for _ in range(PHRASE_WORDS))


def phrase_hash(phrase: str, secret: str) -> str:
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
    """Return the demonstration classroom, the oldest of several; None when there is none."""
    return db.session.scalar(
        select(Classroom).where(Classroom.is_demonstration).order_by(Classroom.id).limit(1)
    )
