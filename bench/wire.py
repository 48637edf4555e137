"""Requests over HTTP from one thread, on as many connections as wanted: the client costs little."""

import selectors
import socket
import time
from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass

GOOD = (200, 303)
PATIENCE = 120.0


@dataclass(slots=True)
class _Line:
    """One connection, and what has arrived on it of the answer it waits for."""

    socket: socket.socket
    sent_at: float = 0.0
    arrived: bytes = b""

    def send(self, request: bytes) -> None:
        self.sent_at, self.arrived = time.perf_counter(), b""
        self.socket.sendall(request)

    def receive(self) -> bool:
        """Take in what is there; True when the answer is whole."""
        piece = self.socket.recv(262_144)
        if not piece:
            raise ConnectionError("the server hung up")
        self.arrived += piece
        head, gap, body = self.arrived.partition(b"\r\n\r\n")
        return bool(gap) and len(body) >= _length(head)


@dataclass(frozen=True, slots=True)
class Drive:
    """How long each request took, and how long all of them, in seconds."""

    latencies: Sequence[float]
    seconds: float

    def quantile(self, part: float) -> float:
        """Return the latency that this part of the requests did not pass."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def drive(
    ports: Sequence[int], requests: Sequence[bytes], lines: int, good: Collection[int] = GOOD
) -> Drive:
    """Send the requests over `lines` connections, spread over the ports; each waits for its answer.

    Raises AssertionError for a status that is not `good`.
    """
    waiting, latencies = deque(requests), list[float]()
    opened = [_Line(_connect(ports[number % len(ports)])) for number in range(lines)]
    with selectors.DefaultSelector() as selector:
        begun = time.perf_counter()
        for line in opened:
            if waiting:
                line.send(waiting.popleft())
                selector.register(line.socket, selectors.EVENT_READ, line)
        while len(latencies) < len(requests):
            ready = selector.select(PATIENCE)
            assert ready, "the server does not answer"
            for key, _ in ready:
                line = key.data
                if not line.receive():
                    continue
                latencies.append(time.perf_counter() - line.sent_at)
                _check(line.arrived, good)
                if waiting:
                    line.send(waiting.popleft())
        ended = time.perf_counter()
    for line in opened:
        line.socket.close()
    return Drive(latencies, ended - begun)


def ask(port: int, request: bytes, good: Collection[int] = GOOD) -> tuple[str, bytes]:
    """Send one request; return the head of the answer and its body."""
    line = _Line(_connect(port))
    with line.socket:
        line.send(request)
        while not line.receive():
            pass
    _check(line.arrived, good)
    head, _, body = line.arrived.partition(b"\r\n\r\n")
    return head.decode("latin-1"), body


def make_request(method: str, path: str, cookie: str, body: bytes = b"", *more: str) -> bytes:
    """Return the bytes of a request as a browser sends it."""
    head = [
        f"{method} {path} HTTP/1.1",
        "Host: 127.0.0.1",
        f"Cookie: {cookie}",
        f"Content-Length: {len(body)}",
        *more,
    ]
    return ("\r\n".join(head) + "\r\n\r\n").encode() + body


def _connect(port: int) -> socket.socket:
    made = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


def _check(arrived: bytes, good: Collection[int]) -> None:
    status = int(arrived[9:12])
    assert status in good, arrived[:2000].decode("utf-8", "replace")
