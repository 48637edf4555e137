import json
from pathlib import Path

import pytest

from quizapp.bank import reader
from quizapp.checking.copying import check_copying, copied_runs, fingerprint

SOURCE = "The quick ferry left the harbour at seven, and the town’s old bell rang twice that day."
ROOT = Path(__file__).parents[2]
ARTICLE = ROOT / "../shared/article.txt"
FINGERPRINT = ROOT / "questions/sources/all-weather-partnership.json"
needs_article = pytest.mark.skipif(not ARTICLE.exists(), reason="the source article is not here")


def article() -> str:
    """The article without its last three lines, which are page furniture."""
    return "\n".join(ARTICLE.read_text("utf-8").rstrip().splitlines()[:-3])


def test_six_words_in_a_row_are_copied() -> None:
    text = "We saw it: the quick ferry left the harbour, they said."
    assert copied_runs(text, fingerprint(SOURCE, [])) == [
        (11, 43, "the quick ferry left the harbour")
    ]


def test_five_words_in_a_row_are_not_copied() -> None:
    assert copied_runs("Quick ferry left the harbour.", fingerprint(SOURCE, [])) == []


def test_a_longer_stretch_is_one_finding() -> None:
    (found,) = copied_runs(f"So: {SOURCE}", fingerprint(SOURCE, []))
    assert found[:2] == (4, 4 + len(SOURCE) - 1)


def test_two_stretches_are_two_findings() -> None:
    text = "The quick ferry left the harbour. Later the towns old bell rang twice."
    words = [words for _, _, words in copied_runs(text, fingerprint(SOURCE, []))]
    assert words == ["The quick ferry left the harbour", "the towns old bell rang twice"]


def test_case_accents_apostrophes_and_signs_do_not_hide_a_copy() -> None:
    text = "THE-QUICK fërry\nleft  the “harbour” … at séven"
    assert len(copied_runs(text, fingerprint(SOURCE, []))) == 1
    assert copied_runs("and the towns old bell rang", fingerprint(SOURCE, []))


def test_an_allowed_phrase_breaks_the_run() -> None:
    text = "The quick ferry left the harbour"
    assert copied_runs(text, fingerprint(SOURCE, ["ferry left the"])) == []


def test_an_allowed_phrase_joins_no_words_around_it() -> None:
    text = "The quick, rock solid ferry left the harbour"
    assert copied_runs(text, fingerprint(SOURCE, ["rock solid"])) == []


def test_the_longest_allowed_phrase_goes_first() -> None:
    phrases = ["harbour at", "harbour at seven and the"]
    text = "the harbour at seven and the town's old bell"
    assert copied_runs(text, fingerprint(SOURCE, phrases[:1]))
    assert copied_runs(text, fingerprint(SOURCE, phrases)) == []


def test_a_fingerprint_holds_no_word_of_the_source() -> None:
    print_ = fingerprint(SOURCE, [])
    assert print_["words"] == 17
    assert print_["length"] == 6
    assert len(print_["runs"]) == 12
    assert "ferry" not in json.dumps(print_)


def test_every_text_of_a_quiz_is_checked_except_quotes_and_credit() -> None:
    data = f"""\
title: Bells
source: "{SOURCE}"
passage:
  a: {{text: "{SOURCE}", glossary: {{bell: "{SOURCE}"}}}}
questions:
  - question: "{SOURCE}"
    options: {{one: "{SOURCE}", two: {{text: x, feedback: "{SOURCE}"}}}}
    evidence: "{SOURCE}"
    why: "{SOURCE}"
    hint: "{SOURCE}"
""".encode()
    problems = check_copying(reader.read(data), fingerprint(SOURCE, []))
    assert [problem.line for problem in problems] == [4, 4, 6, 7, 7, 9, 10]
    assert {(problem.rule, problem.severity) for problem in problems} == {("I07", "error")}
    assert "The quick ferry left" in problems[0].message


@needs_article
def test_the_article_gives_the_control_values() -> None:
    committed = json.loads(FINGERPRINT.read_text())
    assert committed["words"] == 448
    assert len(committed["runs"]) == 443


@needs_article
def test_the_committed_fingerprint_is_that_of_the_article() -> None:
    committed = json.loads(FINGERPRINT.read_text())
    assert fingerprint(article(), committed["allowed"]) == committed


@needs_article
def test_a_sentence_planted_from_the_article_is_found() -> None:
    sentence = article().split(". ")[5]
    committed = json.loads(FINGERPRINT.read_text())
    assert copied_runs(f"It is said: {sentence}", committed)


@needs_article
def test_the_allowed_quotations_may_be_repeated() -> None:
    committed = json.loads(FINGERPRINT.read_text())
    text = "Brazil, Russia, India, China, and South Africa are “comprehensive strategic partners”."
    assert copied_runs(text, {**committed, "allowed": []})
    assert copied_runs(text, committed) == []
