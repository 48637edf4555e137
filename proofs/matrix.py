"""Who may see and do what: every address, by every person, on their own things and on others'.

The cells and what is right for each stand in tests/security; here they are run, and counted.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

from proofs.result import Result, Setting
from proofs.server import ROOT

OUTCOMES = (0, 1)  # every test passed, or some failed; the other codes are pytest's own trouble
OF_ATTEMPTS = "/attempts/"  # what the controls take away stands before these addresses only
CELLS = ("tests/security/test_authorisation.py", "-k", "test_every_cell")
WHOLE = 0.01  # the scale from which the matrix is run as a whole
COUNTED = re.compile(r"(\d+) cells of route × person × ownership, (\d+) wrong")


def count_cells(folder: Path, weakness: str = "", part: str = "") -> tuple[int, int]:
    """Run the matrix, perhaps with a `weakness`; return how many cells were tried and were wrong.

    Tried are the addresses with `part` in them. Raises RuntimeError with what pytest said when it
    counted nothing or broke off.
    """
    command = [sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider"]
    if weakness:
        command += ["-p", "proofs.careless"]
    kept = {name: text for name, text in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [*command, f"--basetemp={folder / 'pytest'}", *CELLS],
        cwd=ROOT,
        env={
            **kept,
            "PYTHONPATH": str(ROOT),
            "QUIZAPP_WEAKNESS": weakness,
            "ADDRESSES_WITH": part,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    found = COUNTED.search(done.stdout)
    if found is None or done.returncode not in OUTCOMES:
        raise RuntimeError(f"the matrix was not counted:\n{(done.stdout + done.stderr)[-1500:]}")
    return int(found[1]), int(found[2])


def run(setting: Setting) -> list[Result]:
    """Try every cell; in the controls, one of the two ways to an attempt does not ask whose.

    Small, only the addresses of attempts are tried: the tests have the whole matrix anyway.
    """
    seed, part = setting.seed, OF_ATTEMPTS if setting.scale < WHOLE else ""
    tried, wrong = count_cells(setting.folder, part=part)
    results = [Result("nobody reaches what is not theirs", tried, wrong, seed)]
    for way, weakness in (("loader", "open-loader"), ("query of who is at work", "open-sitting")):
        weak, caught = count_cells(setting.folder, weakness, OF_ATTEMPTS)
        control = f"control: a {way} that does not ask whose attempt"
        results.append(Result(control, weak, caught, seed, True))
    return results
