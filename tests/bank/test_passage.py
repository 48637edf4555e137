"""The canonical text of a passage."""

from hypothesis import given, settings
from hypothesis import strategies as st

from quizapp.bank.model import Level, Span
from quizapp.bank.passage import canonical_text


def test_white_space_inside_a_paragraph_is_folded() -> None:
    assert canonical_text(" one\n  two\tthree \n") == ("one two three", ())


def test_paragraphs_are_joined_by_one_blank_line() -> None:
    assert canonical_text("one\n \n\n\ntwo\n\nthree")[0] == "one\n\ntwo\n\nthree"


def test_bold_words_are_taken_out_and_remembered() -> None:
    text, bold = canonical_text("a **b c** d\n\n**e**f")
    assert text == "a b c d\n\nef"
    assert [text[span.start : span.end] for span in bold] == ["b c", "e"]


def test_bold_does_not_cross_paragraphs() -> None:
    assert canonical_text("a **b\n\nc** d") == ("a **b\n\nc** d", ())


def test_stars_that_enclose_no_word_stay() -> None:
    assert canonical_text("2 ** 3 ** 4 and ****") == ("2 ** 3 ** 4 and ****", ())


def test_a_single_star_may_stand_in_bold() -> None:
    assert canonical_text("**a * b**") == ("a * b", (Span(0, 5),))


@settings(deadline=None)
@given(st.text(alphabet="ab *\n\u00a0\u2028"))
def test_a_canonical_text_without_bold_is_canonical_already(typed: str) -> None:
    text, bold = canonical_text(typed)
    assert all(text[span.start : span.end].strip() for span in bold)
    for span in Level("a", "A", text).paragraphs:
        paragraph = text[span.start : span.end]
        assert paragraph == " ".join(paragraph.split())
