"""The tries of an experiment that mostly computes, in two processes, so that two cores work."""

import random
import shutil
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

from proofs.result import Setting

SHARES = 2  # whatever the machine has: the same seed has to try the same everywhere
WORTH_SPLITTING = 0.02  # of the target figures; below it, a second process costs more than it saves
MEMORY, ROOM = Path("/dev/shm"), 2**30
Found = TypeVar("Found")


def in_shares(setting: Setting, work: Callable[[Setting, int], Found], times: int) -> list[Found]:
    """Let `work` do its part of the tries in each process; return what each part found.

    Each share has a seed and an empty folder of its own, in memory where there is room. `work` is
    a function of a module, and starts the servers that it needs itself.
    """
    count = SHARES if setting.scale >= WORTH_SPLITTING else 1
    parts = [times // count + (number < times % count) for number in range(count)]
    roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM
    base = MEMORY if roomy else setting.folder
    with tempfile.TemporaryDirectory(prefix="quizapp-proof-", dir=base) as folder:
        shares = [_share(setting, Path(folder), number) for number in range(count)]
        if count == 1:
            return [work(shares[0], times)]
        # A fresh interpreter each: nothing of this one's threads, connections or patches.
        with ProcessPoolExecutor(count, get_context("spawn")) as pool:
            return list(pool.map(work, shares, parts))


def _share(setting: Setting, base: Path, number: int) -> Setting:
    folder = base / f"share-{number}"
    folder.mkdir()
    seed = random.Random(f"{setting.seed} share {number}").randrange(2**31)
    return Setting(folder, seed, setting.scale)
