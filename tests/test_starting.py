"""Every fault at the start is one sentence that says what to do; the commands do what they say."""

import json
import os
import resource
import socket
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from quizapp import cli, config, create_app, serving

ROOT = Path(__file__).parents[1]
QUESTIONS = Path(__file__).parent / "questions"


def app_with(folder: Path, **changes: object) -> None:
    create_app(
        {
            "DATABASE_URL": f"sqlite:///{folder / 'quizapp.sqlite'}",
            "QUESTIONS_DIR": str(QUESTIONS),
            "INSTANCE_PATH": str(folder),
            **changes,
        }
    )


def run(
    *words: str, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the application's command line as dev.py does."""
    return subprocess.run(
        [sys.executable, "-m", "quizapp", *words],
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def assert_one_sentence(done: subprocess.CompletedProcess[str], *fragments: str) -> None:
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    assert lines[-1].startswith("quizapp: ")
    for fragment in fragments:
        assert fragment in lines[-1]


def test_the_secret_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    app_with(tmp_path)
    path = tmp_path / "secret_key"
    first = path.read_text()
    app_with(tmp_path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text() == first
    assert len(first) == 64


def test_a_damaged_secret_key_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("short")
    with pytest.raises(config.StartFault, match="holds no key"):
        app_with(tmp_path)


def test_a_missing_folder_of_quizzes_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(config.StartFault, match="QUIZAPP_QUESTIONS_DIR"):
        app_with(tmp_path, QUESTIONS_DIR=str(tmp_path / "nowhere"))


def test_an_instance_folder_that_cannot_be_made_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(config.StartFault, match="cannot be made"):
        app_with(tmp_path, INSTANCE_PATH=str(tmp_path / "file" / "instance"))


def test_plain_http_beyond_this_machine_must_be_allowed() -> None:
    done = run("serve", "--host", "0.0.0.0")
    assert_one_sentence(done, "QUIZAPP_INSECURE_HTTP=1", "proxy with TLS")


def test_a_setting_of_the_wrong_kind_is_named() -> None:
    done = run("serve", environment={"QUIZAPP_INSECURE_HTTP": "yes"})
    assert_one_sentence(done, "QUIZAPP_INSECURE_HTTP must be 0 or 1")


def test_a_port_in_use_is_named_with_another_to_try(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        environment = {
            "QUIZAPP_DATABASE_URL": f"sqlite:///{tmp_path / 'q.sqlite'}",
            "QUIZAPP_QUESTIONS_DIR": str(QUESTIONS),
            "QUIZAPP_SECRET_KEY": "k" * 40,
        }
        done = run("serve", "--port", str(port), environment=environment)
    assert_one_sentence(done, f"Port {port}", f"--port {port + 1}")


def test_a_database_that_does_not_answer_is_named(tmp_path: Path) -> None:
    address = "postgresql://nobody@127.0.0.1:1/none"
    done = run(
        "serve", environment={"QUIZAPP_DATABASE_URL": address, "QUIZAPP_SECRET_KEY": "k" * 40}
    )
    assert_one_sentence(done, "QUIZAPP_DATABASE_URL")


def test_a_database_of_a_newer_version_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "q.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        connection.execute("INSERT INTO alembic_version VALUES ('9999')")
    connection.close()
    environment = {
        "QUIZAPP_DATABASE_URL": f"sqlite:///{path}",
        "QUIZAPP_QUESTIONS_DIR": str(QUESTIONS),
        "QUIZAPP_SECRET_KEY": "k" * 40,
    }
    assert_one_sentence(run("serve", environment=environment), "newer")


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False)],
)
def test_a_loopback_address_is_known(host: str, loopback: bool) -> None:
    assert serving._is_loopback(host) is loopback


def test_check_is_content_with_the_quizzes_of_the_product() -> None:
    result = CliRunner().invoke(cli.commands, ["check", str(ROOT / "questions")])
    assert (result.exit_code, result.output.strip()) == (0, "1 file, no problems")


def test_check_ends_with_one_where_a_file_has_an_error() -> None:
    broken = sorted((QUESTIONS / "broken").glob("*.yaml"))[0]
    result = CliRunner().invoke(cli.commands, ["check", str(broken)])
    assert result.exit_code == 1
    assert f"{broken.name}:" in result.output


def test_check_speaks_json_for_editors() -> None:
    broken = sorted((QUESTIONS / "broken").glob("*.yaml"))[0]
    result = CliRunner().invoke(cli.commands, ["check", "--format", "json", str(broken)])
    (problem,) = json.loads(result.output)
    assert {"file", "line", "column", "severity", "message"} <= problem.keys()


def test_the_committed_schema_is_what_the_command_prints() -> None:
    result = CliRunner().invoke(cli.commands, ["schema"])
    assert result.output == (ROOT / "questions" / "schema.json").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("address", "fragment"),
    [
        ("garbage", "is not an address"),
        ("mysql://root@localhost/quiz", "use sqlite or postgresql"),
        ("sqlite://", "must name a file"),
    ],
)
def test_a_database_that_cannot_keep_answers_is_refused(
    tmp_path: Path, address: str, fragment: str
) -> None:
    with pytest.raises(config.StartFault, match=fragment):
        app_with(tmp_path, DATABASE_URL=address)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear quizapp, this is no database, however long it may be. " * 50)
    environment = {"QUIZAPP_DATABASE_URL": f"sqlite:///{path}", "QUIZAPP_SECRET_KEY": "k" * 40}
    assert_one_sentence(run("serve", environment=environment), "not a database")


def test_a_short_secret_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(config.StartFault, match="at least 32"):
        app_with(tmp_path, SECRET_KEY="short")


@pytest.mark.parametrize(
    ("name", "value"),
    [("PROXIES", "many"), ("ACCESS_LOG", "/var/log/x"), ("METRICS", "yes")],
)
def test_a_setting_about_running_is_named_when_it_is_wrong(name: str, value: str) -> None:
    done = run("migrate", environment={f"QUIZAPP_{name}": value})
    assert_one_sentence(done, f"QUIZAPP_{name} must be")


def test_workers_do_not_start_without_the_names_they_answer_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUIZAPP_DATABASE_URL", f"sqlite:///{tmp_path / 'q.sqlite'}")
    monkeypatch.setenv("QUIZAPP_SECRET_KEY", "k" * 40)
    monkeypatch.setenv("QUIZAPP_ACCESS_LOG", "off")
    with pytest.raises(config.StartFault, match="QUIZAPP_TRUSTED_HOSTS"):
        serving.make_wsgi()
    monkeypatch.setenv("QUIZAPP_TRUSTED_HOSTS", "quiz.example.org")
    with pytest.raises(config.StartFault, match="has not been migrated"):
        serving.make_wsgi()


def test_migrating_prints_the_first_teachers_link(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'q.sqlite'}"
    done = run(
        "migrate",
        environment={"QUIZAPP_DATABASE_URL": address, "QUIZAPP_SECRET_KEY": "k" * 40},
    )
    assert done.returncode == 0, done.stderr
    assert "/teach/setup/" in done.stdout


def test_the_server_may_open_as_many_connections_as_it_promises() -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (400, before[1]))
        serving._raise_descriptors()
        allowed = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    assert allowed == min(before[1], serving.CONNECTIONS + 500)


def test_a_key_that_another_process_is_about_to_write_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "secret_key"
    path.touch()
    threading.Timer(0.1, path.write_text, ["k" * 64]).start()
    app_with(tmp_path)
    assert path.read_text() == "k" * 64


@pytest.mark.parametrize(
    "package",
    ["alembic", "psycopg", "prometheus_client", "segno", "sqlalchemy.dialects.postgresql"],
)
def test_a_start_loads_nothing_that_only_few_starts_need(package: str) -> None:
    code = f"import sys; import quizapp.serving; sys.exit('{package}' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False)
    assert done.returncode == 0


def test_a_start_with_nothing_new_does_without_alembic_and_the_reader(tmp_path: Path) -> None:
    code = (
        "import sys; from quizapp import create_app, serving; app = create_app()\n"
        "with app.app_context(): serving.migrate()\n"
        "app.extensions['quizapp_library'].load()\n"
        "print(*sorted({'alembic', 'pydantic', 'yaml'} & sys.modules.keys()))"
    )
    environment = {
        **os.environ,
        "QUIZAPP_INSTANCE": str(tmp_path),
        "QUIZAPP_QUESTIONS_DIR": str(QUESTIONS),
    }
    said = [
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        ).stdout.splitlines()[-1]
        for _ in range(2)
    ]
    assert said == ["alembic pydantic yaml", ""]


def test_developers_have_the_commands_of_migrations(sqlite_app: Flask) -> None:
    listed = sqlite_app.test_cli_runner().invoke(args=["db", "--help"])
    assert "revision" in listed.output
    heads = sqlite_app.test_cli_runner().invoke(args=["db", "heads"])
    assert (heads.exit_code, heads.exception) == (0, None)
