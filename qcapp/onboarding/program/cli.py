"""``qcapp program check|load|export``: programs of onboarding as files."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from qcapp.checklists.service import CardLoad
from qcapp.core.i18n import _
from qcapp.core.web import database
from qcapp.onboarding.program import files, versions

FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.group("program")
def program_commands() -> None:
    """Programs of onboarding as YAML files: check, load, export."""


@program_commands.command("check")
@FILE
@with_appcontext
def check_command(file: Path) -> None:
    """Say everything that is wrong with this file, and load nothing."""
    files.read_program(file)
    click.echo(_("%(file)s: in order.", file=file))


@program_commands.command("load")
@FILE
@with_appcontext
def load_command(file: Path) -> None:
    """Put the program in force for whoever begins from now on."""
    loaded = files.read_program(file)
    with database().transaction() as session:
        version, outcome = versions.load_program(session, loaded, by=None)
        click.echo(f"{file}: {_said(outcome)} ({version.key} {version.number})")


@program_commands.command("export")
@click.argument("key")
@click.option("--version", "number", type=int, help="Default: the version in force, else the newest.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Default: standard output.")
@with_appcontext
def export_command(key: str, number: int | None, output: Path | None) -> None:
    """Write a program as YAML, which loads back as the same program."""
    with database().reading() as session:
        version = versions.version_of(session, key, number)
        text = files.write_program(versions.sound(version))
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")


def _said(outcome: CardLoad) -> str:
    return {
        CardLoad.CREATED: _("new program"),
        CardLoad.UNCHANGED: _("unchanged"),
        CardLoad.REPLACED: _("replaced, since nobody had begun with it"),
        CardLoad.NEW_VERSION: _("new version"),
    }[outcome]
