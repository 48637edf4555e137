"""Folding: what counts as the same text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.marking.normalise import fold, fold_characters, split_words, squash


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ﬁsh", "fish"),
        ("ＦＵＬＬ", "full"),
        ("٧ ७ ７", "7 7 7"),
        ("Straße", "strasse"),
        ("‘it’s’", "it's"),
        ("“quoted”", "quoted"),
        ("  two\u00a0\n words ", "two words"),
        ("the a tree", "tree"),
        ("It’s a tree", "tree"),
        ("because they are strong", "strong"),
        ("it is 'the cat'", "cat"),
        ("Nicolás", "nicolas"),
        ("Nicola\u0301s", "nicolas"),
        ("soft\u00adware", "software"),
        ("(1990).", "1990"),
        ("-5", "-5"),
        ("- five", "five"),
        ("50%", "50%"),
        ("the", "the"),
        ("…", ""),
        ("\ud800", "\ufffd"),
    ],
)
def test_text_is_folded(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_lead_ins_of_english_stay_in_other_languages() -> None:
    assert fold("a bord", "fr") == "a bord"


@pytest.mark.parametrize("pair", [("が", "か"), ("कि", "क")])
def test_marks_that_make_another_letter_are_kept(pair: tuple[str, str]) -> None:
    assert fold(pair[0]) != fold(pair[1])


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_folding_any_character_twice_changes_nothing() -> None:
    every = map(chr, range(0x20000))
    folds = {fold_characters(character) for character in every}
    assert {fold_characters(folded) for folded in folds} == folds


def test_the_case_of_any_character_does_not_matter() -> None:
    every = [chr(code) for code in range(0x20000)]
    assert [c for c in every if fold(c.upper()) != fold(c) or fold(c.lower()) != fold(c)] == []


@pytest.mark.parametrize(
    ("folded", "squashed"),
    [("flash-tube", "flashtube"), ("u.s", "us"), ("3.5 km", "3.5km"), ("5 - 6", "5 - 6")],
)
def test_gaps_are_closed_except_between_digits(folded: str, squashed: str) -> None:
    assert squash(folded) == squashed


def test_words_split_at_hyphens_and_apostrophes_and_spell_out_negators() -> None:
    assert split_words("all-weather isn't un-named") == (
        *("all", "weather", "is", "not"),
        *("non", "named"),
    )
