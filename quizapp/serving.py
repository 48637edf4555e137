"""Serving on a bare machine: every step says what it does, every fault is one sentence."""

import contextlib
import ctypes
import gc
import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any

import click
from flask import Flask, current_app

from quizapp import config, create_app, housekeeping
from quizapp.accounts import offer_setup
from quizapp.classrooms import find_demonstration, make_demonstration, shown
from quizapp.closing import close_all_overdue
from quizapp.database import alone, db
from quizapp.library import Library
from quizapp.readiness import is_behind, is_migrated
from quizapp.receiving import create_server
from quizapp.system.shelf import quiz_of
from quizapp.upkeep import back_up_first

try:
    import resource
except ImportError:  # Windows, which has no such limit
    resource = None  # type: ignore[assignment]  # mypy sees the POSIX module only

SAMPLE = "all-weather-partnership"
CONNECTIONS = 2000
THREADS = 4  # more would only take Python's lock from each other: a page costs half as much again
M_ARENA_MAX = -8  # as <malloc.h> of glibc names it
MOST_BYTES = 16 * 1024 * 1024


def hand_in_overdue(now: datetime) -> None:
    """Hand in what has passed its deadline: the one job of housekeeping that needs the quizzes."""
    close_all_overdue(quiz_of, now)


SOON = (hand_in_overdue,)


def serve(host: str, port: int) -> None:
    """Prepare everything, print the addresses, serve until stopped. Raises StartFault."""
    _settle_transport(host)
    _share_heap()
    with _step("Opening the database"):
        app = create_app()
        app.config.setdefault("TRUSTED_HOSTS", None)
        if app.config["TRUSTED_HOSTS"] is None:
            app.config["TRUSTED_HOSTS"] = _hosts(host)
        with app.app_context():
            migrate()
    library: Library = app.extensions["quizapp_library"]
    with _step("Checking the quizzes"):
        library.load()
    server = _listen(app, host, port)
    _introduce(app, library, f"http://{_bracketed(_shown_host(host))}:{port}")
    library.watch()
    _keep_house(app)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    gc.freeze()  # what a start has made stays, and collections need not walk through it
    server.run()
    click.echo("\nStopped.")


def _share_heap() -> None:
    """Let all threads allocate from one heap: they take turns anyway, and each heap wastes room."""
    with contextlib.suppress(AttributeError, OSError, TypeError):  # another C library
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)


def make_wsgi() -> Flask:
    """Return the application for a WSGI server: quizzes loaded and watched, housekeeping begun.

    The database must have been migrated before: several workers start at once. Raises StartFault.
    """
    app = create_app()
    if not app.config.get("TRUSTED_HOSTS"):
        raise config.StartFault(
            "QUIZAPP_TRUSTED_HOSTS must name the host that people type, such as quiz.example.org."
        )
    with app.app_context():
        if not is_migrated(app.extensions["migrate"].directory):
            raise config.StartFault(
                "The database has not been migrated: run python3 dev.py migrate first."
            )
    library: Library = app.extensions["quizapp_library"]
    library.load()
    _begin(app)
    # gunicorn --preload makes the application before it makes the workers: threads do not come
    # along, and no two processes may speak through one connection.
    os.register_at_fork(
        before=lambda: _dispose(app), after_in_child=lambda: _begin(app, forked=True)
    )
    return app


def _begin(app: Flask, *, forked: bool = False) -> None:
    """Begin what a process does by itself, with connections of its own.

    A forked process leaves those of its parent alone: closing them would end the parent's.
    """
    _dispose(app, close=not forked)
    app.extensions["quizapp_library"].watch()
    _keep_house(app)


def _keep_house(app: Flask) -> None:
    housekeeping.start(app.app_context, app.extensions["quizapp_clock"], housekeeping.JOBS, SOON)


def _dispose(app: Flask, *, close: bool = True) -> None:
    with app.app_context():
        db.engine.dispose(close=close)


def _settle_transport(host: str) -> None:
    """Plain http is fine on this machine; beyond it, somebody must have decided so."""
    if _is_loopback(host):
        os.environ.setdefault("QUIZAPP_INSECURE_HTTP", "1")
        return
    if os.environ.get("QUIZAPP_PROXIES", "0") != "0":
        return  # in a container: the proxy in front has the TLS
    if os.environ.get("QUIZAPP_INSECURE_HTTP") != "1":
        raise config.StartFault(
            f"On {host} other machines can reach quizapp over plain http, where passwords and "
            "answers travel unprotected. On a school's own network you may accept that: set "
            "QUIZAPP_INSECURE_HTTP=1. Otherwise serve on 127.0.0.1 behind a proxy with TLS, with "
            "QUIZAPP_INSECURE_HTTP=0 and the proxy's name in QUIZAPP_TRUSTED_HOSTS."
        )
    click.echo("Plain http: anyone on this network can read what is sent. Cookies are not Secure.")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _hosts(host: str) -> list[str]:
    """The names under which this server answers; a forged Host header gets 400."""
    hosts = {"127.0.0.1", "localhost", "[::1]", _bracketed(host)}
    if not _is_loopback(host):
        name = socket.gethostname()
        hosts |= {name, f"{name}.local", *_addresses(name)}
    return sorted(hosts)


def _bracketed(host: str) -> str:
    """An IPv6 address as addresses of pages hold it."""
    return f"[{host}]" if ":" in host else host


def _addresses(name: str) -> set[str]:
    try:
        found = {str(info[4][0]) for info in socket.getaddrinfo(name, None, socket.AF_INET)}
    except OSError:
        found = set()
    # A datagram socket that sends nothing still learns the address the network knows us by.
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            found.add(probe.getsockname()[0])
        except OSError:
            pass
    return found


def _shown_host(host: str) -> str:
    if host != "0.0.0.0":
        return host
    reachable = _addresses(socket.gethostname()) - {"127.0.0.1", "127.0.1.1"}
    return min(reachable, default="127.0.0.1")


@contextlib.contextmanager
def _step(what: str) -> Iterator[None]:
    click.echo(f"{what} … ", nl=False)
    started = time.monotonic()
    try:
        yield
    except BaseException:
        click.echo("failed")
        raise
    click.echo(f"done ({time.monotonic() - started:.1f} s)")


def migrate() -> None:
    """Bring the database to the newest migration, with a backup before. Raises StartFault.

    Several processes may call it at once: one migrates, the others find nothing left to do.
    """
    db.session.rollback()
    with alone():
        scripts = current_app.extensions["migrate"].directory
        if is_migrated(scripts):
            return
        if is_behind(scripts):
            click.echo(f"backed up as {back_up_first(current_app).name} … ", nl=False)
        db.session.rollback()
        _upgrade()


def _upgrade() -> None:
    from alembic import command  # a start with nothing to migrate does without
    from alembic.util import CommandError

    try:  # flask_migrate.upgrade would end the process with a sentence of its own
        command.upgrade(current_app.extensions["migrate"].migrate.get_config(), "head")
    except CommandError as error:
        raise config.StartFault(
            f"The database does not fit this version of quizapp ({error}): it was made by a newer "
            "one. Start the newer version, or restore the backup made before the upgrade."
        ) from error


def _listen(app: Flask, host: str, port: int) -> Any:
    _raise_descriptors()
    # A line for every request that waits its turn would cost more than the wait.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    try:
        return create_server(
            app,
            host=host,
            port=port,
            threads=THREADS,
            connection_limit=CONNECTIONS,  # slow clients must not use up a classroom's
            asyncore_use_poll=True,  # select() stops at 1,024 descriptors
            channel_timeout=60,
            max_request_body_size=MOST_BYTES,  # more is refused unread; our own page says no before
            ident=None,
        )
    except OSError as error:
        raise config.StartFault(
            f"Port {port} on {host} cannot be used ({error.strerror}): stop what uses it, "
            f"or choose another with --port {port + 1}."
        ) from error


def _raise_descriptors() -> None:
    """Allow a descriptor for each connection, as far as this user may; many systems give 1,024."""
    if resource is None:
        return
    wanted = CONNECTIONS + 500
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _introduce(app: Flask, library: Library, address: str) -> None:
    now = datetime.now(UTC)
    shelf = library.shelf
    click.echo(
        f"{len(shelf.quizzes)} quizzes are live." if len(shelf.quizzes) != 1 else "1 quiz is live."
    )
    for name in shelf.broken:
        click.echo(f"  {name} has errors and does not count: python3 dev.py check shows them.")
    with app.app_context():
        if library.find(SAMPLE):
            make_demonstration(SAMPLE, now)
        demonstration = find_demonstration()
        code = shown(demonstration.join_code) if demonstration else None
        token = offer_setup(str(app.secret_key), now)
    click.echo(f"\nStudents open   {address}/")
    if code:
        click.echo(f"  to try it     {address}/join/{code}   (the demonstration class)")
    if token:
        click.echo(f"Teacher, once   {address}/teach/setup/{token}")
    else:
        click.echo(f"Teachers        {address}/teach/")
    click.echo("\nCtrl-C stops the server.")
