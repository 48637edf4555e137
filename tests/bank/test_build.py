"""What a quiz file is refused for: where the fault stands, what is said, and all of it at once."""

from pathlib import Path

import pytest

from tests.bank.bank_files import (
    COMMON,
    FIRST_ITEM_LINE,
    HEAD,
    built,
    item_file,
    item_of,
    item_problems,
    only_problem,
)

CHOICE = "id: q, options: {a: x, b: y}, "


@pytest.mark.parametrize(
    ("item", "value", "message", "fix"),
    [
        ("id: Q 1, accept: [a]", "Q 1", "small letters, digits and hyphens", "`q-1`"),
        ("id: q, accept: [a], points: 0", "0", "at least 1", ""),
        ("id: q, accept: [a], points: 101", "101", "at most 100", ""),
        ("id: q, accept: [a], points: 1.5", "1.5", "a whole number", ""),
        ("id: q, accept: [a], max_words: many", "many", "a whole number", ""),
        ("id: q, accept: a", "a}", "should be a list", "`[a]`"),
        ("id: q, accept: []", "[]", "`accept:` is empty", "at least one"),
        ("id: q, accept: [a, '']", "''", "entry 2 of `accept:` is empty", ""),
        ("id: q, accept: [a], spelling: closed", "closed", "is not one of", "`spelling: close`"),
        ("id: q, accept: [a], review: {x: y}", "{x", "should be a word", ""),
        ("id: q, accept: [a], shuffle: maybe", "maybe", "true or false", ""),
        ("id: q, accept: [a], ignore: {M01: ''}", "''", "`M01:` is empty", ""),
        ("id: q, accept: [a], levels: a2", "a2}", "should be a list", "`[a2]`"),
        ("id: q, accept: [a], levels: [" + "a2, " * 13 + "]", "[", "more than 12 entries", ""),
        ("id: q, accept: [a], levels: [a3]", "a3", "no level 'a3'", "a2, b1"),
        ("id: q, accept: [a], levels: [x]", "x]", "no level 'x'", "a2, b1"),
        ("id: q, accept: {a2: [a]}", "accept", "for level 'b1'", "add `b1:`"),
        ("id: q, accept: {a2: [a], b1: [b], c: [d]}", "c: [", "no level 'c'", ""),
        ("id: q, accept: {a2: [a], b1: [b]}, levels: [a2]", "b1: [", "not asked at level", ""),
        ("id: q, accept: [a], tests: yes", "yes", "a group of", ""),
        ("id: q, number: {value: some, tolerance: 0}", "some", "should be a number", "7 million"),
        ("id: q, number: {value: 1, tolerance: -1}", "-1", "less than 0", ""),
        ("id: q, number: {value: 1, tolerance: 0}, reject: {x: y}", "x: y", "a number", ""),
        ("id: q, number: {value: , tolerance: 0}", ", tol", "`value:` is empty", ""),
        ("id: q, ideas: {a: [b], c: [d]}, points: 3", "3}", "should be 2", "`points: 2`"),
        (CHOICE + "answer: c", "c}", "'c' is not one of the options", "the id of one"),
        (CHOICE + "answer: X", "X}", "'X' is not one of the options", "`a`"),
        (CHOICE + "answers: [a]", "answers", "at least two right options", "`answer:`"),
        (CHOICE + "answers: [a, b]", "answers", "all options are right", "a wrong option"),
        ("id: q, options: {a: x, b: y, c: z}, answers: [a, b, a]", "a]", "given twice", ""),
        (CHOICE + "answers: [" + "a, " * 41 + "]", "[", "more than 40 entries", ""),
        ("id: q, options: {a: x}, answer: a", "options", "at least two options", ""),
        ("id: q, options: {a: The x!, b: 'the  X'}, answer: a", "'the  X'", "say the same", ""),
        ("id: q, options: {a: x, key: y}, answer: a", "key: y", "tells students too much", ""),
        ("id: q, options: {a: x, B: y}, answer: a", "B: y", "small letters", "`b`"),
        ("id: q, options: {a: x, b: [y]}, answer: a", "[y]", "a text or a group", ""),
        (
            "id: q, options: {a: {text: x, error: misread}, b: y}, answer: a",
            "error",
            "is right, so it has no `error:`",
            "",
        ),
        (
            "id: q, options: {a: x, b: {text: y, evidence: {a1: z}}}, answer: a",
            "a1: z",
            "no level 'a1'",
            "a2, b1",
        ),
        ("id: q, acept: [a]", "acept", "unknown key `acept:`", "did you mean `accept:`?"),
        (CHOICE + "anser: a", "anser", "unknown key `anser:`", "did you mean `answer: a`?"),
        (CHOICE + "answer: a, spelling: close", "spelling", "does not belong", ""),
        ("id: q, accept: [a], number: {value: 1, tolerance: 0}", "accept", "cannot stand", ""),
        ("id: q, select: sentence", "select", "cannot use it yet", ""),
        (CHOICE + "answer: a, then: {select: sentence}", "then", "cannot use it yet", ""),
    ],
)
def test_a_fault_of_a_question_is_said_where_it_stands(
    item: str, value: str, message: str, fix: str
) -> None:
    (problem,) = item_problems(item)
    line = item_file(COMMON + item).splitlines()[problem.line - 1]
    assert problem.line == FIRST_ITEM_LINE
    assert line[problem.column - 1 :].startswith(value)
    assert message in problem.message
    assert fix in (problem.fix or "")


@pytest.mark.parametrize("item", ["id: q", "id: q, picture: a.png"])
def test_a_question_without_an_answer_says_what_can_be_one(item: str) -> None:
    problem = item_problems(item)[0]
    assert problem.message == "this question has no answer"
    assert "`accept:`" in (problem.fix or "")


def test_a_comma_inside_braces_is_explained() -> None:
    fixes = [problem.fix for problem in item_problems("id: q, answer: a, options: {a: x, it is}")]
    assert "a comma inside braces starts a new entry: put a text with commas in quotes" in fixes


def test_numbers_in_options_are_not_punctuation() -> None:
    assert item_of("id: q, options: {a: '-4', b: '4', c: '4.0', d: '40'}, answer: a")


def test_both_parts_of_a_number_must_be_written() -> None:
    problems = item_problems("id: q, number: {}")
    assert [(problem.message, problem.rule) for problem in problems] == [
        ("`number:` has no `value:`", "K06"),
        ("`number:` has no `tolerance:`", "K06"),
    ]


def test_evidence_is_missing_for_a_level() -> None:
    problem = only_problem(
        item_file("id: q, skill: infer, why: So., accept: [a], evidence: {a2: x}")
    )
    assert problem.message == "`evidence:` has no evidence for level 'b1'"


def test_an_id_given_twice_names_the_first_line() -> None:
    item = COMMON + "id: q, accept: [a]"
    problem = only_problem(item_file(item, item))
    assert problem.message == "the id 'q' is given twice (first on line 7)"
    assert problem.line == FIRST_ITEM_LINE + 1


def test_an_unexplained_question_gets_warnings_and_still_stands() -> None:
    result = built(item_file("id: q, accept: [a], evidence: at nine"))
    assert result.quiz
    assert [(one.severity, one.message) for one in result.problems] == [
        ("warning", "this question has no `skill:`"),
        ("warning", "this question has no `why:`"),
    ]


def test_a_mistyped_key_gives_no_second_complaint() -> None:
    problem = only_problem(
        item_file("id: q, skil: infer, why: So., accept: [a], evidence: at nine")
    )
    assert problem.fix == "did you mean `skill: infer`?"


def test_wrong_levels_hide_what_depends_on_them() -> None:
    problem = only_problem(
        item_file("id: q, skill: infer, why: So., accept: [a], levels: a2, evidence: {a2: x}")
    )
    assert problem.message == "`levels:` should be a list"


def test_all_problems_of_a_file_are_said_at_once_in_their_order() -> None:
    text = (
        "title:\nlanguage: en_GB\nauthor: x\n"
        + item_file(
            "id: q, skill: infr, why: So., evidence: {x: y}, options: {a: b, c: B}, answer: d",
            "id: q",
            "id: r, levels: [a9], accept: [a], skill: infer, why: So., evidence: at nine",
        ).split("\n", 2)[2]
    )
    assert [(one.line, one.message) for one in built(text).problems] == [
        (1, "`title:` is empty"),
        (2, "`language:` should be a language tag"),
        (3, "this quiz has an unknown key `author:`"),
        (8, "`skill: infr` is not one of: retrieve, infer, vocabulary, integrate, evaluate"),
        (8, "`evidence:` has no evidence for level 'a2'"),
        (8, "`evidence:` has no evidence for level 'b1'"),
        (8, "the passage has no level 'x'"),
        (8, "the options 'a' and 'c' say the same"),
        (8, "'d' is not one of the options"),
        (9, "this question has no answer"),
        (9, "this question has no `evidence:`"),
        (9, "the id 'q' is given twice (first on line 8)"),
        (10, "the passage has no level 'a9'"),
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("title: The ferry", "titel: The ferry"), "unknown key `titel:`"),
        (("title: The ferry", "title: The ferry\nthen: {}"), "cannot use it yet"),
        (
            ("title: The ferry", "title: The ferry\ndefaults: {attempt: 2}"),
            "`defaults:` has an unknown key `attempt:`",
        ),
        (
            ("title: The ferry", "title: The ferry\ndefaults: {attempts: 21}"),
            "`attempts:` should be at most 20",
        ),
        (
            ("title: The ferry", "title: The ferry\ndefaults: {review: later}"),
            "`review: later` is not one of: never, submit, closing",
        ),
        (("title: The ferry\n", ""), "this quiz has no `title:`"),
        (("language: en", "language: english language"), "a language tag"),
        (("  a2:", "  A2:"), "small letters, digits and hyphens"),
        (("text: The f", "txt: The f"), "unknown key `txt:`"),
        (("text: The ferry leaves at **nine**. It is blue.", "text: "), "`text:` is empty"),
    ],
)
def test_a_fault_of_the_quiz_is_said(change: tuple[str, str], message: str) -> None:
    text = item_file(COMMON + "id: q, accept: [a]").replace(*change)
    assert message in only_problem(text).message


def test_a_passage_and_questions_are_needed() -> None:
    assert [problem.message for problem in built("title: T\nlanguage: en\n").problems] == [
        "this quiz has no `passage:`",
        "this quiz has no `questions:`",
    ]
    assert only_problem(HEAD + "  []\n").message == "`questions:` is empty"


def test_a_question_that_is_no_group_is_named_by_its_number() -> None:
    problem = only_problem(HEAD + "- text\n")
    assert problem.message == "question 1 should be a group of `name: text` lines"


def test_a_file_name_must_be_an_id() -> None:
    result = built(item_file(COMMON + "id: q, accept: [a]"), "My Quiz")
    (problem,) = result.problems
    assert result.quiz is None
    assert (problem.line, problem.column, problem.fix) == (1, 1, "rename it to my-quiz.yaml")


def test_very_many_problems_are_cut_off() -> None:
    assert len(built(item_file(*["id: q"] * 300)).problems) == 100


def test_a_readable_file_with_a_fault_of_the_reader_gives_no_quiz() -> None:
    result = built(item_file(COMMON + "id: q, accept: [a], hint: &x Look."))
    assert result.quiz is None
    assert len(result.problems) == 1


@pytest.mark.parametrize(
    "path", sorted((Path(__file__).parents[2] / "questions").glob("*.yaml")), ids=lambda p: p.stem
)
def test_the_committed_quizzes_are_read_without_an_error(path: Path) -> None:
    assert built(path.read_text("utf-8"), path.stem).quiz
