"""``qcapp db``, ``backup``, ``restore`` and ``seed``: what those who run an installation type."""

import click

from qcapp.core.db import Database
from qcapp.ops import migrating
from qcapp.settings import Settings


@click.group("db")
def db_commands() -> None:
    """The database's version."""


@db_commands.command("upgrade")
def upgrade_command() -> None:
    """Bring the database to this program's version; creates it if need be."""
    settings = Settings()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(settings.sqlalchemy_url)
    migrating.upgrade(database.engine)
    database.engine.dispose()
    click.echo("The database is at this program's version.")


@db_commands.command("check")
def check_command() -> None:
    """For developers: whether the migrations lead to the tables of the models."""
    migrating.check_models()
    click.echo("Models and migrations agree.")
