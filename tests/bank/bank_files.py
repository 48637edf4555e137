"""Small quiz files for the tests of the bank."""

from quizapp.bank.model import Item, Quiz
from quizapp.bank.problem import Problem
from quizapp.bank.reader import read
from quizapp.bank.schema import Built, build

HEAD = """\
title: The ferry
language: en
passage:
  a2: {label: Easier, text: The ferry leaves at **nine**. It is blue.}
  b1: {label: Standard, text: The blue ferry departs at nine each morning.}
questions:
"""
COMMON = "skill: retrieve, why: It says so., evidence: at nine, "
FIRST_ITEM_LINE = 7


def built(text: str, quiz_id: str = "ferry") -> Built:
    """Return what becomes of a whole file."""
    return build(quiz_id, read(text.encode()))


def quiz_of(text: str) -> Quiz:
    """Return the quiz of a file that must be right."""
    result = built(text)
    assert result.quiz, result.problems
    return result.quiz


def item_file(*items: str) -> str:
    """Return a file with these questions, each the inside of one pair of braces."""
    return HEAD + "".join(f"- {{question: Why?, {item}}}\n" for item in items)


def item_of(item: str) -> Item:
    """Return the one question of a file, with skill, why and evidence given."""
    return quiz_of(item_file(COMMON + item)).items[0]


def item_problems(item: str) -> list[Problem]:
    """Return the problems of a file with one question, with skill, why and evidence given."""
    return list(built(item_file(COMMON + item)).problems)


def only_problem(text: str) -> Problem:
    """Return the one problem of a whole file."""
    problems = built(text).problems
    assert len(problems) == 1, problems
    return problems[0]
