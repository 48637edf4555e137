from quizapp.bank import reader
from quizapp.bank.problem import Problem
from quizapp.checking.silence import SILENCEABLE, silence

DATA = b"""\
title: Two
questions:
  - id: one
    question: First
    ignore: {K08: it is meant so}
  - id: two
    question: Second
    ignore: {K01: a summary}
"""
SOURCE = reader.read(DATA)
SLIP = Problem(4, 5, "slip", severity="warning", rule="K08")
PROMPT = Problem(7, 5, "prompt", rule="K01")
BOTH = {"one": {"K08": "it is meant so"}, "two": {"K01": "a summary"}}


def test_a_reason_silences_a_warning_and_the_one_error_that_may_be() -> None:
    assert silence([SLIP, PROMPT], BOTH, SOURCE, all_rules_ran=True) == []


def test_without_a_reason_nothing_is_silenced() -> None:
    assert silence([SLIP, PROMPT], {}, SOURCE, all_rules_ran=True) == [SLIP, PROMPT]


def test_a_reason_counts_for_its_own_question_only() -> None:
    other = Problem(6, 5, "slip", severity="warning", rule="K08")
    kept = silence([SLIP, PROMPT, other], BOTH, SOURCE, all_rules_ran=True)
    assert kept == [other]


def test_a_reason_never_silences_an_error() -> None:
    error = Problem(4, 5, "far too long", rule="K05")
    kept = silence([error], {"one": {"K05": "no"}}, SOURCE, all_rules_ran=True)
    assert error in kept


def test_a_problem_before_the_questions_belongs_to_none() -> None:
    early = Problem(1, 1, "early", rule="K01")
    assert early in silence([early, SLIP, PROMPT], BOTH, SOURCE, all_rules_ran=True)


def test_an_unknown_rule_is_an_error_that_lists_the_known_ones() -> None:
    (problem,) = silence([], {"one": {"K99": "why not"}}, SOURCE, all_rules_ran=True)
    assert problem.severity == "error"
    assert problem.message == "`K99` is not a rule that can be ignored"
    assert problem.fix == "these can: " + ", ".join(SILENCEABLE)


def test_a_rule_that_did_not_fire_is_a_warning_at_its_place() -> None:
    (problem,) = silence([PROMPT], BOTH, SOURCE, all_rules_ran=True)
    assert problem.severity == "warning"
    assert "nothing to ignore" in problem.message
    assert (problem.line, problem.column) == (5, 14)


def test_a_rule_that_could_not_run_is_not_called_idle() -> None:
    assert silence([PROMPT], BOTH, SOURCE, all_rules_ran=False) == []
