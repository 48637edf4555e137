"""What an edit of a quiz would break in the attempts that students have already made."""

from dataclasses import dataclass

from rapidfuzz import fuzz

from quizapp.bank.model import (
    IdeasAnswer,
    Item,
    MultipleChoice,
    NumberAnswer,
    Quiz,
    ShortAnswer,
    SingleChoice,
)

KINDS = {
    "single": "one right option",
    "multiple": "several right options",
    "short": "a short answer",
    "number": "a number",
    "ideas": "a sentence with ideas",
}
SAME_QUESTION = 50  # per cent of equal letters; a reworded question keeps more, a new one less


@dataclass(frozen=True, slots=True)
class Change:
    """A change to one item that its stored answers cannot follow, and what to do instead."""

    item_id: str
    message: str


def breaking_changes(old: Quiz, new: Quiz) -> tuple[Change, ...]:
    """Return what in `new` would break attempts made on `old`, in the order of the old items."""
    changes = []
    for item in old.items:
        message = _broken(item, new.find_item(item.id))
        if message:
            changes.append(Change(item.id, message))
    return tuple(changes)


def _broken(old: Item, new: Item | None) -> str | None:
    if new is None:
        return (
            f"question “{old.id}” is gone; its answers stay with the older version. "
            "If it only has a new id, give it the old one back."
        )
    if new.kind != old.kind:
        return (
            f"question “{old.id}” asked for {KINDS[old.kind]} and now asks for {KINDS[new.kind]}; "
            "give the new question a new id."
        )
    if _is_another(old, new):
        return f"the id “{old.id}” now belongs to another question; give the new question a new id."
    removed = sorted(_option_ids(old) - _option_ids(new))
    if removed:
        names = ", ".join(f"“{name}”" for name in removed)
        return (
            f"question “{old.id}” no longer has the option {names}; keep its id when you change "
            "its text, or give the new question a new id."
        )
    return None


def _is_another(old: Item, new: Item) -> bool:
    """True when neither the question nor any of its answers is what it was."""
    likeness = fuzz.ratio(old.question.casefold(), new.question.casefold())
    return likeness < SAME_QUESTION and not _answers(old) & _answers(new)


def _option_ids(item: Item) -> set[str]:
    if isinstance(item, SingleChoice | MultipleChoice):
        return {option.id for option in item.options}
    return set()


def _answers(item: Item) -> set[str]:
    """Return what can be answered: the texts of the options, or the forms of the key."""
    match item:
        case SingleChoice() | MultipleChoice():
            forms = [option.text for option in item.options]
        case ShortAnswer():
            forms = [form for level in item.accept.values() for form in level]
        case NumberAnswer():
            forms = [str(item.value)]
        case IdeasAnswer():
            forms = [word for idea in item.ideas for word in idea.keywords]
    return {form.casefold() for form in forms}
