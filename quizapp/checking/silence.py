"""`ignore: {rule: reason}` on a question: a teacher's reason silences a warning."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from quizapp.bank.problem import Problem
from quizapp.bank.source import Path, Source

Ignores: TypeAlias = Mapping[str, Mapping[str, str]]

# The rules that speak about one question and leave room for a reason; K01 alone is an error.
SILENCEABLE = ("I09", "K01", "K05", "K08")
ERRORS_TO_SILENCE = frozenset({"K01"})


def silence(
    problems: Iterable[Problem], ignores: Ignores, source: Source, *, all_rules_ran: bool
) -> list[Problem]:
    """Return the problems that no reason silences, and those of the `ignore:` entries themselves.

    `ignores` holds the reasons by item id and rule id. A problem belongs to the question in whose
    lines it stands. An unknown rule is an error; a rule that did not fire is a warning, unless an
    error kept it from running.
    """
    places = _places(source)
    kept: list[Problem] = []
    fired: set[tuple[str, str]] = set()
    for problem in problems:
        item_id = _item_at(problem, places)
        can_go = problem.severity == "warning" or problem.rule in ERRORS_TO_SILENCE
        if problem.rule and can_go and problem.rule in ignores.get(item_id, ()):
            fired.add((item_id, problem.rule))
        else:
            kept.append(problem)
    for index, (_, _, item_id) in enumerate(places):
        for rule in ignores.get(item_id, ()):
            path = ("questions", index, "ignore", rule)
            if rule not in SILENCEABLE:
                kept.append(_unknown(rule, path, source))
            elif all_rules_ran and (item_id, rule) not in fired:
                kept.append(_idle(rule, path, source))
    return kept


def _places(source: Source) -> list[tuple[int, int, str]]:
    """Return where each question begins, in the order of the file, with its id."""
    questions = source.data.get("questions") if source.data else None
    places = []
    for index, item in enumerate(questions if isinstance(questions, list) else ()):
        item_id = item.get("id") if isinstance(item, dict) else None
        places.append((*source.value_at("questions", index), str(item_id)))
    return places


def _item_at(problem: Problem, places: list[tuple[int, int, str]]) -> str:
    rank = bisect_right(places, (problem.line, problem.column), key=lambda place: place[:2])
    return places[rank - 1][2] if rank else ""


def _unknown(rule: str, path: Path, source: Source) -> Problem:
    message = f"`{rule}` is not a rule that can be ignored"
    return source.problem(path, message, "these can: " + ", ".join(SILENCEABLE), on_key=True)


def _idle(rule: str, path: Path, source: Source) -> Problem:
    message = f"there is nothing to ignore: {rule} says nothing about this question"
    return source.problem(path, message, "take the line out", on_key=True, severity="warning")
