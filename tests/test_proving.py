"""How a run of the experiments goes: side by side or alone, in order, and what ends it early."""

import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from proofs.__main__ import BESIDE, EXPERIMENTS, LARGE, SMALL, attempt, prove
from proofs.result import Missing, Result, Setting
from proofs.server import ROOT

SEED = 20261124
PATIENCE = 30.0
SERVE_IN_A_THREAD = """
import signal, time
from proofs import __main__ as proofs
from proofs.server import Server
from proofs.together import at_once

def serve(setting):
    def act():
        with Server(setting.folder) as server:
            print(server.pid, flush=True)
            time.sleep(600)
    return at_once([act])

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
proofs.EXPERIMENTS["kill"] = serve
proofs.main(["kill"])
"""
SHARED = "PROVING_FOLDER"  # where experiments in other processes tell what they do


def wait_for(is_so: Callable[[], bool]) -> bool:
    begun = time.monotonic()
    while not is_so() and time.monotonic() - begun < PATIENCE:
        time.sleep(0.01)
    return is_so()


def shared() -> Path:
    return Path(os.environ[SHARED])


def succeed(setting: Setting) -> list[Result]:
    return [Result("succeeds", 1, 0, setting.seed)]


def meet(setting: Setting) -> list[Result]:
    (shared() / str(os.getpid())).touch()
    met = wait_for(lambda: len(list(shared().iterdir())) == 2)
    return [Result("meets another", 1, int(not met), setting.seed)]


def lack(_setting: Setting) -> list[Result]:
    raise Missing("gcc is not here")


def die(_setting: Setting) -> list[Result]:
    os._exit(1)


def serve_for_ever(_setting: Setting) -> list[Result]:
    with subprocess.Popen(["sleep", "600"], start_new_session=True) as server:
        try:
            (shared() / "started").write_text(str(server.pid))
            server.wait()
        finally:
            server.kill()
            (shared() / "ended").touch()
    return []


@pytest.fixture(autouse=True)
def _share_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SHARED, str(tmp_path))


@pytest.fixture
def _heed_ctrl_c() -> Iterator[None]:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_who_may_run_beside_another_is_an_experiment() -> None:
    assert set(BESIDE) <= EXPERIMENTS.keys()


def test_in_a_large_run_two_run_at_the_same_time(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("nth-write", "deadlines"):
        monkeypatch.setitem(EXPERIMENTS, name, meet)
    results = prove(["nth-write", "deadlines"], SEED, LARGE)
    assert [one.held for one in results] == [True, True]


@pytest.mark.filterwarnings("ignore:'proofs.__main__' found in sys.modules:RuntimeWarning")
def test_two_run_when_started_from_the_command_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("nth-write", "deadlines"):
        monkeypatch.setitem(EXPERIMENTS, name, succeed)
    monkeypatch.setattr(sys, "argv", ["proofs", "nth-write", "deadlines", "--full", "--json"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_module("proofs", run_name="__main__", alter_sys=True)
    assert ended.value.code == 0
    assert capsys.readouterr().out.count("succeeds") == 2


def test_who_needs_the_whole_machine_runs_beside_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    others: list[object] = []

    def look(setting: Setting) -> list[Result]:
        others.extend(multiprocessing.active_children())
        return succeed(setting)

    monkeypatch.setitem(EXPERIMENTS, "nth-write", succeed)
    monkeypatch.setitem(EXPERIMENTS, "class-of-1000", look)
    assert len(prove(["class-of-1000", "nth-write"], SEED, LARGE)) == 2
    assert others == []


def test_a_small_run_stays_in_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []

    def look(setting: Setting) -> list[Result]:
        seen.append(os.getpid())
        return succeed(setting)

    for name in ("nth-write", "deadlines"):
        monkeypatch.setitem(EXPERIMENTS, name, look)
    prove(["nth-write", "deadlines"], SEED, SMALL)
    assert seen == [os.getpid()] * 2


def test_results_come_in_the_order_of_the_names(monkeypatch: pytest.MonkeyPatch) -> None:
    def count(setting: Setting) -> list[Result]:
        return [Result("counts", 1, 0, setting.seed)]

    monkeypatch.setitem(EXPERIMENTS, "deadlines", lack)
    monkeypatch.setitem(EXPERIMENTS, "kill", count)
    monkeypatch.setitem(EXPERIMENTS, "nth-write", succeed)
    results = prove(["deadlines", "kill", "nth-write"], SEED, LARGE)
    said = [one.promise for one in results]
    assert said == ["deadlines could not run: gcc is not here", "counts", "succeeds"]


def test_an_experiment_whose_process_dies_has_not_held_and_the_other_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(EXPERIMENTS, "nth-write", die)
    monkeypatch.setitem(EXPERIMENTS, "deadlines", succeed)
    died, other = prove(["nth-write", "deadlines"], SEED, LARGE)
    assert not died.held
    assert died.promise.startswith("nth-write broke off")
    assert other.held


@pytest.mark.usefixtures("_heed_ctrl_c")
def test_ctrl_c_ends_what_runs_beside_with_its_servers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def press() -> None:
        wait_for((tmp_path / "started").exists)
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    monkeypatch.setitem(EXPERIMENTS, "nth-write", serve_for_ever)
    pressing = threading.Thread(target=press)
    pressing.start()
    with pytest.raises(KeyboardInterrupt):
        prove(["nth-write"], SEED, LARGE)
    pressing.join()
    assert (tmp_path / "ended").exists()
    assert multiprocessing.active_children() == []


def test_ctrl_c_ends_a_server_that_a_thread_of_an_experiment_runs() -> None:
    words = [sys.executable, "-c", SERVE_IN_A_THREAD]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        server = int(running.stdout.readline())
        running.send_signal(signal.SIGINT)
        try:
            assert running.wait(PATIENCE) == 130
        finally:
            running.kill()
    assert not Path(f"/proc/{server}").exists()


def test_each_line_of_the_progress_begins_with_the_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_setting: Setting) -> list[Result]:
        raise ValueError("no such thing")

    monkeypatch.setitem(EXPERIMENTS, "kill", succeed)
    attempt("kill", SEED, SMALL)
    monkeypatch.setitem(EXPERIMENTS, "kill", broken)
    attempt("kill", SEED, SMALL)
    lines = capsys.readouterr().err.splitlines()
    assert [line for line in lines if not line.startswith("kill")] == []
