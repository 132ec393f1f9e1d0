"""``qcapp move``."""

from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy import make_url

from qcapp.core import web
from qcapp.core.audit import AuditKeeper
from qcapp.core.db import Database
from qcapp.core.errors import Refused
from qcapp.core.i18n import _
from qcapp.core.storage import Storage
from qcapp.ops import migrating
from qcapp.ops.move.moving import Moved, move
from qcapp.ops.move.source import alone_with
from qcapp.settings import Settings, with_driver


@click.command("move")
@click.argument("url", metavar="postgresql://USER@HOST/DATABASE")
@click.option(
    "--storage", metavar="s3://BUCKET/PREFIX", help="Carry the files over as well, to this storage."
)
@with_appcontext
def move_command(url: str, storage: str | None) -> None:
    """Carry this installation from SQLite to an empty PostgreSQL database, compare both, and leave the old as it is.

    Stop web and workers before. Interrupted, the same command goes on where it was.
    """
    settings, old = web.settings(), web.database().engine
    try:
        if old.dialect.name != "sqlite" or make_url(with_driver(url)).get_backend_name() != "postgresql":
            raise Refused(_("Only an installation on SQLite is moved, and only to PostgreSQL."))
        migrating.demand_current(old)
    finally:
        old.dispose()  # its connections would be in the way of the one that wants to be alone
    new = Database(with_driver(url))
    storages = (web.storage(), Storage(storage)) if storage else None
    try:
        with alone_with(Path(old.url.database or "")) as source:
            moved = move(source, new, AuditKeeper.of(settings), storages, click.echo)
    finally:
        new.engine.dispose()
    _tell_what_is_next(moved, settings, url, storage)


def _tell_what_is_next(moved: Moved, settings: Settings, url: str, storage: str | None) -> None:
    shown = make_url(url).render_as_string(hide_password=True)
    lines = [
        _(
            "Moved and compared: %(rows)d rows, %(files)d files, the audit log up to entry %(entry)d.",
            rows=moved.rows,
            files=moved.files,
            entry=moved.audit.last.entry if moved.audit.last else 0,
        )
    ]
    if moved.audit.faults:
        lines.append(_("The audit log has faults, here as there. See: qcapp audit verify"))
    lines += [
        _("Set this on every host, then start web and workers:"),
        f"QCAPP_DATABASE_URL={shown}",
        f"QCAPP_STORAGE_URL={storage}" if storage else _("The files stay where they are."),
        _(
            "Hosts with a data folder of their own need secret_key and audit_key from %(folder)s, "
            "or QCAPP_SECRET_KEY and QCAPP_AUDIT_KEY.",
            folder=settings.data_dir.resolve(),
        ),
        _("The old database is as it was. Keep it until the new one has proved itself; do not work in it."),
    ]
    for line in lines:
        click.echo(line)
