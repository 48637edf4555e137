"""Several gunicorn processes on one database behind nginx, as docs/running.md sets them up."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proofs.result import Missing
from proofs.server import ROOT, Server, free_port

CONFIGURATION = ROOT / "deploy" / "nginx.conf"
# What stands around a file in /etc/nginx/conf.d/, with everything in a folder of our own.
MAIN = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 2048; }}
http {{
    include /etc/nginx/mime.types;
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {site}
}}
"""


class Workers(Server):
    """One gunicorn with so many workers of four threads; `options` are further words for it."""

    def __init__(
        self,
        folder: Path,
        settings: Mapping[str, str],
        workers: int = 1,
        options: Sequence[str] = (),
    ) -> None:
        names = {"QUIZAPP_TRUSTED_HOSTS": "127.0.0.1", "QUIZAPP_ACCESS_LOG": "off"}
        super().__init__(folder, {**names, **settings})
        self.options = ("--workers", str(workers), "--threads", "4", *options)

    def command(self) -> list[str]:
        """Return the words that start it."""
        bind = ("--bind", f"127.0.0.1:{self.port}", "--no-control-socket")
        words = (*bind, *self.options, "quizapp.serving:make_wsgi()")
        return [sys.executable, "-m", "gunicorn", *words]

    def children(self) -> list[int]:
        """Return the process ids of the workers."""
        listed = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
        return [int(word) for word in listed.split()]


def find_nginx() -> str | None:
    """Return the path of nginx, or None."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def site(port: int, upstreams: Sequence[int]) -> str:
    """Return deploy/nginx.conf for these ports: the machine's name and TLS are left out."""
    text = CONFIGURATION.read_text(encoding="utf-8")
    servers = "".join(f"server 127.0.0.1:{one}; " for one in upstreams)
    changes = {
        r"server 127\.0\.0\.1:8000;": servers,
        r"listen 443 ssl;": f"listen 127.0.0.1:{port};",
        r"server_name \S+;": "server_name 127.0.0.1;",
        r"ssl_certificate +\S+;": "",
        r"ssl_certificate_key +\S+;": "",
    }
    for pattern, instead in changes.items():
        text, count = re.subn(pattern, instead, text)
        assert count == 1, f"{CONFIGURATION.name} has {count} lines like {pattern}"
    return text


class Proxy:
    """An nginx of our own on 127.0.0.1, without rights, in a folder that is deleted at the end."""

    def __init__(self, folder: Path, upstreams: Sequence[int]) -> None:
        program = find_nginx()
        if program is None:
            raise Missing("nginx is not here: apt-get install nginx-light")
        self.folder, self.port = folder, free_port()
        self._owner: dict[str, Any] = {}
        folder.mkdir(parents=True)
        if os.geteuid() == 0:
            self._owner = {"user": "nobody", "group": "nogroup", "extra_groups": []}
            shutil.chown(folder, "nobody", "nogroup")
        written = folder / "nginx.conf"
        written.write_text(MAIN.format(folder=folder, site=site(self.port, upstreams)))
        self._command = [
            program,
            "-p",
            str(folder),
            "-c",
            str(written),
            "-e",
            f"{folder}/start.log",
        ]
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Proxy":
        with (self.folder / "output.log").open("wb") as out:
            self._process = subprocess.Popen(
                self._command, cwd="/", stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                **self._owner,
            )  # fmt: skip
        begun = time.monotonic()
        while time.monotonic() - begun < 20:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2):
                    return self
            except OSError:
                if self._process.poll() is not None:
                    break
                time.sleep(0.02)
        said = [path.read_text() for path in self.folder.glob("*.log")]
        self.stop()
        raise RuntimeError("nginx did not start:\n" + "\n".join(said))

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End it, and delete its folder."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=15)
        shutil.rmtree(self.folder, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class Fleet:
    """Processes that serve one database, and the port of the proxy in front of them."""

    port: int
    processes: tuple[Workers, ...]


@contextmanager
def fleet(folder: Path, settings: Mapping[str, str], processes: int = 3) -> Iterator[Fleet]:
    """Start the processes at once, each with one worker so that a test can name it, and nginx."""
    settings = {"QUIZAPP_PROXIES": "1", **settings}
    started = tuple(Workers(folder, settings) for _ in range(processes))
    # nginx gives its rights away, and the folders of experiments are closed to others.
    place = Path(tempfile.gettempdir()) / f"quizapp-proxy-{os.getpid()}-{started[0].port}"
    with ExitStack() as stack, ThreadPoolExecutor(processes) as pool:
        for one in started:
            stack.callback(one.kill)
        list(pool.map(Workers.start, started))
        proxy = stack.enter_context(Proxy(place, [one.port for one in started]))
        yield Fleet(proxy.port, started)
