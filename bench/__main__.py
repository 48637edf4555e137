"""`python3 dev.py bench [--json] [NAME ...]`: measure against the budget, print a table."""

import argparse
import json
import resource
import sys
import tempfile
import time
from pathlib import Path

from bench import crowd, pure, whole, work
from bench.row import Row, table
from bench.setting import Measure, Setting

MEASURES: dict[str, Measure] = {
    "work": work.run,
    "share": crowd.share,
    "slow-sync": crowd.slow_sync,
    "drain": crowd.drain,
    "statements": pure.statements,
    "check": pure.check,
    "visit": whole.first_visit,
    "start": whole.start,
    "memory": whole.memory,
}


def main(words: list[str]) -> int:
    """Measure what was named, or everything; return 1 when a required row misses its limit."""
    parser = argparse.ArgumentParser(prog="dev.py bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(MEASURES))
    parser.add_argument("--rounds", type=int, default=5, help="how often each pair alternates")
    parser.add_argument("--scale", type=float, default=1.0, help="how much of the full sizes")
    parser.add_argument("--json", action="store_true", help="print a list instead of the table")
    chosen = parser.parse_args(words)
    unknown = set(chosen.names) - MEASURES.keys()
    if unknown:
        parser.error(f"there is no measure {', '.join(sorted(unknown))}")
    _allow_many_connections()
    names = chosen.names or list(MEASURES)
    rows = [row for name in names for row in measure(name, chosen.rounds, chosen.scale)]
    listed = json.dumps([row.as_json() for row in rows], indent=1, ensure_ascii=False)
    print(listed if chosen.json else table(rows))
    return 0 if all(row.passed for row in rows if row.required) else 1


def measure(name: str, rounds: int, scale: float) -> list[Row]:
    """Measure one part of the budget in a folder of its own."""
    begun = time.monotonic()
    print(f"{name} …", end=" ", flush=True, file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="quizapp-bench-") as folder:
        rows = MEASURES[name](Setting(Path(folder), rounds, scale))
    shown = ", ".join(f"{row.ratio:.2f}" for row in rows)
    print(f"{time.monotonic() - begun:.1f} s: {shown}", file=sys.stderr)
    return rows


def _allow_many_connections() -> None:
    """A thousand students are a thousand connections; the servers inherit what is allowed here."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
