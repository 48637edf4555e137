"""Reliability and what follows from it, against published values and real answers."""

from statistics import mean, pvariance, stdev

import pytest

from quizapp.analysis.gates import reliable
from quizapp.analysis.reliability import alpha, noise, standard_error, totals
from tests.analysis.test_items import DATA, read_rows, with_data


def test_alpha_equals_kuder_and_richardson_on_zeros_and_ones() -> None:
    matrix = [[1.0, 1, 1, 0], [1.0, 1, 0, 0], [1.0, 0, 0, 0], [1.0, 1, 1, 1], [0.0, 0, 1, 0]]
    shares = [mean(row[item] for row in matrix) for item in range(4)]
    kr20 = 4 / 3 * (1 - sum(p * (1 - p) for p in shares) / pvariance(totals(matrix)))
    assert alpha(matrix) == pytest.approx(kr20)


def test_alpha_below_zero_is_kept() -> None:
    found = alpha([[1.0, 0, 0], [0.0, 1, 0], [0.0, 0, 1], [1.0, 1, 0]])
    assert found is not None
    assert found < 0


@pytest.mark.parametrize("matrix", [[], [[1.0, 0.0]], [[1.0], [0.0]], [[1.0, 0.0], [0.0, 1.0]]])
def test_without_any_spread_nothing_is_said(matrix: list[list[float]]) -> None:
    assert alpha(matrix) is None
    assert standard_error(matrix) is None


def test_two_scores_must_be_about_five_points_apart() -> None:
    assert noise(1.9) == pytest.approx(5.27, abs=0.005)


@pytest.mark.parametrize(
    ("students", "items", "shown"), [(20, 8, True), (19, 8, False), (20, 7, False)]
)
def test_reliability_needs_twenty_students_and_eight_questions(
    students: int, items: int, shown: bool
) -> None:
    assert reliable(students, items) == shown


@with_data
def test_moodles_own_figures_come_out() -> None:
    rows = read_rows(DATA / "statistics/responses_quiz00.csv")
    matrix = [[float(mark) for mark in row[1:8]] for row in rows]
    assert alpha(matrix) == pytest.approx(-0.872230935542, rel=1.5e-5)
    assert standard_error(matrix) == pytest.approx(1.1106813066, rel=1.5e-5)


@with_data
def test_fifteen_hundred_real_people_give_the_published_figures() -> None:
    key, *people = read_rows(DATA / "responses/iqitems_1525x16_raw_options.csv")
    matrix = [[float(a == k) for a, k in zip(one[1:], key[1:], strict=True)] for one in people]
    scores = totals(matrix)
    assert alpha(matrix) == pytest.approx(0.8408, abs=0.00005)
    assert (mean(scores), stdev(scores)) == pytest.approx((7.83, 4.07), abs=0.005)
    assert standard_error(matrix) == pytest.approx(1.63, abs=0.005)


@with_data
@pytest.mark.parametrize(("name", "expected"), [("scored", 0.743), ("credits", 0.614)])
def test_a_real_exam_gives_the_published_reliability(name: str, expected: float) -> None:
    rows = read_rows(DATA / f"responses/mathexam14w_729x13_{name}.csv")
    matrix = [[float(mark) for mark in row[1:]] for row in rows]
    assert alpha(matrix) == pytest.approx(expected, abs=0.0005)
