"""The rows of `dev.py bench`: computed right from given samples; nothing here asserts a time."""

import json
from pathlib import Path

import pytest

from bench.__main__ import main
from bench.pure import LIMITS, count_statements
from bench.row import Row, table
from bench.school import open_school


def test_a_row_is_the_median_of_its_rounds_with_their_spread() -> None:
    row = Row("x", [0.9, 0.5, 0.7], 0.6, "higher")
    assert row.as_json() == {
        "name": "x",
        "ratio": 0.7,
        "target": 0.6,
        "low": 0.5,
        "high": 0.9,
        "better": "higher",
    }


@pytest.mark.parametrize(
    ("samples", "better", "passed"),
    [
        ([0.6], "higher", True),
        ([0.59], "higher", False),
        ([0.6], "lower", True),
        ([0.61], "lower", False),
    ],
)
def test_the_limit_itself_passes_on_either_side(
    samples: list[float], better: str, passed: bool
) -> None:
    assert Row("x", samples, 0.6, "higher" if better == "higher" else "lower").passed is passed


def test_a_missed_row_stays_in_the_table_and_is_called_so() -> None:
    said = table([Row("kept", [1.0], 2, "lower"), Row("slow", [3.0], 2, "lower")])
    assert "slow" in said
    assert "MISSED" in said


def test_a_row_that_is_only_reported_says_so() -> None:
    assert Row("x", [3.0], 2, "lower", required=False).verdict == "missed, reported only"


def test_the_json_is_a_list_of_rows_with_exactly_their_fields(
    capsys: pytest.CaptureFixture[str],
) -> None:
    main(["statements", "--json"])
    rows = json.loads(capsys.readouterr().out)
    assert len(rows) == 3
    for row in rows:
        assert set(row) == {"name", "ratio", "target", "low", "high", "better"}
        assert row["low"] <= row["ratio"] <= row["high"]


def test_saving_handing_in_and_the_page_keep_to_their_numbers_of_statements(tmp_path: Path) -> None:
    counts = count_statements(open_school(tmp_path, 2))
    assert {name: number for name, number in counts.items() if number > LIMITS[name]} == {}
