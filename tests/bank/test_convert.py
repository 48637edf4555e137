"""From the fields of a file that is right to the values of a quiz."""

from fractions import Fraction

from quizapp.bank.model import (
    Defaults,
    Evidence,
    Examples,
    Idea,
    IdeasAnswer,
    Level,
    MultipleChoice,
    NumberAnswer,
    Option,
    Reject,
    ShortAnswer,
    SingleChoice,
    Span,
)
from tests.bank.bank_files import (
    COMMON,
    built,
    item_file,
    item_of,
    quiz_of,
)

AT_NINE = Evidence({"a2": ("at nine",), "b1": ("at nine",)})
BOTH = ("a2", "b1")


def test_one_plain_passage_is_one_level() -> None:
    quiz = quiz_of(
        "title: T\nlanguage: no\npassage: |\n  One  **two**.\n\n\n  Three.\n"
        f"questions:\n- {{id: q, question: Q?, {COMMON} accept: [a]}}\n"
    )
    assert (quiz.id, quiz.language, quiz.source) == ("ferry", "no", None)
    assert quiz.levels == (Level("text", "Text", "One two.\n\nThree.", (Span(4, 7),)),)


def test_levels_keep_their_order_and_a_label_defaults_to_the_id() -> None:
    text = item_file(COMMON + "id: q, accept: [a]").replace("label: Easier, ", "")
    assert [(level.id, level.label) for level in quiz_of(text).levels] == [
        ("a2", "a2"),
        ("b1", "Standard"),
    ]


def test_a_glossary_waits_for_the_checker_to_place_its_terms() -> None:
    text = item_file(COMMON + "id: q, accept: [a]").replace(
        "label: Easier", "label: Easier, glossary: {ferry: a boat}"
    )
    (gloss,) = quiz_of(text).levels[0].glossary
    assert (gloss.term, gloss.meaning, gloss.span) == ("ferry", "a boat", None)


def test_the_defaults_of_assignments_are_read() -> None:
    text = item_file(COMMON + "id: q, accept: [a]")
    assert quiz_of(text).defaults == Defaults()
    assert quiz_of(
        f"defaults: {{attempts: 3, shuffle_options: false}}\n{text}"
    ).defaults == Defaults(attempts=3, shuffle_options=False)


def test_single_choice() -> None:
    item = item_of(
        "id: q, shuffle: no, answer: a, options: {a: Blue, b: {text: Red, error: misread,"
        " evidence: {b1: each morning}, feedback: Look again., pin: last}}"
    )
    assert item == SingleChoice(
        id="q",
        question="Why?",
        levels=BOTH,
        evidence=AT_NINE,
        skill="retrieve",
        why="It says so.",
        options=(
            Option("a", "Blue"),
            Option("b", "Red", "misread", Evidence({"b1": ("each morning",)}), "Look again.", True),
        ),
        answer="a",
        shuffle=False,
    )


def test_multiple_choice() -> None:
    item = item_of("id: q, options: {a: x, b: y, c: z}, answers: [c, a], scoring: exact")
    assert isinstance(item, MultipleChoice)
    assert (item.answers, item.scoring, item.shuffle) == (("c", "a"), "exact", True)


def test_a_short_answer_accepts_the_same_forms_at_every_level() -> None:
    item = item_of("id: q, accept: [1984, no], spelling: strict, review: always, max_words: 3")
    assert isinstance(item, ShortAnswer)
    assert item.accept == {"a2": ("1984", "no"), "b1": ("1984", "no")}
    assert (item.spelling, item.review, item.max_words) == ("strict", "always", 3)


def test_a_short_answer_can_accept_other_forms_at_each_level() -> None:
    item = item_of("id: q, accept: {a2: [x], b1: [y, z]}, reject: {30: No.}")
    assert isinstance(item, ShortAnswer)
    assert item.accept == {"a2": ("x",), "b1": ("y", "z")}
    assert item.reject == (Reject("30", "No."),)


def test_a_number_is_exact() -> None:
    item = item_of(
        "id: q, number: {value: 7 million, qualifier: about, tolerance: 0.1}, reject: {30: No.}"
    )
    assert isinstance(item, NumberAnswer)
    assert (item.value, item.tolerance) == (Fraction(7_000_000), Fraction(1, 10))
    assert (item.qualifier, item.reject, item.review) == ("about", (Reject("30", "No."),), "never")


def test_ideas_are_worth_one_point_each() -> None:
    item = item_of("id: q, ideas: {who: [xi], what: [upgrade*, closer]}, max_words: 25")
    assert isinstance(item, IdeasAnswer)
    assert item.ideas == (Idea("who", ("xi",)), Idea("what", ("upgrade*", "closer")))
    assert (item.points, item.max_words) == (2, 25)


def test_what_any_question_can_have() -> None:
    result = built(
        item_file(
            COMMON + "id: q, accept: [a], points: 2, hint: Look., feedback: {correct: Yes., wrong:"
            " No.}, tests: {accepts: [a], rejects: [b]}, ignore: {M01: It must be so.}"
        )
    )
    assert result.quiz
    item = result.quiz.items[0]
    assert (item.points, item.hint) == (2, "Look.")
    assert (item.feedback_correct, item.feedback_wrong) == ("Yes.", "No.")
    assert item.examples == Examples(("a",), ("b",))
    assert result.ignores == {"q": {"M01": "It must be so."}}


def test_evidence_stands_at_the_levels_of_the_question_only() -> None:
    item = quiz_of(
        item_file("id: q, skill: infer, why: So., accept: [a], levels: [b1], evidence: [x, y]")
    ).items[0]
    assert (item.levels, item.evidence) == (("b1",), Evidence({"b1": ("x", "y")}))


def test_evidence_can_be_given_for_each_level() -> None:
    item = quiz_of(
        item_file("id: q, skill: infer, why: So., accept: [a], evidence: {b1: x, a2: [y, z]}")
    ).items[0]
    assert item.evidence == Evidence({"a2": ("y", "z"), "b1": ("x",)})


def test_a_question_can_rest_on_the_whole_text() -> None:
    item = quiz_of(item_file("id: q, skill: infer, why: So., accept: [a], evidence: whole")).items[
        0
    ]
    assert item.evidence == Evidence(whole=True)


def test_text_is_composed_and_trimmed() -> None:
    item = item_of("id: q, accept: [' Cafe\u0301  ']")
    assert isinstance(item, ShortAnswer)
    assert item.accept["a2"] == ("Caf\u00e9",)
