"""Writes quiz files: whole or not at all, never over a change that nobody saw, the earlier kept.

A save goes: take the lock, look whether the file is still the one that was opened, keep a copy of
it, write the new bytes beside it, put the act into the audit log, and rename. Up to the rename
nothing has changed for anyone, and a rename within a folder cannot be half done.
"""

import difflib
import hashlib
import os
import re
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from quizapp import audit
from quizapp.bank.source import MAX_BYTES
from quizapp.checking import read_bytes
from quizapp.database import writing
from quizapp.locking import locked

_ID = re.compile(r"[a-z0-9-]{1,40}")
_STAMP = "%Y%m%dT%H%M%S.%fZ"
RESERVED = frozenset({"check", "new", "upload"})  # addresses of pages beside those of the quizzes
LONGEST, MOST_SHOWN = 5000, 500
_one_at_a_time = threading.Lock()


class ChangedMeanwhile(Exception):
    """The file is not the one that was opened: somebody saved, made or deleted it."""


class NotWritten(Exception):
    """The file cannot be written; the message is one sentence that says why."""


@dataclass(frozen=True, slots=True)
class Cabinet:
    """Where quiz files are (`folder`), and where the earlier ones are kept (`earlier`)."""

    folder: Path
    earlier: Path

    def path(self, quiz_id: str) -> Path:
        """Return the place of a quiz file. Raises LookupError for what cannot be an id."""
        if not is_id(quiz_id):
            raise LookupError(quiz_id)
        return self.folder / f"{quiz_id}.yaml"

    @property
    def is_open(self) -> bool:
        """True when files can be written; a folder that is mounted read-only says no."""
        return os.access(self.folder, os.W_OK | os.X_OK)


@dataclass(frozen=True, slots=True)
class Earlier:
    """A file that was replaced: when, and the name of its copy."""

    stamp: str
    replaced_at: datetime


def is_id(text: str) -> bool:
    """Tell whether a text can be the id of a quiz that has pages: a-z, 0-9 and -, at most 40."""
    return _ID.fullmatch(text) is not None and text not in RESERVED


def suggest_id(filename: str) -> str:
    """Return the id nearest to the name of a file; empty when nothing of it can stay."""
    stem = re.split(r"[/\\]", filename)[-1].casefold()
    stem = re.sub(r"\.ya?ml$", "", stem)
    return re.sub(r"[^a-z0-9]+", "-", stem).strip("-")[:40].strip("-")


def digest(data: bytes) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def find_bytes(cabinet: Cabinet, quiz_id: str) -> bytes | None:
    """Return the bytes of a quiz file; None when there is none that may be read.

    Raises LookupError for what cannot be an id.
    """
    try:
        return read_bytes(cabinet.path(quiz_id))
    except OSError:
        return None


def find_changed_at(cabinet: Cabinet, quiz_id: str) -> datetime | None:
    """Return when a quiz file was last changed, or None."""
    try:
        return datetime.fromtimestamp(cabinet.path(quiz_id).lstat().st_mtime, UTC)
    except (OSError, ValueError, OverflowError):
        return None


def save(
    cabinet: Cabinet,
    quiz_id: str,
    data: bytes,
    base: str | None,
    teacher_id: int,
    now: datetime,
    act: str = "quiz saved",
) -> None:
    """Replace a quiz file, or make it, and record `act` in the audit log.

    `base` is the digest of the file that was opened, None where there was none. Raises
    ChangedMeanwhile when the file is another one by now, NotWritten when it cannot be written.
    """
    path = cabinet.path(quiz_id)
    try:
        with _locked(cabinet):
            before = _look(path)
            if (None if before is None else digest(before)) != base:
                raise ChangedMeanwhile(quiz_id)
            if before is not None:
                _keep(cabinet, quiz_id, before, now)
            _replace(path, data, {"quiz": quiz_id, "digest": digest(data)}, act, teacher_id, now)
    except OSError as error:
        raise NotWritten(_why(error)) from error


def earlier_files(cabinet: Cabinet, quiz_id: str, most: int = 30) -> tuple[Earlier, ...]:
    """Return the copies of files that were replaced, the newest first."""
    folder = cabinet.earlier / cabinet.path(quiz_id).stem
    found = []
    for path in folder.glob("*.yaml"):
        with suppress(ValueError):
            when = datetime.strptime(path.stem, _STAMP).replace(tzinfo=UTC)
            found.append(Earlier(path.stem, when))
    return tuple(sorted(found, key=lambda one: one.replaced_at, reverse=True)[:most])


def get_earlier(cabinet: Cabinet, quiz_id: str, stamp: str) -> tuple[Earlier, bytes]:
    """Return one copy and its bytes. Raises LookupError when there is none."""
    try:
        when = datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
        # Made again from the moment, so that no address leads out of the folder.
        name = f"{when.strftime(_STAMP)}.yaml"
        data = read_bytes(cabinet.earlier / cabinet.path(quiz_id).stem / name)
    except (ValueError, OSError):
        raise LookupError(stamp) from None
    return Earlier(stamp, when), data


def compare(before: bytes, after: bytes) -> tuple[tuple[str, str], ...]:
    """Return the lines of a unified diff, each with "+", "-", "@" or " " before it.

    Comparing takes longer than its length: above LONGEST lines only that is said, and no more than
    MOST_SHOWN lines are returned. What is said in place of a line has "…" before it.
    """
    if before == after:
        return ()
    old, new = readable(before).split("\n"), readable(after).split("\n")
    if max(len(old), len(new)) > LONGEST:
        return (("…", f"More than {LONGEST:,} lines: too long to compare."),)
    lines = list(islice(difflib.unified_diff(old, new, n=2), 2, MOST_SHOWN + 3))
    shown = tuple((line[:1], line[1:]) for line in lines[:MOST_SHOWN])
    return (*shown, ("…", "More lines differ.")) if len(lines) > MOST_SHOWN else shown


def readable(data: bytes) -> str:
    """Return the bytes as text with plain line ends; what is not UTF-8 becomes a sign."""
    text = data[:MAX_BYTES].decode("utf-8-sig", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


@contextmanager
def _locked(cabinet: Cabinet) -> Iterator[None]:
    """Let one save look and write at a time, in this process and beside it."""
    cabinet.earlier.mkdir(parents=True, exist_ok=True)
    with _one_at_a_time, open(cabinet.earlier / ".lock", "a") as file, locked(file):
        yield


def _look(path: Path) -> bytes | None:
    try:
        return read_bytes(path)
    except FileNotFoundError:
        return None


def _keep(cabinet: Cabinet, quiz_id: str, data: bytes, now: datetime) -> None:
    folder = cabinet.earlier / quiz_id
    folder.mkdir(exist_ok=True)
    _write(folder / f"{now.astimezone(UTC).strftime(_STAMP)}.yaml", data, None)
    _sync(folder)


def _replace(
    path: Path,
    data: bytes,
    details: dict[str, object],
    act: str,
    teacher_id: int,
    now: datetime,
) -> None:
    """Write beside the file, record, rename. The log never misses a change that was made."""
    state = path.lstat() if path.exists() else None
    beside = path.with_name(f".{path.stem}-{os.getpid()}-{os.urandom(4).hex()}")
    try:
        _write(beside, data, state)
        with writing():
            audit.record(act, now, teacher_id, details=details)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
    _sync(path.parent)


def _write(path: Path, data: bytes, like: os.stat_result | None) -> None:
    """Write a new file to the disk, with the mode and the owner of `like`."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644)
    with os.fdopen(handle, "wb") as file:
        if like is not None:
            with suppress(PermissionError):  # only root may give a file away
                os.fchown(handle, like.st_uid, like.st_gid)
            os.fchmod(handle, stat.S_IMODE(like.st_mode))
        file.write(data)
        file.flush()
        os.fsync(handle)


def _sync(folder: Path) -> None:
    """Make a rename last through a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _why(error: OSError) -> str:
    reason = error.strerror or str(error)
    return f"The file could not be written ({reason}). Ask whoever runs quizapp to look at it."
