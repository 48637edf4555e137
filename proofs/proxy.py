"""A proxy that loses replies: the request arrives, and whoever sent it never hears."""

import http.client
import random
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from proofs.people import LOST


class Lossy:
    """Passes requests on to a port and drops some of the replies to POSTs."""

    def __init__(self, port: int, share: float, seed: int) -> None:
        self.dropped = 0
        self._target, self._share, self._chance = port, share, random.Random(seed)
        self._lock = threading.Lock()
        handler = type("Handler", (_Handler,), {"proxy": self})
        self._server = _Quiet(("127.0.0.1", 0), handler)
        self.port: int = self._server.server_address[1]

    def loses(self) -> bool:
        """Decide whether the next reply is lost."""
        with self._lock:
            lost = self._chance.random() < self._share
            self.dropped += lost
        return lost

    def ask(self, method: str, path: str, body: bytes, headers: Any) -> Any:
        """Ask the application; return the reply and its body."""
        connection = http.client.HTTPConnection("127.0.0.1", self._target, timeout=60)
        try:
            connection.request(method, path, body, dict(headers.items()))
            reply = connection.getresponse()
            return reply, reply.read()
        finally:
            connection.close()

    def __enter__(self) -> "Lossy":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_: object) -> None:
        """A connection that somebody closed is no news here."""


class _Handler(BaseHTTPRequestHandler):
    proxy: Lossy

    def do_GET(self) -> None:
        self._pass_on(loses=False)

    def do_POST(self) -> None:
        self._pass_on(loses=self.proxy.loses())

    def _pass_on(self, *, loses: bool) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        reply = None
        with suppress(*LOST):
            reply, content = self.proxy.ask(self.command, self.path, body, self.headers)
        self.close_connection = True
        if loses or reply is None:
            return
        self.send_response_only(reply.status)
        for name, value in reply.headers.items():
            if name.lower() not in ("connection", "transfer-encoding", "content-length"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Print nothing."""
