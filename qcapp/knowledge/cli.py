"""``qcapp knowledge load``: the articles that come with the product."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from qcapp.core.i18n import _
from qcapp.core.web import database
from qcapp.knowledge.shipped import FOLDER, ArticleLoad, load_pages, read_pages


@click.group("knowledge")
def knowledge_commands() -> None:
    """The knowledge base: articles that come with the product."""


@knowledge_commands.command("load")
@click.argument(
    "folder",
    default=FOLDER,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="[FOLDER]",
)
@with_appcontext
def load_command(folder: Path) -> None:
    """Load and publish the articles of a folder; what people have changed stays theirs."""
    with database().transaction() as session:
        for page, outcome in load_pages(session, read_pages(folder)):
            click.echo(f"{page.key}: {_said(outcome)}")


def _said(outcome: ArticleLoad) -> str:
    return {
        ArticleLoad.CREATED: _("new article"),
        ArticleLoad.UNCHANGED: _("unchanged"),
        ArticleLoad.NEW_WORDING: _("new wording"),
        ArticleLoad.KEPT: _("kept as somebody has written it"),
    }[outcome]
