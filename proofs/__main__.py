"""`python3 dev.py prove [--full] [--json] [NAME ...]`: run the experiments, print a table."""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

from proofs import crowd, files, kill, odd, postgres, power, races, slow, storage
from proofs.result import Experiment, Missing, Result, Setting

SMALL, FULL = 1 / 250, 1.0
EXPERIMENTS: dict[str, Experiment] = {
    "kill": kill.run,
    "power-loss": power.run,
    "postgres-restart": postgres.run,
    "races": races.run,
    "disk-full": storage.fill_the_disk,
    "lock-storm": storage.storm_the_lock,
    "nth-write": storage.fail_the_nth_write,
    "quiz-files": files.edit_under_load,
    "malformed": files.read_malformed,
    "odd-requests": odd.run,
    "class-of-1000": crowd.run,
    "slow-clients": slow.run,
}


def main(words: list[str]) -> int:
    """Run what was named, or everything; return 1 unless every promise held."""
    parser = argparse.ArgumentParser(prog="dev.py prove", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(EXPERIMENTS))
    parser.add_argument("--full", action="store_true", help="at the target figures: hours")
    parser.add_argument("--scale", type=float, help="how much of the target figures, such as 0.1")
    parser.add_argument("--seed", type=int, default=20261124, help="where chance begins")
    parser.add_argument("--json", action="store_true", help="print a list instead of the table")
    chosen = parser.parse_args(words)
    unknown = set(chosen.names) - EXPERIMENTS.keys()
    if unknown:
        parser.error(f"there is no experiment {', '.join(sorted(unknown))}")
    scale = chosen.scale or (FULL if chosen.full else SMALL)
    names = chosen.names or list(EXPERIMENTS)
    results = [one for name in names for one in attempt(name, chosen.seed, scale)]
    listed = json.dumps([one.as_json() for one in results], indent=1)
    print(listed if chosen.json else table(results))
    return 0 if all(one.held for one in results) else 1


def attempt(name: str, seed: int, scale: float) -> list[Result]:
    """Run one experiment in a folder of its own; one that cannot run here has not held."""
    begun = time.monotonic()
    print(f"{name} …", end=" ", flush=True, file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="quizapp-proof-") as folder:
        try:
            results = EXPERIMENTS[name](Setting(Path(folder), seed, scale))
        except Missing as missing:
            print(missing, file=sys.stderr)
            return [Result(f"{name} could not run: {missing}", 0, 0, seed)]
    print(f"{time.monotonic() - begun:.1f} s", file=sys.stderr)
    return results


def table(results: list[Result]) -> str:
    """Return the table that people read."""
    width = max(len(one.promise) for one in results)
    lines = [f"{'promise':{width}}  {'tried':>9}  {'failed':>6}  at 95 %"]
    for one in results:
        bound = f"≤ {one.bound:.2%}" if one.held and not one.control else "–"
        mark = ("as it should" if one.held else "NO TEETH") if one.control else ""
        mark = mark or ("" if one.held else "BROKEN")
        lines.append(f"{one.promise:{width}}  {one.tried:>9,}  {one.failed:>6,}  {bound:9} {mark}")
    seeds = ", ".join(sorted({str(one.seed) for one in results}))
    return "\n".join([*lines, f"seed {seeds}"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
