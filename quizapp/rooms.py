"""What a teacher does with a classroom: make, rename, close, share, archive."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, literal, select, true, update

from quizapp import audit, deadlines
from quizapp.accounts import fold_name
from quizapp.database import db, writing
from quizapp.models import Assignment, Attempt, Classroom, ClassroomShare, Teacher
from quizapp.models.columns import new_code

NAMINGS = ("free", "roster", "pseudonyms")


class NoColleague(Exception):
    """No other teacher with an open account has this name."""


def create(name: str, naming: str, teacher: Teacher, now: datetime) -> Classroom:
    """Make a classroom, open for joining, and return it. `naming` is one of NAMINGS."""
    teacher_id = teacher.id
    with writing() as session:
        classroom = Classroom(
            teacher_id=teacher_id,
            name=name,
            naming=naming,
            join_code=new_code(),
            created_at=now,
        )
        session.add(classroom)
    return classroom


def rename(classroom: Classroom, name: str) -> None:
    """Give a classroom another name."""
    classroom_id = classroom.id
    with writing() as session:
        session.execute(update(Classroom).where(Classroom.id == classroom_id).values(name=name))


def rotate_code(classroom: Classroom, teacher: Teacher, now: datetime) -> None:
    """Give a classroom a new join code; the old one opens nothing from now on."""
    _change(classroom, teacher, now, "code rotated", true(), join_code=new_code())


def set_joining(classroom: Classroom, is_open: bool, teacher: Teacher, now: datetime) -> None:
    """Open or close joining; nothing happens, and nothing is recorded, when it is so already."""
    action = "joining opened" if is_open else "joining closed"
    changes = Classroom.joining_open.is_not(is_open)
    _change(classroom, teacher, now, action, changes, joining_open=is_open)


def archive(classroom: Classroom, keep_until: datetime, teacher: Teacher, now: datetime) -> None:
    """Archive a classroom, or change until when it is kept: then it is deleted with all its work.

    Joining is closed meanwhile; another day leaves it archived since the first time.
    Students can come back and read.
    """
    since = func.coalesce(Classroom.archived_at, literal(now, Classroom.archived_at.type))
    kept = {"archived_at": since, "keep_until": keep_until}
    details = {"keep_until": keep_until.date().isoformat()}
    _change(classroom, teacher, now, "classroom archived", true(), details, **kept)


def unarchive(classroom: Classroom, teacher: Teacher, now: datetime) -> None:
    """Take a classroom back out of the archive, as it was."""
    changes = Classroom.archived_at.is_not(None)
    values = {"archived_at": None, "keep_until": None}
    _change(classroom, teacher, now, "classroom unarchived", changes, **values)


def _change(
    classroom: Classroom,
    teacher: Teacher,
    now: datetime,
    action: str,
    condition: ColumnElement[bool],
    details: Mapping[str, object] | None = None,
    **values: object,
) -> None:
    """Set columns and record the act, where the condition holds at that moment."""
    classroom_id, room, teacher_id = classroom.id, classroom.public_id, teacher.id
    with writing() as session:
        changed = session.execute(
            update(Classroom)
            .where(Classroom.id == classroom_id, condition)
            .values(**values)
            .returning(Classroom.id)
        ).first()
        if changed is not None:
            if "archived_at" in values:
                given = select(Assignment.id).where(Assignment.classroom_id == classroom_id)
                deadlines.refresh(Attempt.assignment_id.in_(given))
            audit.record(action, now, teacher_id, room, details=details)


def list_colleagues(classroom: Classroom) -> Sequence[Teacher]:
    """Return the teachers with whom a classroom is shared, by name."""
    shared = select(ClassroomShare.teacher_id).where(ClassroomShare.classroom_id == classroom.id)
    return db.session.scalars(
        select(Teacher).where(Teacher.id.in_(shared)).order_by(Teacher.name_folded)
    ).all()


def find_owner(classroom: Classroom) -> Teacher | None:
    """Return the teacher whose classroom it is, or None while nobody has taken it over."""
    return db.session.get(Teacher, classroom.teacher_id) if classroom.teacher_id else None


def share(classroom: Classroom, name: str, teacher: Teacher, now: datetime) -> None:
    """Share a classroom with the colleague of this name; once is enough. Raises NoColleague."""
    classroom_id, room, teacher_id = classroom.id, classroom.public_id, teacher.id
    with writing() as session:
        # The lock on the classroom makes two shares at once one.
        session.execute(select(Classroom.id).where(Classroom.id == classroom_id).with_for_update())
        colleague = session.scalar(
            select(Teacher).where(
                Teacher.name_folded == fold_name(name),
                Teacher.disabled_at.is_(None),
                Teacher.id != teacher_id,
            )
        )
        if colleague is None:
            raise NoColleague(name)
        share = {"classroom_id": classroom_id, "teacher_id": colleague.id}
        if session.scalar(select(ClassroomShare.id).filter_by(**share)) is None:
            session.add(ClassroomShare(**share, created_at=now))
            audit.record("classroom shared", now, teacher_id, room, colleague.public_id)


def end_sharing(classroom: Classroom, public_id: str, teacher: Teacher, now: datetime) -> None:
    """Take a classroom away from a colleague (or let the colleague leave); again is no error."""
    classroom_id, room, teacher_id = classroom.id, classroom.public_id, teacher.id
    colleague = select(Teacher.id).where(Teacher.public_id == public_id).scalar_subquery()
    with writing() as session:
        ended = session.execute(
            delete(ClassroomShare)
            .where(
                ClassroomShare.classroom_id == classroom_id,
                ClassroomShare.teacher_id == colleague,
            )
            .returning(ClassroomShare.id)
        ).first()
        if ended is not None:
            audit.record("sharing ended", now, teacher_id, room, public_id)


def give_away(classroom: Classroom, public_id: str, teacher: Teacher, now: datetime) -> str:
    """Give a classroom to a colleague who shares it, and keep a share; return the new owner's name.

    Raises NoColleague when the colleague does not share it, or the teacher no longer owns it.
    """
    classroom_id, room, teacher_id = classroom.id, classroom.public_id, teacher.id
    with writing() as session:
        owned = (Classroom.id == classroom_id, Classroom.teacher_id == teacher_id)
        kept = session.scalar(select(Classroom.id).where(*owned).with_for_update())
        share = session.scalar(
            select(ClassroomShare)
            .join(Teacher, Teacher.id == ClassroomShare.teacher_id)
            .where(
                ClassroomShare.classroom_id == classroom_id,
                Teacher.public_id == public_id,
                Teacher.disabled_at.is_(None),
            )
        )
        if kept is None or share is None:
            raise NoColleague(public_id)
        colleague = session.get_one(Teacher, share.teacher_id)
        session.execute(update(Classroom).where(*owned).values(teacher_id=colleague.id))
        share.teacher_id = teacher_id
        audit.record("classroom given away", now, teacher_id, room, public_id)
        return colleague.name
