"""Run and test quizapp on a bare machine: Python 3.11 or newer and its standard library suffice.

    python3 dev.py run [--host HOST] [--port PORT]   serve quizapp, by default on 127.0.0.1:8000
    python3 dev.py test [pytest arguments]           check and test everything, or what you name
    python3 dev.py prove [--full] [NAME ...]         try to break the promises, print what held
    python3 dev.py bench [NAME ...]                  measure the cost against the bare thing
    python3 dev.py lock                              remake both lock files (needs uv)
    python3 dev.py WORD ...                          a command of quizapp: check, schema, ...

The first start makes .venv and installs what the lock file names; later starts need no network.
"""

import ast
import ctypes
import glob
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

if sys.version_info < (3, 11):
    sys.exit(f"quizapp needs Python 3.11 or newer; this is Python {sys.version.split()[0]}.")

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "installed.txt"
RUN_LOCK = ROOT / "requirements.lock"
TEST_LOCK = ROOT / "requirements-dev.lock"
MODULES = {"prove": "proofs", "bench": "bench"}
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
# How a machine reaches its package index must hold for us too; where and what it installs must not.
PIP_NETWORK = {"index-url", "extra-index-url", "find-links", "no-index", "cert", "client-cert"}
PIP_NETWORK |= {"proxy", "trusted-host", "timeout", "default-timeout", "retries", "cache-dir"}
DEBIANS = "/usr/lib/postgresql/*/bin"
Which = Callable[[str], str | None]


class Fault(Exception):
    """What stops a command; the message is one sentence that says what to do."""


class Progress:
    """Numbered steps on stderr, so that a command's own output can go into a file."""

    def __init__(self, total: int) -> None:
        self.total, self.number = total, 0

    @contextmanager
    def step(self, text: str, done: str = "finished") -> Iterator[None]:
        """Announce a step, then how long it took."""
        self.number += 1
        say(f"[{self.number}/{self.total}] {text} …")
        started = time.monotonic()
        yield
        say(f"      {done} ({time.monotonic() - started:.1f} s)")


def say(text: str) -> None:
    """Print a line for the person, at once."""
    print(text, file=sys.stderr, flush=True)


def stamp_lines(lock: Path) -> list[str]:
    """Return what the stamp holds after `lock` is installed; the test lock covers the other."""
    locks = [RUN_LOCK, TEST_LOCK] if lock == TEST_LOCK else [lock]
    digests = [f"{file.name} {hashlib.sha256(file.read_bytes()).hexdigest()}" for file in locks]
    return [python_line(), *digests]


def python_line() -> str:
    """Return the stamp's line on the Python that the environment was made for."""
    return "python {}.{}".format(*sys.version_info)


def stamped() -> set[str]:
    """Return the lines of the stamp; none when no install was finished or its Python has gone."""
    there = PYTHON.exists() and STAMP.exists()
    return set(STAMP.read_text(encoding="utf-8").splitlines()) if there else set()


def is_installed(lock: Path) -> bool:
    """Tell whether the environment holds what `lock` names."""
    return set(stamp_lines(lock)) <= stamped()


def ensure_environment(lock: Path, progress: Progress) -> None:
    """Make .venv hold what `lock` names. Raises Fault.

    The stamp goes first and comes back last: an install that was cut off leaves none, and the
    next start then makes the environment from nothing.
    """
    if is_installed(lock):
        with progress.step("Looking at the packages", "nothing to install"):
            return
    if Path(sys.prefix) == VENV:
        raise Fault("Start dev.py with the system's python3, not with the one in .venv.")
    number = len(re.findall(r"^\S+==", lock.read_text(encoding="utf-8"), re.MULTILINE))
    with progress.step(f"Installing about {number} packages into .venv, a minute or less"):
        ensure_pip()
        if python_line() not in stamped():
            run([sys.executable, "-m", "venv", "--clear", "--without-pip", str(VENV)])
        STAMP.unlink(missing_ok=True)
        install(lock)
        STAMP.write_text("\n".join(stamp_lines(lock)) + "\n", encoding="utf-8")


def ensure_pip() -> None:
    """Have pip beside this Python. Raises Fault."""
    if importlib.util.find_spec("pip") is None and not apt_install(["python3-pip"]):
        raise Fault("This Python has no pip. On Debian, type: sudo apt-get install python3-pip")


def install(lock: Path) -> None:
    """Install exactly what `lock` names, each file checked against its hash. Raises Fault."""
    pip = [sys.executable, "-m", "pip"]
    listing = subprocess.run([*pip, "config", "list"], capture_output=True, text=True, check=False)
    quiet = ["--quiet", "--no-input", "--disable-pip-version-check", "--root-user-action=ignore"]
    what = ["--require-hashes", "-r", str(lock)]
    command = [*pip, "--python", str(PYTHON), "install", *quiet, *what]
    run(command, pip_environment(listing.stdout, os.environ))


def pip_environment(listing: str, environ: Mapping[str, str]) -> dict[str, str]:
    """Return `environ` with none of pip's settings but those on the network.

    `listing` is the output of `pip config list`, which also names the PIP_* variables.
    """
    kept = {name: value for name, value in environ.items() if not name.startswith("PIP_")}
    kept["PIP_CONFIG_FILE"] = os.devnull
    settings = [line.partition("=") for line in listing.splitlines()]
    for section in ("global", "install", ":env:"):  # the later wins, as in pip
        for name, _, value in settings:
            where, _, key = name.rpartition(".")
            if where == section and key in PIP_NETWORK:
                text = str(ast.literal_eval(value)).replace("\n", " ")
                kept["PIP_" + key.upper().replace("-", "_")] = text
    return kept


def run(command: Sequence[str], environ: Mapping[str, str] | None = None) -> None:
    """Run a command of the set-up, its output shown. Raises Fault when it fails."""
    if subprocess.run(command, cwd=ROOT, env=environ, check=False).returncode:
        again = "Is this machine online? The same command again starts afresh."
        raise Fault(f"The packages could not be installed; the lines above say why. {again}")


def find_browser(environ: Mapping[str, str], which: Which = shutil.which) -> str | None:
    """Return the path of a Chromium: $CHROMIUM, else the first on the PATH, else None."""
    return environ.get("CHROMIUM") or next(filter(None, map(which, BROWSERS)), None)


def find_postgres(which: Which = shutil.which, folders: str = DEBIANS) -> Path | None:
    """Return the folder of PostgreSQL's programs: on the PATH, else the newest of Debian's."""
    if on_path := which("pg_ctl"):
        return Path(on_path).resolve().parent
    installed = [Path(folder) for folder in glob.glob(folders) if Path(folder, "pg_ctl").exists()]
    return max(installed, key=lambda folder: float(folder.parent.name), default=None)


def has_atomic() -> bool:
    """Tell whether the library is there that the browser driver's node needs on Linux."""
    try:
        ctypes.CDLL("libatomic.so.1")
    except OSError:
        return not sys.platform.startswith("linux")
    return True


def missing_packages(environ: Mapping[str, str], which: Which = shutil.which) -> list[str]:
    """Return the Debian packages that tests and experiments need; sbin is off a user's PATH."""
    needed = {"gcc": ["gcc", "libc6-dev"], "nginx": ["nginx"]}
    missing = [one for one in needed if not (which(one) or which(f"/usr/sbin/{one}"))]
    missing = [name for one in missing for name in needed[one]]
    missing += [] if find_browser(environ, which) else [BROWSERS[0], "fonts-dejavu-core"]
    missing += [] if has_atomic() else ["libatomic1"]
    served = environ.get("TEST_POSTGRES_URL") or find_postgres(which)
    return missing if served else [*missing, "postgresql"]


def apt_install(packages: Sequence[str]) -> bool:
    """Install Debian packages where this may be done; tell whether it was."""
    if os.name == "nt" or os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    fetch = ["apt-get", "install", "-qq", "-y", "--no-install-recommends", *packages]
    quiet: dict[str, Any] = {"stdin": subprocess.DEVNULL, "capture_output": True, "text": True}
    for command in (["apt-get", "update", "-qq"], fetch):
        done = subprocess.run(command, env=environ, **quiet)
        if done.returncode:
            say((done.stdout + done.stderr)[-2000:])
    return done.returncode == 0


def prepare(checks: int) -> Progress:
    """Get the packages, the browser, the servers and tools, or say what to type. Raises Fault."""
    progress = Progress(2 + checks)
    ensure_environment(TEST_LOCK, progress)
    if not (missing := missing_packages(os.environ)):
        with progress.step("Looking for a browser, servers and a compiler", "all are here"):
            return progress
    names = " ".join(missing)
    with progress.step(f"Installing {names} with apt-get, two or three minutes"):
        installed = apt_install(missing)
    if not installed:
        say(
            f"      Not installed: what needs it will fail. Type: sudo apt-get install {names}\n"
            "      (or set CHROMIUM=/path/to/chrome, TEST_POSTGRES_URL=postgresql://…)"
        )
    return progress


def test_plan(arguments: Sequence[str]) -> dict[str, list[str]]:
    """Return the checks by name; arguments for pytest mean: only pytest, with just these."""
    if arguments:
        return {"pytest": ["pytest", *arguments]}
    return {
        "ruff check": ["ruff", "check", "."],
        "ruff format": ["ruff", "format", "--check", "."],
        "mypy": ["mypy"],
        # Three, since many tests wait. A file stays on one, set up once; conftest.py orders them.
        "pytest": ["pytest", "-n", "3", "--dist", "loadfile", "--no-loadscope-reorder"],
    }


def test(arguments: Sequence[str]) -> int:
    """Run every check even when an earlier one fails; return 1 when any did."""
    plan = test_plan(arguments)
    progress, failed = prepare(len(plan)), []
    for name, words in plan.items():
        with progress.step(name):
            done = subprocess.run([str(PYTHON), "-m", *words], cwd=ROOT, check=False)
        if done.returncode:
            failed.append(name)
    say("Failed: " + ", ".join(failed) if failed else "Passed: " + ", ".join(plan))
    return 1 if failed else 0


def lock() -> int:
    """Remake both lock files from pyproject.toml. Raises Fault."""
    if not shutil.which("uv"):
        raise Fault("The lock files are made with uv, which is not on the PATH.")
    words = "--universal --generate-hashes --python-version 3.11 --no-annotate --no-header"
    base = f"uv pip compile pyproject.toml {words} --no-emit-index-url -q".split()
    for extra in (["-o", RUN_LOCK.name], ["--group", "dev", "-o", TEST_LOCK.name]):
        if subprocess.run([*base, *extra], cwd=ROOT, check=False).returncode:
            raise Fault("uv could not make the lock files; the lines above say why.")
    return 0


def app_words(words: Sequence[str]) -> list[str]:
    """Return the words for quizapp's own command line: `run` there is called `serve`."""
    return ["serve" if words[0] == "run" else words[0], *words[1:]]


def hand_over(module: str, words: Sequence[str]) -> NoReturn:
    """Become a module, so that Ctrl-C and exit codes are its own; Windows can only wait for it."""
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    os.environ["PYTHONPATH"] = os.pathsep.join(paths)
    command = [str(PYTHON), "-m", module, *words]
    if os.name == "nt":
        sys.exit(subprocess.run(command, check=False).returncode)
    os.execv(command[0], command)


def main(words: Sequence[str]) -> int:
    """Do what the words say and return the exit code. Raises Fault."""
    if not words or words[0] in ("-h", "--help"):
        print(__doc__, flush=True)  # before another program takes over
        if not words or not is_installed(RUN_LOCK):
            return 0
        hand_over("quizapp", ["--help"])
    if words[0] == "test":
        return test(words[1:])
    if words[0] in MODULES:
        prepare(0)
        hand_over(MODULES[words[0]], words[1:])
    if words[0] == "lock":
        return lock()
    if words[0] == "run" or not is_installed(RUN_LOCK):
        ensure_environment(RUN_LOCK, Progress(2))
        say("[2/2] Starting quizapp …")
    hand_over("quizapp", app_words(words))


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Fault as fault:
        sys.exit(f"dev.py: {fault}")
    except KeyboardInterrupt:
        sys.exit(130)
