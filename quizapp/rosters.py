"""Names on the list before anyone has joined: read from what was pasted, and added."""

import csv
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from quizapp import audit
from quizapp.accounts import NameTaken, fold_name
from quizapp.classrooms import (
    NAME_LENGTH,
    JoiningClosed,
    NotAName,
    clean_name,
    lock_room,
    refuse_full,
)
from quizapp.database import writing
from quizapp.models import Classroom, Student, Teacher

MOST_NAMES = 300
# What the first line says when it is a heading; spreadsheets of several languages.
HEADINGS = frozenset(
    """
    name|names|student|students|student name|full name|first name|firstname|given name|pupil|pupils|
    display name|vorname|schüler|schülername|nom|prénom|élève|nombre|alumno|alumna|nome|naam
    """.replace("\n", "")
    .replace("    ", "")
    .split("|")
)


@dataclass(frozen=True, slots=True)
class Fault:
    """A line that cannot become a student, and why."""

    line: int
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Roster:
    """What was pasted: the names that can be added, in their order, and the lines that cannot."""

    names: tuple[str, ...]
    faults: tuple[Fault, ...]


def read_roster(text: str, taken: Collection[str]) -> Roster:
    """Read names, one a line, or the first column of a table. `taken` are folded names.

    The separator is the tab, semicolon or comma that the text holds, in this order; a heading and
    blank lines are passed over.
    """
    lines = text.removeprefix("\ufeff").splitlines()
    separator = next((sign for sign in "\t;" if sign in text), ",")
    seen: dict[str, int] = {}
    names: list[str] = []
    faults: list[Fault] = []
    is_first = True
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        first, is_first = is_first, False
        try:
            cell = next(csv.reader([line.strip(" ")], delimiter=separator, strict=True))[0]
            if first and fold_name(cell) in HEADINGS:
                continue
            name = clean_name(cell)
        except csv.Error:
            faults.append(Fault(number, line, "a quotation mark is not closed where it should be"))
        except NotAName:
            faults.append(Fault(number, line, _why_none(cell)))
        else:
            folded = fold_name(name)
            if folded in seen:
                faults.append(Fault(number, line, f"the same name as line {seen[folded]}"))
            elif folded in taken:
                faults.append(Fault(number, line, "already in this class"))
            elif len(names) == MOST_NAMES:
                faults.append(Fault(number, line, f"more than {MOST_NAMES} names at once"))
            else:
                names.append(name)
            seen.setdefault(folded, number)
    return Roster(tuple(names), tuple(faults))


def _why_none(cell: str) -> str:
    tidy = " ".join(cell.split())
    if not tidy:
        return "no name in the first column"
    if len(tidy) > NAME_LENGTH:
        return f"{len(tidy)} characters long; {NAME_LENGTH} fit"
    return "a name needs a letter or a digit, and no control characters"


def add_names(classroom: Classroom, names: Sequence[str], teacher: Teacher, now: datetime) -> int:
    """Add names that students can claim; return how many.

    Raises NameTaken, JoiningClosed when the classroom is archived, RoomFull; then none is added.

    Until someone joins, the phrase of an entry is a random number that no words are hashed to.
    """
    classroom_id, room, teacher_id = classroom.id, classroom.public_id, teacher.id
    try:
        with writing() as session:
            if lock_room(classroom_id).archived_at is not None:
                raise JoiningClosed
            session.add_all(
                Student(
                    classroom_id=classroom_id,
                    name=name,
                    name_folded=fold_name(name),
                    phrase_hash=secrets.token_hex(32),
                    created_at=now,
                )
                for name in names
            )
            session.flush()
            refuse_full(classroom_id)
            audit.record("students added", now, teacher_id, room, details={"count": len(names)})
    except IntegrityError as error:
        raise NameTaken from error
    return len(names)
