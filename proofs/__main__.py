"""`python3 dev.py prove [--full] [--json] [NAME ...]`: run the experiments, print a table."""

import argparse
import json
import os
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import connection, get_context
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
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
from proofs.server import end_all

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
# Those that leave half of a machine idle and do not depend on its pace, longest first: in a large
# run, two of them go side by side. All others have the machine to themselves.
BESIDE = (
    "nth-write",
    "descriptors",
    "long-reader",
    "running-attempts",
    "disk-full",
    "deadlines",
    "authorisation",
)
LANES, LARGE = 2, 0.1  # how many run side by side, and the scale from which they do


def main(words: list[str]) -> int:
    """Run what was named, or everything; return 1 unless every promise held."""
    parser = argparse.ArgumentParser(prog="dev.py prove", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(EXPERIMENTS))
    parser.add_argument("--full", action="store_true", help="at the full figures: an hour or two")
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
        try:
            results = prove(names, chosen.seed, scale)
        except KeyboardInterrupt:
            os._exit(130)  # a plain exit would wait for the threads of the experiment
    if chosen.json:
        print(json.dumps([one.as_json() for one in results], indent=1))
    else:
        print(markdown(results) if chosen.markdown else table(results))
    return 0 if all(one.held for one in results) else 1


def prove(names: Sequence[str], seed: int, scale: float) -> list[Result]:
    """Run experiments, where it is large some of them side by side; return results as named."""
    beside = [name for name in BESIDE if name in names and scale >= LARGE]
    found = side_by_side(beside, seed, scale)
    found |= {name: attempt(name, seed, scale) for name in names if name not in found}
    return [one for name in names for one in found[name]]


def side_by_side(names: Sequence[str], seed: int, scale: float) -> dict[str, list[Result]]:
    """Run experiments, each in a process of its own and as many at a time as there are lanes.

    However this ends, every process has ended as well, and with it the servers that it started.
    """
    waiting, found = list(names), dict[str, list[Result]]()
    context, running = get_context("spawn"), dict[Connection, tuple[str, SpawnProcess]]()
    try:
        while waiting or running:
            while waiting and len(running) < LANES:
                name, (ours, theirs) = waiting.pop(0), context.Pipe(duplex=False)
                words = (theirs, name, EXPERIMENTS[name], seed, scale)
                process = context.Process(target=report_to, args=words)
                process.start()
                theirs.close()
                running[ours] = name, process
            ready = connection.wait(running)
            for end in [one for one in running if one in ready]:
                name, process = running.pop(end)
                found[name] = hear(end, name, seed)
                process.join()
    finally:
        for _, process in running.values():
            process.terminate()
        for _, process in running.values():
            process.join()
    return found


def report_to(end: Connection, name: str, experiment: Experiment, seed: int, scale: float) -> None:
    """Run one experiment in a process of its own, and send what it found.

    Ctrl-C reaches every process of a terminal: only the first one listens, and ends the others by
    SIGTERM. What ends an experiment twice would leave its servers running.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        end.send(carry_out(name, experiment, seed, scale))
    except KeyboardInterrupt:
        os._exit(130)


def hear(end: Connection, name: str, seed: int) -> list[Result]:
    """Return what a process found; one that ended without a word has not held."""
    with end:
        try:
            found: list[Result] = end.recv()
        except EOFError:
            say(f"{name}: its process ended without a result")
            return [Result(f"{name} broke off: its process ended without a result", 0, 0, seed)]
        return found


def attempt(name: str, seed: int, scale: float) -> list[Result]:
    """Run the experiment of this name."""
    return carry_out(name, EXPERIMENTS[name], seed, scale)


def carry_out(name: str, experiment: Experiment, seed: int, scale: float) -> list[Result]:
    """Run an experiment in a folder of its own; one that cannot run, or breaks, has not held."""
    begun = time.monotonic()
    say(f"{name} …")
    with tempfile.TemporaryDirectory(prefix="quizapp-proof-") as folder, patience(name, begun):
        try:
            results = experiment(Setting(Path(folder), seed, scale))
        except Missing as missing:
            say(f"{name}: {missing}")
            return [Result(f"{name} could not run: {missing}", 0, 0, seed)]
        except KeyboardInterrupt:
            end_all()  # those of its threads as well, which nothing interrupts
            raise
        except Exception as fault:
            for line in traceback.format_exc().splitlines():
                say(f"{name}: {line}")
            reason = (str(fault).splitlines() or [""])[0][:80]
            return [
                Result(f"{name} broke off: {type(fault).__name__} {reason}".strip(), 0, 0, seed)
            ]
    for one in results:
        verdict = "held" if one.held else "NOT HELD"
        say(f"{name}: {verdict}: {one.promise}, {one.failed:,} of {one.tried:,} failed")
    say(f"{name}: {time.monotonic() - begun:.1f} s")
    return results


@contextmanager
def patience(name: str, begun: float) -> Iterator[None]:
    """Say every minute that an experiment still runs."""
    done = threading.Event()

    def tell() -> None:
        while not done.wait(60):
            say(f"{name}: runs since {(time.monotonic() - begun) / 60:.0f} min")

    threading.Thread(target=tell, daemon=True).start()
    try:
        yield
    finally:
        done.set()


def say(words: str) -> None:
    """Tell how far things are, where it does not mix with the results."""
    print(words, flush=True, file=sys.stderr)


if __name__ == "__main__":
    # By this name other processes find what they are to run; as `__main__` they would not.
    from proofs.__main__ import main as run

    sys.exit(run(sys.argv[1:]))
