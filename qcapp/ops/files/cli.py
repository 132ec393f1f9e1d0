"""``qcapp verify``: every stored file against the database, now."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from qcapp.core.errors import Refused
from qcapp.core.i18n import _, ngettext
from qcapp.core.storage import PARTS
from qcapp.core.web import database, storage
from qcapp.ops import migrating
from qcapp.ops.backup import manifest
from qcapp.ops.files import service, words
from qcapp.ops.files.checking import demand_storage


@click.command("verify")
@click.option(
    "--from",
    "backup",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Bring missing and changed recordings back from this backup.",
)
@click.option("--remove-unknown", is_flag=True, help="Delete files that no row of the database names.")
@with_appcontext
def verify_command(backup: Path | None, remove_unknown: bool) -> None:
    """Compare every stored file with the database by its hash; exit status 1 if something was wrong.

    Missing and changed playback copies and waveforms are made anew from their recordings.
    """
    try:
        _verify(backup, remove_unknown)
    finally:
        database().engine.dispose()


def _verify(backup: Path | None, remove_unknown: bool) -> None:
    migrating.demand_current(database().engine)
    demand_storage(database(), storage())
    if backup is not None:
        manifest.read(backup)
    found, left = 0, 0
    for part in PARTS:
        for fault in service.go_through(
            database(), storage(), part, backup=backup, removing_unknown=remove_unknown
        ):
            found += 1
            left += fault.mended_at is None
            click.echo(f"{words.named(fault)} – {words.FAULTS[fault.fault]}. {words.advice(fault)}")
    if found:
        wrong = ngettext(
            "%(num)d file was not as it should be.", "%(num)d files were not as they should be.", found
        )
        rest = ngettext("%(num)d of them still is not.", "%(num)d of them still are not.", left)
        raise Refused(wrong, rest)
    click.echo(_("Every stored file is there and unchanged, and every one is known."))
