"""What a server does about its memory, on systems where it can."""

import subprocess
import sys
from pathlib import Path

import pytest

from quizapp import serving

ROOT = Path(__file__).parents[1]


def test_all_threads_of_a_server_allocate_from_one_heap(tmp_path: Path) -> None:
    code = (
        "import ctypes, sys, threading; from quizapp import serving; serving._share_heap()\n"
        "libc = ctypes.CDLL(None); libc.fopen.restype = libc.malloc.restype = ctypes.c_void_p\n"
        "threads = [threading.Thread(target=libc.malloc, args=(1000,)) for _ in range(8)]\n"
        "[one.start() for one in threads]; [one.join() for one in threads]\n"
        "file = ctypes.c_void_p(libc.fopen(sys.argv[1].encode(), b'w'))\n"
        "libc.malloc_info(0, file); libc.fclose(file)\n"
    )
    said = tmp_path / "heaps.xml"
    subprocess.run([sys.executable, "-c", code, str(said)], cwd=ROOT, check=True)
    assert said.read_text().count("<heap nr=") == 1


def test_another_c_library_does_not_stop_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quizapp.serving.ctypes.CDLL", lambda _name: object())
    serving._share_heap()
