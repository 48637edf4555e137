"""Marks for single and multiple choice: a comparison of option ids, with exact fractions."""

from fractions import Fraction

from quizapp.bank.model import Given, MultipleChoice, SingleChoice
from quizapp.marking.guards import blank
from quizapp.marking.verdict import Trace, Verdict, scored


def mark_single(item: SingleChoice, given: Given) -> Verdict:
    """Return full points for the key alone. An id that is no option counts as nothing chosen."""
    chosen = [option for option in item.options if option.id in given.values]
    if not chosen:
        return blank()
    ids = ", ".join(option.id for option in chosen)
    note = chosen[0].feedback if len(chosen) == 1 else "Choose one answer only."
    points = Fraction(item.points if ids == item.answer else 0)
    return scored(points, item.points, Trace("key", ids, chosen[0].id, note=note))


def mark_multiple(item: MultipleChoice, given: Given) -> Verdict:
    """Return max(0, hits - false alarms) / keys of the points, or all or nothing for `exact`.

    An id that is no option is a false alarm. Ticking every option earns nothing, because it shows
    no choice, even where the keys outnumber the distractors.
    """
    chosen = {value for value in given.values if value.strip()}
    keys = set(item.answers)
    hits = [option.id for option in item.options if option.id in chosen & keys]
    points = Fraction(0) if _ticks_all(item, chosen, keys) else _share(item, chosen, keys)
    trace = Trace(
        "net" if item.scoring == "net" else "exact-set",
        ", ".join(sorted(chosen)),
        ", ".join(hits) or None,
        note=_count(len(hits), len(keys)) if points < item.points else None,
    )
    return scored(points, item.points, trace)


def _share(item: MultipleChoice, chosen: set[str], keys: set[str]) -> Fraction:
    if item.scoring == "exact":
        return Fraction(item.points if chosen == keys else 0)
    net = len(chosen & keys) - len(chosen - keys)
    return Fraction(max(0, net), len(keys)) * item.points


def _ticks_all(item: MultipleChoice, chosen: set[str], keys: set[str]) -> bool:
    ids = {option.id for option in item.options}
    return chosen >= ids and ids != keys


def _count(hits: int, keys: int) -> str:
    return f"You found {hits} of the {keys} right answers."
