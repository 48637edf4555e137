"""Teachers' accounts and everybody's log-ins. One public write function, one commit."""

import hashlib
import hmac
import secrets
import threading
import unicodedata
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import ColumnElement, and_, bindparam, delete, exists, or_, select, text, update
from sqlalchemy.exc import IntegrityError

from quizapp import audit
from quizapp.database import db, writing
from quizapp.models import Classroom, Login, SetupLink, Teacher
from quizapp.models.columns import new_public_id

TEACHER_IDLE = timedelta(hours=8)
TEACHER_LONGEST = timedelta(hours=12)
STUDENT_IDLE = timedelta(days=7)  # longer than any sitting
RESET_LASTS = timedelta(days=1)
FOLDED_LENGTH = 80
SEEN_STEP = timedelta(minutes=10)  # so that reading a page seldom writes

# A class logging in must not starve the quizzes that are running: two verifications at a time.
_verifications = threading.BoundedSemaphore(2)


class LinkUsed(Exception):
    """The set-up link is unknown, was used before, was withdrawn, or its time has passed."""


class AccountClosed(Exception):
    """An administrator has closed this account."""


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
    with writing() as session:
        if session.get_bind().dialect.name == "postgresql":  # several start at once, one link
            session.execute(text("LOCK TABLE setup_links IN EXCLUSIVE MODE"))
        nonce = session.scalar(select(SetupLink.nonce).where(_is_first_link))
        nonce = nonce or add_link(now)
    return token_of(nonce, secret)


def offer_reset(name: str, secret: str, now: datetime) -> str:
    """Return the token of a link that sets a new password, in place of earlier ones.

    Raises LookupError where there is no such teacher, AccountClosed.
    """
    teacher = db.session.scalar(select(Teacher).where(Teacher.name_folded == fold_name(name)))
    if teacher is None:
        raise LookupError(name)
    if teacher.disabled_at is not None:
        raise AccountClosed(name)
    teacher_id = teacher.id
    with writing():
        drop_links(SetupLink.teacher_id == teacher_id)
        nonce = add_link(now, teacher_id=teacher_id, lasts=RESET_LASTS)
    return token_of(nonce, secret)


def add_link(
    now: datetime,
    *,
    teacher_id: int | None = None,
    invited_by_id: int | None = None,
    lasts: timedelta | None = None,
) -> str:
    """Add a one-time link inside the caller's write section and return its nonce."""
    nonce = new_public_id()
    db.session.add(
        SetupLink(
            nonce=nonce,
            teacher_id=teacher_id,
            invited_by_id=invited_by_id,
            created_at=now,
            expires_at=now + lasts if lasts else None,
        )
    )
    return nonce


def drop_links(*which: ColumnElement[bool]) -> None:
    """Delete links that nobody has used yet, inside the caller's write section."""
    db.session.execute(delete(SetupLink).where(SetupLink.used_at.is_(None), *which))


def token_of(nonce: str, secret: str) -> str:
    """Return the token that opens the link with this nonce."""
    return nonce + keyed_hash(secret, "setup", nonce)[:32]


# The first teacher's link waits as long as it must; every other one ends at a time.
_is_first_link = and_(
    SetupLink.teacher_id.is_(None), SetupLink.expires_at.is_(None), SetupLink.used_at.is_(None)
)


def find_setup(token: str, secret: str, now: datetime) -> SetupLink | None:
    """Return the link that the token opens, while it can be used, or None."""
    nonce = token[:22]
    if not hmac.compare_digest(token_of(nonce, secret).encode(), token.encode()):
        return None
    closed = select(Teacher.id).where(Teacher.disabled_at.is_not(None))
    return db.session.scalar(
        select(SetupLink).where(
            SetupLink.nonce == nonce,
            SetupLink.used_at.is_(None),
            or_(SetupLink.expires_at.is_(None), SetupLink.expires_at > now),
            or_(SetupLink.teacher_id.is_(None), SetupLink.teacher_id.not_in(closed)),
            or_(~_is_first_link, ~exists().select_from(Teacher)),
        )
    )


def create_teacher(
    token: str, name: str, password: str, hasher: PasswordHasher, secret: str, now: datetime
) -> str:
    """Use up a link: make its teacher, or give the one who forgot a new name and password.

    Returns a log-in token; every earlier log-in of this teacher ends. Raises LinkUsed, NameTaken.
    The first teacher is the administrator and takes over classrooms that have no teacher yet (the
    demonstration).
    """
    hashed = hasher.hash(password)
    try:
        with writing() as session:
            link = find_setup(token, secret, now)
            if link is None or not _use_link(link.id, now):
                raise LinkUsed
            _refuse_taken(name, link.teacher_id)
            teacher = session.get(Teacher, link.teacher_id) if link.teacher_id else None
            if teacher is None:
                teacher = Teacher(is_admin=link.expires_at is None, created_at=now)
                session.add(teacher)
            teacher.name, teacher.name_folded, teacher.password_hash = name, fold_name(name), hashed
            session.flush()
            _settle_in(teacher)
            login = add_login(teacher_id=teacher.id, student_id=None, now=now)
            _record_use(link, teacher, now)
            return login
    except IntegrityError as error:
        raise NameTaken(name) from error


def _record_use(link: SetupLink, teacher: Teacher, now: datetime) -> None:
    """Note in the log who came in by a link; the first teacher is there without."""
    if link.expires_at is not None:
        action = "password set by link" if link.teacher_id else "account made"
        audit.record(action, now, teacher.id, subject=teacher.public_id)


def _settle_in(teacher: Teacher) -> None:
    db.session.execute(delete(Login).where(Login.teacher_id == teacher.id))
    drop_links(SetupLink.teacher_id == teacher.id)
    if teacher.is_admin:
        db.session.execute(
            update(Classroom).where(Classroom.teacher_id.is_(None)).values(teacher_id=teacher.id)
        )


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
    if not verify(known, password, hasher) or teacher_id is None:
        return None
    with writing():
        if not still_opens(teacher_id, known):
            return None
        return add_login(teacher_id=teacher_id, student_id=None, now=now)


def verify(known: str, password: str, hasher: PasswordHasher) -> bool:
    """True when the password belongs to the hash. Ends the read transaction that is open."""
    db.session.rollback()  # no transaction stays open while the slow hash is worked out
    with _verifications:
        try:
            return hasher.verify(known, password)
        except VerificationError:
            return False


def still_opens(teacher_id: int, known: str) -> bool:
    """Look again, inside the caller's write section: is it still the password, of an open account?

    Verifying takes a while, and an administrator, or another browser, may have been quicker.
    """
    teacher = db.session.get(Teacher, teacher_id, with_for_update=True)
    return teacher is not None and teacher.disabled_at is None and teacher.password_hash == known


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
            token_hash=hash_token(token),
            teacher_id=teacher_id,
            student_id=student_id,
            created_at=now,
            seen_at=now,
        )
    )
    return token


def hash_token(token: str) -> str:
    """Return what stands in the database for a log-in token, which is long and random."""
    return hashlib.sha256(token.encode()).hexdigest()


_BY_TOKEN = select(Login).where(Login.token_hash == bindparam("token"))


def find_login(token: str, now: datetime) -> Login | None:
    """Return the log-in that a token belongs to while it lasts, with its person."""
    login = db.session.scalar(_BY_TOKEN, {"token": hash_token(token)})
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
        session.execute(delete(Login).where(Login.token_hash == hash_token(token)))
