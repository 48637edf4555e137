"""The application as `dev.py run` starts it, on a database and quizzes of its own, to be hurt."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]
QUESTIONS = ROOT / "tests" / "questions"
PATIENCE = 120.0


def free_port() -> int:
    """Return a port of this machine that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


_running: set["Server"] = set()
_starting, _is_over = threading.Lock(), threading.Event()


def end_all() -> None:
    """Kill every server that this process has started; after that, none starts."""
    with _starting:
        _is_over.set()
    for server in list(_running):
        server.kill()


class Server:
    """One server in a process group of its own; every signal goes to the whole group."""

    def __init__(
        self,
        folder: Path,
        settings: Mapping[str, str] | None = None,
        module: tuple[str, ...] = ("quizapp",),
    ) -> None:
        self.folder = folder
        self.port = free_port()
        self.settings = dict(settings or {})
        self.module = module
        self.questions = folder / "questions"
        if not self.questions.exists():
            shutil.copytree(QUESTIONS, self.questions, ignore=shutil.ignore_patterns("broken"))
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def database(self) -> Path:
        """The file of the SQLite database."""
        return self.folder / "quizapp.sqlite"

    @property
    def pid(self) -> int:
        """The id of the server's process."""
        assert self._process is not None
        return self._process.pid

    def environment(self) -> dict[str, str]:
        """Return what the server is told: nothing of a developer's own settings."""
        own = ("QUIZAPP", "PYTHONDONTWRITEBYTECODE")  # compiled once, as where people run it
        kept = {k: text for k, text in os.environ.items() if not any(word in k for word in own)}
        return {
            **kept,
            "QUIZAPP_DATABASE_URL": f"sqlite:///{self.database}",
            "QUIZAPP_QUESTIONS_DIR": str(self.questions),
            "QUIZAPP_SECRET_KEY": "only-for-experiments-0123456789abcdef",
            "QUIZAPP_INSECURE_HTTP": "1",
            "QUIZAPP_INSTANCE": str(self.folder),
            "PYTHONPATH": str(ROOT),
            **self.settings,
        }

    def command(self) -> list[str]:
        """Return the words that start it."""
        return [sys.executable, "-m", *self.module, "serve", "--port", str(self.port)]

    def start(self) -> None:
        """Start and wait until it answers. Raises RuntimeError with its log when it does not.

        However the waiting breaks off, nothing of it goes on.
        """
        with _starting, (self.folder / "server.log").open("ab") as log:
            if _is_over.is_set():
                raise RuntimeError("all servers have been ended")
            self._process = subprocess.Popen(
                self.command(),
                cwd=ROOT,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
            _running.add(self)
        try:
            self.wait_until_it_answers()
        except BaseException:
            self.kill()
            raise

    def wait_until_it_answers(self) -> float:
        """Return the seconds until the health page answers."""
        begun = time.monotonic()
        while time.monotonic() - begun < PATIENCE:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2):
                    return time.monotonic() - begun
            except (urllib.error.URLError, OSError):
                if self._process is None or self._process.poll() is not None:
                    break
                time.sleep(0.02)
        raise RuntimeError("the server did not start:\n" + self.log()[-2000:])

    def log(self) -> str:
        """Return what the server has printed."""
        return (self.folder / "server.log").read_text(errors="replace")

    def kill(self) -> None:
        """Kill the whole group at once, as a power switch does for the processes."""
        self._signal(signal.SIGKILL)

    def stop(self) -> None:
        """Ask it to end, and wait."""
        if self._process is not None:
            self._signal(signal.SIGTERM)

    def is_alive(self) -> bool:
        """Tell whether the process still runs."""
        return self._process is not None and self._process.poll() is None

    def _signal(self, number: int) -> None:
        process, self._process = self._process, None
        _running.discard(self)
        if process is None:
            return
        try:
            os.killpg(process.pid, number)
            process.wait(timeout=15)
        except ProcessLookupError:
            pass
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=15)

    def __enter__(self) -> "Server":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
