"""`python3 dev.py prove [--full] [--json] [NAME ...]`: run the experiments, print a table."""

import argparse
import json
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from proofs import (
    backup,
    crowd,
    deadline,
    double,
    edits,
    failing,
    files,
    hostile,
    jumps,
    kill,
    matrix,
    odd,
    outage,
    postgres,
    power,
    races,
    secrecy,
    slow,
    stale,
    storage,
)
from proofs.report import markdown, table
from proofs.result import Experiment, Missing, Result, Setting

SMALL, FULL = 1 / 500, 1.0
EXPERIMENTS: dict[str, Experiment] = {
    "kill": kill.run,
    "restart-on-request": kill.ask_to_end,
    "power-loss": power.run,
    "postgres-restart": postgres.run,
    "double-submits": double.run,
    "stale-tabs": stale.run,
    "races": races.run,
    "deadlines": deadline.run,
    "clock-jumps": jumps.run,
    "running-attempts": edits.run,
    "outages": outage.run,
    "secrecy": secrecy.run,
    "authorisation": matrix.run,
    "odd-requests": odd.run,
    "disk-full": storage.fill_the_disk,
    "lock-storm": storage.storm_the_lock,
    "nth-write": failing.run,
    "long-reader": hostile.read_for_long,
    "slow-clients": slow.run,
    "descriptors": hostile.run_out_of_files,
    "backups": backup.run,
    "quiz-files": files.edit_under_load,
    "malformed": files.read_malformed,
    "class-of-1000": crowd.run,
}


def main(words: list[str]) -> int:
    """Run what was named, or everything; return 1 unless every promise held."""
    parser = argparse.ArgumentParser(prog="dev.py prove", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(EXPERIMENTS))
    parser.add_argument("--full", action="store_true", help="at the full figures: most of an hour")
    parser.add_argument("--scale", type=float, help="how much of the target figures, such as 0.1")
    parser.add_argument("--seed", type=int, default=20261124, help="where chance begins")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print a list instead of the table")
    form.add_argument("--markdown", action="store_true", help="print the table of the documents")
    parser.add_argument("--read", type=Path, help="run nothing: print what this JSON file holds")
    chosen = parser.parse_args(words)
    unknown = set(chosen.names) - EXPERIMENTS.keys()
    if unknown:
        parser.error(f"there is no experiment {', '.join(sorted(unknown))}")
    if chosen.read:
        results = [Result.from_json(one) for one in json.loads(chosen.read.read_text())]
    else:
        scale = chosen.scale or (FULL if chosen.full else SMALL)
        names = chosen.names or list(EXPERIMENTS)
        results = [one for name in names for one in attempt(name, chosen.seed, scale)]
    if chosen.json:
        print(json.dumps([one.as_json() for one in results], indent=1))
    else:
        print(markdown(results) if chosen.markdown else table(results))
    return 0 if all(one.held for one in results) else 1


def attempt(name: str, seed: int, scale: float) -> list[Result]:
    """Run one experiment in a folder of its own; one that cannot run, or breaks, has not held."""
    begun = time.monotonic()
    say(f"{name} …")
    with tempfile.TemporaryDirectory(prefix="quizapp-proof-") as folder, patience(name, begun):
        try:
            results = EXPERIMENTS[name](Setting(Path(folder), seed, scale))
        except Missing as missing:
            say(f"{name}: {missing}")
            return [Result(f"{name} could not run: {missing}", 0, 0, seed)]
        except Exception as fault:
            traceback.print_exc()
            reason = (str(fault).splitlines() or [""])[0][:80]
            return [
                Result(f"{name} broke off: {type(fault).__name__} {reason}".strip(), 0, 0, seed)
            ]
    for one in results:
        verdict = "held" if one.held else "NOT HELD"
        say(f"  {verdict}: {one.promise}, {one.failed:,} of {one.tried:,} failed")
    say(f"{name}: {time.monotonic() - begun:.1f} s")
    return results


@contextmanager
def patience(name: str, begun: float) -> Iterator[None]:
    """Say every minute that an experiment still runs."""
    done = threading.Event()

    def tell() -> None:
        while not done.wait(60):
            say(f"  {name} runs since {(time.monotonic() - begun) / 60:.0f} min")

    threading.Thread(target=tell, daemon=True).start()
    try:
        yield
    finally:
        done.set()


def say(words: str) -> None:
    """Tell how far things are, where it does not mix with the results."""
    print(words, flush=True, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
