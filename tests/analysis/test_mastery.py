"""What a student's answers to a family of questions show, against published values."""

from itertools import pairwise

import pytest

from quizapp.analysis.mastery import beta_share, chance_of_mastery, state


@pytest.mark.parametrize(
    ("right", "number", "chance"),
    [
        (9, 12, 0.312), (10, 12, 0.585), (11, 12, 0.845), (12, 12, 0.981),
        (4, 6, 0.196), (5, 6, 0.535), (6, 6, 0.905), (3, 4, 0.355), (4, 4, 0.832),
    ],
)  # fmt: skip
def test_the_chance_of_mastery_is_the_published_one(right: int, number: int, chance: float) -> None:
    assert chance_of_mastery(right, number) == pytest.approx(chance, abs=0.0005)


def test_twelve_of_twelve_has_the_published_lower_end() -> None:
    assert beta_share(0.815, 12.5, 0.5) == pytest.approx(0.025, abs=0.0005)


def test_the_beta_function_is_exact_where_it_can_be_worked_out_by_hand() -> None:
    assert beta_share(0.3, 1, 1) == pytest.approx(0.3)
    assert beta_share(0.3, 2, 1) == pytest.approx(0.09)
    assert beta_share(0.5, 7.5, 7.5) == pytest.approx(0.5)
    assert (beta_share(0, 2, 3), beta_share(1, 2, 3)) == (0, 1)


def test_more_right_answers_never_lower_the_chance() -> None:
    chances = [chance_of_mastery(right / 3, 24) for right in range(73)]
    assert all(low < high for low, high in pairwise(chances))


@pytest.mark.parametrize(
    ("right", "number", "expected"),
    [
        (8, 12, "not yet"), (9, 12, "not enough evidence"), (10, 12, "not enough evidence"),
        (11, 12, "secure"), (4, 6, "not yet"), (5, 6, "not enough evidence"), (6, 6, "secure"),
        (4, 4, None), (5, 5, None), (0, 0, None),
    ],
)  # fmt: skip
def test_a_state_is_named_from_six_answers(right: int, number: int, expected: str | None) -> None:
    assert state(right, number) == expected
