"""Every experiment, small: the promises hold, and the controls have teeth."""

import sys
from pathlib import Path

import pytest

from proofs.__main__ import EXPERIMENTS, SMALL, table
from proofs.result import Result, Setting

SEED = 20261124


@pytest.mark.counts
@pytest.mark.parametrize("name", EXPERIMENTS)
@pytest.mark.timeout(180)
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


def test_a_failure_of_a_promise_is_said() -> None:
    assert "BROKEN" in table([Result("x", 10, 1, SEED)])


def test_no_failure_in_a_hundred_excludes_three_percent() -> None:
    assert "≤ 3.00%" in table([Result("x", 100, 0, SEED)])
