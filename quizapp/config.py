"""Configuration: defaults, then instance/config.py, then QUIZAPP_* from the environment."""

import os
import secrets
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import tzlocal
from flask import Flask
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

ROOT = Path(__file__).parent.parent
DEFAULTS: dict[str, Any] = {
    "QUESTIONS_DIR": str(ROOT / "questions"),
    "DATABASE_URL": "sqlite:///quizapp.sqlite",
    "INSECURE_HTTP": False,
    "TIME_ZONE": "",  # a name such as Europe/Berlin; empty: the zone of this machine
    "PROXIES": 0,  # how many proxies in front may say who asks, by which name, and over https
    "ACCESS_LOG": "file",  # instance/logs/access.log; or "stderr", or "off"
    "METRICS": False,  # /metrics, to this machine only
    "MAX_CONTENT_LENGTH": 1024 * 1024,  # Werkzeug's own form limits leave urlencoded bodies open
    "MAX_FORM_MEMORY_SIZE": 1024 * 1024,  # the editor sends a whole quiz file as one field
    "WTF_CSRF_TIME_LIMIT": None,  # a token lives as long as the log-in: no expiry in an attempt
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Lax",
    # argon2id at the floor that OWASP gives, so that 30 log-ins do not starve a quiz
    "ARGON2_TIME_COST": 2,
    "ARGON2_MEMORY_COST": 19 * 1024,
    "ARGON2_PARALLELISM": 1,
}
SHORTEST_KEY = 32
FROM_ENVIRONMENT = (
    "DATABASE_URL", "QUESTIONS_DIR", "INSECURE_HTTP", "SECRET_KEY", "TIME_ZONE", "TRUSTED_HOSTS",
    "PROXIES", "ACCESS_LOG", "METRICS",
)  # fmt: skip


class StartFault(Exception):
    """The application cannot start; the message is one sentence that says what to do."""


def configure(app: Flask, overrides: Mapping[str, Any] | None) -> None:
    """Fill app.config; `overrides` (tests) replace file and environment. Raises StartFault."""
    app.config.from_mapping(DEFAULTS)
    if overrides is None:
        app.config.from_pyfile("config.py", silent=True)
        app.config.update(_environment())
    else:
        app.config.update(overrides)
    _check_database(app.config["DATABASE_URL"])
    app.config.setdefault("SQLALCHEMY_DATABASE_URI", app.config["DATABASE_URL"])
    _prepare_instance(Path(app.instance_path))
    if not app.config["SECRET_KEY"]:
        app.config["SECRET_KEY"] = _secret_key(Path(app.instance_path) / "secret_key")
    if len(app.config["SECRET_KEY"]) < SHORTEST_KEY:
        raise StartFault(f"QUIZAPP_SECRET_KEY must have at least {SHORTEST_KEY} characters.")
    secure = not app.config["INSECURE_HTTP"]
    app.config["SESSION_COOKIE_SECURE"] = secure
    # The prefix makes browsers refuse the cookie without Secure, or from another host.
    app.config["SESSION_COOKIE_NAME"] = "__Host-quizapp" if secure else "quizapp"
    if not Path(app.config["QUESTIONS_DIR"]).is_dir():
        raise StartFault(
            f"The folder of quizzes, {app.config['QUESTIONS_DIR']}, is not there: "
            "make it, or name another with QUIZAPP_QUESTIONS_DIR."
        )


def read_zone(name: str) -> ZoneInfo:
    """Return the school's time zone, by default that of this machine. Raises StartFault."""
    try:
        return ZoneInfo(name or tzlocal.get_localzone_name())
    except (ValueError, LookupError, OSError) as error:
        raise StartFault(
            f"QUIZAPP_TIME_ZONE: there is no time zone called {name!r}; "
            "write it like Europe/Berlin or America/Bogota."
        ) from error


def _check_database(address: str) -> None:
    try:
        url = make_url(address)
    except ArgumentError as error:
        raise StartFault(
            "QUIZAPP_DATABASE_URL is not an address: write it like postgresql://user@host/name."
        ) from error
    kind = url.get_backend_name()
    if kind == "sqlite" and url.database in (None, "", ":memory:"):
        raise StartFault("QUIZAPP_DATABASE_URL must name a file: answers are kept on disk.")
    if kind not in ("sqlite", "postgresql"):
        raise StartFault(f"QUIZAPP_DATABASE_URL: use sqlite or postgresql, {kind} does not work.")


def _environment() -> dict[str, Any]:
    values: dict[str, Any] = {
        name: os.environ[f"QUIZAPP_{name}"]
        for name in FROM_ENVIRONMENT
        if os.environ.get(f"QUIZAPP_{name}")
    }
    for name in ("INSECURE_HTTP", "METRICS"):
        if name in values:
            if values[name] not in ("0", "1"):
                raise StartFault(f"QUIZAPP_{name} must be 0 or 1.")
            values[name] = values[name] == "1"
    if "PROXIES" in values:
        if values["PROXIES"] not in tuple("0123456789"):
            raise StartFault("QUIZAPP_PROXIES must be the number of proxies in front: 0 to 9.")
        values["PROXIES"] = int(values["PROXIES"])
    if values.get("ACCESS_LOG", "file") not in ("file", "stderr", "off"):
        raise StartFault("QUIZAPP_ACCESS_LOG must be file, stderr or off.")
    if "TRUSTED_HOSTS" in values:
        values["TRUSTED_HOSTS"] = values["TRUSTED_HOSTS"].split(",")
    return values


def _prepare_instance(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StartFault(f"The folder {folder} cannot be made: {error.strerror}.") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise StartFault(
            f"The folder {folder} cannot be written to: give it to the user who runs quizapp."
        )


def _secret_key(path: Path) -> str:
    """Return the key of this installation, made on the first start, readable by its owner only."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read_key(path)
    with os.fdopen(handle, "w") as file:
        key = secrets.token_hex(32)
        file.write(key)
    return key


def _read_key(path: Path) -> str:
    """Read the key; another process that starts at this moment may be about to write it."""
    for pause in (0.05, 0.2, 0.5, 0):
        try:
            key = path.read_text().strip()
        except OSError as error:
            raise StartFault(f"The file {path} cannot be read: {error.strerror}.") from error
        if len(key) >= SHORTEST_KEY:
            return key
        time.sleep(pause)
    raise StartFault(
        f"The file {path} holds no key: restore it from a backup, or delete it "
        "(everybody then logs in again, and rejoin phrases stop working)."
    )
