"""The browsers in which a teacher is logged in: which, ending them, and a new password."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from argon2 import PasswordHasher
from sqlalchemy import delete, select, update

from quizapp import audit
from quizapp.accounts import (
    TEACHER_IDLE,
    TEACHER_LONGEST,
    add_login,
    drop_links,
    hash_token,
    still_opens,
    verify,
)
from quizapp.database import db, writing
from quizapp.models import Login, SetupLink, Teacher


@dataclass(frozen=True, slots=True)
class Browser:
    """One log-in that lasts. `handle` names it on pages, and opens nothing."""

    handle: str
    since: datetime
    last_used: datetime
    is_this: bool


def browsers(teacher: Teacher, token: str, now: datetime) -> Sequence[Browser]:
    """Return the teacher's log-ins that last, the one with this token first, then by last use."""
    rows = db.session.scalars(
        select(Login).where(
            Login.teacher_id == teacher.id,
            Login.created_at >= now - TEACHER_LONGEST,
            Login.seen_at >= now - TEACHER_IDLE,
        )
    )
    own = hash_token(token)
    found = [Browser(r.token_hash, r.created_at, r.seen_at, r.token_hash == own) for r in rows]
    return sorted(found, key=lambda one: (one.is_this, one.last_used), reverse=True)


def log_out_browser(teacher: Teacher, handle: str, now: datetime) -> None:
    """End one of the teacher's log-ins. Raises LookupError where the teacher has none such."""
    teacher_id, subject = teacher.id, teacher.public_id
    with writing() as session:
        ended = session.scalar(
            delete(Login)
            .where(Login.token_hash == handle, Login.teacher_id == teacher_id)
            .returning(Login.id)
        )
        if ended is None:
            raise LookupError(handle)
        audit.record("browser logged out", now, teacher_id, subject=subject)


def log_out_others(teacher: Teacher, token: str, now: datetime) -> int:
    """End every log-in of the teacher but the one with this token; return how many."""
    teacher_id, subject = teacher.id, teacher.public_id
    with writing() as session:
        others = Login.teacher_id == teacher_id, Login.token_hash != hash_token(token)
        count = len(session.scalars(delete(Login).where(*others).returning(Login.id)).all())
        if count:
            audit.record("browsers logged out", now, teacher_id, subject=subject)
    return count


def change_password(
    teacher: Teacher, old: str, new: str, hasher: PasswordHasher, now: datetime
) -> str | None:
    """Set a new password; return a new log-in token, or None where the old one is wrong.

    Every log-in of the teacher ends, and so does every link that would set the password.
    """
    teacher_id, known, subject = teacher.id, teacher.password_hash, teacher.public_id
    if not verify(known, old, hasher):
        return None
    hashed = hasher.hash(new)
    with writing() as session:
        if not still_opens(teacher_id, known):
            return None
        session.execute(
            update(Teacher).where(Teacher.id == teacher_id).values(password_hash=hashed)
        )
        session.execute(delete(Login).where(Login.teacher_id == teacher_id))
        drop_links(SetupLink.teacher_id == teacher_id)
        token = add_login(teacher_id=teacher_id, student_id=None, now=now)
        audit.record("password changed", now, teacher_id, subject=subject)
        return token
