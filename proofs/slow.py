"""Visitors who send a byte now and then, on purpose or not: the others notice nothing."""

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from proofs.people import LOST, Browser
from proofs.result import Result, Setting
from proofs.school import application, open_room
from proofs.server import Server

SMALL, MANY = 150, 500
WAIT = 5.0
GETS = 8
HEAD = "POST /join HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 900000\r\n\r\n"
MOST_GROWTH = 100_000  # kB


@contextmanager
def trickling(port: int, number: int) -> Iterator[None]:
    """Hold so many connections, each of which sends one byte of its body a second."""
    stop = threading.Event()
    with ExitStack() as stack:
        held = []
        for _ in range(number):
            one = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=WAIT))
            one.sendall(HEAD.encode())
            held.append(one)

        def trickle() -> None:
            while not stop.wait(1):
                for one in held:
                    with suppress(OSError):  # the server has ended it, as it may
                        one.send(b"x")

        sending = threading.Thread(target=trickle)
        sending.start()
        time.sleep(1)  # until the server has accepted them all, or will not
        try:
            yield
        finally:
            stop.set()
            sending.join()


def ask(port: int, times: int) -> tuple[int, list[float]]:
    """Get a page so many times, each over a new connection; return the failures and the seconds."""
    failed, taken = 0, []
    for _ in range(times):
        browser, begun = Browser(port, timeout=WAIT), time.monotonic()
        try:
            failed += browser.get("/join").status != 200
        except LOST:
            failed += 1
        taken.append(time.monotonic() - begun)
        browser.close()
    return failed, taken


def memory(pid: int) -> int:
    """Return how much of the machine's memory a process has, in kB."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    assert found is not None
    return int(found[1])


def refuses_a_flood(port: int, head: str, body: Callable[[], bytes]) -> bool:
    """Send a request without an end; tell whether it is refused instead of being taken in."""
    with socket.create_connection(("127.0.0.1", port), timeout=WAIT) as one:
        one.sendall(f"POST /join HTTP/1.1\r\nHost: 127.0.0.1\r\n{head}\r\n\r\n".encode())
        try:
            for _ in range(400):
                one.sendall(body())
        except OSError:
            return True  # it hung up on us
        return one.recv(15).startswith((b"HTTP/1.1 413", b"HTTP/1.0 413"))


def run(setting: Setting) -> list[Result]:
    """Ask beside slow visitors; the control has room for 100 connections, waitress's default."""
    number = SMALL if setting.scale < 1 else MANY
    rounds = setting.times(125)
    server = Server(setting.folder)
    open_room(application(f"sqlite:///{server.database}", setting.folder, server.questions))
    with server:
        ask(server.port, GETS)
        before = memory(server.pid)
        with trickling(server.port, number):
            failed, taken = ask(server.port, rounds * GETS)
            grown = memory(server.pid) - before
        chunk = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
        floods = [
            refuses_a_flood(server.port, "Content-Length: 2147483648", lambda: b""),
            refuses_a_flood(server.port, "Transfer-Encoding: chunked", lambda: chunk),
        ]
    narrow = Server(setting.folder, module=("proofs.weak", "few-connections"))
    with narrow, trickling(narrow.port, SMALL):
        unheard, _ = ask(narrow.port, 1)
    slowest = f"{max(taken) * 1000:.0f} ms at most"
    seed = setting.seed
    return [
        Result(f"beside {number} slow visitors a page comes ({slowest})", len(taken), failed, seed),
        Result(f"{number} slow visitors cost 100 MB or less", 1, int(grown > MOST_GROWTH), seed),
        Result("a body without an end is refused", len(floods), floods.count(False), seed),
        Result("control: room for 100 connections, 150 slow visitors", 1, unheard, seed, True),
    ]
