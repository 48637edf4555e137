"""The lock files name exact, hashed packages and no host; every dependency says why it is here."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = ROOT / "pyproject.toml"
LOCKS = ["requirements.lock", "requirements-dev.lock"]


def entries(text: str) -> list[str]:
    """Return one string per requirement, its continued lines joined."""
    return [line for line in text.replace("\\\n", " ").splitlines() if line.strip()]


def faults(entry: str) -> list[str]:
    """Say what is wrong with one entry of a lock file."""
    found = []
    if not re.match(r"[a-z0-9-]+(\[[a-z,]+\])?==\S+ ", entry):
        found.append("no exact version")
    if not re.search(r" --hash=sha256:[0-9a-f]{64}(\s|$)", entry):
        found.append("no hash")
    return found


def versions(name: str) -> dict[str, str]:
    """Return the pinned versions of a lock file, with their markers."""
    pins = [entry.partition(" --hash")[0] for entry in entries((ROOT / name).read_text())]
    return dict(re.sub(r"\s+", " ", pin).strip().split("==", 1) for pin in pins)


def unexplained(source: str) -> list[str]:
    """Return the requirements in the text of a pyproject.toml that no comment explains."""
    lines = re.findall(r'^  "[\w.\[\]-]+[~=<>!]*[\w.]*",.*$', source, re.MULTILINE)
    return [line for line in lines if not re.search(r"# ?\S+", line)]


@pytest.mark.parametrize("entry", ["flask --hash=sha256:" + "a" * 64, "flask==3.1.3 "])
def test_a_requirement_without_version_or_hash_is_a_fault(entry: str) -> None:
    assert faults(entry)


@pytest.mark.parametrize("name", LOCKS)
def test_every_requirement_has_an_exact_version_and_a_hash(name: str) -> None:
    found = {entry: faults(entry) for entry in entries((ROOT / name).read_text())}
    assert {entry for entry, wrong in found.items() if wrong} == set()


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_file_names_no_address(name: str) -> None:
    assert "://" not in (ROOT / name).read_text()


@pytest.mark.parametrize("name", LOCKS)
def test_every_dependency_is_locked(name: str) -> None:
    project = tomllib.loads(PROJECT.read_text())
    wanted = list(project["project"]["dependencies"])
    if name == "requirements-dev.lock":
        wanted += project["dependency-groups"]["dev"]
    names = {re.split(r"[~=<>!\[]", line)[0].lower() for line in wanted}
    locked = {pin.split("[")[0] for pin in versions(name)}
    assert names - locked == set()


def test_the_test_environment_holds_the_very_packages_that_serve() -> None:
    assert versions("requirements.lock").items() <= versions("requirements-dev.lock").items()


def test_a_dependency_without_a_reason_is_found() -> None:
    assert unexplained('dependencies = [\n  "flask~=3.1",\n]') == ['  "flask~=3.1",']


def test_every_dependency_says_why_it_is_here() -> None:
    assert unexplained(PROJECT.read_text()) == []
