"""Keys, answers and places in a file, in words."""

from fractions import Fraction

import pytest

from quizapp.bank.model import Given
from quizapp.bank.numerals import say_number
from quizapp.teacher.words import Pointed, describe_given, describe_key, point
from tests.school import School


def test_a_problem_points_at_its_character() -> None:
    assert point(["title: x", "skil: infer"], 2, 1) == Pointed("", "s", "kil: infer")


def test_a_problem_at_the_end_of_a_line_points_at_a_blank() -> None:
    assert point(["title:"], 1, 7) == Pointed("title:", " ", "")


def test_a_long_line_is_cut_on_both_sides_of_the_place() -> None:
    cut = point(["a" * 100 + "!" + "b" * 100], 1, 101)
    assert cut == Pointed("…" + "a" * 60, "!", "b" * 50 + "…")


def test_a_problem_beyond_the_file_points_at_nothing() -> None:
    assert point([], 1, 1) is None


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (Fraction(7_000_000), "7,000,000"),
        (Fraction(5, 2), "2.5"),
        (Fraction(-3, 4), "-0.75"),
        (Fraction(1, 3), "1/3"),
    ],
)
def test_a_number_is_written_exactly(value: Fraction, words: str) -> None:
    assert say_number(value) == words


@pytest.mark.parametrize(
    ("item_id", "key"),
    [
        ("early-stop", ("The part that measures heat was covered",)),
        ("two-true", ("A visitor does not have to pay", "The team keeps a record of its cases")),
        ("cleaner", ("lemon juice", "lemon", "juice")),
        ("how-many", ("340",)),
    ],
)
def test_the_key_of_each_kind_is_said_in_words(
    school: School, item_id: str, key: tuple[str, ...]
) -> None:
    item = school.live.quiz.find_item(item_id)
    assert item is not None
    assert describe_key(item, "text") == key


def test_an_option_is_shown_by_its_text_and_a_gone_one_by_its_id(school: School) -> None:
    item = school.live.quiz.find_item("early-stop")
    shown = describe_given(item, Given(("sensor", "gone"), "text"))
    assert shown == ("The part that measures heat was covered", "gone")
