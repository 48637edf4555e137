"""Whatever happens to a quiz file, the check ends, and every problem has a place in the file."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from quizapp.checking import check

QUESTIONS = Path(__file__).parents[1] / "questions"
CHUNKS = 4
MUTANTS_PER_CHUNK = 5_000
SEED = 20240611

TOKENS = (
    ": ", "- ", "? ", ", ", "[", "]", "{", "}", "#", " # ", "&a ", "*a ", "!t ", "!!str ", "|", ">",
    "|-\n", "'", '"', "%", "@", "`", "<<: ", "~", "null", "---\n", "...\n", "\\", "\t", "  ", "\n",
    "\\u", "=",
)  # fmt: skip
SIGNS = ("\ufeff", "\u00a0", "\u2028", "\u0085", "\u202e", "\x00", "\x1b", "\u0301", "😀", "\r")
ENCODINGS = ("utf-16", "utf-16-le", "utf-32", "latin-1", "cp1252", "utf-8-sig", "utf-7", "cp037")

Mutation = Callable[[random.Random, bytes], bytes]


def lines_changed(dice: random.Random, data: bytes) -> bytes:
    """Delete, double or swap lines."""
    lines = data.splitlines(keepends=True) or [b""]
    here, there = dice.randrange(len(lines)), dice.randrange(len(lines))
    match dice.randrange(3):
        case 0:
            del lines[here]
        case 1:
            lines.insert(there, lines[here])
        case _:
            lines[here], lines[there] = lines[there], lines[here]
    return b"".join(lines)


def token_inserted(dice: random.Random, data: bytes) -> bytes:
    place = dice.randrange(len(data) + 1)
    return data[:place] + dice.choice(TOKENS).encode() + data[place:]


def sign_inserted(dice: random.Random, data: bytes) -> bytes:
    place = dice.randrange(len(data) + 1)
    return data[:place] + dice.choice(SIGNS).encode() + data[place:]


def truncated(dice: random.Random, data: bytes) -> bytes:
    return data[: dice.randrange(len(data) + 1)]


def bytes_replaced(dice: random.Random, data: bytes) -> bytes:
    place = dice.randrange(len(data) + 1)
    return data[:place] + dice.randbytes(dice.randint(1, 4)) + data[place + dice.randint(0, 4) :]


def line_ends_mixed(dice: random.Random, data: bytes) -> bytes:
    ends = (b"\n", b"\r\n", b"\r", b"\n\n")
    return b"".join(line + dice.choice(ends) for line in data.splitlines())


def indent_changed(dice: random.Random, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True) or [b""]
    here = dice.randrange(len(lines))
    indent = dice.choice((b"\t", b" ", b"   ", b"\xc2\xa0"))
    lines[here] = indent + lines[here].lstrip() if dice.random() < 0.5 else indent + lines[here]
    return b"".join(lines)


def encoded_otherwise(dice: random.Random, data: bytes) -> bytes:
    return data.decode("utf-8", "replace").encode(dice.choice(ENCODINGS), "replace")


MUTATIONS: tuple[Mutation, ...] = (
    lines_changed,
    token_inserted,
    token_inserted,
    sign_inserted,
    truncated,
    bytes_replaced,
    line_ends_mixed,
    indent_changed,
    encoded_otherwise,
)


def mutants(chunk: int) -> Iterator[bytes]:
    """Yield mutants of small good quizzes: mostly one mutation, sometimes up to three."""
    dice = random.Random(f"{SEED}-{chunk}")
    originals = [path.read_bytes() for path in sorted((QUESTIONS / "small").glob("*.yaml"))]
    assert originals
    for _ in range(MUTANTS_PER_CHUNK):
        data = dice.choice(originals)
        for _ in range(dice.choice((1, 1, 1, 2, 3))):
            data = dice.choice(MUTATIONS)(dice, data)
        yield data


@pytest.mark.parametrize("chunk", range(CHUNKS), ids=lambda chunk: f"seed-{SEED}-chunk-{chunk}")
def test_every_mutant_is_good_or_has_problems_with_a_place(chunk: int) -> None:
    for data in mutants(chunk):
        checked = check("lamp", data)
        errors = [problem for problem in checked.problems if problem.severity == "error"]
        assert (checked.quiz is None) == bool(errors), data
        for problem in checked.problems:
            assert problem.rule != "internal", (data, problem)
            assert 1 <= problem.line <= len(checked.lines) + 1, (data, problem)
            assert problem.column >= 1, (data, problem)
