"""``qcapp checklists check|load|export``: cards as files."""

from collections.abc import Iterable
from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qcapp.checklists import card_files, queries, service
from qcapp.checklists.card import Card
from qcapp.checklists.service import CardLoad
from qcapp.core.errors import Refused
from qcapp.core.i18n import _, ngettext
from qcapp.core.web import database
from qcapp.people.models import User

FILES = click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path), metavar="FILE…"
)


@click.group("checklists")
def checklists_commands() -> None:
    """Checklists as YAML files: check, load, export. A folder stands for the *.yaml in it."""


@checklists_commands.command("check")
@FILES
@with_appcontext
def check_command(files: tuple[Path, ...]) -> None:
    """Say everything that is wrong with these files, and load nothing."""
    for file, card in _read_all(files):
        count = sum(1 for _item in card.items())
        what = ngettext("%(num)d item", "%(num)d items", count)
        click.echo(_("%(file)s: in order, %(what)s.", file=file, what=what))


@checklists_commands.command("load")
@FILES
@click.option("--draft", is_flag=True, help="Keep as a draft instead of putting it in force.")
@click.option("--by", "login", metavar="LOGIN", help="In whose name; owns what is new. Default: the product.")
@with_appcontext
def load_command(files: tuple[Path, ...], draft: bool, login: str | None) -> None:
    """Load cards. All of them or, when one is wrong, none."""
    cards = _read_all(files)
    with database().transaction() as session:
        by = _person(session, login) if login else None
        for file, card in cards:
            loaded = service.load_card(session, card, by=by, publish=not draft)
            click.echo(f"{file}: {_said(loaded.outcome)} ({card.key} {loaded.version.number})")


@checklists_commands.command("export")
@click.argument("key")
@click.option("--version", "number", type=int, help="Default: the version in force, else the newest.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Default: standard output.")
@with_appcontext
def export_command(key: str, number: int | None, output: Path | None) -> None:
    """Write a card as YAML, which loads back as the same card."""
    with database().reading() as session:
        checklist = queries.checklist_by_key(session, key)
        text = card_files.write_card(queries.card_of(queries.version_by_number(session, checklist, number)))
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")


def _read_all(paths: Iterable[Path]) -> list[tuple[Path, Card]]:
    """Every card of every file; the refusal lists what is wrong in all of them."""
    cards: list[tuple[Path, Card]] = []
    wrong: list[str] = []
    for file in _files(paths):
        try:
            cards.append((file, card_files.read_card(file)))
        except Refused as refusal:
            wrong.extend(refusal.reasons)
    first: dict[str, Path] = {}
    for file, card in cards:
        if first.setdefault(card.key, file) != file:
            sentence = _("%(file)s: %(other)s has the key “%(key)s” too; keys must differ.")
            wrong.append(sentence % {"file": file, "other": first[card.key], "key": card.key})
    if wrong:
        raise Refused(*wrong)
    return cards


def _files(paths: Iterable[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        inside = sorted((*path.glob("*.yaml"), *path.glob("*.yml"))) if path.is_dir() else [path]
        if not inside:
            raise Refused(_("%(folder)s: there is no *.yaml in this folder.", folder=path))
        found.extend(inside)
    return found


def _person(session: Session, login: str) -> User:
    found: User | None = session.scalar(select(User).where(func.lower(User.login) == login.lower()))
    if found is None:
        raise Refused(_("There is no person with the login “%(login)s”.", login=login))
    return found


def _said(outcome: CardLoad) -> str:
    return {
        CardLoad.CREATED: _("new checklist"),
        CardLoad.UNCHANGED: _("unchanged"),
        CardLoad.REPLACED: _("replaced, since nobody had used it"),
        CardLoad.NEW_VERSION: _("new version"),
    }[outcome]
