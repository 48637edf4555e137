"""The container, the compose file and the unit: what can be checked without running them."""

import configparser
import re
import subprocess
import sys
from pathlib import Path

from quizapp.cli import commands
from quizapp.config import FROM_ENVIRONMENT

ROOT = Path(__file__).parents[1]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE = (ROOT / "compose.yaml").read_text(encoding="utf-8")
UNIT = (ROOT / "deploy" / "quizapp.service").read_text(encoding="utf-8")
GUIDE = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")
NEEDED = {"migrations", "questions", "quizapp", "requirements.lock"}


def test_the_compose_file_fits_the_schema_of_compose() -> None:
    words = ["check_jsonschema", "--builtin-schema", "vendor.compose-spec", "compose.yaml"]
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_container_gets_every_path_that_the_application_needs() -> None:
    copied = set(re.findall(r"^COPY (?:--\S+ )?(\S+)", DOCKERFILE, re.MULTILINE))
    assert copied >= NEEDED
    kept = re.findall(r"^!(\S+)", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    assert set(kept) == NEEDED
    assert all((ROOT / name).exists() for name in NEEDED)


def test_the_container_runs_as_nobody_of_the_host_and_is_watched() -> None:
    assert "ARG BASE=python:3.12-slim" in DOCKERFILE
    assert "USER 10001" in DOCKERFILE
    assert "VOLUME /opt/quizapp/instance" in DOCKERFILE
    assert "/healthz" in DOCKERFILE
    assert DOCKERFILE.count("\nFROM ") == 2
    assert "--require-hashes" in DOCKERFILE


def test_the_unit_closes_what_it_does_not_need() -> None:
    unit = configparser.RawConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read_string(UNIT)
    service = dict(unit["Service"])
    wanted = {
        "User": "quizapp",
        "NoNewPrivileges": "yes",
        "ProtectSystem": "strict",
        "ProtectHome": "yes",
        "PrivateTmp": "yes",
        "Restart": "on-failure",
        "CapabilityBoundingSet": "",
    }
    assert wanted.items() <= service.items()


def test_every_setting_that_is_written_about_exists() -> None:
    named = set(re.findall(r"QUIZAPP_([A-Z_]+)", DOCKERFILE + COMPOSE + UNIT + GUIDE))
    # The folder of the instance is asked for before there is a configuration.
    exist = {*FROM_ENVIRONMENT, "INSTANCE"}
    assert named <= exist
    assert set(re.findall(r"QUIZAPP_([A-Z_]+)", GUIDE)) == exist


def test_every_command_that_is_written_about_exists() -> None:
    named = set(re.findall(r"dev\.py ([a-z-]+)", GUIDE))
    assert named - {"run", "test"} <= set(commands.commands)
