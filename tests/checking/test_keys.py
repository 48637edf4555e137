import pytest

from quizapp.bank import reader, schema
from quizapp.bank.problem import Problem
from quizapp.checking import keys
from quizapp.checking.keys import check_keys

HEAD = """\
title: The lamp
language: en
passage: |
  The lamp on the pier is green. Sailors watch it from far away. The keeper cleans the lamp
  once a week with soap and warm water.
questions:
"""


def found(*items: str) -> list[Problem]:
    """Check the keys of questions that are given as the lines below `question:`."""
    text = HEAD
    for number, item in enumerate(items):
        lines = "".join(f"\n    {line.strip()}" for line in item.strip().splitlines())
        text += f"  - id: q{number}\n    evidence: whole{lines}\n"
    source = reader.read(text.encode())
    built = schema.build("lamp", source)
    assert built.quiz, built.problems
    return check_keys(built.quiz, source)


def rules(*items: str) -> list[str | None]:
    return [problem.rule for problem in found(*items)]


def test_sound_keys_give_no_problem() -> None:
    assert (
        found(
            "question: Who cleans it?\naccept: [keeper, the keeper]",
            "question: How many lamps?\nnumber: {value: 1, tolerance: 0}\nreject: {2: Why two?}",
            "question: Say how.\nideas: {tool: [soap], wet: [water]}\nreject: {broom: No broom.}",
            "question: Which colour?\noptions: {a: Green, b: Red}\nanswer: a",
        )
        == []
    )


def test_a_question_that_answers_itself_is_an_error() -> None:
    (problem,) = found("question: Soap or sand\naccept: [soap or sand]")
    assert (problem.rule, problem.severity) == ("K01", "error")
    assert problem.message == "the text of this question itself, sent as the answer, earns points"
    assert (problem.line, problem.column) == (10, 5)


def test_a_question_that_answers_another_one_is_named() -> None:
    (problem,) = found(
        "question: Name the tool.\nideas: {tool: [soap]}",
        "question: Why does he choose soap?\noptions: {a: Clean, b: Cheap}\nanswer: a",
    )
    assert problem.message == "the text of question “q1”, sent as the answer, earns points"


def test_a_quiz_with_monstrous_keys_is_an_error_and_no_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(keys, "MOST_EFFORT", 500)
    item = "question: Name the tool.\naccept: [soap, broom]"
    *_, problem = found(*[item] * 20)
    assert problem.severity == "error"
    assert problem.message == (
        "the check of the answers stops here: this quiz has too many of them"
    )
    assert problem.line > 7


def test_a_long_quiz_with_many_keywords_is_checked_to_its_end() -> None:
    words = ", ".join(f"soap{number}" for number in range(12))
    item = f"question: Name the tool.\nideas: {{tool: [{words}]}}"
    assert found(*[item] * 60) == []


@pytest.mark.parametrize(
    ("keyword", "word"), [("so", "so"), ("wit*", "with"), ("befare", "before")]
)
def test_a_small_word_that_earns_points_is_an_error(keyword: str, word: str) -> None:
    (problem,) = found(f"question: Name the tool.\nideas: {{tool: [soap, {keyword}]}}")
    assert problem.rule == "K02"
    assert problem.message == f"the answer “{word}” earns points"
    assert (problem.line, problem.column) == (10, 5)


@pytest.mark.parametrize("word", ["about", "no", "a", "idk"])
def test_a_small_word_may_be_the_key_itself(word: str) -> None:
    assert found(f"question: Which word?\naccept: [{word}]\nspelling: strict") == []


def test_a_key_that_is_the_whole_passage_is_an_error() -> None:
    passage = " ".join(HEAD.split("|")[1].split("questions:")[0].split())
    problems = found(f"question: Say how.\naccept: ['{passage}']\nmax_words: 100")
    (problem,) = [problem for problem in problems if problem.rule == "K03"]
    assert problem.severity == "error"
    assert (problem.line, problem.column) == (10, 5)


def test_a_form_that_is_accepted_and_rejected_is_an_error() -> None:
    (problem,) = found("question: Who?\naccept: [keeper]\nreject: {Keeper: Who else?}")
    assert (problem.rule, problem.severity) == ("K04", "error")
    assert problem.message == "“Keeper” is rejected here, but does not earn 0 points"
    assert (problem.line, problem.column) == (11, 14)


def test_a_number_that_is_the_answer_and_rejected_is_an_error() -> None:
    item = "question: How many?\nnumber: {value: 150, tolerance: 5}\nreject: {150: Too many.}"
    assert rules(item) == ["K04"]


@pytest.mark.parametrize("value", ["7 million", "1,200", "-4", "3.5", "0"])
def test_a_number_earns_full_points_as_it_is_written(value: str) -> None:
    assert found(f"question: How many?\nnumber: {{value: '{value}', tolerance: 0}}") == []


def test_an_example_that_should_be_accepted_must_earn_full_points() -> None:
    item = "question: Who?\naccept: [keeper]\ntests: {accepts: [Keeper., sailor]}"
    (problem,) = found(item)
    assert problem.rule == "K04"
    assert problem.message == "“sailor” should earn full points, but does not"
    assert (problem.line, problem.column) == (11, 32)


def test_an_example_that_should_be_rejected_must_earn_nothing() -> None:
    item = "question: Who?\naccept: [keeper]\ntests: {rejects: [sailor, the keeper]}"
    (problem,) = found(item)
    assert problem.message == "“the keeper” should earn nothing, but earns points"


def test_an_example_of_half_the_points_is_neither() -> None:
    item = "question: Say how.\nideas: {tool: [soap], wet: [water]}\ntests: {KIND: [soap]}"
    assert rules(item.replace("KIND", "accepts")) == ["K04"]
    assert rules(item.replace("KIND", "rejects")) == ["K04"]


def test_examples_of_a_choice_are_option_ids() -> None:
    single = "question: Which?\noptions: {a: One, b: Two}\nanswer: a\ntests: {accepts: [a, b]}"
    assert rules(single) == ["K04"]
    several = "question: Which?\noptions: {a: One, b: Two, c: Three}\nanswers: [a, b]\n"
    assert found(several + "tests: {accepts: ['a, b'], rejects: [c]}") == []


def test_a_key_counts_also_where_a_teacher_reads_every_answer() -> None:
    item = "question: Who?\naccept: [keeper]\nreview: always\ntests: {accepts: [keeper, sailor]}"
    assert rules(item) == ["K04"]


@pytest.mark.parametrize(
    ("words", "severity"), [(5, None), (6, "warning"), (10, "warning"), (11, "error")]
)
def test_a_long_accepted_answer_is_a_warning_and_a_very_long_one_an_error(
    words: int, severity: str | None
) -> None:
    form = " ".join(["soap"] * words)
    problems = found(f"question: Who?\naccept: [{form}]\nspelling: strict")
    assert [problem.severity for problem in problems] == ([severity] if severity else [])
    assert all(problem.rule == "K05" for problem in problems)


def test_a_word_of_the_passage_close_to_an_accepted_one_is_a_warning() -> None:
    (problem,) = found("question: What shines?\naccept: [boats, greed]")
    assert (problem.rule, problem.severity) == ("K08", "warning")
    assert problem.message == "“green” is so close to “greed” that it is not taken for a slip"
    assert (problem.line, problem.column) == (10, 21)


def test_a_word_of_another_question_counts_too() -> None:
    close = "question: Where is the peer?\noptions: {a: Here, b: There}\nanswer: a"
    assert rules("question: Name it.\naccept: [peers]", close) == ["K08"]


def test_several_close_words_stand_in_one_warning_without_the_word_itself() -> None:
    close = "question: Did the greek greet greed?\noptions: {a: Yes, b: No}\nanswer: a"
    (problem,) = found("question: Name it.\naccept: [greed]", close)
    assert problem.message.startswith("“greek”, “green”, “greet” is so close to “greed”")


def test_a_small_word_is_no_collision() -> None:
    assert found("question: Whose is it?\naccept: [whole]") == []


def test_a_keyword_of_an_idea_is_compared_too() -> None:
    assert rules("question: Which?\nideas: {hue: [greed]}") == ["K08"]


@pytest.mark.parametrize(
    "item",
    [
        "accept: [greed]\nspelling: strict",
        "accept: [greed, green]",
        "accept: [Greed]",
        "ideas: {hue: [greed, green*]}",
        "ideas: {hue: [greed*]}",
    ],
)
def test_no_collision_where_nothing_is_lost(item: str) -> None:
    assert "K08" not in rules(f"question: Which?\n{item}")


def test_the_levels_of_a_question_are_all_tried() -> None:
    text = """\
title: The lamp
language: en
passage: {a2: {text: The lamp is old.}, b1: {text: The lamp is aged. Its grain is fine.}}
questions:
  - {id: q, question: How?, evidence: whole, accept: {a2: [green], b1: [great, grains]}}
"""
    source = reader.read(text.encode())
    quiz = schema.build("lamp", source).quiz
    assert quiz
    (problem,) = check_keys(quiz, source)
    assert (problem.rule, problem.column) == ("K08", 80)


def test_the_key_of_every_level_is_tried_with_the_questions() -> None:
    text = """\
title: The lamp
language: en
passage: {a2: {text: It is old.}, b1: {text: It is aged.}}
questions:
  - {id: q, question: Old or aged, evidence: whole, accept: {a2: [new], b1: [old or aged]}}
"""
    source = reader.read(text.encode())
    quiz = schema.build("lamp", source).quiz
    assert quiz
    assert [problem.rule for problem in check_keys(quiz, source)] == ["K01"]


def test_a_fault_at_two_levels_is_said_once() -> None:
    text = """\
title: The lamp
language: en
passage: {a2: {text: The lamp is old.}, b1: {text: The lamp is aged.}}
questions:
  - {id: q, question: How?, evidence: whole, accept: [dim], tests: {rejects: [Dim]}}
"""
    source = reader.read(text.encode())
    quiz = schema.build("lamp", source).quiz
    assert quiz
    assert [problem.rule for problem in check_keys(quiz, source)] == ["K04"]
