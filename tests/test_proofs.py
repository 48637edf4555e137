"""Every experiment, small: the promises hold, and the controls have teeth."""

import json
import sys
from pathlib import Path

import pytest

from proofs import __main__ as proofs
from proofs.__main__ import EXPERIMENTS, SMALL, attempt, main
from proofs.report import markdown, table
from proofs.result import Missing, Result, Setting

SEED = 20261124


@pytest.mark.counts
@pytest.mark.parametrize("name", EXPERIMENTS)
@pytest.mark.timeout(240)
def test_a_promise_holds_and_its_control_fails(name: str, tmp_path: Path) -> None:
    results = EXPERIMENTS[name](Setting(tmp_path, SEED, SMALL))
    for one in results:
        wanted = " as it should" if one.control else ""
        sys.stdout.write(f"{one.promise}: {one.failed:,} of {one.tried:,} failed{wanted}\n")
    assert [one.promise for one in results if not one.held] == []


def test_a_control_that_never_fails_has_not_held() -> None:
    assert not Result("x", 10, 0, SEED, control=True).held
    assert Result("x", 10, 1, SEED, control=True).held


def test_an_experiment_that_tried_nothing_has_not_held() -> None:
    assert not Result("x", 0, 0, SEED).held


def test_an_experiment_that_breaks_off_has_not_held_and_says_why(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(_setting: Setting) -> list[Result]:
        raise ValueError("no such thing")

    monkeypatch.setitem(proofs.EXPERIMENTS, "kill", broken)
    (found,) = attempt("kill", SEED, SMALL)
    assert not found.held
    assert "ValueError no such thing" in found.promise


def test_an_experiment_that_lacks_a_tool_has_not_held_and_names_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def poor(_setting: Setting) -> list[Result]:
        raise Missing("gcc is not here")

    monkeypatch.setitem(proofs.EXPERIMENTS, "kill", poor)
    (found,) = attempt("kill", SEED, SMALL)
    assert not found.held
    assert "gcc is not here" in found.promise


def test_a_failure_of_a_promise_is_said() -> None:
    assert "BROKEN" in table([Result("x", 10, 1, SEED)])


def test_no_failure_in_a_hundred_excludes_three_percent() -> None:
    assert "≤ 3.00%" in table([Result("x", 100, 0, SEED)])


def test_no_failure_in_a_million_still_excludes_not_everything() -> None:
    assert "≤ 0.0003%" in table([Result("x", 1_000_000, 0, SEED)])


def test_the_json_of_a_run_can_be_read_again_for_the_documents(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    results = [Result("x", 1_000, 0, SEED), Result("control: y", 10, 4, SEED, control=True)]
    path = tmp_path / "run.json"
    path.write_text(json.dumps([one.as_json() for one in results]), encoding="utf-8")
    assert main(["--read", str(path), "--markdown"]) == 0
    assert capsys.readouterr().out.strip() == markdown(results)
    assert main(["--read", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == [
        {"promise": "x", "tried": 1000, "failed": 0, "seed": SEED, "control": False, "held": True},
        {
            "promise": "control: y",
            "tried": 10,
            "failed": 4,
            "seed": SEED,
            "control": True,
            "held": True,
        },
    ]
