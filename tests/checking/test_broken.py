"""Sixty-three broken files with one fault each: where the check says it stands, and what to do."""

from pathlib import Path

import pytest

from quizapp.bank.problem import Problem
from quizapp.checking import check_file

BROKEN = Path(__file__).parents[1] / "questions" / "broken"
Expected = tuple[int, int, str, str | None]

# The file without its number: line, column, a part of the message, a part of the fix.
YAML: dict[str, Expected] = {
    "tab-indent": (8, 1, "a tab stands at the start of this line", "use spaces"),
    "unclosed-quote": (16, 10, "the quote opened on line 16 is never closed", "closing quote"),
    "quote-closed-lines-later": (9, 15, "is not closed before line 16", "closing quote"),
    "colon-in-text": (9, 26, "a colon inside a text", "put the whole sentence in quotes"),
    "duplicate-key": (15, 5, "key 'skill' is given twice (first on line 8)", "keep one"),
    "anchor": (16, 10, "cannot begin with `&`", "in quotes"),
    "alias": (16, 10, "cannot begin with `*`", "in quotes"),
    "tag": (16, 10, "cannot begin with `!`", "in quotes"),
    "merge-key": (15, 5, "`<<` is not allowed", "in full"),
    "two-documents": (17, 1, "starts a second quiz", "one quiz in each file"),
    "bold-at-the-start": (16, 10, "cannot begin with `*`", "in quotes"),
    "key-too-far-left": (14, 4, "does not belong to the list", "check its spaces"),
    "key-too-far-right": (8, 12, "does not fit under the line above", "check the spaces"),
    "not-utf8": (16, 56, "not UTF-8", "save the file as UTF-8"),
    "utf-16": (1, 1, "saved as UTF-16", "as UTF-8"),
    "bom-in-the-middle": (12, 12, "invisible character (U+FEFF)", "delete it"),
    "nul": (12, 17, "invisible character (U+0000)", "delete it"),
    "bell-in-quotes": (12, 12, "invisible character (U+0007)", "delete it"),
    "deep-nesting": (14, 30, "nested more than 20 levels deep", None),
    "text-after-quote": (16, 22, "something follows the closing quote", "whole sentence in quotes"),
    "at-sign": (16, 10, "cannot begin with @", "in quotes"),
    "unclosed-bracket": (11, 13, "the bracket opened on line 10 is not closed", "add `]`"),
    "no-colon": (8, 5, "no colon after its first word", "`word: text`"),
    "backslash": (16, 47, "a backslash inside double quotes", "single quotes"),
    "empty": (1, 1, "this file is empty", None),
    "a-list": (1, 1, "not a quiz: it should begin with `title:`", None),
}
FORMAT: dict[str, Expected] = {
    "misspelled-key": (8, 5, "unknown key `skil:`", "did you mean `skill: retrieve`?"),
    "unknown-key": (15, 5, "unknown key `picture:`", None),
    "no-title": (1, 1, "has no `title:`", None),
    "bad-language": (2, 11, "should be a language tag", "`en`"),
    "no-questions": (6, 12, "`questions:` is empty", "at least one"),
    "duplicate-id": (17, 9, "the id 'colour' is given twice (first on line 7)", "of its own"),
    "bad-id": (7, 9, "small letters, digits and hyphens", "did you mean `the-colour`?"),
    "unknown-skill": (8, 12, "`skill: inference` is not one of", "did you mean `skill: infer`?"),
    "no-key": (7, 5, "has no `answer:`", "the id of the right option"),
    "key-no-option": (14, 13, "'gren' is not one of the options", "did you mean `green`?"),
    "equal-options": (12, 12, "the options 'green' and 'red' say the same", "change one"),
    "one-option": (10, 5, "at least two options", None),
    "two-kinds": (10, 5, "cannot stand in one question", "keep one way to answer"),
    "every-option-right": (14, 5, "all options are right", "add a wrong option"),
    "telling-option-id": (12, 7, "'wrong' tells students too much", "after its content"),
    "empty-text": (9, 14, "`question:` is empty", "write a text"),
    "points-in-words": (15, 13, "should be a whole number", None),
    "no-evidence": (7, 5, "has no `evidence:`", "the words of the passage"),
    "not-built-yet": (10, 5, "this version of quizapp cannot use it yet", "remove"),
    "no-tolerance": (10, 13, "has no `tolerance:`", "write `tolerance: 0`"),
    "not-a-number": (10, 21, "should be a number", "7 million"),
    "points-and-ideas": (10, 13, "should be 2, one for each idea", "write `points: 2`"),
    "unknown-level": (18, 18, "the passage has no level 'b2'", "a2, b1"),
    "a-level-without-evidence": (18, 5, "no evidence for level 'b1'", "add `b1:`"),
    "no-reason": (11, 19, "`K08:` is empty", "write a text"),
    "right-option-with-error": (11, 36, "is right, so it has no `error:`", "correct the answer"),
}
MEANING: dict[str, Expected] = {
    "quote-not-in-passage": (
        15,
        15,
        "do not stand in the passage",
        "“The lamp on the pier is green.”",
    ),
    "quote-twice": (15, 15, "these words stand 2 times in the passage", "a few words more"),
    "quote-of-another-level": (20, 11, "do not stand in level b1", "green lamp shines on the pier"),
    "unsupported-with-evidence": (12, 52, "cannot have evidence", "`error: elsewhere`"),
    "question-answers-another": (21, 5, "the text of question “colour”", "leave out"),
    "small-word-earns": (11, 5, "the answer “so” earns points", "words that say more"),
    "rejected-and-accepted": (11, 14, "“the keeper” is rejected here", "out of the accepted"),
    "example-fails": (11, 23, "“the sailor” should earn full points", "or this example"),
    "passage-is-the-answer": (9, 5, "the whole passage, sent as the answer", "lower `max_words:`"),
    "eleven-words": (10, 22, "this accepted answer has 11 words", "`ideas:`"),
    "unknown-rule": (11, 14, "`K99` is not a rule that can be ignored", "these can: I09, K01"),
}
EXPECTED = YAML | FORMAT | MEANING


def test_every_broken_file_is_expected_and_every_expected_file_is_there() -> None:
    names = [path.stem.split("-", 1)[1] for path in sorted(BROKEN.iterdir())]
    assert names == list(EXPECTED)
    assert len(names) >= 60


@pytest.mark.parametrize("path", sorted(BROKEN.iterdir()), ids=lambda path: path.stem)
def test_a_broken_file_has_one_error_at_its_fault(path: Path) -> None:
    checked = check_file(path)
    (error,) = [problem for problem in checked.problems if problem.severity == "error"]
    assert checked.quiz is None
    assert matches(error, EXPECTED[path.stem.split("-", 1)[1]]), error


def matches(error: Problem, expected: Expected) -> bool:
    line, column, message, fix = expected
    said = message in error.message and (
        error.fix is None if fix is None else fix in str(error.fix)
    )
    return (error.line, error.column) == (line, column) and said
