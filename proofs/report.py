"""What the experiments found, as people read it: in a terminal, and in the documents."""

from collections.abc import Sequence

from proofs.result import Result

# What reliability asks for in the end; a full run tries less of what takes longest.
TARGETS = {
    "an acknowledged submission survives kill -9, once and whole": "25,000",
    "an acknowledged submission survives a restart of PostgreSQL": "10,000",
    "any number of submits of an attempt is one receipt": "10,000",
    "an older page overwrites nothing, and is kept": "10,000",
    "a race of starts makes one attempt (SQLite)": "1,000",
    "a race of starts makes one attempt (PostgreSQL)": "1,000",
    "no answer is lost in an outage of a real browser": "1,000",
    "no page before release depends on the key": "10,000",
    "nobody reaches what is not theirs": "1,500",
    "no odd request is answered with a fault of ours (SQLite)": "1,000,000",
    "no odd request is answered with a fault of ours (PostgreSQL)": "1,000,000",
    "the n-th failing write or sync loses nothing acknowledged": "1,200",
    "a backup under load holds all acknowledged before it": "200",
    "an acknowledged submission survives power loss": "100,000",
    "a running attempt keeps the quiz it was started on": "1,000",
    "in time or late as the oracle says (formula)": "100,000",
    "a malformed quiz file gets problems with places": "1,000,000",
}


def table(results: Sequence[Result]) -> str:
    """Return the table that people read in a terminal."""
    width = max(len(one.promise) for one in results)
    lines = [f"{'promise':{width}}  {'tried':>9}  {'failed':>6}  at 95 %"]
    for one in results:
        lines.append(
            f"{one.promise:{width}}  {one.tried:>9,}  {one.failed:>6,}  {bound(one):9} "
            f"{verdict(one)}".rstrip()
        )
    return "\n".join([*lines, f"seed {seeds(results)}"])


def markdown(results: Sequence[Result]) -> str:
    """Return the table of docs/reliability.md; controls stand under the promise they belong to."""
    lines = ["| promise | tried | target | failed | at 95 % | |", "|---|--:|--:|--:|--:|---|"]
    for one in results:
        name = f"*{one.promise}*" if one.control else one.promise
        target = "" if one.control else TARGETS.get(one.promise, "as run")
        lines.append(
            f"| {name} | {one.tried:,} | {target} | {one.failed:,} | {bound(one)} "
            f"| {verdict(one) or 'held'} |"
        )
    return "\n".join([*lines, "", f"Seed {seeds(results)}."])


def bound(one: Result) -> str:
    """Return the failure rate that the run excludes at 95 %; a dash where it excludes none."""
    digits = 2 if one.bound >= 0.0001 else 4  # or a million tries would seem to exclude everything
    return f"≤ {one.bound:.{digits}%}" if one.held and not one.control else "–"


def verdict(one: Result) -> str:
    """Return what to say of a result; nothing of a promise that held."""
    if one.control:
        return "fails, as it should" if one.held else "NO TEETH"
    return "" if one.held else "BROKEN"


def seeds(results: Sequence[Result]) -> str:
    """Return the seeds of the run, in words."""
    return ", ".join(sorted({str(one.seed) for one in results}))
