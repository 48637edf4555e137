"""The parts of dev.py that decide; what it installs is tried on a bare machine."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import dev

Which = Callable[[str], str | None]


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tree with two lock files and an environment that no install has finished."""
    for name, path in {
        "ROOT": tmp_path,
        "VENV": tmp_path / ".venv",
        "PYTHON": tmp_path / ".venv/python",
        "STAMP": tmp_path / ".venv/installed.txt",
        "RUN_LOCK": tmp_path / "requirements.lock",
        "TEST_LOCK": tmp_path / "requirements-dev.lock",
    }.items():
        monkeypatch.setattr(dev, name, path)
    (tmp_path / ".venv").mkdir()
    dev.PYTHON.touch()
    dev.RUN_LOCK.write_text("flask==3.1.3 \\\n    --hash=sha256:aa\n")
    dev.TEST_LOCK.write_text("flask==3.1.3 \\\n    --hash=sha256:aa\npytest==9.2.0\n")
    return tmp_path


def finish_install(lock: Path) -> None:
    dev.STAMP.write_text("\n".join(dev.stamp_lines(lock)) + "\n")


def on_path(*names: str) -> Which:
    return lambda name: f"/bin/{name}" if name in names else None


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commands that dev.py would have run; each succeeds."""
    ran: list[list[str]] = []

    def record(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        ran.append(command)
        return subprocess.CompletedProcess(command, 0, stdout="", stderr="")

    monkeypatch.setattr(subprocess, "run", record)
    monkeypatch.setattr(dev, "ensure_pip", lambda: None)
    return ran


def test_an_environment_without_a_stamp_is_not_installed(tree: Path) -> None:
    assert not dev.is_installed(dev.RUN_LOCK)


def test_a_finished_install_is_installed(tree: Path) -> None:
    finish_install(dev.RUN_LOCK)
    assert dev.is_installed(dev.RUN_LOCK)


def test_a_changed_lock_is_not_installed(tree: Path) -> None:
    finish_install(dev.RUN_LOCK)
    dev.RUN_LOCK.write_text("flask==3.1.4\n")
    assert not dev.is_installed(dev.RUN_LOCK)


def test_the_environment_of_the_tests_serves_too(tree: Path) -> None:
    finish_install(dev.TEST_LOCK)
    assert dev.is_installed(dev.RUN_LOCK)


def test_the_environment_that_serves_cannot_test(tree: Path) -> None:
    finish_install(dev.RUN_LOCK)
    assert not dev.is_installed(dev.TEST_LOCK)


def test_another_python_needs_another_environment(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish_install(dev.RUN_LOCK)
    monkeypatch.setattr(sys, "version_info", (4, 0, 0, "final", 0))
    assert not dev.is_installed(dev.RUN_LOCK)


def test_an_environment_whose_python_has_gone_is_not_installed(tree: Path) -> None:
    finish_install(dev.RUN_LOCK)
    dev.PYTHON.unlink()
    assert not dev.is_installed(dev.RUN_LOCK)


def test_a_second_start_runs_no_command(tree: Path, commands: list[list[str]]) -> None:
    finish_install(dev.RUN_LOCK)
    dev.ensure_environment(dev.RUN_LOCK, dev.Progress(1))
    assert commands == []


def test_an_install_that_was_cut_off_starts_from_nothing(
    tree: Path, commands: list[list[str]]
) -> None:
    dev.ensure_environment(dev.RUN_LOCK, dev.Progress(1))
    assert commands[0][1:5] == ["-m", "venv", "--clear", "--without-pip"]


def test_a_changed_lock_is_installed_over_the_old_one(
    tree: Path, commands: list[list[str]]
) -> None:
    finish_install(dev.RUN_LOCK)
    dev.ensure_environment(dev.TEST_LOCK, dev.Progress(1))
    assert not any("venv" in command for command in commands)


def test_packages_are_installed_by_hash_from_the_lock(
    tree: Path, commands: list[list[str]]
) -> None:
    dev.ensure_environment(dev.RUN_LOCK, dev.Progress(1))
    assert commands[-1][-3:] == ["--require-hashes", "-r", str(dev.RUN_LOCK)]


def test_a_failed_install_leaves_no_stamp(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    finish_install(dev.RUN_LOCK)
    monkeypatch.setattr(dev, "ensure_pip", lambda: None)
    failed = subprocess.CompletedProcess[str]([], 1, stdout="", stderr="")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: failed)
    with pytest.raises(dev.Fault, match="online"):
        dev.ensure_environment(dev.TEST_LOCK, dev.Progress(1))
    assert not dev.STAMP.exists()


def test_pip_keeps_how_the_machine_reaches_its_index() -> None:
    listing = "global.cert='/etc/ca.pem'\nglobal.find-links='/a\\n/b'"
    environ = dev.pip_environment(listing, {})
    assert environ["PIP_CERT"] == "/etc/ca.pem"
    assert environ["PIP_FIND_LINKS"] == "/a /b"


def test_pip_forgets_what_would_install_elsewhere_or_otherwise() -> None:
    listing = "global.constraint='/etc/c.txt'\n:env:.user='1'\ninstall.target='/srv'"
    environ = dev.pip_environment(listing, {"PIP_USER": "1", "PIP_TARGET": "/srv", "HOME": "/root"})
    assert environ == {"HOME": "/root", "PIP_CONFIG_FILE": os.devnull}


def test_a_variable_wins_over_a_file_of_pip_settings() -> None:
    listing = ":env:.proxy='mine'\nglobal.proxy='everybody'"
    assert dev.pip_environment(listing, {})["PIP_PROXY"] == "mine"


def test_the_named_browser_comes_first() -> None:
    named = {"CHROMIUM": "/opt/chrome"}
    assert dev.find_browser(named, on_path("chromium")) == "/opt/chrome"


def test_browsers_are_looked_for_in_order() -> None:
    every = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"]
    found = [dev.find_browser({}, on_path(*every[first:])) for first in range(4)]
    assert found == [f"/bin/{name}" for name in every]


def test_a_machine_may_have_no_browser() -> None:
    assert dev.find_browser({}, on_path("firefox")) is None


def test_the_newest_postgresql_of_debian_is_used(tmp_path: Path) -> None:
    for version in ("9.6", "15", "17"):
        (tmp_path / version / "bin").mkdir(parents=True)
        if version != "17":  # a client without a server
            (tmp_path / version / "bin/pg_ctl").touch()
    found = dev.find_postgres(on_path(), f"{tmp_path}/*/bin")
    assert found == tmp_path / "15/bin"


def test_a_postgresql_on_the_path_comes_first() -> None:
    assert dev.find_postgres(lambda name: f"/nowhere/bin/{name}") == Path("/nowhere/bin")


def test_a_named_server_needs_no_postgresql_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev, "find_postgres", lambda _which: None)
    assert "postgresql" in dev.missing_packages({})
    assert "postgresql" not in dev.missing_packages({"TEST_POSTGRES_URL": "postgresql://x"})


def test_nginx_is_found_where_debian_has_it() -> None:
    assert "nginx" in dev.missing_packages({}, lambda _: None)
    there = {"/usr/sbin/nginx": "/usr/sbin/nginx"}
    assert "nginx" not in dev.missing_packages({}, there.get)


def test_only_the_administrator_installs_packages(
    commands: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert not dev.apt_install(["chromium"])
    assert commands == []


def test_what_cannot_be_installed_is_named_with_what_to_type(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dev, "missing_packages", lambda _: ["postgresql"])
    monkeypatch.setattr(dev, "apt_install", lambda _: False)
    monkeypatch.setattr(dev, "ensure_environment", lambda *_: None)
    dev.prepare(0)
    assert "sudo apt-get install postgresql" in capsys.readouterr().err


def test_run_is_serve_in_the_application() -> None:
    assert dev.app_words(["run", "--port", "1"]) == ["serve", "--port", "1"]


@pytest.mark.parametrize(("word", "module"), [("prove", "proofs"), ("bench", "bench")])
def test_experiments_take_the_place_of_dev_py_so_that_ctrl_c_is_theirs(
    monkeypatch: pytest.MonkeyPatch, word: str, module: str
) -> None:
    def become(_path: str, words: list[str]) -> None:
        raise InterruptedError(words)

    monkeypatch.setattr(dev, "prepare", lambda _steps: None)
    monkeypatch.setattr(os, "execv", become)
    monkeypatch.setenv("PYTHONPATH", "others")
    with pytest.raises(InterruptedError) as became:
        dev.main([word, "--full", "kill"])
    assert became.value.args[0] == [str(dev.PYTHON), "-m", module, "--full", "kill"]
    assert os.environ["PYTHONPATH"] == f"{dev.ROOT}{os.pathsep}others"


def test_any_other_word_stays_as_it_is() -> None:
    assert dev.app_words(["check", "run"]) == ["check", "run"]


def test_everything_is_checked_when_nothing_is_named() -> None:
    assert list(dev.test_plan([])) == ["ruff check", "ruff format", "mypy", "pytest"]


def test_arguments_go_to_pytest_as_they_are() -> None:
    assert dev.test_plan(["-k", "x"]) == {"pytest": ["pytest", "-k", "x"]}


def test_a_failed_check_stops_no_other_and_fails_the_whole(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = []

    def fail_mypy(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        ran.append(command[2])
        return subprocess.CompletedProcess(command, 1 if "mypy" in command else 0)

    monkeypatch.setattr(subprocess, "run", fail_mypy)
    monkeypatch.setattr(dev, "ensure_environment", lambda *_: None)
    monkeypatch.setattr(dev, "missing_packages", lambda _: [])
    assert dev.test([]) == 1
    assert ran == ["ruff", "ruff", "mypy", "pytest"]
    assert capsys.readouterr().err.splitlines()[-1] == "Failed: mypy"


def test_without_words_the_commands_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert dev.main([]) == 0
    assert "dev.py test" in capsys.readouterr().out


def test_a_lock_is_made_only_where_uv_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(dev.Fault, match="uv"):
        dev.lock()


def test_what_a_passed_test_counted_is_shown_though_a_worker_ran_it() -> None:
    named = "test_no_cell_begins_a_formula_and_every_text_comes_back"
    environ = {name: text for name, text in os.environ.items() if not name.startswith("PYTEST_")}
    command = [sys.executable, "-m", "pytest", "-n", "1", f"tests/test_exporting.py::{named}"]
    done = subprocess.run(
        command, cwd=dev.ROOT, env=environ, capture_output=True, text=True, check=False
    )
    (line,) = [line for line in done.stdout.splitlines() if "kinds of file" in line]
    assert line.endswith("in 3 kinds of file: 0 formulas")
