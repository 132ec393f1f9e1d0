"""``qcapp db``, ``backup``, ``restore`` and ``seed``: what those who run an installation type."""

import click
from flask.cli import with_appcontext

from qcapp.core import web
from qcapp.core.db import Database
from qcapp.ops import migrating
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
    migrating.upgrade(database.engine)
    database.engine.dispose()
    click.echo("The database is at this program's version.")


@db_commands.command("check")
def check_command() -> None:
    """For developers: whether the migrations lead to the tables of the models."""
    migrating.check_models()
    click.echo("Models and migrations agree.")


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
