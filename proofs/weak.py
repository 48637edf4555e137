"""The application with one protection taken away, for controls: `python -m proofs.weak WHAT serve`.

WHAT is a pragma that replaces its namesake, such as synchronous=NORMAL.
"""

import sys

from quizapp import cli, database


def weaken(pragma: str) -> None:
    """Replace one setting of SQLite; what it reads back as is not checked."""
    name, _, value = pragma.partition("=")
    answers = {"OFF": 0, "NORMAL": 1, "FULL": 2}
    database.PRAGMAS = tuple(
        (pragma, answers[value]) if one.startswith(f"{name}=") else (one, wanted)
        for one, wanted in database.PRAGMAS
    )


if __name__ == "__main__":
    weaken(sys.argv.pop(1))
    cli.main()
