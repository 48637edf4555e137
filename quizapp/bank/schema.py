"""From a file that was read to a quiz of the bank, with everything that is wrong in it, at once."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from quizapp.bank.agreement import disagreements, duplicate_ids, level_ids, unexplained
from quizapp.bank.convert import to_quiz
from quizapp.bank.format import AnyItem, Common, ItemFields, QuizFields
from quizapp.bank.messages import ITEM_KEYS, field_problems, id_from, meant_keys
from quizapp.bank.model import Quiz
from quizapp.bank.problem import Problem
from quizapp.bank.source import Source
from quizapp.bank.syntax import shown
from quizapp.bank.values import ID_PATTERN
from quizapp.bank.words import NOT_YET

MAX_PROBLEMS = 100
_ITEM: TypeAdapter[ItemFields] = TypeAdapter(AnyItem)


@dataclass(frozen=True, slots=True)
class Built:
    """What became of a file: the quiz, or None when there is an error; and all of its problems.

    `ignores` holds the reasons to silence a rule of the check: item id, then rule, then reason.
    """

    quiz: Quiz | None
    ignores: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def build(quiz_id: str, source: Source) -> Built:
    """Return the quiz in `source`, whose file is named `quiz_id`, and every problem of the file.

    The problems include those of the reader; they stand in the order of the file. Never raises.
    """
    problems = [*source.problems, *_name_problems(quiz_id)]
    if source.data is None:
        return Built(None, problems=tuple(problems))
    fields, items, errors = _validate(source)
    problems += field_problems(errors, source)
    problems += duplicate_ids(source)
    problems += _item_problems(items, errors, source)
    problems = _in_order(problems)
    ignores = {item.id: item.ignore for item in items.values() if item.ignore}
    if fields is None or any(problem.severity == "error" for problem in problems):
        return Built(None, ignores, tuple(problems))
    return Built(to_quiz(quiz_id, fields), ignores, tuple(problems))


def _name_problems(quiz_id: str) -> list[Problem]:
    if re.fullmatch(ID_PATTERN, quiz_id):
        return []
    message = f"the file name '{shown(quiz_id)}' should have only small letters, digits and hyphens"
    better = id_from(quiz_id)
    return [Problem(1, 1, message, f"rename it to {better}.yaml" if better else None)]


def _validate(
    source: Source,
) -> tuple[QuizFields | None, dict[int, ItemFields], list[ErrorDetails]]:
    """Return the fields if all are right; the questions that are, by index; and the errors."""
    try:
        fields = QuizFields.model_validate(source.data)
    except ValidationError as error:
        errors = error.errors(include_url=False)
        questions = source.data.get("questions") if source.data else None
        found = enumerate(questions if isinstance(questions, list) else ())
        raw = {index: item for index, item in found if isinstance(item, dict)}
        errors += _errors_without_kind(raw, errors)
        return None, _salvaged(raw, errors), errors[:MAX_PROBLEMS]
    return fields, dict(enumerate(fields.questions)), []


def _errors_without_kind(
    raw: Mapping[int, dict[str, Any]], errors: list[ErrorDetails]
) -> list[ErrorDetails]:
    """Return what else is wrong in questions of which not even the kind is known."""
    found: list[ErrorDetails] = []
    for error in errors:
        if error["type"] != "union_tag_not_found" or len(error["loc"]) != 2:
            continue
        index = int(error["loc"][1])
        of_a_kind = {*ITEM_KEYS, *NOT_YET} - set(Common.model_fields)
        try:
            Common.model_validate({k: v for k, v in raw[index].items() if k not in of_a_kind})
        except ValidationError as inner:
            for detail in inner.errors(include_url=False):
                found.append({**detail, "loc": ("questions", index, *detail["loc"])})
    return found


def _salvaged(
    raw: Mapping[int, dict[str, Any]], errors: list[ErrorDetails]
) -> dict[int, ItemFields]:
    """Return the questions that are right once the keys with an error are left out.

    So a misspelt skill does not hide that the answer is no option. A question with wrong levels
    stays out: what is right for it depends on them.
    """
    wrong: dict[int, set[object]] = {}
    for error in errors:
        if error["loc"][0] == "questions" and len(error["loc"]) > 1:
            wrong.setdefault(int(error["loc"][1]), set()).update(error["loc"][2:])
    items: dict[int, ItemFields] = {}
    for index, item in raw.items():
        faults = wrong.get(index, set())
        if "levels" not in faults:
            kept = {key: value for key, value in item.items() if key not in faults}
            try:
                items[index] = _ITEM.validate_python(kept)
            except ValidationError:
                continue
    return items


def _item_problems(
    items: Mapping[int, ItemFields], errors: list[ErrorDetails], source: Source
) -> list[Problem]:
    offered = level_ids((source.data or {}).get("passage"))
    meant = meant_keys(errors, source)
    questions: Any = (source.data or {}).get("questions")
    problems: list[Problem] = []
    for index, item in items.items():
        path = ("questions", index)
        problems += disagreements(item, path, offered, source)
        mistyped = {key for group, key in meant if group == path}
        problems += unexplained(questions[index], path, mistyped, source)
        if len(problems) >= MAX_PROBLEMS:
            break
    return problems


def _in_order(problems: list[Problem]) -> list[Problem]:
    """Sort by place, each problem once, and keep as many as anyone will read."""
    once = dict.fromkeys(problems)
    return sorted(once, key=lambda one: (one.line, one.column, one.severity))[:MAX_PROBLEMS]


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the quiz format, for editors and validators."""
    dialect = "https://json-schema.org/draft/2020-12/schema"
    return {"$schema": dialect, **QuizFields.model_json_schema()}


def json_schema_text() -> str:
    """Return the JSON Schema as it is committed in `questions/schema.json`."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
