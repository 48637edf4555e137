"""From how many attempts, questions or answers each figure may be shown: one table, one place."""

from typing import Final

SHARES: Final = 5  # students before a bar, a median or a question "to discuss" is drawn
PERCENT: Final = 10  # answers before a percentage and its interval stand beside a count
KEY_SUSPECT: Final = 15  # students before a key may be doubted ...
KEY_SUSPECT_SURE: Final = 30  # ... and before the doubt is said without reserve
SEPARATES: Final = 20  # students before a question's correlation with the others is shown ...
SEPARATES_TRUSTED: Final = 100  # ... and trusted
ALPHA_STUDENTS: Final = 20  # students, and questions, before reliability and SEM are shown
ALPHA_ITEMS: Final = 8
MASTERY: Final = 6  # answers of one student in one family before a state is named


def reliable(students: int, items: int) -> bool:
    """Return whether reliability, and what follows from it, may be shown."""
    return students >= ALPHA_STUDENTS and items >= ALPHA_ITEMS
