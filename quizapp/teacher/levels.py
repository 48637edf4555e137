"""The reading levels that a teacher can choose for a student: those of the live quizzes."""

from quizapp.system.shelf import library


def level_labels() -> dict[str, str]:
    """Return the labels of all levels of the live quizzes by id, in their order from easy on."""
    labels: dict[str, str] = {}
    quizzes = [version.quiz for version in library().shelf.quizzes.values()]
    for quiz in sorted(quizzes, key=lambda quiz: -len(quiz.levels)):
        for level in quiz.levels:
            labels.setdefault(level.id, level.label)
    return labels
