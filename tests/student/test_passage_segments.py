"""The passage cut into segments: nothing is lost, every place is covered."""

from hypothesis import given
from hypothesis import strategies as st

from quizapp.bank.model import Gloss, Level, Span
from quizapp.student.pages import direction, way_back
from quizapp.student.passage import Kind, Paragraph, Place, paragraphs

KINDS: list[Kind] = ["bold", "gloss", "key", "misread", "elsewhere"]
TEXTS = st.lists(st.text("ab “é😀", min_size=1), min_size=1, max_size=4).map("\n\n".join)
PLACES = st.lists(
    st.builds(
        lambda kind, start, length: Place(kind, Span(start, start + length)),
        st.sampled_from(KINDS),
        st.integers(0, 30),
        st.integers(0, 30),
    ),
    max_size=8,
)


def cut(text: str, places: list[Place]) -> tuple[Paragraph, ...]:
    return paragraphs(text, Level("a2", "Easier", text).paragraphs, places)


@given(TEXTS, PLACES)
def test_joined_segments_are_the_text(text: str, places: list[Place]) -> None:
    joined = "\n\n".join("".join(s.text for s in para.segments) for para in cut(text, places))
    assert joined == text


@given(TEXTS, PLACES)
def test_every_letter_carries_exactly_the_places_that_cover_it(
    text: str, places: list[Place]
) -> None:
    level = Level("a2", "Easier", text)
    for span, para in zip(level.paragraphs, cut(text, places), strict=True):
        at = span.start
        for segment in para.segments:
            for letter in range(at, at + len(segment.text)):
                covering = {p for p in places if p.span.start <= letter < p.span.end}
                assert set(segment.places) == covering
            at += len(segment.text)


def test_overlapping_places_show_both_marks() -> None:
    (para,) = cut("abcdef", [Place("key", Span(0, 4)), Place("elsewhere", Span(2, 6))])
    assert [(s.text, s.marks) for s in para.segments] == [
        ("ab", ("key",)),
        ("cd", ("key", "elsewhere")),
        ("ef", ("elsewhere",)),
    ]


def test_a_place_over_two_paragraphs_labels_both() -> None:
    found = cut("abc\n\ndef", [Place("key", Span(1, 7))])
    assert [para.labels for para in found] == [(("key", "bc"),), (("key", "de"),)]


def test_two_quotes_of_one_kind_share_a_label() -> None:
    (para,) = cut("abcdef", [Place("key", Span(0, 1)), Place("key", Span(4, 6))])
    assert para.labels == (("key", "a … ef"),)


def test_a_segment_knows_its_explanation() -> None:
    gloss = Gloss("cd", "two letters", Span(2, 4))
    (para,) = cut("abcdef", [Place("gloss", Span(2, 4), gloss)])
    assert [segment.gloss for segment in para.segments] == [None, gloss, None]


def test_arabic_is_written_from_right_to_left() -> None:
    assert (direction("ar-EG"), direction("en")) == ("rtl", "ltr")


def test_the_way_back_never_leads_to_another_host() -> None:
    assert way_back("https://school.example//evil.example/x", "/home") == "/home"
    assert way_back("https://evil.example/attempts/1", "/home") == "/attempts/1"
    assert way_back(None, "/home") == "/home"
    assert way_back("https://school.example/\\evil.example", "/home") == "/home"


def test_the_way_back_keeps_the_question_and_survives_a_broken_address() -> None:
    assert way_back("https://school.example/review?q=one", "/home") == "/review?q=one"
    assert way_back("http://[", "/home") == "/home"
