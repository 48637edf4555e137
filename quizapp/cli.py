"""The command line: serve, check, and what looks after an installation."""

import json
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy.exc import DBAPIError

from quizapp import audit, config, create_app, demonstration, staff
from quizapp.accounts import AccountClosed, offer_reset, offer_setup, token_of
from quizapp.checking import check_file, copying, report
from quizapp.database import SettingRefused
from quizapp.dumps import damaged, is_damage
from quizapp.library import Library
from quizapp.retention import purge_archived
from quizapp.serving import SAMPLE, migrate, serve
from quizapp.upkeep import backup_command, doctor_command, restore_command


@click.group()
def commands() -> None:
    """Run and look after quizapp."""


@commands.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(1, 65535),
    help="The port to listen on.",
)
def serve_command(host: str, port: int) -> None:
    """Migrate, check the quizzes, and serve them."""
    serve(host, port)


@commands.command("migrate")
def migrate_command() -> None:
    """Bring the database to this version, before several workers start; serve does it itself."""
    app = create_app()
    with app.app_context():
        migrate()
        token = offer_setup(str(app.secret_key), datetime.now(UTC))
    click.echo("The database fits this version.")
    if token:
        click.echo(f"Teacher, once, at the address of your quizapp:  /teach/setup/{token}")


@commands.command("check")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def check_command(paths: Sequence[Path], form: str) -> None:
    """Check quiz files or folders of them; exit with 1 when one has an error."""
    files = report.find_files(list(paths) or [Path(config.DEFAULTS["QUESTIONS_DIR"])])
    if not files:
        raise config.StartFault(
            "There is no quiz file here: name a .yaml file or a folder of them."
        )
    results = [(_near(path), check_file(path)) for path in files]
    render = report.render_json if form == "json" else report.render_text
    click.echo(render(results))
    if any(checked.quiz is None for _, checked in results):
        sys.exit(1)


def _near(path: Path) -> str:
    """Return the path as short as it can be typed from here."""
    return os.path.relpath(path) if path.is_absolute() else str(path)


@commands.command("schema")
def schema_command() -> None:
    """Print the JSON Schema of quiz files, for editors."""
    from quizapp.bank.schema import json_schema_text  # with pydantic: the others do without

    click.echo(json_schema_text(), nl=False)


@commands.command("fingerprint")
@click.argument("article", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--allow", multiple=True, help="A quotation or list of names that may be repeated.")
def fingerprint_command(article: Path, allow: Sequence[str]) -> None:
    """Print the fingerprint of an article, for questions/sources/<quiz>.json."""
    click.echo(json.dumps(copying.fingerprint(article.read_text("utf-8"), allow), indent=1))


@commands.command("reset-password")
@click.argument("name")
def reset_command(name: str) -> None:
    """Print a one-time link with which the teacher NAME sets a new password."""
    app = create_app()
    with app.app_context():
        migrate()
        try:
            token = offer_reset(name, str(app.secret_key), datetime.now(UTC))
        except LookupError as error:
            raise config.StartFault(f"There is no teacher called {name}.") from error
        except AccountClosed as error:
            raise config.StartFault(
                f"The account of {name} is closed: an administrator opens it at /teach/teachers."
            ) from error
    _show_link(token, "one day")


@commands.command("invite")
def invite_command() -> None:
    """Print a one-time link with which a new teacher sets up an account."""
    app = create_app()
    with app.app_context():
        migrate()
        now, secret = datetime.now(UTC), str(app.secret_key)
        first = offer_setup(secret, now)
        token = first or token_of(staff.invite(None, now), secret)
    _show_link(token, "" if first else "seven days")


def _show_link(token: str, lasts: str) -> None:
    click.echo(f"Open this once, at the address of your quizapp:  /teach/setup/{token}")
    if lasts:
        click.echo(f"It works for {lasts}.")


@commands.command("audit")
@click.option("--last", default=0, help="Print this many of the newest entries as well.")
def audit_command(last: int) -> None:
    """Check the audit log, and print the digest to write down."""
    app = create_app()
    with app.app_context():
        migrate()
        broken, newest = audit.find_break(), audit.newest()
        for line in audit.describe(last):
            click.echo(line)
    if broken is not None:
        raise config.StartFault(
            f"The audit log was changed: entry {broken} does not fit the one before it. "
            "Compare it with a backup from before."
        )
    if newest is None:
        click.echo("The audit log is empty.")
        return
    when = f"{newest.at:%Y-%m-%d %H:%M} UTC"
    click.echo(f"The audit log is whole. Newest entry: {newest.id}, {when}.")
    click.echo(f"Write this down elsewhere; it vouches for all entries so far:\n{newest.digest}")


@commands.command("purge")
@click.option("--delete", is_flag=True, help="Delete; without this, only say what would go.")
def purge_command(delete: bool) -> None:
    """Show or delete the archived classrooms whose date has passed, with all their work."""
    app = create_app()
    with app.app_context():
        migrate()
        rooms = purge_archived(datetime.now(UTC), dry_run=not delete)
    verb = "Deleted" if delete else "Would delete"
    for room in rooms:
        click.echo(
            f"{verb} classroom {room.classroom}: students: {room.students}, "
            f"attempts: {room.attempts}, answers: {room.answers}."
        )
    if not rooms:
        click.echo("No archived classroom is past its date.")
    elif not delete:
        click.echo("Nothing has been deleted: add --delete for that.")


@commands.command("demo")
@click.option("--quiz", default=SAMPLE, show_default=True, help="The quiz to work on, by its id.")
@click.option("--seed", default="1", show_default=True, help="Another seed draws other answers.")
@click.option("--remove", is_flag=True, help="Remove these classes and their work again.")
def demo_command(quiz: str, seed: str, remove: bool) -> None:
    """Fill two demonstration classes, of 30 and of 3, with plausible answers."""
    app = create_app()
    with app.app_context():
        migrate()
        if remove:
            click.echo(f"Removed {demonstration.remove()} demonstration classes and their work.")
            return
        library: Library = app.extensions["quizapp_library"]
        library.load()
        live = library.find(quiz)
        if live is None:
            raise config.StartFault(
                f"No quiz called {quiz} is live: name another with --quiz, "
                "or see with python3 dev.py check what is wrong with it."
            )
        now = datetime.now(UTC)
        plan = demonstration.Demonstration(live, now, seed, str(app.secret_key))
        for size in demonstration.SIZES:
            _fill(plan, size)


def _fill(plan: demonstration.Demonstration, size: int) -> None:
    done = 0

    def tell(_name: str) -> None:
        nonlocal done
        done += 1
        click.echo(f"\r{demonstration.title(size)}: {done} of {size}", nl=False)

    if demonstration.fill(plan, size, tell):
        click.echo()
    else:
        click.echo(f"{demonstration.title(size)}: is there already (demo --remove removes it).")


for command in (backup_command, restore_command, doctor_command):
    commands.add_command(command)


def main() -> None:
    """Run a command; a fault that people can mend is one sentence, not a trace."""
    try:
        commands(prog_name="dev.py")
    except (config.StartFault, SettingRefused) as fault:
        sys.exit(f"quizapp: {fault}")
    except DBAPIError as fault:
        reason = str(fault.orig).strip().splitlines()[0] if fault.orig else "no answer"
        if is_damage(fault.orig):
            sys.exit(f"quizapp: {damaged(reason)}")
        sys.exit(
            f"quizapp: the database cannot be used ({reason}); "
            "check QUIZAPP_DATABASE_URL, that it runs, and the rights on instance/."
        )
