"""Where in the passage a question was decided, and where a wrong choice was tempted."""

from quizapp.bank.model import Evidence, Item, MultipleChoice, Option, SingleChoice
from quizapp.student.passage import Kind, Place


def chosen_options(item: Item, values: tuple[str, ...]) -> tuple[Option, ...]:
    """Return the options chosen; none for a written answer."""
    if not isinstance(item, SingleChoice | MultipleChoice):
        return ()
    return tuple(option for option in item.options if option.id in values)


def find_places(item: Item, values: tuple[str, ...], level: str) -> tuple[Place, ...]:
    """Return what to mark in the passage of `level`, from the offsets that the checker found."""
    found = [*_places("key", item.evidence, level)]
    for option in chosen_options(item, values):
        if option.error == "misread" or option.error == "elsewhere":
            found += _places(option.error, option.evidence, level)
    return tuple(found)


def _places(kind: Kind, evidence: Evidence, level: str) -> tuple[Place, ...]:
    return tuple(Place(kind, span) for span in evidence.spans.get(level, ()))
