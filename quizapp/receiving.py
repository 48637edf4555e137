"""The server of `run`, told to note when it has read a request.

Where all threads are busy a request waits before the application hears of it; that must not cost
the student the time it takes.
"""

from typing import Any

import waitress
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import BaseWSGIServer
from waitress.task import WSGITask

from quizapp.clock import read_elapsed
from quizapp.system.arrival import ARRIVED


class _Parser(HTTPRequestParser):
    arrived = 0

    def received(self, data: bytes) -> int:
        read: int = super().received(data)
        if self.completed:
            self.arrived = read_elapsed()
        return read


class _Task(WSGITask):
    def get_environment(self) -> dict[str, Any]:
        # Headers come in as HTTP_…: no client can send this key.
        environ: dict[str, Any] = super().get_environment()
        environ[ARRIVED] = self.request.arrived
        return environ


class _Channel(HTTPChannel):
    parser_class, task_class = _Parser, _Task


def create_server(app: Any, **options: Any) -> Any:
    """Return a server of waitress that notes arrivals. Raises OSError where it cannot listen."""
    parts: dict[int, Any] = {}
    server = waitress.create_server(app, map=parts, **options)
    for part in parts.values():  # one for each address that a name stands for
        if isinstance(part, BaseWSGIServer):
            part.channel_class = _Channel
    return server
