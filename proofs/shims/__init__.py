"""Small libraries in C, loaded before the server: they watch its writes, or move its clock."""

import shutil
import subprocess
from pathlib import Path

from proofs.result import Missing


def build(name: str, folder: Path) -> Path:
    """Compile a shim into `folder` and return it. Raises Missing where there is no compiler."""
    if shutil.which("gcc") is None:
        raise Missing("gcc is not here: apt-get install gcc libc6-dev")
    source, target = Path(__file__).with_name(f"{name}.c"), folder / f"{name}.so"
    command = ["gcc", "-shared", "-fPIC", "-O2", "-Wall", "-o", str(target), str(source)]
    done = subprocess.run([*command, "-ldl", "-lm"], capture_output=True, text=True, check=False)
    if done.returncode:
        raise Missing(f"{source.name} does not compile: {done.stderr.strip()[-300:]}")
    return target
