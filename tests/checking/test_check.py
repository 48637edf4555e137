import json
import os
import tracemalloc
from pathlib import Path

import pytest

from quizapp import checking
from quizapp.bank.source import MAX_BYTES
from quizapp.checking import Checked, check, check_file
from quizapp.checking.copying import fingerprint

QUESTIONS = Path(__file__).parents[1] / "questions"
GOOD = sorted([*QUESTIONS.glob("*.yaml"), *(QUESTIONS / "small").glob("*.yaml")])
KETTLES = (QUESTIONS / "kettles.yaml").read_bytes()


def only(checked: Checked) -> str:
    """The message of the one problem, which stands at the start of the file."""
    (problem,) = checked.problems
    assert checked.quiz is None
    assert (problem.line, problem.column) == (1, 1)
    return problem.message


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_a_good_quiz_has_no_problem_at_all(path: Path) -> None:
    checked = check_file(path)
    assert checked.problems == ()
    assert checked.quiz
    assert checked.quiz.id == path.stem


def test_a_checked_quiz_knows_where_its_evidence_stands() -> None:
    quiz = check("kettles", KETTLES).quiz
    assert quiz
    (span,) = quiz.items[0].evidence.spans["text"]
    said = quiz.levels[0].text[span.start : span.end]
    assert said == "a thin layer of chalk had covered the sensor"


def test_problems_stand_in_the_order_of_the_file() -> None:
    data = KETTLES.replace(b"A spoonful of lemon", b"A spoonful of sour lemon", 1)
    data = data.replace(b"    evidence: the room received", b"    evidence: The cellar received")
    problems = check("kettles", data.replace(b"[vinegar]", b"[Lemon]")).problems
    assert [problem.rule for problem in problems] == ["I05", "K04", "I05"]
    assert [problem.line for problem in problems] == sorted(problem.line for problem in problems)


def test_a_warning_keeps_the_quiz() -> None:
    checked = check(
        "kettles", KETTLES.replace(b"        evidence: somebody turns the pages\n", b"")
    )
    assert [problem.rule for problem in checked.problems] == ["I09"]
    assert checked.quiz


def test_an_error_withholds_the_quiz() -> None:
    assert check("kettles", KETTLES.replace(b": somebody turns", b": nobody turns")).quiz is None


def test_a_reason_is_not_called_idle_while_an_error_keeps_its_rule_from_running() -> None:
    data = KETTLES.replace(
        b"    skill: infer\n", b"    skill: guess\n    ignore: {K08: meant so}\n"
    )
    (problem,) = check("kettles", data).problems
    assert "`skill: guess` is not one of" in problem.message


def test_a_quiz_retold_from_a_source_is_compared_with_it(tmp_path: Path) -> None:
    source = (
        "Last spring somebody turns the pages, finds a similar case and saves an hour, and so on"
    )
    (tmp_path / "kettles.yaml").write_bytes(KETTLES)
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources/kettles.json").write_text(json.dumps(fingerprint(source, [])))
    (problem,) = check_file(tmp_path / "kettles.yaml").problems
    assert (problem.rule, problem.severity, problem.line) == ("I07", "error", 5)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{",
        "[" * 100_000,
        '{"length": 0, "runs": [], "allowed": []}',
        '{"length": 6, "runs": [[]], "allowed": []}',
        '{"length": 6, "runs": []}',
    ],
    ids=range(7),
)
def test_a_damaged_fingerprint_is_a_problem(tmp_path: Path, content: str) -> None:
    (tmp_path / "kettles.yaml").write_bytes(KETTLES)
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources/kettles.json").write_text(content)
    assert only(check_file(tmp_path / "kettles.yaml")) == "sources/kettles.json is damaged"


def test_a_missing_file_is_a_problem(tmp_path: Path) -> None:
    message = only(check_file(tmp_path / "gone.yaml"))
    assert message == "this file cannot be read: it does not exist"


def test_a_folder_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "folder.yaml").mkdir()
    assert "a folder, a link" in only(check_file(tmp_path / "folder.yaml"))


def test_a_link_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "link.yaml").symlink_to(QUESTIONS / "kettles.yaml")
    assert "a folder, a link" in only(check_file(tmp_path / "link.yaml"))


def test_a_pipe_is_a_problem_and_no_wait(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    assert "no ordinary file" in only(check_file(tmp_path / "pipe.yaml"))


def test_a_file_that_may_not_be_read_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise PermissionError

    monkeypatch.setattr(os, "open", refuse)
    assert "you may not read it" in only(check_file(Path("closed.yaml")))


def test_a_file_with_another_ending_is_told_its_name() -> None:
    checked = check_file(QUESTIONS / "kettles.yml")
    assert only(checked) == "a quiz file ends in .yaml"
    assert checked.problems[0].fix == "rename it to kettles.yaml"


def test_a_file_is_read_no_further_than_its_limit(tmp_path: Path) -> None:
    path = tmp_path / "huge.yaml"
    with path.open("wb") as file:
        file.truncate(50 * MAX_BYTES)
    tracemalloc.start()
    checked = check_file(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "larger than 1 MiB" in only(checked)
    assert peak < 10 * MAX_BYTES


def test_a_fault_of_the_checker_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(checking, "locate", fail)
    checked = check("kettles", KETTLES)
    assert only(checked) == "the checker itself failed (ZeroDivisionError)"
    assert checked.problems[0].rule == "internal"


def test_a_quiz_of_which_no_question_can_be_asked_at_every_level_is_refused() -> None:
    question = """
  - id: at-{0}
    question: Where does the gull rest?
    levels: [{0}]
    accept: [on the roof]
    evidence: on the roof
    why: The sentence says where.
    skill: retrieve"""
    text = """title: The gull
language: en
passage:
  a2: {label: Easier, text: The gull rests on the roof.}
  b1: {label: Standard, text: The tired gull takes a rest on the roof.}
questions:"""
    checked = check("gull", (text + question.format("a2") + question.format("b1")).encode())
    (problem,) = checked.problems
    assert "asked at every level" in problem.message
    assert (problem.line, problem.column, checked.quiz) == (6, 1, None)
