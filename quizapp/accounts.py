"""Teachers' accounts and everybody's log-ins. One public write function, one commit."""

import hashlib
import hmac
import secrets
import threading
import unicodedata
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import delete, select, update

from quizapp.database import db, writing
from quizapp.models import Classroom, Login, SetupLink, Teacher
from quizapp.models.columns import new_public_id

TEACHER_IDLE = timedelta(hours=8)
TEACHER_LONGEST = timedelta(hours=12)
STUDENT_IDLE = timedelta(days=7)  # longer than any sitting
FOLDED_LENGTH = 80
SEEN_STEP = timedelta(minutes=10)  # so that reading a page seldom writes

# A class logging in must not starve the quizzes that are running: two verifications at a time.
_verifications = threading.BoundedSemaphore(2)


class LinkUsed(Exception):
    """The set-up link is unknown or was used before."""


class NameTaken(Exception):
    """Somebody has this name already."""


def fold_name(name: str) -> str:
    """Return the name as compared: NFKC, one space, no case, cut where a column ends.

    NFKC writes some signs with up to 18 letters; no name that people use reaches the cut.
    """
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())[:FOLDED_LENGTH]


def keyed_hash(secret: str, purpose: str, text: str) -> str:
    """Return HMAC-SHA-256 in hex: right for random secrets, which need no slow hash."""
    return hmac.new(secret.encode(), f"{purpose}:{text}".encode(), hashlib.sha256).hexdigest()


def offer_setup(secret: str, now: datetime) -> str | None:
    """Return the token of the first teacher's link, the same until it is used; None afterwards."""
    if db.session.scalar(select(Teacher.id).limit(1)) is not None:
        return None
    return _open_link(None, secret, now)


def offer_reset(name: str, secret: str, now: datetime) -> str:
    """Return the token of a link that sets a new password. LookupError: no such teacher."""
    teacher = db.session.scalar(select(Teacher).where(Teacher.name_folded == fold_name(name)))
    if teacher is None:
        raise LookupError(name)
    return _open_link(teacher.id, secret, now)


def _open_link(teacher_id: int | None, secret: str, now: datetime) -> str:
    with writing() as session:
        link = session.scalar(
            select(SetupLink).where(
                SetupLink.teacher_id.is_not_distinct_from(teacher_id), SetupLink.used_at.is_(None)
            )
        )
        if link is None:
            link = SetupLink(nonce=new_public_id(), teacher_id=teacher_id, created_at=now)
            session.add(link)
        nonce = link.nonce
    return _token(nonce, secret)


def _token(nonce: str, secret: str) -> str:
    return nonce + keyed_hash(secret, "setup", nonce)[:32]


def find_setup(token: str, secret: str) -> SetupLink | None:
    """Return the unused link that the token opens, or None."""
    nonce = token[:22]
    if not hmac.compare_digest(_token(nonce, secret).encode(), token.encode()):
        return None
    return db.session.scalar(
        select(SetupLink).where(SetupLink.nonce == nonce, SetupLink.used_at.is_(None))
    )


def create_teacher(
    token: str, name: str, password: str, hasher: PasswordHasher, secret: str, now: datetime
) -> str:
    """Use up a link: make its teacher, or give the one who forgot a new name and password.

    Returns a log-in token. Raises LinkUsed, NameTaken. The first teacher is the administrator and
    takes over classrooms that have no teacher yet (the demonstration).
    """
    hashed = hasher.hash(password)
    link = find_setup(token, secret)
    if link is None:
        raise LinkUsed
    link_id = link.id
    with writing() as session:
        if not _use_link(link_id, now):
            raise LinkUsed
        teacher_id = session.scalar(select(SetupLink.teacher_id).where(SetupLink.id == link_id))
        teacher = session.get(Teacher, teacher_id) if teacher_id else None
        _refuse_taken(name, teacher_id)
        if teacher is None:
            first = session.scalar(select(Teacher.id).limit(1)) is None
            teacher = Teacher(is_admin=first, created_at=now)
            session.add(teacher)
        teacher.name, teacher.name_folded, teacher.password_hash = name, fold_name(name), hashed
        session.flush()
        session.execute(delete(Login).where(Login.teacher_id == teacher.id))
        session.execute(
            update(Classroom).where(Classroom.teacher_id.is_(None)).values(teacher_id=teacher.id)
        )
        return add_login(teacher_id=teacher.id, student_id=None, now=now)


def _use_link(link_id: int, now: datetime) -> bool:
    changed = db.session.execute(
        update(SetupLink)
        .where(SetupLink.id == link_id, SetupLink.used_at.is_(None))
        .values(used_at=now)
        .returning(SetupLink.id)
    )
    return changed.first() is not None


def _refuse_taken(name: str, teacher_id: int | None) -> None:
    other = db.session.scalar(select(Teacher.id).where(Teacher.name_folded == fold_name(name)))
    if other is not None and other != teacher_id:
        raise NameTaken(name)


def log_in(name: str, password: str, hasher: PasswordHasher, now: datetime) -> str | None:
    """Return a log-in token, or None. An unknown name costs the same verification."""
    teacher = db.session.scalar(select(Teacher).where(Teacher.name_folded == fold_name(name)))
    known = teacher.password_hash if teacher else _nobody(hasher)
    teacher_id = teacher.id if teacher else None
    db.session.rollback()  # no transaction stays open while the slow hash is worked out
    with _verifications:
        try:
            hasher.verify(known, password)
        except VerificationError:
            return None
    if teacher_id is None:
        return None
    with writing():
        return add_login(teacher_id=teacher_id, student_id=None, now=now)


_nobody_hashes: dict[tuple[int, int, int], str] = {}


def _nobody(hasher: PasswordHasher) -> str:
    """Return a hash that no password opens, made once for each setting of the hasher."""
    setting = (hasher.time_cost, hasher.memory_cost, hasher.parallelism)
    if setting not in _nobody_hashes:
        _nobody_hashes[setting] = hasher.hash(secrets.token_urlsafe(32))
    return _nobody_hashes[setting]


def add_login(*, teacher_id: int | None, student_id: int | None, now: datetime) -> str:
    """Add a log-in row inside the caller's write section and return its token."""
    token = secrets.token_urlsafe(32)
    db.session.add(
        Login(
            token_hash=_hash(token),
            teacher_id=teacher_id,
            student_id=student_id,
            created_at=now,
            seen_at=now,
        )
    )
    return token


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def find_login(token: str, now: datetime) -> Login | None:
    """Return the log-in that a token belongs to while it lasts, with its person."""
    login = db.session.scalar(select(Login).where(Login.token_hash == _hash(token)))
    if login is None or _is_over(login, now):
        return None
    if now - login.seen_at > SEEN_STEP:
        login_id = login.id
        with writing() as session:
            session.execute(update(Login).where(Login.id == login_id).values(seen_at=now))
        return db.session.get(Login, login_id)
    return login


def _is_over(login: Login, now: datetime) -> bool:
    if login.teacher is not None and login.teacher.disabled_at is not None:
        return True
    if login.student is not None:
        return login.student.removed_at is not None or now - login.seen_at > STUDENT_IDLE
    return now - login.seen_at > TEACHER_IDLE or now - login.created_at > TEACHER_LONGEST


def log_out(token: str) -> None:
    """End this log-in on the server; a copy of the cookie opens nothing afterwards."""
    with writing() as session:
        session.execute(delete(Login).where(Login.token_hash == _hash(token)))
