"""``qcapp db``, ``backup``, ``restore`` and ``seed``: what those who run an installation type."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy import Engine

from qcapp.core import audit, web
from qcapp.core.audit import AuditKeeper
from qcapp.core.db import Database
from qcapp.core.errors import Refused
from qcapp.core.i18n import _
from qcapp.core.storage import Storage
from qcapp.ops import migrating
from qcapp.ops.audited import OperationAction
from qcapp.ops.backup import making, restoring
from qcapp.ops.backup.manifest import Manifest
from qcapp.ops.files import words
from qcapp.ops.seed import fill
from qcapp.settings import ROOT, Settings


@click.group("db")
def db_commands() -> None:
    """The database's version."""


@db_commands.command("upgrade")
def upgrade_command() -> None:
    """Bring the database to this program's version; creates it if need be."""
    settings = Settings()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(settings.sqlalchemy_url)
    database.provide(audit=AuditKeeper.of(settings))
    migrating.demand_not_lost(database, Storage(settings.storage_location))
    migrating.upgrade_installation(database)
    database.engine.dispose()
    click.echo("The database is at this program's version.")


@db_commands.command("check")
def check_command() -> None:
    """For developers: whether the migrations lead to the tables of the models."""
    migrating.check_models()
    click.echo("Models and migrations agree.")


@click.command("backup")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@with_appcontext
def backup_command(folder: Path) -> None:
    """Copy the database and all files into FOLDER, while everything goes on running.

    Again into the same folder: the database anew, of the files only what has come since.
    """
    with _engine():
        made = making.make(web.database(), web.storage(), folder)
    click.echo(
        _("Backed up: the database, %(new)d new files, %(old)d known ones.", new=made.copied, old=made.kept)
    )
    if not made.sound:
        raise Refused(*_shortcomings(made, folder))


def _shortcomings(made: making.Made, folder: Path) -> Iterator[str]:
    """What is wrong with the storage, file by file."""
    if made.gone:
        yield _(
            "The storage does not have these files any more, or not whole; this backup keeps them from before. "
            "Bring them back: qcapp verify --from %(folder)s",
            folder=folder,
        )
        yield from map(words.named, made.gone)
    if made.lost:
        yield _(
            "The storage does not have these files, nor does this backup. "
            "Look for them in another backup or at the exchange:"
        )
        yield from map(words.named, made.lost)
    if made.damaged:
        yield _("These originals have changed where they are stored, and were backed up as they are now:")
        yield from made.damaged


@click.command("restore")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@with_appcontext
def restore_command(folder: Path) -> None:
    """Bring a backup back into an empty installation. Stop web and workers before."""
    with _engine() as engine:
        backup = restoring.restore(engine, web.storage(), folder)
        made_at = backup.made_at.astimezone(web.settings().zone).strftime("%Y-%m-%d %H:%M")
        click.echo(
            _(
                "Restored the backup of %(time)s: the database, %(num)d files.",
                time=made_at,
                num=backup.file_count,
            )
        )
        try:
            _note_restore(backup)
        except (
            Refused
        ) as refusal:  # the data are back; what is missing is said now and not at the first login
            click.echo("\n".join(refusal.reasons), err=True)


def _note_restore(backup: Manifest) -> None:
    """What was noted of the log that stood here before does not hold for the one that was restored."""
    with web.database().transaction() as session:
        noted = audit.forget_head(session)
        facts = {"made_at": backup.made_at.isoformat(), "noted_entry": noted and noted.entry}
        audit.record(session, OperationAction.BACKUP_RESTORED, "audit", by_id=None, **facts)
    with web.database().reading() as session:
        audit.note_head(session)


@click.command("seed")
@click.option("--calls", "calls", type=click.IntRange(min=100), default=1_000_000, show_default=True)
@click.option("--reviews", "reviews", type=click.IntRange(min=0), default=200_000, show_default=True)
@click.option(
    "--seed", "seed", type=int, default=1, show_default=True, help="The same number gives the same data."
)
@with_appcontext
def seed_command(calls: int, reviews: int, seed: int) -> None:
    """Fill an empty database with generated calls and reviews, to measure on and to try things out.

    The calls have no sound, and nobody of the generated people can sign in before getting a password.
    """
    fill(
        web.database(),
        calls_wanted=calls,
        reviews_wanted=reviews,
        seed=seed,
        cards=ROOT / "checklists",
        say=click.echo,
    )


@contextmanager
def _engine() -> Iterator[Engine]:
    """The installation's database; its connections are closed at the end of the command."""
    engine = web.database().engine
    try:
        yield engine
    finally:
        engine.dispose()
