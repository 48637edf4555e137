"""The live bank: load the folder, watch it, swap whole, keep the last good version of each quiz."""

import logging
import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, tuple_

from quizapp import approved
from quizapp.approved import Signature, look
from quizapp.bank import canonical
from quizapp.bank.model import Quiz
from quizapp.bank.problem import Problem
from quizapp.bank.public import PublicQuiz, public
from quizapp.checking import Checked, check_file
from quizapp.checking.changes import breaking_changes
from quizapp.clock import read_wall
from quizapp.database import db, upsert, writing
from quizapp.models import Attempt, Version

log = logging.getLogger(__name__)

WATCH_SECONDS = 0.3


class Unreadable(Exception):
    """What is stored of a version is no quiz: damaged, or written by a newer quizapp."""

    def __init__(self, version_id: int) -> None:
        super().__init__(f"version {version_id} cannot be read")


@dataclass(frozen=True, slots=True)
class LiveVersion:
    """One stored version, read once per process: it never changes, so it is never invalidated."""

    id: int
    quiz: Quiz
    public: PublicQuiz


@dataclass(frozen=True, slots=True)
class BrokenFile:
    """A file that does not count, and why. `live`: an earlier good version is served meanwhile.

    `name` can be shown: what is not UTF-8 in the file's own name is replaced. `gone`: no file.
    """

    name: str
    problems: tuple[Problem, ...]
    lines: tuple[str, ...]
    live: bool
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Shelf:
    """The bank at one moment. `warnings` are those of good files, by file name."""

    quizzes: Mapping[str, LiveVersion] = field(default_factory=dict)
    broken: Mapping[str, BrokenFile] = field(default_factory=dict)
    warnings: Mapping[str, tuple[Problem, ...]] = field(default_factory=dict)


class Library:
    """Holds the shelf. Readers take `shelf` once and see one consistent bank; `now` tells the time.

    `memory` is the file in which a start finds what the last one has checked.
    A file counts when two looks at it, one watch apart, agree: a file being written is left alone.
    """

    def __init__(
        self,
        folder: Path,
        context: Callable[[], AbstractContextManager[object]],
        now: Callable[[], datetime] = read_wall,
        memory: Path | None = None,
    ) -> None:
        self.folder = folder
        self._approvals = approved.Approvals(memory)
        self.shelf = Shelf()
        self._context = context
        self._now = now
        self._taken: dict[str, Signature] = {}
        self._seen: dict[str, Signature] = {}
        self._versions: dict[int, LiveVersion] = {}
        self._unreadable: set[int] = set()
        self._refreshing = threading.Lock()
        self._swapping = threading.Lock()

    def find(self, quiz_id: str) -> LiveVersion | None:
        """Return the live version of a quiz, or None.

        What another process has put into use since our last look comes from the database.
        """
        return self.shelf.quizzes.get(quiz_id) or self._find_stored(quiz_id)

    def _find_stored(self, quiz_id: str) -> LiveVersion | None:
        newest = select(Version.id).where(Version.quiz_id == quiz_id)
        found = db.session.scalar(newest.order_by(Version.live_at.desc()).limit(1))
        if found is None:
            return None
        live = self.find_version(found)
        if live is None:
            return None
        self._swap(lambda shelf: replace(shelf, quizzes={quiz_id: live, **shelf.quizzes}))
        return live

    def _swap(self, change: Callable[[Shelf], Shelf]) -> None:
        """Change the shelf. Pages wait for this lock, so nothing slow is done under it."""
        with self._swapping:
            self.shelf = change(self.shelf)

    def version(self, version_id: int) -> LiveVersion:
        """Return a stored version. Raises LookupError when there is none, and Unreadable."""
        if version_id not in self._versions:
            row = db.session.get(Version, version_id)
            if row is None:
                raise LookupError(version_id)
            try:
                quiz = canonical.from_stored(row.content, row.digest)
            except ValueError as error:
                self._tell_unreadable(row)
                raise Unreadable(version_id) from error
            self._versions[version_id] = LiveVersion(version_id, quiz, public(quiz))
        return self._versions[version_id]

    def find_version(self, version_id: int) -> LiveVersion | None:
        """Return a stored version, or None where it cannot be read."""
        try:
            return self.version(version_id)
        except Unreadable:
            return None

    def _tell_unreadable(self, row: Version) -> None:
        """Log it once in a process: pages and housekeeping ask again and again."""
        if row.id not in self._unreadable:
            self._unreadable.add(row.id)
            log.error("Version %d of the quiz %s cannot be read.", row.id, row.quiz_id)

    def load(self) -> None:
        """Read the whole folder now, whatever state its files are in (at the start)."""
        with self._refreshing, self._context():
            live = self._restore()
            self._seen = look(self.folder)
            for name, signature in self._seen.items():
                if self._approvals.hold(self.folder / name, live.get(Path(name).stem)):
                    self._taken[name] = signature
            restored = {f"{quiz_id}.yaml" for quiz_id in self.shelf.quizzes}
            self._take(self._seen, restored - self._seen.keys())
            self._approvals.keep()

    def watch(self) -> None:
        """Start the thread that makes saved files live; it ends with the process.

        The locks are new ones: in a worker that was forked, an old one may be held by a thread that
        did not come along.
        """
        self._refreshing, self._swapping = threading.Lock(), threading.Lock()
        threading.Thread(target=self._watch, name="library", daemon=True).start()

    def _watch(self) -> None:
        pause = threading.Event()
        while not pause.wait(WATCH_SECONDS):
            try:
                self.refresh()
            except Exception:  # the watch must outlive a database that is away for a while
                log.exception("The quizzes could not be refreshed.")

    def refresh(self) -> None:
        """Look once; take the files that have changed and then held still since the last look."""
        with self._refreshing:
            now = look(self.folder)
            settled = {name: sig for name, sig in now.items() if self._seen.get(name) == sig}
            self._seen = now
            gone = self._taken.keys() - now.keys()
            if gone or any(self._taken.get(name) != sig for name, sig in settled.items()):
                with self._context():
                    self._take(settled, gone)

    def take(self, name: str) -> None:
        """Take one file now, without a second look: whoever calls has written it whole."""
        with self._refreshing, self._context():
            found = look(self.folder)
            if name in found:
                self._seen[name] = found[name]
                self._take({name: found[name]})

    def _take(
        self, settled: Mapping[str, Signature], gone: set[str] | frozenset[str] = frozenset()
    ) -> None:
        """Check the changed files; each swaps the shelf in one assignment, then counts as taken."""
        for name in gone:
            self._swap(partial(_without, name))
            self._taken.pop(name, None)
        for name, signature in settled.items():
            if self._taken.get(name) != signature:
                before = approved.file_digest(self.folder / name)
                checked = check_file(self.folder / name)
                self._swap(self._read(name, checked))
                self._taken[name] = signature
                self._approvals.note(self.folder / name, before, checked)

    def _read(self, name: str, checked: Checked) -> Callable[[Shelf], Shelf]:
        """Store what is good in a checked file; return what that changes on the shelf."""
        if checked.quiz is None:
            return partial(_broken, name, checked)
        before = self.shelf.quizzes.get(Path(name).stem)
        live = self._store(checked.quiz)
        return partial(_good, name, live, (*checked.problems, *_breaking(before, live)))

    def _store(self, quiz: Quiz) -> LiveVersion:
        """Keep a version that goes live, so that a restart or a deleted file loses nothing."""
        content = canonical.to_json(quiz)
        digest, now = canonical.digest(content), self._now()
        with writing() as session:
            live_at = _newest(quiz.id, digest, now)
            fresh = {"content": content, "created_at": now, "live_at": live_at}
            # Workers that start together store the same version at the same moment. The digest
            # names the content: writing it again mends what was damaged, and changes nothing else.
            row = {"quiz_id": quiz.id, "digest": digest, **fresh}
            upsert(session, Version, [row], ("quiz_id", "digest"), keep=("created_at",))
            stored = select(Version.id).where(Version.quiz_id == quiz.id, Version.digest == digest)
            version_id = session.scalars(stored).one()
        return self.version(version_id)

    def _restore(self) -> dict[str, str]:
        """Begin with the version of each quiz that was live last; return their digests."""
        last = select(Version.quiz_id, func.max(Version.live_at)).group_by(Version.quiz_id)
        newest = tuple_(Version.quiz_id, Version.live_at).in_(last)
        rows = db.session.scalars(select(Version).where(newest)).all()
        found = {row.quiz_id: self.find_version(row.id) for row in rows}
        self.shelf = Shelf({key: live for key, live in found.items() if live is not None})
        return {row.quiz_id: row.digest for row in rows if row.quiz_id in self.shelf.quizzes}


def _newest(quiz_id: str, digest: str, now: datetime) -> datetime:
    """Return a moment for what goes live: now, or after all others, should a clock be behind."""
    others = select(func.max(Version.live_at)).where(
        Version.quiz_id == quiz_id, Version.digest != digest
    )
    last = db.session.scalar(others)
    return now if last is None else max(now, last + timedelta(microseconds=1))


def _without(name: str, shelf: Shelf) -> Shelf:
    """A deleted file: its last good version stays for whoever was given it."""
    live = Path(name).stem in shelf.quizzes
    missing = Problem(1, 1, "This file has been deleted or renamed.")
    broken = _less(shelf.broken, name)
    if live:
        broken[name] = BrokenFile(_shown(name), (missing,), (), live, gone=True)
    return replace(shelf, broken=broken, warnings=_less(shelf.warnings, name))


def _broken(name: str, checked: Checked, shelf: Shelf) -> Shelf:
    live_yet = Path(name).stem in shelf.quizzes
    entry = BrokenFile(_shown(name), checked.problems, checked.lines, live_yet)
    return replace(shelf, broken={**shelf.broken, name: entry})


def _good(name: str, live: LiveVersion, remarks: tuple[Problem, ...], shelf: Shelf) -> Shelf:
    warnings = _less(shelf.warnings, name) | ({name: remarks} if remarks else {})
    return Shelf({**shelf.quizzes, Path(name).stem: live}, _less(shelf.broken, name), warnings)


def _breaking(before: LiveVersion | None, live: LiveVersion) -> tuple[Problem, ...]:
    """Say which changes the answers given so far cannot follow, and how many attempts hold them."""
    if before is None or before.id == live.id:
        return ()
    held = select(func.count(Attempt.id)).join(Version).where(Version.quiz_id == live.quiz.id)
    count = db.session.scalar(held)
    if not count:
        return ()
    attempts = "1 attempt keeps" if count == 1 else f"{count} attempts keep"
    return tuple(
        Problem(1, 1, f"{change.message} ({attempts} the older version.)", severity="warning")
        for change in breaking_changes(before.quiz, live.quiz)
    )


def _shown(name: str) -> str:
    return name.encode("utf-8", "replace").decode()


def _less(mapping: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in mapping.items() if key != name}
