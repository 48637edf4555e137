"""The quiz that ships with the product keeps the promises of its blueprint."""

import re
import unicodedata
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest

from quizapp.bank.model import (
    Given,
    IdeasAnswer,
    Item,
    Level,
    MultipleChoice,
    NumberAnswer,
    Option,
    Quiz,
    ShortAnswer,
    SingleChoice,
)
from quizapp.checking import Checked, check, check_file
from quizapp.checking.report import render_text
from quizapp.marking import mark_item

PATH = Path(__file__).parents[1] / "questions" / "all-weather-partnership.yaml"
GUIDE = PATH.parent / "README.md"
ARTICLE = Path(__file__).parents[2] / "shared" / "article.txt"
LEVELS = ("a2", "b1", "b2")
ESTIMATES = {"a2": "about", "b1": "around", "b2": "approximately"}


class Band(NamedTuple):
    """The least and the most that a level may have of each measure."""

    words: tuple[int, int]
    paragraphs: tuple[int, int]
    sentences: tuple[int, int]
    mean: tuple[float, float]
    longest: int
    grade: tuple[float, float]


BANDS = {
    "a2": Band((210, 250), (5, 6), (22, 27), (8, 10), 14, (0, 7.0)),
    "b1": Band((290, 350), (6, 6), (22, 26), (12, 15), 22, (7.5, 9.5)),
    "b2": Band((380, 440), (7, 7), (20, 24), (17, 20), 30, (10.5, 12.5)),
}


@pytest.fixture(scope="module")
def checked() -> Checked:
    return check_file(PATH)


@pytest.fixture(scope="module")
def quiz(checked: Checked) -> Quiz:
    assert checked.quiz, checked.problems
    return checked.quiz


@pytest.fixture(params=LEVELS)
def level(quiz: Quiz, request: pytest.FixtureRequest) -> Level:
    found = quiz.find_level(request.param)
    assert found
    return found


def test_the_checker_finds_nothing_to_say(checked: Checked) -> None:
    assert checked.problems == ()


def test_the_copying_check_has_its_fingerprint() -> None:
    assert (PATH.parent / "sources" / f"{PATH.stem}.json").is_file()


def test_the_levels_run_from_easiest_to_hardest(quiz: Quiz) -> None:
    assert tuple(level.id for level in quiz.levels) == LEVELS


def test_the_banner_says_where_the_facts_come_from(quiz: Quiz) -> None:
    assert quiz.source
    assert "undated news report" in quiz.source


def test_a_level_has_the_length_of_its_band(level: Level) -> None:
    band, counts = BANDS[level.id], sentence_lengths(level.text)
    assert is_within(sum(counts), band.words)
    assert is_within(len(level.paragraphs), band.paragraphs)
    assert is_within(len(counts), band.sentences)


def test_the_sentences_of_a_level_are_as_long_as_its_band_says(level: Level) -> None:
    band, counts = BANDS[level.id], sentence_lengths(level.text)
    assert is_within(sum(counts) / len(counts), band.mean)
    assert max(counts) <= band.longest


def test_a_level_has_the_reading_grade_of_its_band(level: Level) -> None:
    assert is_within(grade(level.text), BANDS[level.id].grade)


@pytest.mark.skipif(not ARTICLE.exists(), reason="the source article is not stored here")
def test_the_counter_agrees_with_the_known_grade_of_the_source() -> None:
    paragraphs = [line for line in ARTICLE.read_text(encoding="utf-8").splitlines() if line.strip()]
    headline, furniture = 1, 3
    assert grade("\n\n".join(paragraphs[headline:-furniture])) == pytest.approx(15.5, abs=0.2)


def test_a_level_has_a_glossary_that_fits_it(level: Level) -> None:
    least, most = {"a2": (6, 8), "b1": (4, 6), "b2": (2, 3)}[level.id]
    assert least <= len(level.glossary) <= most


def test_a_level_hedges_the_number_of_people_with_its_own_word(level: Level) -> None:
    hedges = re.findall(r"(\w+) (?:7|seven) million people", level.text)
    assert [hedge.casefold() for hedge in hedges] == [ESTIMATES[level.id]]
    others = set(ESTIMATES.values()) - {ESTIMATES[level.id]}
    assert not others & set(word_list(level.text.casefold()))


def test_there_are_23_questions_of_five_kinds_for_25_points(quiz: Quiz) -> None:
    kinds = Counter(item.kind for item in quiz.items)
    assert kinds == {"single": 14, "multiple": 1, "short": 3, "number": 2, "ideas": 3}
    assert sum(item.points for item in quiz.items) == 25


def test_the_skills_are_balanced_as_planned(quiz: Quiz) -> None:
    skills = Counter(item.skill for item in quiz.items)
    assert skills == {"retrieve": 6, "infer": 4, "vocabulary": 2, "integrate": 7, "evaluate": 4}


def test_every_question_can_be_asked_at_every_level(quiz: Quiz) -> None:
    assert {item.levels for item in quiz.items} == {LEVELS}


def test_every_question_says_why(quiz: Quiz) -> None:
    assert [item.id for item in quiz.items if not item.why] == []


def test_every_wrong_option_says_how_it_goes_wrong(quiz: Quiz) -> None:
    options = [option for item in quiz.items for option in wrong_options(item)]
    assert len(options) == 14 * 3 + 3
    assert [option.id for option in options if not (option.error and option.feedback)] == []


def test_the_keys_stand_in_every_position_three_or_four_times(quiz: Quiz) -> None:
    singles = [item for item in quiz.items if isinstance(item, SingleChoice)]
    places = [[option.id for option in item.options].index(item.answer) for item in singles]
    assert sorted(Counter(places).values()) == [3, 3, 4, 4]
    assert all(one != following for one, following in pairwise(places))


def test_the_key_is_the_longest_option_no_more_often_than_chance_allows(quiz: Quiz) -> None:
    singles = [item for item in quiz.items if isinstance(item, SingleChoice)]
    lengths = [({o.id: len(o.text) for o in item.options}, item.answer) for item in singles]
    longest = [key for texts, key in lengths if all(texts[key] >= n for n in texts.values())]
    # Seven of 14 or more would happen by chance in fewer than one quiz of 20.
    assert len(longest) < 7


def test_the_two_questions_on_the_people_who_left_do_not_meet(quiz: Quiz) -> None:
    order = [item.id for item in quiz.items]
    assert abs(order.index("how-many-left") - order.index("estimate-word")) > 1


def test_no_question_says_the_word_that_another_one_asks_for(quiz: Quiz) -> None:
    shown = [text for item in quiz.items for text in (item.question, *option_texts(item))]
    said = {word for text in shown for word in word_list(text.casefold())}
    # "About" alone gives nothing away, since questions use it in its other sense too.
    assert not said & {"around", "approximately", "150", "seven", "7"}


@pytest.mark.parametrize(
    ("item_id", "response"),
    [
        ("visiting-president", "He was the Venezuelan."),
        ("area-of-cooperation", "weapons"),
        ("estimate-word", "exactly"),
        ("wider-picture", "It wants stronger ties with Venezuela."),
        ("detail-to-check", "how many people live there"),
        ("main-news", "There was a meeting of two leaders."),
    ],
)
def test_an_answer_that_no_rule_knows_waits_for_the_teacher(
    quiz: Quiz, item_id: str, response: str
) -> None:
    item = quiz.find_item(item_id)
    assert item
    assert mark_item(quiz, item, Given((response,), "b1")).outcome == "waiting"


def test_a_summary_without_its_second_country_earns_two_of_three(quiz: Quiz) -> None:
    item = quiz.find_item("main-news")
    assert isinstance(item, IdeasAnswer)
    assert mark_item(quiz, item, Given(("China raised its ties.",), "a2")).points == 2


def test_numbers_and_short_answers_foresee_wrong_answers(quiz: Quiz) -> None:
    items = [item for item in quiz.items if isinstance(item, NumberAnswer | ShortAnswer)]
    assert [item.id for item in items if not item.reject] == []


def test_the_examples_of_the_guide_make_a_quiz_without_problems() -> None:
    assert check("night-bus", guide_quiz().encode()).problems == ()


def test_the_guide_shows_an_error_as_the_check_prints_it() -> None:
    broken = guide_quiz().replace("skill: retrieve", "skill: infr", 1)
    report = render_text([("questions/night-bus.yaml", check("night-bus", broken.encode()))])
    assert report.strip() in GUIDE.read_text(encoding="utf-8")


def guide_quiz() -> str:
    """Return the YAML blocks of the guide, which together are one quiz."""
    blocks = re.findall(r"```yaml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    return "\n".join(blocks)


def wrong_options(item: Item) -> list[Option]:
    """Return the distractors of a choice item; none for another kind."""
    if isinstance(item, SingleChoice):
        return [option for option in item.options if option.id != item.answer]
    if isinstance(item, MultipleChoice):
        return [option for option in item.options if option.id not in item.answers]
    return []


def option_texts(item: Item) -> list[str]:
    """Return what students read of the options, if the item has any."""
    if isinstance(item, SingleChoice | MultipleChoice):
        return [option.text for option in item.options]
    return []


def is_within(value: float, band: tuple[float, float]) -> bool:
    """Return True when the value lies in the band, its ends included."""
    return band[0] <= value <= band[1]


def word_list(text: str) -> list[str]:
    """Return the words of a text; "all-weather" and "China’s" are one word each."""
    return re.findall(r"\w+(?:[-’']\w+)*", text)


def sentence_lengths(text: str) -> list[int]:
    """Return the number of words of each sentence."""
    return [len(word_list(part)) for part in re.split(r"(?<=[.!?])[”\"]?\s+", text) if part]


def grade(text: str) -> float:
    """Return the Flesch-Kincaid grade (Kincaid and others, 1975) of a text in English."""
    lengths, words = sentence_lengths(text), word_list(text)
    syllables = sum(count_syllables(word) for word in words)
    return 0.39 * len(words) / len(lengths) + 11.8 * syllables / len(words) - 15.59


def count_syllables(word: str) -> int:
    """Return the groups of vowels in a word, without a silent -e at its end."""
    plain = unicodedata.normalize("NFD", word.casefold()).replace("\u0301", "")
    groups = 0
    for part in re.findall("[a-z]+", plain):
        found = len(re.findall("[aeiouy]+", part))
        is_silent = found > 1 and part.endswith("e") and not part.endswith("le")
        groups += found - is_silent
    return max(groups, 1)
