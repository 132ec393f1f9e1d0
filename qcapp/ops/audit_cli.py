"""``qcapp audit …``: whether the audit log is what was written, and what to do when its key is lost."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from qcapp.core import audit
from qcapp.core.audit import AuditFaultKind, Checked
from qcapp.core.i18n import _, lazy, ngettext
from qcapp.core.web import database
from qcapp.ops.backup import manifest

FAULTS = {
    AuditFaultKind.BROKEN: lazy("Broken at entry %(id)d: %(entry)s"),
    AuditFaultKind.FACTS: lazy("The facts of entry %(id)d were changed: %(entry)s"),
    AuditFaultKind.ERASED: lazy("Facts of entry %(id)d are missing without a recorded erasure: %(entry)s"),
}


@click.group("audit")
def audit_commands() -> None:
    """The audit log."""


@audit_commands.command("verify")
@click.option("--known", metavar="HASH", help="A last hash seen earlier, which must still be there.")
@click.option(
    "--manifest",
    "folder",
    type=click.Path(exists=True, path_type=Path),
    help="A backup, or its manifest.json: the last entry of then must still be there.",
)
@with_appcontext
def verify(known: str | None, folder: Path | None) -> None:
    """Check that no entry was changed, inserted or removed; exit status 1 if one was."""
    with database().reading() as session:
        checked = audit.check(session)
        cut = [*_gone(session, known, folder)]
        for sentence in [*_faults(checked), *cut]:
            click.echo(sentence, err=True)
        if cut or checked.faults:
            sys.exit(1)
        audit.note_head(session)
    for erasure, number in sorted(checked.erased.items()):
        click.echo(
            ngettext(
                "Facts of %(num)d entry were erased by %(erasure)s.",
                "Facts of %(num)d entries were erased by %(erasure)s.",
                num=number,
                erasure=erasure,
            )
        )
    if checked.last is None:
        click.echo(_("The log is empty."))
        return
    click.echo(_("The log is sound up to entry %(id)d.", id=checked.last.entry))
    click.echo(_("Last hash: %(hash)s", hash=checked.last.hash))


@audit_commands.command("rekey")
@with_appcontext
def rekey() -> None:
    """Go on with a new key, because the old one is lost. The log says so for good."""
    with database().transaction() as session:
        audit.seal_anew(session)
    with database().reading() as session:
        audit.note_head(session)
    click.echo(_("The log has a new key. What was written before it can no longer be proved."))
    click.echo(_("What was erased before is not recognised any more: see that no import brings it again."))


def _faults(checked: Checked) -> Iterator[str]:
    for fault in checked.faults:
        yield FAULTS[fault.kind] % {"id": fault.entry_id, "entry": fault.line}


def _gone(session: Session, known: str | None, folder: Path | None) -> Iterator[str]:
    """What was noted outside the database and is not there any more."""
    if known and not audit.holds_hash(session, known):
        yield _("No entry has the hash %(hash)s: the log was cut off.", hash=known)
    noted = [audit.noted_head(session)]
    if folder is not None:
        noted.append(manifest.read(folder if folder.is_dir() else folder.parent).audit)
    for head in noted:
        if head is not None and not audit.holds(session, head):
            yield _(
                "Entry %(id)d of %(time)s is gone: the log was cut off.",
                id=head.entry,
                time=head.at.isoformat(timespec="seconds"),
            )
