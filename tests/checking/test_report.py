import json
from pathlib import Path

import pytest

from quizapp.bank.problem import Problem
from quizapp.checking import Checked
from quizapp.checking.report import find_files, render_json, render_text


def refused(*problems: Problem, lines: tuple[str, ...] = ()) -> Checked:
    return Checked(None, problems, lines)


def caret_line(line: str, column: int) -> tuple[str, str]:
    """The shown source line and the text before the caret."""
    report = render_text([("q.yaml", refused(Problem(1, column, "look"), lines=(line,)))])
    _, shown, caret, *_ = report.splitlines()
    assert caret.endswith("^")
    return shown, caret[:-1]


def test_a_problem_shows_its_place_its_line_a_caret_and_the_fix() -> None:
    problem = Problem(2, 8, "`skill: guess` is not one of: infer", "did you mean `skill: infer`?")
    checked = refused(problem, lines=("id: a", "skill: guess"))
    assert render_text([("questions/q.yaml", checked)]) == (
        "questions/q.yaml:2:8: `skill: guess` is not one of: infer\n"
        "    skill: guess\n"
        "           ^\n"
        "    fix: did you mean `skill: infer`?\n"
        "1 file, 1 error\n"
    )


def test_a_warning_says_so_and_names_its_rule() -> None:
    problem = Problem(1, 1, "long", severity="warning", rule="K05")
    report = render_text([("q.yaml", refused(problem, lines=("x",)))])
    assert report.startswith("q.yaml:1:1: warning: long [K05]\n")


def test_the_closing_line_counts_files_errors_and_warnings() -> None:
    error, warning = Problem(1, 1, "e"), Problem(1, 1, "w", severity="warning")
    results = [("a", refused(error, error)), ("b", refused(warning)), ("c", refused())]
    assert render_text(results).endswith("\n3 files, 2 errors, 1 warning\n")


def test_a_file_without_problems_gets_one_line() -> None:
    assert render_text([("a", refused())]) == "1 file, no problems\n"


def test_no_file_is_said_plainly() -> None:
    assert render_text([]) == "no files, no problems\n"


def test_a_problem_after_the_last_line_has_no_caret() -> None:
    report = render_text([("a", refused(Problem(2, 1, "ends too early"), lines=("x",)))])
    assert report == "a:2:1: ends too early\n1 file, 1 error\n"


def test_a_tab_is_one_column() -> None:
    shown, before = caret_line("\tid: x", 2)
    assert shown[len(before)] == "i"
    assert "\ufffd" not in shown


def test_a_wide_character_moves_the_caret_by_two() -> None:
    _, before = caret_line("字字x", 3)
    assert len(before) == 4 + 4


def test_a_combining_accent_does_not_move_the_caret() -> None:
    _, before = caret_line("e\u0301x", 3)
    assert len(before) == 4 + 1


@pytest.mark.parametrize("sign", ["\x1b", "\x00", "\x07", "\u202e", "\ud800", "\r", "\u2028"])
def test_a_control_character_never_reaches_the_terminal(sign: str) -> None:
    problem = Problem(1, 2, f"message {sign}", f"fix {sign}")
    report = render_text([(f"a{sign}b", refused(problem, lines=(f"x{sign}y",)))])
    assert sign not in report
    assert len(report.splitlines()) == 5


def test_a_long_line_is_cut_around_the_caret() -> None:
    shown, before = caret_line("a" * 500 + "X" + "b" * 500, 501)
    assert shown[len(before)] == "X"
    assert len(shown) < 120
    assert shown.strip().startswith("…")
    assert shown.endswith("…")


def test_the_json_report_lists_every_problem() -> None:
    rows = json.loads(render_json([("q.yaml", refused(Problem(3, 4, "m", "f", "warning", "K08")))]))
    assert rows == [
        {
            "file": "q.yaml",
            "line": 3,
            "column": 4,
            "severity": "warning",
            "rule": "K08",
            "message": "m",
            "fix": "f",
        }
    ]


def test_a_folder_stands_for_the_quizzes_in_it(tmp_path: Path) -> None:
    for name in ("b.yaml", "a.yaml", "c.yml", "notes.md", ".a.yaml"):
        (tmp_path / name).touch()
    one = tmp_path / "notes.md"
    names = [path.name for path in find_files([tmp_path, one])]
    assert names == ["a.yaml", "b.yaml", "c.yml", "notes.md"]
