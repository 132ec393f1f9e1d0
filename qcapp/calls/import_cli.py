"""`qcapp import`: a folder of recordings with its CDR, as the exchange left them."""

import json
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from flask.cli import with_appcontext

from qcapp.calls.import_files import local_file, recordings_in
from qcapp.calls.import_options import FileResult, ImportOptions
from qcapp.calls.import_report import ImportReport
from qcapp.calls.import_run import import_batch, is_time_zone_missing, time_zone_question
from qcapp.calls.importers.cdr import CdrFormat
from qcapp.calls.states import RowKind
from qcapp.core.errors import Unavailable
from qcapp.core.i18n import _, ngettext
from qcapp.core.web import database, storage


class TimeZone(click.ParamType[str]):
    """The name of a time zone, checked against the database of them."""

    name = "TZ"

    def convert(self, value: str, _param: click.Parameter | None, _ctx: click.Context | None) -> str:
        try:
            return str(ZoneInfo(value))
        except (KeyError, ValueError, OSError):
            self.fail(_("“%(name)s” is no time zone. Write a name such as Europe/Moscow or UTC.", name=value))


@click.command("import")
@click.argument("directory", metavar="DIR", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--cdr",
    "cdrs",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CDR file.",
)
@click.option(
    "--cdr-format",
    type=click.Choice([kind.value for kind in CdrFormat]),
    default=CdrFormat.AUTO.value,
    show_default=True,
    help="Columns of the CDR: Asterisk's two orders, or named in a header.",
)
@click.option("--timezone", type=TimeZone(), help="Zone of the times in the CDR and in the file names.")
@click.option("--source", metavar="NAME", default="default", show_default=True, help="Name of the exchange.")
@click.option(
    "--manager-channel", type=click.IntRange(0, 1), help="The manager's channel where nothing tells it."
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@with_appcontext
def import_command(  # noqa: PLR0917 (click gives every option by name)
    directory: Path,
    cdrs: tuple[Path, ...],
    cdr_format: str,
    timezone: str | None,
    source: str,
    manager_channel: int | None,
    as_json: bool,
) -> None:
    """Import the recordings in DIR and below. What was imported before is found again and left alone."""
    named = {path.resolve() for path in cdrs}
    files = [file for file in recordings_in(directory) if file.path.resolve() not in named]
    options = ImportOptions(source, timezone, manager_channel, CdrFormat(cdr_format))
    tables = [local_file(path) for path in cdrs]
    if is_time_zone_missing(database(), files, tables, options) and sys.stdin.isatty():
        timezone = click.prompt(time_zone_question(), type=TimeZone(), err=True)
        options = ImportOptions(source, timezone, manager_channel, CdrFormat(cdr_format))
    with click.progressbar(length=len(files), label=_("Importing"), file=sys.stderr) as bar:

        def advance(_done: int, _all: int, _result: FileResult) -> None:
            bar.update(1)

        try:
            report = import_batch(database(), storage(), files, tables, options, progress=advance)
        except Unavailable:
            click.echo(_("The import stopped. What is in stays in: give the same command again."), err=True)
            raise
    _print(report, as_json)


def _print(report: ImportReport, as_json: bool) -> None:
    for notice in report.notices:
        click.echo(notice, err=True)
    if as_json:
        click.echo(json.dumps(report.as_json(), ensure_ascii=False))
        return
    for refusal in report.refused:
        click.echo(f"{refusal.file}: {refusal.reason}")
    for line in summary(report):
        click.echo(line)


def summary(report: ImportReport) -> list[str]:
    """The counts of a report in words."""
    counts = report.counts
    return [
        ngettext("%(num)d recording imported", "%(num)d recordings imported", counts[RowKind.IMPORTED]),
        ngettext("%(num)d known already", "%(num)d known already", counts[RowKind.DUPLICATE]),
        ngettext("%(num)d refused", "%(num)d refused", counts[RowKind.REFUSED]),
        ngettext(
            "%(num)d call of the CDR has no recording",
            "%(num)d calls of the CDR have no recording",
            counts[RowKind.CDR_WITHOUT_AUDIO],
        ),
        ngettext(
            "%(num)d recording has no row in a CDR",
            "%(num)d recordings have no row in a CDR",
            counts[RowKind.AUDIO_WITHOUT_CDR],
        ),
        ngettext(
            "%(num)d call has no manager", "%(num)d calls have no manager", counts[RowKind.WITHOUT_MANAGER]
        ),
    ]
