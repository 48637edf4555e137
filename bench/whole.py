"""The server as a whole: the first visit, the start, and its memory after ten thousand requests."""

import gzip
import re
import shutil
import subprocess
import sys
import time

from bench.meter import pss_mib
from bench.pair import LINES, start_pair
from bench.row import Row
from bench.school import SHIPPED, open_school
from bench.setting import Setting
from bench.wire import ask, drive, make_request
from proofs.server import ROOT, Server

KILO = 1000
REQUESTS, PART = 10_000, 1_000
LINKED = re.compile(r'(?:src|href)="(/static/[^"#]+)')


def first_visit(setting: Setting) -> list[Row]:
    """Return the row on the bytes of a first visit: the page, and every file that it links.

    Files are counted as the server sends them to a browser that takes gzip; the page is compressed
    here as a proxy does it (gzip, level 6).
    """
    school = open_school(setting.folder, 1)
    shutil.copy(SHIPPED, setting.folder / "questions")
    accepts = "Accept-Encoding: gzip"
    with Server(school.folder) as server:
        one = school.sittings[0]
        _, page = ask(server.port, one.page())
        size, files = len(gzip.compress(page, 6)), sorted(set(LINKED.findall(page.decode())))
        for path in files:
            _, body = ask(server.port, make_request("GET", path, one.cookie, b"", accepts))
            size += len(body)
    said = f"{size:,} bytes in {1 + len(files)} answers"
    name = "first visit to a quiz page, every file gzipped, kB"
    return [Row(name, [size / KILO], 30, "lower", said)]


def start(setting: Setting) -> list[Row]:
    """Return the row on the time from the command to the first page, on a database in use."""
    school = open_school(setting.folder, 1)
    samples, ours, bare = [], [], []
    with start_pair(school):
        pass
    for _ in range(setting.rounds):
        ours.append(_first_answer(Server(school.folder)))
        bare.append(_first_answer(Server(school.folder, None, ("bench.bare", str(school.folder)))))
        samples.append(ours[-1] / bare[-1])
    said = f"the last round: {ours[-1]:.2f} s against {bare[-1]:.2f} s"
    return [Row("start to first answer", samples, 4, "lower", said)]


def _first_answer(server: Server) -> float:
    begun = time.monotonic()
    command = [sys.executable, "-m", *server.module, "serve", "--port", str(server.port)]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(
        command, cwd=ROOT, env=server.environment(), stdin=quiet, stdout=quiet, stderr=quiet
    ) as process:
        while True:
            try:
                ask(server.port, make_request("GET", "/", ""))
                break
            except ConnectionError:
                assert process.poll() is None, "the server did not start"
                time.sleep(0.005)
        took = time.monotonic() - begun
        process.terminate()
    return took


def memory(setting: Setting) -> list[Row]:
    """Return the rows on memory: what it is after many requests, and how much it grew meanwhile."""
    part = setting.times(PART, 24)
    parts = REQUESTS // PART
    school = open_school(setting.folder, parts * part // 24 + 1)
    sizes = []
    with Server(school.folder) as server:
        for turn in range(parts):
            some = school.sittings[turn * (part // 24) : (turn + 1) * (part // 24)]
            pages = [one.page() for one in some for _ in school.second]
            drive([server.port], pages + school.saves(some), LINES)
            sizes.append(pss_mib(server.pid))
    said = f"{sizes[0]:.1f} MiB after the first tenth, {sizes[-1]:.1f} at the end"
    name = "memory after 10,000 requests"
    return [
        Row(f"{name}, PSS in MiB", [sizes[-1]], 65, "lower", said),
        Row(f"{name}, growth", [sizes[-1] / sizes[0]], 1.05, "lower"),
    ]
