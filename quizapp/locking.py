"""One at a time, among the threads of a process and among processes."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

try:
    import fcntl
except ImportError:  # Windows: one process, where the thread lock is enough
    fcntl = None  # type: ignore[assignment]  # mypy sees the POSIX module only


@contextmanager
def locked(file: IO[Any]) -> Iterator[None]:
    """Hold the lock on an open file; other processes wait. It ends with the process, too."""
    if fcntl is None:
        yield
        return
    fcntl.flock(file, fcntl.LOCK_EX)
    try:
        yield
    finally:
        # Closing would not be enough while a forked process has the same file open.
        fcntl.flock(file, fcntl.LOCK_UN)


class WriteLock:
    """One writer at a time: a thread lock and, between processes, a lock on a file.

    A process that is forked while it is held has neither the thread that would let it go, nor any
    use for that thread's file: it begins anew.
    """

    def __init__(self, path: Path) -> None:
        self._thread = threading.Lock()
        self._path = path
        self._file: IO[Any] | None = None
        self.commits = 0
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._begin_anew)

    def _begin_anew(self) -> None:
        self._thread = threading.Lock()
        if self._file is not None:
            self._file.close()

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Wait for the lock, and hold it."""
        with self._thread, open(self._path, "ab", buffering=0) as self._file, locked(self._file):
            yield
