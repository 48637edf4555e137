"""Backups: one archive that holds the database, the secret key and the quizzes, verified.

An archive has its final name only when every byte of it is on the disk and was read again. Without
the key the rejoin phrases in the database would open nothing, so it belongs to the backup; whoever
has the archive can read everything in it.
"""

import hashlib
import json
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, count
from pathlib import Path, PurePosixPath

from sqlalchemy import URL

from quizapp import dumps
from quizapp.dumps import DatabaseDamaged, DumpFault

MANIFEST = "manifest.json"
KEY = "secret_key"
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Place:
    """What a backup is made of: the database, the folder of the instance, that of the quizzes."""

    url: URL
    instance: Path
    questions: Path

    @property
    def folder(self) -> Path:
        """Where backups go unless another place is named."""
        return self.instance / "backups"


def make(place: Place, now: datetime, target: Path | None = None, why: str = "asked for") -> Path:
    """Make a backup and return its path. Raises DumpFault; a failed one leaves no archive.

    Work may go on meanwhile: everything acknowledged before the start is in it.
    """
    final = target or free_name(place, "quizapp", now)
    if final.exists():
        raise DumpFault(f"{final} exists already: name another, or move it away.")
    try:
        final.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryDirectory(prefix=".backup-", dir=final.parent) as scratch:
            _fill(place, Path(scratch), now, why, final)
    except OSError as error:
        raise DumpFault(f"The backup could not be written: {error.strerror}.") from error
    dumps.flush(final.parent)
    return final


def free_name(place: Place, stem: str, now: datetime) -> Path:
    """Return a path for a backup that nothing has yet; two of the same second get a number."""
    first = place.folder / f"{stem}-{now:%Y-%m-%dT%H%M%S}Z.tar"
    others = (first.with_stem(f"{first.stem}-{number}") for number in count(2))
    return next(path for path in chain([first], others) if not path.exists())


def _fill(place: Place, scratch: Path, now: datetime, why: str, final: Path) -> None:
    database = scratch / dumps.name_for(place.url)
    dumps.dump(place.url, database)
    files = {database.name: database, **_small_files(place)}
    manifest = {
        "made_at": now.isoformat(),
        "why": why,
        "files": {name: _digest(path) for name, path in files.items()},
    }
    listing = scratch / MANIFEST
    listing.write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    archive = scratch / "archive.tar"
    with tarfile.open(archive, "w") as tar:
        for name, path in {MANIFEST: listing, **files}.items():
            tar.add(path, arcname=name, recursive=False)
    archive.chmod(0o600)
    dumps.flush(archive)
    with tempfile.TemporaryDirectory(prefix=".check-", dir=scratch) as again:
        unpack(archive, Path(again))
    archive.rename(final)


def _small_files(place: Place) -> dict[str, Path]:
    found = {KEY: place.instance / KEY, "config.py": place.instance / "config.py"}
    for path in sorted(place.questions.rglob("*")):
        if path.is_file() and not path.is_symlink() and not path.name.startswith("."):
            found[f"questions/{path.relative_to(place.questions).as_posix()}"] = path
    for path in sorted((place.instance / "earlier").rglob("*.yaml")):
        found[f"earlier/{path.relative_to(place.instance / 'earlier').as_posix()}"] = path
    return {name: path for name, path in found.items() if path.is_file()}


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def unpack(archive: Path, folder: Path) -> Sequence[str]:
    """Unpack an archive into an empty folder and verify all of it; return the names of its files.

    Raises DumpFault when something is missing, was changed, or is not a backup at all.
    """
    try:
        with tarfile.open(archive, "r:") as tar:
            for member in tar:
                _unpack_one(tar, member, folder)
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        wanted: dict[str, str] = dict(manifest["files"])
    except (OSError, tarfile.TarError, ValueError, KeyError, TypeError) as error:
        raise DumpFault(f"{archive.name} is not a whole backup: {error}.") from error
    for name, digest in wanted.items():
        path = folder / name
        if not path.is_file() or _digest(path) != digest:
            raise DumpFault(f"{archive.name} is damaged: {name} is not what was backed up.")
    for name in set(wanted) & {dumps.SQLITE, dumps.POSTGRES}:
        dumps.verify(folder / name)
    return list(wanted)


def _unpack_one(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """Unpack a plain file inside the folder; Debian 12's tarfile has no filters to do it for us."""
    parts = PurePosixPath(member.name).parts
    content = tar.extractfile(member) if member.isreg() else None
    if content is None or not parts or ".." in parts or member.name.startswith("/"):
        raise DumpFault(f"{member.name!r} does not belong into a backup: nothing was changed.")
    path = folder.joinpath(*parts)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        shutil.copyfileobj(content, file, 1024 * 1024)


def restore(archive: Path, place: Place, now: datetime, say: Say) -> Path | None:
    """Put a backup back; return the backup that was made of what was there before, if anything.

    Raises DumpFault before anything is changed when the archive is damaged or of the other kind of
    database. Quizzes are written over those of the same name; others stay. A database that is too
    damaged for a backup is kept as it is, in a folder beside it.
    """
    place.instance.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=place.instance) as scratch:
        folder, logs = Path(scratch, "backup"), Path(scratch, "logs")
        folder.mkdir()
        logs.mkdir()
        names = unpack(archive, folder)
        wanted = dumps.name_for(place.url)
        if wanted not in names:
            raise DumpFault(
                "This backup is of the other kind of database: see QUIZAPP_DATABASE_URL."
            )
        dumps.copy_logs(place.url, logs)
        if dumps.is_in_use(place.url):
            raise DumpFault("quizapp is running on this database: stop it, then restore.")
        before = aside = None
        try:
            before = _keep_present(place, now, say)
        except DatabaseDamaged:
            aside = _begin_aside(place, now, logs)
            say(f"It is damaged, so no backup of it can be made: all of it is kept in {aside}")
        say("Putting back the database …")
        dumps.put_back(folder / wanted, place.url, aside)
        _put_back_files(folder, names, place)
    return before


def _keep_present(place: Place, now: datetime, say: Say) -> Path | None:
    if place.url.get_backend_name() == "sqlite" and not Path(str(place.url.database)).exists():
        return None
    say("Backing up what is there now …")
    return make(place, now, free_name(place, "before-restore", now), why="before a restore")


def _begin_aside(place: Place, now: datetime, logs: Path) -> Path:
    """Make the folder of a damaged database, with all that a restore replaces but the file itself.

    It lies beside the file, which then moves there though the disk be full or hard to read.
    """
    beside = Path(str(place.url.database)).parent
    try:
        aside = Path(tempfile.mkdtemp(prefix=f"damaged-{now:%Y-%m-%dT%H%M%S}Z-", dir=beside))
        kept = {path.name: path for path in logs.iterdir()}
        for name, path in {**kept, **_small_files(place)}.items():
            (aside / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, aside / name)
    except OSError as error:
        raise DumpFault(f"What is there now could not be kept: {error.strerror}.") from error
    return aside


def _put_back_files(folder: Path, names: Sequence[str], place: Place) -> None:
    for name in names:
        if name in (dumps.SQLITE, dumps.POSTGRES):
            continue
        inside = name.removeprefix("questions/")
        target = place.questions / inside if inside != name else place.instance / name
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = target.with_name(f".{target.name}.restoring")
        fresh.write_bytes((folder / name).read_bytes())
        fresh.chmod(0o600 if name == KEY else 0o644)
        fresh.replace(target)
