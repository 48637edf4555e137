"""Several processes that start at the same moment, as containers do, end well."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import downgrade

from proofs.server import ROOT
from quizapp.database import db

Done = tuple[int, str]


def migrate_at_once(url: str, folder: Path, number: int = 3) -> list[Done]:
    """Run `migrate` so many times at once; return the exit codes and what was printed."""
    environ = {
        **os.environ,
        "QUIZAPP_DATABASE_URL": url,
        "QUIZAPP_INSTANCE": str(folder),
        "QUIZAPP_QUESTIONS_DIR": str(ROOT / "tests" / "questions"),
    }
    command = [sys.executable, "-m", "quizapp", "migrate"]
    running = [
        subprocess.Popen(
            command,
            cwd=ROOT,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(number)
    ]
    said = [one.communicate(timeout=100)[0] for one in running]
    return [(one.returncode, text) for one, text in zip(running, said, strict=True)]


def links(done: list[Done]) -> set[str]:
    return {link for _, text in done for link in re.findall(r"/teach/setup/\S+", text)}


@pytest.mark.postgres
def test_three_that_find_an_empty_database_make_it_once_with_one_link(
    make_database: Callable[[str], str], tmp_path: Path
) -> None:
    done = migrate_at_once(make_database("template0"), tmp_path)
    assert [code for code, _ in done] == [0, 0, 0], done
    assert len(links(done)) == 1


def test_three_that_find_an_older_database_back_it_up_once_and_bring_it_up(
    make_sqlite_url: Callable[[Path], str], make_app: Callable[[str], Flask], tmp_path: Path
) -> None:
    url = make_sqlite_url(tmp_path)
    app = make_app(url)
    with app.app_context():
        downgrade(revision="0002")
        db.engine.dispose()
    done = migrate_at_once(url, tmp_path)
    assert [code for code, _ in done] == [0, 0, 0], done
    assert len(links(done)) == 1
    assert len(list((tmp_path / "backups").iterdir())) == 1
