"""Failed tries at the doors where a secret is asked for: counted in the database, a wait, no lock.

Only failures count: a school behind one address joins as often as it likes. Whoever has failed too
often waits, and the right secret waits alike, or the answer would tell a guesser that it is right.
A person who is logged in is not touched. What is kept is a keyed hash, never a name or an address.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from sqlalchemy import Integer, bindparam, delete, select, text

from quizapp.accounts import fold_name, keyed_hash
from quizapp.database import db, writing
from quizapp.models import Failure


@dataclass(frozen=True, slots=True)
class Limit:
    """So many failures within so long."""

    most: int
    within: timedelta


@dataclass(frozen=True, slots=True)
class Door:
    """A place that asks for a secret, and what it bears: from an address, in all, on an account."""

    name: str
    address: Limit
    everyone: Limit
    account: Limit | None = None


_FEW = Limit(10, timedelta(minutes=5))
_MANY = Limit(1000, timedelta(minutes=5))
# 60 students behind one address who mistype twice are 120 failures within a minute.
_SCHOOL = Limit(200, timedelta(minutes=5))
# 1,000 codes of 8 letters out of 27, guessed 600 times an hour: one hit in about 54 years.
_GUESSES = Limit(600, timedelta(hours=1))

LOG_IN = Door("log-in", _FEW, _MANY, _FEW)
OLD_PASSWORD = Door("old-password", _FEW, _MANY, _FEW)
LINK = Door("link", _FEW, _MANY)
JOIN_CODE = Door("join-code", _SCHOOL, _GUESSES)
PHRASE = Door("phrase", _SCHOOL, _GUESSES)


class TooManyTries(Exception):
    """A limit is reached; `wait` is how long until the next try counts."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(wait)
        self.wait = wait

    @property
    def seconds(self) -> int:
        """The wait in whole seconds, at least one."""
        return max(1, math.ceil(self.wait.total_seconds()))

    @property
    def minutes(self) -> int:
        """The wait in whole minutes, at least one."""
        return math.ceil(self.seconds / 60)


def check(door: Door, address: str, account: str, secret: str, now: datetime) -> None:
    """Raise TooManyTries where a limit of the door is reached; call before the secret is looked at.

    `account` is the name that was typed, empty where the door asks for none.
    """
    _refuse(_find_wait(door, _subjects(door, address, account, secret), now))


def note(door: Door, address: str, account: str, secret: str, now: datetime) -> None:
    """Count one failure. Raises TooManyTries where others came first and used the limit up.

    Tries that were under way at the same moment are all answered: a limit can be passed by as
    many as the server handles at once, never by more.
    """
    subjects = _subjects(door, address, account, secret)
    longest = max(limit.within for limit in subjects.values())
    with writing() as session:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("LOCK TABLE failures IN EXCLUSIVE MODE"))
        wait = _find_wait(door, subjects, now)
        session.execute(
            delete(Failure).where(Failure.door == door.name, Failure.failed_at <= now - longest)
        )
        if wait is None:
            for subject in subjects:
                session.add(Failure(door=door.name, subject=subject, failed_at=now))
    _refuse(wait)


def _refuse(wait: timedelta | None) -> None:
    if wait is not None:
        raise TooManyTries(wait)


_DECISIVE = (
    select(Failure.failed_at)
    .where(
        Failure.door == bindparam("door"),
        Failure.subject == bindparam("subject"),
        Failure.failed_at > bindparam("since"),
    )
    .order_by(Failure.failed_at.desc())
    .offset(bindparam("passed_over", type_=Integer))
    .limit(1)
)


def _find_wait(door: Door, subjects: dict[str, Limit], now: datetime) -> timedelta | None:
    """Return the longest wait that a limit asks for, or None when all have room."""
    waits = []
    for subject, limit in subjects.items():
        since = {"door": door.name, "subject": subject, "since": now - limit.within}
        decisive = db.session.scalar(_DECISIVE, {**since, "passed_over": limit.most - 1})
        if decisive is not None:
            waits.append(decisive + limit.within - now)
    return max(waits, default=None)


def _subjects(door: Door, address: str, account: str, secret: str) -> dict[str, Limit]:
    """Return the keyed hash of each thing that is counted, with its limit."""
    found = {
        keyed_hash(secret, "throttle address", network_of(address)): door.address,
        keyed_hash(secret, "throttle everyone", ""): door.everyone,
    }
    if door.account is not None and account:
        found[keyed_hash(secret, "throttle account", fold_name(account))] = door.account
    return found


def network_of(address: str) -> str:
    """Return what stands for one place: an IPv4 address, or the /64 that an IPv6 address is in."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return address  # a test's or a local socket's: still one place
    if isinstance(ip, IPv6Address):
        return str(ip.ipv4_mapped or ip_network((ip, 64), strict=False))
    return str(ip)
