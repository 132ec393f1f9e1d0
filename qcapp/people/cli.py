"""``qcapp user …``."""

import json
import sys
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qcapp.core.errors import Refused
from qcapp.core.i18n import LOCALES, _, label
from qcapp.core.web import database
from qcapp.people import confirmations, queries, service, teams
from qcapp.people.models import Team, User
from qcapp.people.namesakes import namesakes
from qcapp.terms import Role

_from_stdin = click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")


@click.group("user")
def user_commands() -> None:
    """People who may sign in. The first administrator and the first owner are made here."""


@user_commands.command("add")
@click.argument("login")
@click.option("--name", required=True, help="As others see it.")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@_from_stdin
@click.option("--team", help="Made if there is none; a head of sales becomes its head if it has none.")
@click.option("--extension", "extensions", multiple=True, help="Telephone extension; may be repeated.")
@click.option("--email", help="E-mail address.")
@click.option("--locale", type=click.Choice(list(LOCALES)), help="Language; empty: as in the browser.")
@with_appcontext
def add(login: str, role: str, password_stdin: bool, team: str | None, **facts: Any) -> None:
    """Add a person. Without --password-stdin a password is made and printed."""
    password = _read_password() if password_stdin else None
    with database().transaction() as session:
        user, made = service.add_user(
            session,
            by=None,
            login=login,
            role=Role(role),
            password=password,
            team=_team(session, team) if team else None,
            **facts,
        )
        if user.team and user.team.head is None and user.role is Role.HEAD:
            teams.choose_head(session, user.team, user, by=None)
        again = namesakes(session, user) if user.role is Role.MANAGER else []
    click.echo(_("%(login)s has been added.", login=user.login))
    if made:
        click.echo(_("Password: %(password)s", password=made))
    for other in again:
        same = ", ".join(str(label(what)) for what in other.same)
        click.echo(_("Perhaps the same person as %(login)s: %(same)s.", login=other.user.login, same=same))


@user_commands.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_appcontext
def list_(as_json: bool) -> None:
    """List everybody, the deactivated too."""
    with database().reading() as session:
        users = queries.find_users(session, active=None)
    if as_json:
        click.echo(json.dumps([_facts(user) for user in users], ensure_ascii=False))
        return
    for user in users:
        team = user.team.name if user.team else "-"
        numbers = ",".join(extension.number for extension in user.extensions) or "-"
        state = "" if user.active else f"  ({_('deactivated')})"
        click.echo(f"{user.login:<20} {user.role:<8} {team:<16} {numbers:<10} {user.name}{state}")


@user_commands.command("password")
@click.argument("login")
@_from_stdin
@with_appcontext
def password(login: str, password_stdin: bool) -> None:
    """Give a person another password and sign them out everywhere."""
    given = _read_password() if password_stdin else None
    with database().transaction() as session:
        user = _user(session, login)
        made = service.reset_password(session, user, by=None, password=given)
    click.echo(_("The password of %(login)s has been changed.", login=user.login))
    if made:
        click.echo(_("Password: %(password)s", password=made))


@user_commands.command("confirm")
@click.argument("login")
@with_appcontext
def confirm(login: str) -> None:
    """Confirm an account that is to judge or decide, where nobody else can."""
    with database().transaction() as session:
        user = _user(session, login)
        confirmations.confirm_account(session, user, by=None)
    click.echo(_("The account of %(name)s is confirmed.", name=user.name))


@user_commands.command("deactivate")
@click.argument("login")
@with_appcontext
def deactivate(login: str) -> None:
    """Sign a person out everywhere, for good; also the last owner."""
    with database().transaction() as session:
        user = _user(session, login)
        service.deactivate_user(session, user, by=None)
    click.echo(_("%(name)s has been deactivated and signed out everywhere.", name=user.name))


def _facts(user: User) -> dict[str, object]:
    return {
        "login": user.login,
        "name": user.name,
        "role": user.role.value,
        "team": user.team.name if user.team else None,
        "extensions": [extension.number for extension in user.extensions],
        "active": user.active,
    }


def _read_password() -> str:
    return sys.stdin.readline().rstrip("\r\n")


def _user(session: Session, login: str) -> User:
    user: User | None = session.scalar(select(User).where(func.lower(User.login) == login.lower()))
    if user is None:
        raise Refused(_("There is nobody with the login %(login)s.", login=login))
    return user


def _team(session: Session, name: str) -> Team:
    found = session.scalar(select(Team).where(Team.name == name.strip()))
    return found or teams.add_team(session, by=None, name=name)
