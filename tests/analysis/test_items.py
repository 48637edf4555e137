"""Figures of single questions, against published values and simulated classes."""

import csv
import json
import math
import random
from pathlib import Path

import pytest

from quizapp.analysis.items import (
    correlation_interval,
    item_rest,
    pearson,
    rest_scores,
    suspect_key,
    wilson,
)

DATA = Path(__file__).parents[2] / "../shared/data"
with_data = pytest.mark.skipif(not DATA.is_dir(), reason="data by others, outside the repository")
ITEMS, CHOICES = 24, 16


@pytest.mark.parametrize(
    ("right", "number", "low", "high"),
    [(21, 30, 0.521, 0.833), (6, 30, 0.095, 0.373), (27, 30, 0.744, 0.965), (3, 4, 0.301, 0.954)],
)
def test_wilson_gives_the_published_interval(
    right: int, number: int, low: float, high: float
) -> None:
    assert wilson(right, number) == pytest.approx((low, high), abs=0.0005)


def test_an_interval_stays_between_nothing_and_all() -> None:
    assert wilson(0, 3)[0] == 0
    assert wilson(3, 3)[1] == 1


def test_a_row_that_does_not_vary_has_no_correlation() -> None:
    assert pearson([1, 1, 1], [1, 2, 3]) is None
    assert pearson([1, 2, 3], [5, 5, 5]) is None
    assert pearson([1], [2]) is None


def test_fishers_interval_has_the_published_ends() -> None:
    assert correlation_interval(0.35, 30) == pytest.approx((-0.012, 0.631), abs=0.0005)
    assert correlation_interval(1.0, 30) == (1.0, 1.0)


def read_rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


@with_data
def test_correlations_equal_moodles_own() -> None:
    rows = read_rows(DATA / "statistics/responses_quiz00.csv")
    matrix = [[float(mark) for mark in row[1:8]] for row in rows]
    expected = json.loads((DATA / "statistics/expected_quiz00.json").read_text(encoding="utf-8"))
    slots = [one for one in expected["questions"] if not one["subquestion"] and not one["variant"]]
    assert len(slots) == 7
    for slot in slots:
        r = item_rest(matrix, slot["slot"] - 1)
        assert 100 * (r or 0) == pytest.approx(slot["discriminationindex"] or 0, rel=1e-5)


@with_data
def test_correlations_equal_what_moodle_displays() -> None:
    rows = read_rows(DATA / "statistics/responses_behat3.csv")
    matrix = [[float(mark) for mark in row[1:]] for row in rows]
    found = [100 * (item_rest(matrix, item) or 0) for item in range(3)]
    assert found == pytest.approx([50.0, 86.6, 86.6], abs=0.005)


@with_data
def test_real_answers_give_the_published_correlations() -> None:
    key, *people = read_rows(DATA / "responses/iqitems_1525x16_raw_options.csv")
    matrix = [[float(a == k) for a, k in zip(one[1:], key[1:], strict=True)] for one in people]
    found = [item_rest(matrix, item) for item in range(16)]
    known = [value for value in found if value is not None]
    assert (min(known), max(known)) == pytest.approx((0.345, 0.510), abs=0.0005)


Answers = tuple[list[list[float]], list[list[str]]]


def simulate(students: int, chance: random.Random) -> Answers:
    """Return marks and choices of a class on good questions; "a" is the key of every choice."""
    marks, choices = [], []
    for _ in range(students):
        ability = chance.gauss(0, 1)
        row, chosen = [], []
        for item in range(ITEMS):
            hard = -2.0 + 2.8 * item / (ITEMS - 1)
            right = 1 / (1 + math.exp(-1.3 * (ability - hard)))
            if item % 3 < 2:
                right = 0.2 + 0.8 * right
            hit = chance.random() < right
            row.append(float(hit))
            chosen.append("a" if hit else chance.choice("bcd"))
        marks.append(row)
        choices.append(chosen)
    return marks, choices


def suspected(marks: list[list[float]], choices: list[list[str]], item: int, key: str) -> bool:
    given = [row[item] for row in choices]
    return suspect_key(given, rest_scores(marks, item), key) is not None


def test_of_two_hundred_good_classes_hardly_a_key_is_doubted() -> None:
    chance = random.Random(20260302)
    alarms = tried = 0
    for _ in range(200):
        marks, choices = simulate(30, chance)
        for item in [item for item in range(ITEMS) if item % 3 < 2]:
            alarms += suspected(marks, choices, item, "a")
            tried += 1
    assert tried == 200 * CHOICES
    assert alarms / tried < 0.01


def test_a_wrong_key_is_found_in_nine_classes_of_ten() -> None:
    chance = random.Random(7)
    found = 0
    for _ in range(200):
        marks, choices = simulate(30, chance)
        wrong = chance.choice("bcd")
        for row, chosen in zip(marks, choices, strict=True):
            row[12] = float(chosen[12] == wrong)
        found += suspected(marks, choices, 12, wrong)
    assert found >= 180


def test_below_fifteen_students_no_key_is_doubted() -> None:
    rest = [float(number) for number in range(15)]
    assert suspect_key(["b"] * 14, rest[:14], "a") is None
    assert suspect_key(["b"] * 15, rest, "a") is not None


@pytest.mark.parametrize(("students", "tier"), [(29, "look"), (30, "probably")])
def test_the_doubt_is_said_without_reserve_from_thirty(students: int, tier: str) -> None:
    found = suspect_key(["b"] * students, [0.0] * students, "a")
    assert found is not None
    assert (found.option, found.tier) == ("b", tier)


def test_half_of_the_strongest_is_not_enough_and_a_quarter_for_the_key_is_too_much() -> None:
    rest = [float(-number) for number in range(30)]
    others = ["a"] * 20
    assert suspect_key([*"bbbbbccccd", *others], rest, "a") is None
    assert suspect_key([*"bbbbbbbaaa", *others], rest, "a") is None
    assert suspect_key([*"bbbbbbbbaa", *others], rest, "a") is not None


def test_those_who_chose_nothing_do_not_tempt() -> None:
    assert suspect_key([None] * 30, [0.0] * 30, "a") is None
