"""What a server's process tree has used, as Linux counts it below /proc."""

import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
UTIME, STIME = 11, 12  # fields of /proc/PID/stat after the name, from 0


def cpu_seconds(pid: int) -> float:
    """Return the CPU time of a process and of its descendants, in seconds."""
    return sum(_cpu_of(one) for one in _tree(pid))


def pss_mib(pid: int) -> float:
    """Return the memory of the tree, what is shared counted in proportion, in MiB."""
    return sum(_pss_of(one) for one in _tree(pid)) / 1024


def _tree(pid: int) -> list[int]:
    found = [pid]
    for one in found:
        for thread in Path(f"/proc/{one}/task").iterdir():
            found += [int(child) for child in (thread / "children").read_text().split()]
    return found


def _cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[UTIME]) + int(fields[STIME])) / TICKS


def _pss_of(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
