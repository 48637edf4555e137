from textwrap import indent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.bank import reader, schema
from quizapp.bank.model import MultipleChoice, Quiz, SingleChoice, Span
from quizapp.checking.evidence import Located, fold, fold_words, locate

PASSAGE = (
    "The ferry’s bell rang – twice. A **dark red** boat answered.\n\nThen the bell was silent."
)


def located(evidence: str, option: str = "It slept", passage: str = PASSAGE) -> Located:
    """Locate the evidence (YAML) of a question; the second option (YAML) is a wrong one."""
    text = f"""\
title: Bells
language: en
passage: |
{indent(passage, "  ")}
questions:
  - id: bell
    skill: retrieve
    question: What did the boat do?
    options: {{spoke: It answered, slept: {option}}}
    answer: spoke
    evidence: {evidence}
    why: The text says it.
"""
    source = reader.read(text.encode())
    quiz = schema.build("bells", source).quiz
    assert quiz
    return locate(quiz, source)


def words(quiz: Quiz, level: str = "text") -> list[str]:
    """The words of the passage under the spans of the first question."""
    found = quiz.find_level(level)
    assert found
    return [found.text[span.start : span.end] for span in quiz.items[0].evidence.spans[level]]


@pytest.mark.parametrize(
    ("quote", "stands"),
    [
        ("dark red boat", "dark red boat"),
        ("A dark **red boat**", "A dark red boat"),
        ("'The ferry''s bell'", "The ferry’s bell"),
        ("bell rang - twice", "bell rang – twice"),
        ("answered. Then  the", "answered.\n\nThen the"),
        ("The ferry’s bell rang – twice.", "The ferry’s bell rang – twice."),
        ("silent.", "silent."),
    ],
)
def test_a_quote_is_found_behind_quotes_dashes_and_white_space(quote: str, stands: str) -> None:
    quiz, problems = located(quote)
    assert problems == ()
    assert words(quiz) == [stands]


@pytest.mark.parametrize(
    "quote", ["Dark red boat", "dark, red boat", "dark re", "ark red", "bells"]
)
def test_a_quote_with_any_other_difference_is_an_error(quote: str) -> None:
    _, (problem,) = located(f"'{quote}'")
    assert (problem.line, problem.column) == (13, 15)
    assert (problem.severity, problem.rule) == ("error", "I05")
    assert problem.message == "these words do not stand in the passage"


@pytest.mark.parametrize("quote", ["“We go”", "„We go‟", '"We go"', "«We go»"])
def test_double_quotation_marks_of_any_shape_are_one(quote: str) -> None:
    _, problems = located(f"'{quote}'", passage="It said “We go” and went.")
    assert [problem.rule for problem in problems] == (["I05"] if "«" in quote else [])


def test_two_asterisks_are_ignored_where_they_make_nothing_bold() -> None:
    quiz, problems = located("2 ** 3", passage="It is 2 ** 3 here.")
    assert problems == ()
    assert words(quiz) == ["2 ** 3"]


def test_the_closest_words_are_shown() -> None:
    _, (problem,) = located("A deep red boat replied.")
    assert problem.fix == "the closest words in the passage are: “A dark red boat answered.”"


def test_the_closest_words_are_whole_words() -> None:
    _, (problem,) = located("rk red boats answered")
    assert problem.fix == "the closest words in the passage are: “dark red boat answered.”"


def test_no_words_are_shown_when_none_are_close() -> None:
    _, (problem,) = located("1234567890 xyz")
    assert problem.fix == "copy the words from the passage, exactly as they stand there"


def test_a_quote_longer_than_the_passage_gets_no_hint() -> None:
    _, (problem,) = located("A dark red boat answered us", passage="A dark red boat answered.")
    assert problem.fix
    assert "copy the words" in problem.fix


def test_a_quote_that_stands_twice_is_an_error() -> None:
    _, (problem,) = located("bell")
    assert (problem.severity, problem.rule) == ("error", "I06")
    assert problem.message == "these words stand 2 times in the passage"
    assert problem.fix == "quote a few words more"


def test_overlapping_occurrences_count() -> None:
    _, (problem,) = located("so and so", passage="so and so and so")
    assert problem.rule == "I06"


def test_each_quote_of_a_list_has_its_own_place() -> None:
    _, (problem,) = located("\n      - dark red boat\n      - no such words")
    assert (problem.line, problem.column) == (15, 9)


def test_the_spans_keep_the_order_of_the_quotes_and_may_overlap() -> None:
    quiz, _ = located("[red boat answered, dark red boat]")
    assert words(quiz) == ["red boat answered", "dark red boat"]


def test_evidence_of_the_whole_text_has_no_spans() -> None:
    quiz, problems = located("whole")
    assert problems == ()
    assert quiz.items[0].evidence.spans == {}


def test_an_option_has_spans_of_its_own() -> None:
    option = "{text: It slept, error: elsewhere, evidence: the bell was silent}"
    quiz, problems = located("dark red boat", option)
    item = quiz.items[0]
    assert isinstance(item, SingleChoice)
    assert problems == ()
    assert item.options[1].evidence.spans == {"text": (Span(63, 82),)}


def test_a_misread_option_may_go_without_a_quote() -> None:
    quiz, problems = located("dark red boat", "{text: It slept, error: misread}")
    item = quiz.items[0]
    assert isinstance(item, SingleChoice)
    assert problems == ()
    assert item.options[1].evidence.spans == {}


def test_a_quote_of_an_option_is_proved_at_its_own_place() -> None:
    _, (problem,) = located("dark red boat", "{text: It slept, error: misread, evidence: tug}")
    assert problem.rule == "I05"
    assert (problem.line, problem.column) == (11, 85)


def test_elsewhere_without_a_quote_is_a_warning() -> None:
    _, (problem,) = located("dark red boat", "{text: It slept, error: elsewhere}")
    assert (problem.rule, problem.severity, problem.line) == ("I09", "warning", 11)


def test_unsupported_with_a_quote_is_an_error() -> None:
    option = "{text: It slept, error: unsupported, evidence: the bell was silent}"
    _, (problem,) = located("dark red boat", option)
    assert (problem.rule, problem.severity) == ("I09", "error")


LEVELS = """\
title: Bells
language: en
passage:
  a2: {label: Easier, text: "A bell rang. The Bells were old.", glossary: {BELLS: things, tug: x}}
  b1: {label: Standard, text: "The bell was heard."}
questions:
  - id: bell
    question: What could people hear?
    options: {one: A bell, two: A horn}
    answer: one
    evidence: EVIDENCE
"""


def located_at_levels(evidence: str) -> Located:
    text = LEVELS.replace("EVIDENCE", evidence)
    source = reader.read(text.encode())
    quiz = schema.build("bells", source).quiz
    assert quiz
    return locate(quiz, source)


def test_a_quote_is_proved_in_each_level_that_it_claims() -> None:
    quiz, problems = located_at_levels("{a2: A bell rang, b1: [was heard, The bell]}")
    assert [problem.rule for problem in problems] == ["I10"]
    assert words(quiz, "a2") == ["A bell rang"]
    assert words(quiz, "b1") == ["was heard", "The bell"]


def test_a_quote_that_one_level_lacks_names_that_level() -> None:
    _, (problem, _) = located_at_levels("A bell rang")
    assert problem.message == "these words do not stand in level b1"


def test_a_quote_under_a_level_has_its_own_place() -> None:
    _, (problem, _) = located_at_levels("{a2: A bell rang, b1: [The bell, was seen]}")
    assert (problem.line, problem.column) == (11, 48)


def test_a_term_is_found_at_its_first_use_as_a_whole_word_in_any_case() -> None:
    quiz, _ = located_at_levels("whole")
    assert quiz.levels[0].glossary[0].span == Span(17, 22)


def test_a_letter_that_grows_in_lower_case_moves_no_term() -> None:
    source = reader.read(
        LEVELS.replace("A bell rang", "İ, a bell rang").replace("EVIDENCE", "whole").encode()
    )
    quiz = schema.build("bells", source).quiz
    assert quiz
    assert locate(quiz, source).quiz.levels[0].glossary[0].span == Span(20, 25)


def test_a_term_that_is_never_used_is_a_warning() -> None:
    quiz, (problem,) = located_at_levels("whole")
    assert quiz.levels[0].glossary[1].span is None
    assert (problem.severity, problem.rule) == ("warning", "I10")
    assert (problem.line, problem.column) == (4, 91)


def test_many_bad_quotes_get_a_hint_for_the_first_ones_only() -> None:
    quotes = "[" + ", ".join(["dark rad boat"] * 25) + "]"
    _, problems = located(quotes)
    assert len(problems) == 25
    assert sum("closest" in (problem.fix or "") for problem in problems) == 20


def test_the_options_of_a_question_with_several_keys_are_proved_too() -> None:
    text = LEVELS.replace("two: A horn", "two: A horn, three: {text: x, evidence: {a2: No}}")
    text = text.replace("answer: one", "answers: [one, two]").replace("EVIDENCE", "whole")
    source = reader.read(text.encode())
    quiz = schema.build("bells", source).quiz
    assert quiz
    assert isinstance(quiz.items[0], MultipleChoice)
    assert "I05" in [problem.rule for problem in locate(quiz, source).problems]


PIECES = ["a", "B", "*", "**", " ", "\n", "\t", "’", "'", "“", "–", "İ", "\u0301"]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=40).map("".join).map(str.strip)


@given(TEXTS)
def test_a_folded_text_is_the_same_with_and_without_its_way_back(text: str) -> None:
    assert fold(text).text.rstrip() == fold_words(text)


@given(TEXTS)
def test_whatever_is_found_folds_to_what_was_sought(text: str) -> None:
    sought = fold_words(text[:7])
    for span in fold(text).places(sought):
        assert fold_words(text[span.start : span.end]) == sought
