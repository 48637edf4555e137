"""The administrator's acts: inviting teachers, new passwords, closing and opening accounts.

An administrator looks after accounts and sees nobody's classrooms by it. Each act looks again,
inside its write section, whether who acts is an administrator still.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select

from quizapp import audit
from quizapp.accounts import RESET_LASTS, add_link, drop_links, token_of
from quizapp.database import db, writing
from quizapp.models import Classroom, ClassroomShare, Login, SetupLink, Teacher

INVITATION_LASTS = timedelta(days=7)


class NotClosed(Exception):
    """The account is open: its classrooms are its teacher's own."""


class OwnAccount(Exception):
    """Nobody closes their own account, so that one administrator is always left."""


@dataclass(frozen=True, slots=True)
class OpenLink:
    """A link that can still be used. `teacher` is whose password it sets; None invites."""

    nonce: str
    token: str
    teacher: str | None
    invited_by: str | None
    expires_at: datetime


def teachers() -> Sequence[Teacher]:
    """Return every teacher: open accounts first, then by name."""
    order = Teacher.disabled_at.is_not(None), Teacher.name_folded
    return db.session.scalars(select(Teacher).order_by(*order)).all()


def open_links(secret: str, now: datetime) -> list[OpenLink]:
    """Return the invitations and password links that nobody has used yet, the newest first."""
    links = db.session.scalars(
        select(SetupLink)
        .where(SetupLink.used_at.is_(None), SetupLink.expires_at > now)
        .order_by(SetupLink.created_at.desc(), SetupLink.id.desc())
    )
    return [
        OpenLink(
            nonce=link.nonce,
            token=token_of(link.nonce, secret),
            teacher=link.teacher.name if link.teacher else None,
            invited_by=link.invited_by.name if link.invited_by else None,
            expires_at=link.expires_at,
        )
        for link in links
        if link.expires_at is not None
    ]


def invite(admin: Teacher | None, now: datetime) -> str:
    """Make a link that lets one new teacher in; return its nonce. None acts at the server."""
    admin_id = admin.id if admin else None
    with writing():
        if admin_id is not None:
            _check_admin(admin_id)
        nonce = add_link(now, invited_by_id=admin_id, lasts=INVITATION_LASTS)
        audit.record("teacher invited", now, admin_id)
        return nonce


def offer_password(public_id: str, admin: Teacher, now: datetime) -> str:
    """Make a link with which a colleague sets a new password, in place of earlier ones.

    Returns its nonce. Raises LookupError for an unknown teacher or a closed account.
    """
    admin_id = admin.id
    with writing():
        _check_admin(admin_id)
        teacher = _get_teacher(public_id)
        _check_open(teacher)
        drop_links(SetupLink.teacher_id == teacher.id)
        nonce = add_link(now, teacher_id=teacher.id, invited_by_id=admin_id, lasts=RESET_LASTS)
        audit.record("password link made", now, admin_id, subject=public_id)
        return nonce


def withdraw(nonce: str, admin: Teacher, now: datetime) -> None:
    """Take an unused link back, whoever made it. Raises LookupError where there is none."""
    admin_id = admin.id
    with writing() as session:
        _check_admin(admin_id)
        mine = SetupLink.nonce == nonce, SetupLink.used_at.is_(None)
        if session.scalar(delete(SetupLink).where(*mine).returning(SetupLink.id)) is None:
            raise LookupError(nonce)
        audit.record("link withdrawn", now, admin_id)


def close_account(public_id: str, admin: Teacher, now: datetime) -> str:
    """Close a colleague's account and end all its log-ins and links; return the name.

    The classrooms stay as they are. Raises LookupError, OwnAccount.
    """
    own_id = admin.id

    def close(teacher: Teacher) -> bool:
        if teacher.id == own_id:
            raise OwnAccount
        was_open, teacher.disabled_at = teacher.disabled_at is None, teacher.disabled_at or now
        db.session.execute(delete(Login).where(Login.teacher_id == teacher.id))
        drop_links(or_(SetupLink.teacher_id == teacher.id, SetupLink.invited_by_id == teacher.id))
        return was_open

    return _change(public_id, admin, now, "account closed", close)


def open_account(public_id: str, admin: Teacher, now: datetime) -> str:
    """Open a closed account again, with the password it had; return the name. LookupError."""

    def reopen(teacher: Teacher) -> bool:
        was_closed, teacher.disabled_at = teacher.disabled_at is not None, None
        return was_closed

    return _change(public_id, admin, now, "account opened", reopen)


def appoint(public_id: str, admin: Teacher, now: datetime) -> str:
    """Make a colleague an administrator as well; return the name. LookupError."""

    def make_admin(teacher: Teacher) -> bool:
        _check_open(teacher)
        was_admin, teacher.is_admin = teacher.is_admin, True
        return not was_admin

    return _change(public_id, admin, now, "administrator made", make_admin)


def _change(
    public_id: str, admin: Teacher, now: datetime, action: str, change: Callable[[Teacher], bool]
) -> str:
    """Change a colleague's account; return the name. `change` says whether it changed anything."""
    admin_id = admin.id
    with writing():
        _check_admin(admin_id)
        teacher = _get_teacher(public_id)
        if change(teacher):
            audit.record(action, now, admin_id, subject=public_id)
        return teacher.name


def count_classrooms() -> dict[int, int]:
    """Return how many classrooms each teacher owns, by the teacher's id."""
    rows = db.session.execute(
        select(Classroom.teacher_id, func.count()).group_by(Classroom.teacher_id)
    )
    return {teacher_id: count for teacher_id, count in rows if teacher_id is not None}


def hand_over(public_id: str, heir: str, admin: Teacher, now: datetime) -> int:
    """Give every classroom of a closed account to an open one; return how many.

    Raises LookupError, NotClosed.
    """
    admin_id = admin.id
    with writing() as session:
        _check_admin(admin_id)
        closed = _get_teacher(public_id)
        if closed.disabled_at is None:
            raise NotClosed
        to = _get_teacher(heir)
        _check_open(to)
        rooms = session.scalars(select(Classroom).where(Classroom.teacher_id == closed.id)).all()
        shares = delete(ClassroomShare).where(
            ClassroomShare.teacher_id == to.id,
            ClassroomShare.classroom_id.in_([room.id for room in rooms]),
        )
        session.execute(shares)
        for room in rooms:
            room.teacher_id = to.id
        for room in rooms:
            audit.record("classroom given away", now, admin_id, room.public_id, heir)
        return len(rooms)


def _check_admin(admin_id: int) -> None:
    """Raise LookupError unless this is an administrator whose account is open.

    Their rows stay locked: two administrators cannot close each other at the same moment.
    """
    admins = db.session.scalars(
        select(Teacher.id)
        .where(Teacher.is_admin, Teacher.disabled_at.is_(None))
        .order_by(Teacher.id)
        .with_for_update()
    ).all()
    if admin_id not in admins:
        raise LookupError("not an administrator")


def _get_teacher(public_id: str) -> Teacher:
    teacher = db.session.scalar(
        select(Teacher).where(Teacher.public_id == public_id).with_for_update()
    )
    if teacher is None:
        raise LookupError(public_id)
    return teacher


def _check_open(teacher: Teacher) -> None:
    if teacher.disabled_at is not None:
        raise LookupError(teacher.public_id)
