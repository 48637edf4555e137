"""The bare thing: Flask, raw SQL and a template, under the same server, settings and lock.

    python -m bench.bare FOLDER serve --port PORT

`FOLDER/bare.sqlite` is a copy of the database that the application works on, so tables, indexes
and rows are the same; `FOLDER/marks.json` are rows that the application has stored. No log-in, no
form, no check of anything.
"""

import fcntl
import json
import sqlite3
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import waitress
from flask import Flask, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as Page

COMMITS_PER_CHECKPOINT = 500
PRAGMAS = (
    "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000",
    "wal_autocheckpoint=0", "secure_delete=ON", "trusted_schema=OFF",
)  # fmt: skip
CLOSE = "UPDATE attempts SET state = 'submitted' WHERE id = ?"
SUBMISSION = (
    "INSERT INTO submissions (attempt_id, submission_key, receipt, how, submitted_at)"
    " VALUES (?, ?, ?, 'student', ?)"
)
MARK = (
    "INSERT INTO marks (attempt_id, item_id, outcome, points_numerator, points_denominator,"
    " source, rule, folded, trace, marked_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
SAVE = (
    "INSERT INTO responses (attempt_id, item_id, given, level, revision, saved_at)"
    " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (attempt_id, item_id) DO UPDATE SET"
    " given = excluded.given, level = excluded.level, revision = excluded.revision,"
    " saved_at = excluded.saved_at"
)


class Store:
    """One connection for each thread, and one writer at a time, as the application does it."""

    def __init__(self, folder: Path) -> None:
        self.path, self.lock_path = folder / "bare.sqlite", folder / "bare.lock"
        self._own = threading.local()
        self._lock = threading.Lock()
        self._commits = 0

    def _open(self) -> sqlite3.Connection:
        if not hasattr(self._own, "link"):
            link = sqlite3.connect(self.path, isolation_level=None)
            for pragma in PRAGMAS:
                link.execute(f"PRAGMA {pragma}")
            self._own.link = link
        found: sqlite3.Connection = self._own.link
        return found

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection in a transaction that is committed at the end."""
        link = self._open()
        with self._lock, self.lock_path.open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            link.execute("BEGIN IMMEDIATE")
            yield link
            link.execute("COMMIT")
            self._commits += 1
            if self._commits % COMMITS_PER_CHECKPOINT == 0:
                link.execute("PRAGMA wal_checkpoint(PASSIVE)")


def make_app(folder: Path) -> Flask:
    """Return the bare application on the copy in this folder."""
    app, store = Flask(__name__, template_folder="."), Store(folder)
    marks, page = _read(folder / "marks.json"), _read(folder / "page.json")

    @app.get("/")
    @app.get("/healthz")
    def hello() -> str:
        return "hello"

    @app.post("/submit")
    def submit() -> Page:
        number, key = int(request.form["attempt"]), request.form["key"]
        moment = "2026-01-05 10:00:00.000000"
        with store.writing() as link:
            link.execute(CLOSE, (number,))
            link.executemany(MARK, [(number, *row) for row in marks])
            link.execute(SUBMISSION, (number, key, f"{number:08d}", moment))
        return redirect("/page", 303)

    @app.post("/save")
    def save() -> Page:
        sent = json.loads(request.get_data())
        row = (sent["attempt"], sent["item"], json.dumps(sent["values"]), sent["level"], 2)
        with store.writing() as link:
            link.execute(SAVE, (*row, "2026-01-05 10:00:00.000000"))
        return jsonify(state="saved")

    @app.get("/page")
    def show() -> str:
        return render_template("page.html", **page)

    return app


def _read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8")) if path.exists() else {}


if __name__ == "__main__":
    waitress.serve(
        make_app(Path(sys.argv[1])),
        host="127.0.0.1",
        port=int(sys.argv[-1]),
        threads=4,
        connection_limit=2000,
        asyncore_use_poll=True,
        channel_timeout=60,
        ident=None,
        _quiet=True,
    )
