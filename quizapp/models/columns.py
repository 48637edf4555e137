"""Columns that several tables share."""

import secrets
import unicodedata
from datetime import datetime
from typing import Annotated

from sqlalchemy import String
from sqlalchemy.orm import mapped_column

from quizapp.database import UtcDateTime

# No vowels and no look-alikes: 8 of these 27 are about 38 bits, and spell no word.
CODE_LETTERS = "BCDFGHJKMNPQRSTVWXYZ2345679"
CODE_LENGTH = 8


def new_code() -> str:
    """Return a random code of eight characters, without the hyphen it is shown with."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))


def fold_code(typed: str) -> str:
    """Return a code as it is stored, however it was typed: no hyphen, no space, capitals."""
    folded = unicodedata.normalize("NFKC", typed).upper()
    return "".join(letter for letter in folded if letter in CODE_LETTERS)


def new_public_id() -> str:
    """Return a random id for URLs: 128 bits, so that nobody can count or guess."""
    return secrets.token_urlsafe(16)


Key = Annotated[int, mapped_column(primary_key=True)]
PublicId = Annotated[str, mapped_column(String(22), unique=True, default=new_public_id)]
Moment = Annotated[datetime, mapped_column(UtcDateTime())]
MaybeMoment = Annotated[datetime | None, mapped_column(UtcDateTime())]
Digest = Annotated[str, mapped_column(String(64))]
