"""Commands that look after an installation: backup, restore, doctor."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from flask import Flask

from quizapp import backups, config, create_app, doctor
from quizapp.database import db
from quizapp.dumps import DumpFault

SIGNS = {"good": "ok  ", "note": "note", "bad": "BAD "}


def place_of(app: Flask) -> backups.Place:
    """Return what a backup of this application is made of."""
    with app.app_context():
        url = db.engine.url
    return backups.Place(url, Path(app.instance_path), Path(app.config["QUESTIONS_DIR"]))


def back_up_first(app: Flask) -> Path:
    """Make a backup before a migration. Raises StartFault: then nothing moves."""
    place = place_of(app)
    now = datetime.now(UTC)
    target = backups.free_name(place, "before-migration", now)
    try:
        return backups.make(place, now, target, why="before a migration")
    except DumpFault as fault:
        raise config.StartFault(
            f"No backup could be made before the upgrade, so nothing was changed: {fault}"
        ) from fault


@click.command("backup")
@click.argument("target", required=False, type=click.Path(path_type=Path, dir_okay=False))
def backup_command(target: Path | None) -> None:
    """Back up the database, the key and the quizzes, while people work if need be."""
    place = place_of(create_app())
    click.echo("Copying and verifying … ", nl=False)
    try:
        made = backups.make(place, datetime.now(UTC), target)
    except DumpFault as fault:
        click.echo("failed")
        raise config.StartFault(str(fault)) from fault
    click.echo(f"done.\n{made}  ({made.stat().st_size:,} bytes)")
    click.echo("It holds answers and the secret key: keep it where only you can read it.")


@click.command("restore")
@click.argument("archive", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--yes", is_flag=True, help="Do not ask.")
def restore_command(archive: Path, yes: bool) -> None:
    """Put a backup back in place of what is there now; that is backed up before."""
    place = place_of(create_app())
    if not yes:
        click.confirm(f"Replace everything in {place.instance} by {archive.name}?", abort=True)
    try:
        before = backups.restore(archive, place, datetime.now(UTC), click.echo)
    except DumpFault as fault:
        raise config.StartFault(str(fault)) from fault
    click.echo("Restored. Start quizapp: it brings the tables to its version.")
    if before:
        click.echo(f"To undo:  python3 dev.py restore {before}")


@click.command("doctor")
def doctor_command() -> None:
    """Look at everything that can go wrong here; exit with 1 when something has."""
    app = create_app()
    scripts = app.extensions["migrate"].directory
    with app.app_context():
        findings = list(doctor.examine(place_of(app), scripts))
    for found in findings:
        click.echo(f"{SIGNS[found.state]}  {found.subject}: {found.sentence}")
    if any(found.state == "bad" for found in findings):
        sys.exit(1)
