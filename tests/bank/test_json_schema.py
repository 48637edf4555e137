"""`questions/schema.json`: what an editor uses to help a teacher while typing."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from quizapp.bank.schema import json_schema, json_schema_text
from tests.bank.bank_files import HEAD, built

QUESTIONS = Path(__file__).parents[2] / "questions"
# Bare words that YAML editors take for numbers and truth values, as values and as keys.
SAMPLE = (
    HEAD
    + """\
- id: 1
  question: True or not?
  skill: infer
  options: {1: 1984, no: {text: no, error: misread, evidence: 9, feedback: yes, pin: last}}
  answer: 1
  evidence: {a2: 9, b1: [nine, 9]}
  why: 9
- {id: b, question: Q?, options: {a: x, b: y, c: z}, answers: [a, b], scoring: exact, evidence: 1}
- {id: c, question: Q?, accept: {a2: [no], b1: [1.50]}, reject: {30: No.}, evidence: whole}
- {id: d, question: Q?, number: {value: 7 million, tolerance: 0}, reject: {30: 1}, evidence: x}
- {id: e, question: Q?, points: 1, ideas: {1: [2]}, max_words: 25, levels: [a2], evidence: x}
"""
)


def _errors(text: str) -> list[str]:
    data: Any = yaml.load(text, Loader=yaml.CSafeLoader)
    return [error.message for error in Draft202012Validator(json_schema()).iter_errors(data)]


def test_the_committed_schema_is_current() -> None:
    assert (QUESTIONS / "schema.json").read_text("utf-8") == json_schema_text()


def test_the_schema_is_valid_itself() -> None:
    Draft202012Validator.check_schema(json_schema())


def test_a_quiz_with_bare_numbers_and_truth_values_passes() -> None:
    assert built(SAMPLE).quiz
    assert _errors(SAMPLE) == []


def test_a_quiz_passes_the_standard_command(tmp_path: Path) -> None:
    quiz, schema = tmp_path / "quiz.yaml", tmp_path / "schema.json"
    quiz.write_text(SAMPLE, "utf-8")
    schema.write_text(json_schema_text(), "utf-8")
    command = [sys.executable, "-m", "check_jsonschema", "--schemafile", str(schema), str(quiz)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("skill: infer", "skill: infr"),
        ("title: The ferry", "titel: The ferry"),
        ("answer: 1\n", "anwser: 1\n"),
        ("points: 1", "points: many"),
        ("tolerance: 0", "tolerance: []"),
        ("scoring: exact", "scoring: gross"),
    ],
)
def test_an_editor_marks_what_the_reader_refuses(right: str, wrong: str) -> None:
    text = SAMPLE.replace(right, wrong)
    assert built(text).quiz is None
    assert _errors(text)


def test_every_key_that_is_no_plain_word_is_explained() -> None:
    definitions = json_schema()["$defs"]
    assert all(group["description"] for group in definitions.values())
    assert definitions["SingleFields"]["title"] == "Question with one right option"
    assert definitions["SingleFields"]["properties"]["answer"]["description"]
