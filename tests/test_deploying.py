"""The container, the compose file and the unit: what can be checked without running them."""

import configparser
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from proofs.workers import MAIN, find_nginx
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


def test_the_unit_waits_for_the_time_and_lets_the_start_of_the_machine_be_known() -> None:
    assert "After=network.target time-sync.target" in UNIT
    assert not re.search(r"^ProcSubset=pid", UNIT, re.MULTILINE)


def test_every_setting_that_is_written_about_exists() -> None:
    named = set(re.findall(r"QUIZAPP_([A-Z_]+)", DOCKERFILE + COMPOSE + UNIT + GUIDE))
    # The folder of the instance is asked for before there is a configuration.
    exist = {*FROM_ENVIRONMENT, "INSTANCE"}
    assert named <= exist
    assert set(re.findall(r"QUIZAPP_([A-Z_]+)", GUIDE)) == exist


def test_every_command_that_is_written_about_exists() -> None:
    named = set(re.findall(r"dev\.py ([a-z-]+)", GUIDE))
    assert named - {"run", "test"} <= set(commands.commands)


def test_more_containers_neither_share_a_port_nor_migrate_by_themselves() -> None:
    services = yaml.safe_load(COMPOSE)["services"]
    assert "ports" not in services["app"]
    assert "container_name" not in services["app"]
    assert "migrate" not in " ".join(services["app"]["command"])
    waits = services["app"]["depends_on"]["migrate"]["condition"]
    assert waits == "service_completed_successfully"
    assert [name for name, one in services.items() if "ports" in one] == ["balancer"]


def test_the_balancer_reads_the_file_that_is_here_and_listens_where_it_is_published() -> None:
    balancer = yaml.safe_load(COMPOSE)["services"]["balancer"]
    mounted = balancer["volumes"][0].partition(":")[0]
    text = (ROOT / mounted).read_text(encoding="utf-8")
    assert balancer["ports"] == ["127.0.0.1:8000:8080"]
    assert "listen 8080;" in text
    assert "set $app app;" in text


@pytest.mark.parametrize("name", ["nginx.conf", "balancer.conf"])
def test_a_file_for_nginx_is_one_that_nginx_takes(name: str, tmp_path: Path) -> None:
    program = find_nginx()
    assert program is not None, "nginx is not here: sudo apt-get install nginx"
    text = (ROOT / "deploy" / name).read_text(encoding="utf-8")
    written = tmp_path / "nginx.conf"
    # A certificate is somebody's own; what else stands in the files is tried as it is.
    text = re.sub(r"ssl_certificate.*;|(?<=443) ssl", "", text)
    written.write_text(MAIN.format(folder=tmp_path, site=text))
    words = [program, "-t", "-p", str(tmp_path), "-c", str(written), "-e", f"{tmp_path}/e.log"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_guide_shows_the_file_for_nginx_as_it_is() -> None:
    assert "deploy/nginx.conf" in GUIDE
    assert "proxy_set_header" not in GUIDE
