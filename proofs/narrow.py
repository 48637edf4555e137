"""The application with room for so few connections only: `python -m proofs.narrow 100 serve`."""

import sys
from typing import Any

import waitress

from quizapp import cli


def narrow(limit: int) -> None:
    """Give the server another limit of connections than it asks for."""
    make = waitress.create_server

    def create_server(*words: Any, **settings: Any) -> Any:
        return make(*words, **{**settings, "connection_limit": limit})

    waitress.create_server = create_server


if __name__ == "__main__":
    narrow(int(sys.argv.pop(1)))
    cli.main()
