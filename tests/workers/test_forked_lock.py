"""A process that is forked while somebody writes can write."""

import subprocess
import sys
from pathlib import Path

# A thread of the parent holds the lock while it forks. The child ends with 0 when it has written.
FORK = """
import os, signal, sys, threading, time
from pathlib import Path
from quizapp.locking import WriteLock

lock, held, let_go = WriteLock(Path(sys.argv[1])), threading.Event(), threading.Event()

def write():
    with lock.hold():
        held.set()
        let_go.wait()

threading.Thread(target=write).start()
held.wait()
child = os.fork()
if child == 0:
    signal.alarm(10)
    with lock.hold():
        os._exit(0 if os.path.exists(sys.argv[1] + ".written") else 3)
time.sleep(0.2)
Path(sys.argv[1] + ".written").touch()
let_go.set()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) & 255)
"""


def test_a_forked_process_waits_for_the_writer_of_its_parent_and_then_writes(
    tmp_path: Path,
) -> None:
    command = [sys.executable, "-W", "ignore", "-c", FORK, str(tmp_path / "quizapp.lock")]
    assert subprocess.run(command, timeout=30, check=False).returncode == 0
