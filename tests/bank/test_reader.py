"""The reader: text stays text, everything has a place, nothing gets past the limits."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizapp.bank.reader import MAX_NODES, read
from quizapp.bank.schema import build
from quizapp.bank.source import MAX_BYTES, Plain, find_plain
from tests.bank.bank_files import only_problem


@pytest.mark.parametrize(
    "typed",
    [
        "no",
        "Yes",
        "on",
        "1:30",
        "12:30:45",
        "012",
        "1_000",
        "2024-01-02",
        "1e3",
        "=",
        "007",
        "NULL",
    ],
)
def test_a_bare_word_stays_the_text_that_was_typed(typed: str) -> None:
    assert read(f"a: {typed}\n".encode()).data == {"a": typed}


def test_a_number_of_many_digits_stays_text() -> None:
    assert read(b"a: " + b"9" * 5000).data == {"a": "9" * 5000}


@pytest.mark.parametrize("typed", ["", "~", "null"])
def test_an_empty_value_is_none(typed: str) -> None:
    assert read(f"a: {typed}\n".encode()).data == {"a": None}


@pytest.mark.parametrize("typed", ["'~'", "'null'", "''"])
def test_a_quoted_value_is_never_none(typed: str) -> None:
    assert read(f"a: {typed}\n".encode()).data == {"a": typed.strip("'")}


def test_a_blank_line_stays_a_paragraph_in_a_folded_text() -> None:
    assert read(b"a: >\n  one\n  two\n\n  three\n").data == {"a": "one two\n\nthree\n\n"}


def test_a_blank_line_stays_a_paragraph_in_a_bare_text() -> None:
    assert read(b"a: one\n  two\n\n  three\n").data == {"a": "one two\n\nthree"}


def test_a_literal_text_keeps_its_lines() -> None:
    assert read(b"a: |\n  one\n  two\n\n  three\n").data == {"a": "one\ntwo\n\nthree\n"}


def test_positions_count_code_points_from_one() -> None:
    source = read("a: {é😀: 1, key: v}\nb:\n- x\n".encode())
    assert source.key_at("a", "key") == (1, 12)
    assert source.value_at("a", "key") == (1, 17)
    assert source.value_at("b", 0) == (3, 3)


def test_a_missing_path_falls_back_to_the_deepest_parent() -> None:
    source = read(b"a:\n  b: [x]\n")
    assert source.value_at("a", "b", 7, "c") == (2, 6)
    assert source.key_at("a", "nothing") == (1, 1)


def test_an_unreadable_file_answers_the_first_place() -> None:
    assert read(b"\xff").value_at("a") == (1, 1)


def test_a_byte_order_mark_at_the_start_is_no_fault() -> None:
    source = read(b"\xef\xbb\xbfa: b\n")
    assert (source.data, source.key_at("a")) == ({"a": "b"}, (1, 1))


def test_windows_line_ends_are_read() -> None:
    source = read(b"a: b\r\nc: d\r\n")
    assert (source.data, source.key_at("c"), source.lines) == (
        {"a": "b", "c": "d"},
        (2, 1),
        ("a: b", "c: d"),
    )


def test_a_key_given_twice_names_the_first_line_and_keeps_the_first_value() -> None:
    source = read(b"a: 1\nb: 2\na: {x: [3]}\nc: 4\n")
    (problem,) = source.problems
    assert (problem.line, problem.column) == (3, 1)
    assert problem.message == "key 'a' is given twice (first on line 1)"
    assert source.data == {"a": "1", "b": "2", "c": "4"}


def test_all_faults_that_leave_the_file_readable_are_found_at_once() -> None:
    source = read(b"a: &x 1\nb: *x\nc: !t 2\n<<: {}\na: 3\n[k]: v\n~: w\n")
    assert [problem.line for problem in source.problems] == [1, 2, 3, 4, 5, 6, 7]
    assert source.data == {"a": "1", "b": "*x", "c": "2"}


@pytest.mark.parametrize(
    ("data", "line", "column", "part"),
    [
        (b"", 1, 1, "this file is empty"),
        (b"# only a remark\n", 1, 1, "this file is empty"),
        (b"\n- a\n", 2, 1, "not a quiz"),
        (b"\n  text\n", 2, 3, "not a quiz"),
        (b"a: b\nc: \xe9t\xe9\n", 2, 4, "not UTF-8"),
        ("a: b".encode("utf-16"), 1, 1, "UTF-16"),
        (b"a: b\nc: d\0\n", 2, 5, "U+0000"),
        (b"a: b\nc: \x1b[0m\n", 2, 4, "U+001B"),
        (b'a: b\nc: "d\\0"\n', 2, 4, "U+0000"),
        (b'a: "\\uD83D\\uDE00"\n', 1, 7, "backslash"),
        (b"a: b\n---\nc: d\n", 2, 1, "second quiz"),
        (b"%YAML 3.0\n---\na: b\n", 1, 1, "cannot be read"),
        (b"a: b\n" + b"#" * MAX_BYTES, 1, 1, "larger than 1 MiB"),
        (b"a: " + b"[" * 100_000, 1, 23, "more than 20 levels deep"),
        (b"a: [" + b"b," * MAX_NODES, 1, 99_999, "more than 50,000 entries"),
    ],
)
def test_what_cannot_be_read_is_one_problem_with_its_place(
    data: bytes, line: int, column: int, part: str
) -> None:
    source = read(data)
    (problem,) = source.problems
    assert part in problem.message
    assert (problem.line, problem.column) == (line, column)


@pytest.mark.parametrize(
    ("text", "line", "column", "part"),
    [
        ("a: it is: so\n", 1, 9, "a colon inside a text"),
        ("a: b\n  c: d\n", 2, 4, "does not fit under the line above"),
        ("a: 'it' is\n", 1, 9, "something follows the closing quote"),
        ("a: 'it's'\n", 1, 8, "something follows the closing quote"),
        ("a:\n  b: c\n d: e\n", 3, 2, "does not line up with the group that begins on line 1"),
        ("a:\n\t- b\n", 2, 1, "a tab"),
        ("a: b\n\tc: d\n", 2, 1, "a tab"),
        ("a: @you\n", 1, 4, "cannot begin with @"),
        ("a: `you`\n", 1, 4, "cannot begin with a backtick"),
        ("a: **bold** text\n", 1, 4, "cannot begin with `*`"),
        ("a: & so on\n", 1, 4, "cannot begin with `&`"),
        ("a: b\nc: 'd\ne: f\n", 2, 4, "the quote opened on line 2 is never closed"),
        ('a: "b\nc: "d"\n', 1, 4, "the quote opened on line 1 is not closed before line 2"),
        ("a: b\nword\nc: d\n", 2, 1, "no colon after its first word"),
        ("a: [b\nc: d\n", 2, 2, "the bracket opened on line 1"),
        ("a: - b\n", 1, 4, "a list cannot begin here"),
        ("a:\n- b\nc\n", 3, 1, "no colon after its first word"),
        ("- b\nc: d\n", 2, 1, "does not belong to the list that begins on line 1"),
        ('a: "b\\q"\n', 1, 6, "a backslash"),
        ("a: ]\n", 1, 4, "cannot be read here"),
        ("a: !<\n", 1, 4, "cannot begin with `!`"),
    ],
)
def test_a_fault_of_yaml_is_said_in_a_teachers_words(
    text: str, line: int, column: int, part: str
) -> None:
    problem = only_problem(text)
    assert part in problem.message
    assert (problem.line, problem.column) == (line, column)
    assert problem.fix


def test_very_many_faults_are_cut_off() -> None:
    assert len(read(b"a: 1\n" * 5000).problems) == 101


_TOKENS = st.sampled_from(
    ["a", "b: ", "- ", "\n", "  ", "'", '"', "[", "]", "{", "}", ", ", "&a ", "*a", "!t ", "<<: ",
     "? ", "| \n", ">\n", "#", "%", "\t", "---\n", "...\n", "\\x00", "é", "\u2028", "\x85", "@",
     "title: ", "questions:\n", "- id: x\n", "  answer: a\n", "  options: {a: b}\n", "passage: "]
)  # fmt: skip


@settings(max_examples=3000, deadline=None)
@given(st.lists(_TOKENS, max_size=40).map("".join) | st.text(max_size=80))
def test_no_text_gets_past_without_a_quiz_or_a_problem_with_its_place(text: str) -> None:
    _assert_located(text.encode("utf-8", "surrogatepass"))


@settings(max_examples=2000, deadline=None)
@given(st.binary(max_size=80))
def test_no_bytes_get_past_without_a_quiz_or_a_problem_with_its_place(data: bytes) -> None:
    _assert_located(data)


def _assert_located(data: bytes) -> None:
    source = read(data)
    result = build("quiz", source)
    assert result.quiz or any(problem.severity == "error" for problem in result.problems)
    for problem in result.problems:
        assert 1 <= problem.line <= len(source.lines) + 1
        assert problem.column >= 1
        assert problem.message


_KEYS = st.text("abc é-1", min_size=1).filter(lambda key: key.strip() == key)


@settings(deadline=None)
@given(st.recursive(st.just("v"), lambda inner: st.dictionaries(_KEYS, inner, max_size=3)))
def test_every_value_stands_where_its_place_says(value: Plain) -> None:
    data: dict[str, Plain] = {"top": value}
    source = read("\n".join(_written(data)).encode())
    assert source.data == data
    for path in _paths(data):
        line, column = source.key_at(*path)
        key = path[-1]
        assert source.lines[line - 1][column - 1 :].startswith(f"'{key}'")
        line, column = source.value_at(*path)
        value_there = find_plain(data, path)
        begin = "v" if value_there == "v" else "'" if value_there else "{}"
        assert source.lines[line - 1][column - 1 :].startswith(begin)


def _written(data: dict[str, Plain], indent: int = 0) -> list[str]:
    lines = []
    for key, value in data.items():
        if isinstance(value, dict) and value:
            lines += [" " * indent + f"'{key}':", *_written(value, indent + 1)]
        else:
            lines.append(" " * indent + f"'{key}': " + ("v" if value == "v" else "{}"))
    return lines


def _paths(data: dict[str, Plain]) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for key, value in data.items():
        found.append((key,))
        if isinstance(value, dict):
            found += [(key, *path) for path in _paths(value)]
    return found
