"""``qcapp erase``: what a client asks for, done on the host."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from qcapp.core.formats import local_datetime
from qcapp.core.i18n import _
from qcapp.core.web import database, storage
from qcapp.privacy import handing_out
from qcapp.privacy.overview import ClientOverview, overview
from qcapp.privacy.removing import remove_leftovers, scrub
from qcapp.privacy.service import erase_client, note_handing_out
from qcapp.privacy.subjects import Subject, calls_by_name, subject_by_phone


@click.command("erase")
@click.option("--phone", required=True, help="Whose data: the number in any usual spelling.")
@click.option("--file", "to", type=click.Path(path_type=Path), help="Write everything into this ZIP first.")
@click.option("--dry-run", is_flag=True, help="Say what would go, and stop.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--reason", default="", help="Why, where a dispute or a clearance speaks against it.")
@with_appcontext
def erase_command(phone: str, to: Path | None, dry_run: bool, yes: bool, reason: str) -> None:
    """Erase everything of one client: recordings, texts, number and name. Scores and figures stay."""
    with database().reading() as session:
        subject = subject_by_phone(session, phone)
        _print(subject, overview(session, subject))
        alike = calls_by_name(session, subject)
    if alike:
        click.echo(
            _(
                "Calls without a number whose client bears the name, see “Clients' data”: %(num)d",
                num=len(alike),
            )
        )
    if to is not None:
        with database().transaction() as session:
            note_handing_out(session, subject_by_phone(session, phone), by=None)
        with database().reading() as session:
            handing_out.write(session, storage(), subject_by_phone(session, phone), to)
        click.echo(_("Written to %(file)s.", file=to))
    if dry_run:
        return
    if not yes:
        click.confirm(_("Erase all of this for good?"), abort=True)
    with database().transaction() as session:
        erasure = erase_client(session, subject_by_phone(session, phone), by=None, reason=reason)
    files = remove_leftovers(database(), storage())
    scrub(database())
    click.echo(
        _(
            "Erased. Calls: %(calls)d, recordings: %(recordings)d, files: %(files)d. "
            "The next backup no longer holds them; delete copies of earlier ones.",
            calls=erasure.counts["calls"],
            recordings=erasure.counts["recordings"],
            files=files,
        )
    )


def _print(subject: Subject, found: ClientOverview) -> None:
    click.echo(", ".join([*subject.traces.numbers, *subject.traces.names]))
    click.echo(
        _("Calls: %(num)d, with a recording: %(recordings)d", num=found.calls, recordings=found.recordings)
    )
    if found.oldest and found.newest:
        click.echo(f"{local_datetime(found.oldest)} – {local_datetime(found.newest)}")
    for kept in found.kept:
        click.echo(f"  {kept.name}: {kept.count}")
    for hold in found.holds:
        click.echo(_("To be kept longer: %(why)s (calls: %(num)d)", why=hold.name, num=hold.count))
    for name in found.watched:
        click.echo(_("Left in the watched folder, delete it there: %(name)s", name=name))
