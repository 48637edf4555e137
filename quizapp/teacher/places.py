"""The paragraphs that decide a question to discuss, with the words marked."""

from quizapp.discussing import Talk
from quizapp.student.passage import Paragraph, paragraphs
from quizapp.student.places import find_places


def show_places(talk: Talk) -> tuple[Paragraph, ...]:
    """Return the paragraphs with the evidence of the key, and of the option that tempted most."""
    option = talk.lure.option if talk.lure else None
    found = find_places(talk.question.item, (option.id,) if option else (), talk.level.id)
    marked = paragraphs(talk.level.text, talk.level.paragraphs, found)
    return tuple(paragraph for paragraph in marked if paragraph.labels)
