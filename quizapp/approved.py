"""What the last start found right: not checked again before the file, or the checker, changes.

Remembered are files without an error and without a warning, by the hash of their bytes, with the
version that they gave. The memory is a file; without it, or with a damaged one, all is checked.
"""

import contextlib
import hashlib
import json
import sys
import tempfile
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from quizapp.bank.canonical import digest, to_json
from quizapp.checking import Checked, read_bytes, source_beside

Approved = Mapping[str, tuple[str, str]]
Signature = tuple[int, int, int]
CHECKER = ("bank", "checking", "marking")


class Approvals:
    """The files that were right, by name: the hash of each, and the digest of its version."""

    def __init__(self, memory: Path | None) -> None:
        self._memory = memory
        self._right: dict[str, tuple[str, str]] = {}

    @cached_property
    def _known(self) -> Approved:
        return read(self._memory) if self._memory else {}

    def hold(self, path: Path, version: str | None) -> bool:
        """Tell whether this file was right when it gave the version that is live."""
        held = (file_digest(path), version)
        if self._known.get(path.name) != held:
            return False
        self._right[path.name] = self._known[path.name]
        return True

    def note(self, path: Path, before: str | None, checked: Checked) -> None:
        """Note a file that is right, unless its hash is not what it was before the check."""
        if checked.quiz and not checked.problems and before and before == file_digest(path):
            self._right[path.name] = (before, digest(to_json(checked.quiz)))

    def keep(self) -> None:
        """Remember what is right for the next start."""
        if self._memory and self._right != self._known:
            write(self._memory, self._right)


def look(folder: Path) -> dict[str, Signature]:
    """Return what a folder's quiz files look like from outside; an editor's own are left out."""
    found = {}
    for path in sorted(folder.glob("*.y*ml")):
        if path.name.startswith("."):
            continue
        try:
            state = path.lstat()
        except OSError:
            continue  # deleted while we looked
        found[path.name] = (state.st_mtime_ns, state.st_size, state.st_ino)
    return found


def read(memory: Path) -> Approved:
    """Return, by file name, the hash of each file that was right, and the digest of its version."""
    try:
        found = json.loads(memory.read_bytes())
        if found["checker"] != checker_digest():
            return {}
        return {str(name): (str(one), str(other)) for name, (one, other) in found["files"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def write(memory: Path, files: Approved) -> None:
    """Remember these files alone; a folder that cannot be written to costs time, nothing else."""
    text = json.dumps({"checker": checker_digest(), "files": dict(files)}, sort_keys=True)
    with contextlib.suppress(OSError), tempfile.TemporaryDirectory(dir=memory.parent) as folder:
        whole = Path(folder) / memory.name
        whole.write_text(text, encoding="utf-8")
        whole.replace(memory)  # whoever reads meanwhile finds one or the other, whole


def file_digest(path: Path) -> str | None:
    """Return the hash of a quiz file and of the fingerprint beside it; None when unreadable."""
    try:
        parts = [read_bytes(path)]
        source = source_beside(path)
        if source.exists():
            parts.append(read_bytes(source))
    except OSError:
        return None
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()


def checker_digest() -> str:
    """Return the hash of what checks: its code, this Python, and the packages that are there."""
    here = Path(__file__).parent
    code = [path for name in CHECKER for path in sorted((here / name).glob("*.py"))]
    installed = {path.name for folder in sys.path for path in Path(folder).glob("*.dist-info")}
    found = hashlib.sha256("\n".join([sys.version, *sorted(installed)]).encode())
    for path in code:
        found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()
