import json

import pytest
from click.testing import CliRunner
from flask.cli import ScriptInfo
from sqlalchemy import select

from qcapp.cli import main
from qcapp.core.audit import AuditEntry
from qcapp.people import passwords
from qcapp.people.models import Login, Team, User
from qcapp.people.permissions import Permission, holds
from qcapp.terms import Role


@pytest.fixture
def qcapp(app, monkeypatch):
    """``qcapp("user", "list")`` runs a command on the application of the test."""
    monkeypatch.setattr("qcapp.cli.ScriptInfo", lambda **_made: ScriptInfo(create_app=lambda: app))

    def run(*arguments, typed=None):
        return CliRunner().invoke(main, arguments, input=typed, catch_exceptions=False)

    return run


def user_of(session, login):
    session.expire_all()
    return session.scalars(select(User).where(User.login == login)).one()


def test_the_first_administrator_is_made_with_a_printed_password(qcapp, session):
    result = qcapp("user", "add", "Anna", "--name", "Anna Admin", "--role", "admin")
    assert result.exit_code == 0
    password = result.output.split("Password: ")[1].strip()
    anna = user_of(session, "anna")
    assert anna.role is Role.ADMIN
    assert passwords.matches(anna.password_hash, password)
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.by_id) == ("user_added", None)
    assert password not in str(entry.diff)


def test_a_password_can_come_from_standard_input_and_is_not_printed(qcapp, session):
    arguments = ("user", "add", "anna", "--name", "Anna", "--role", "admin", "--password-stdin")
    result = qcapp(*arguments, typed="надёжный пароль\n")
    assert result.output == "anna has been added.\n"
    anna = user_of(session, "anna")
    assert passwords.matches(anna.password_hash, "надёжный пароль")
    assert not anna.password_temporary


def test_a_team_is_made_and_its_first_head_chosen(qcapp, session):
    qcapp("user", "add", "roman", "--name", "Roman", "--role", "head", "--team", "North")
    qcapp("user", "add", "boris", "--name", "Boris", "--role", "head", "--team", "North")
    qcapp("user", "add", "max", "--name", "Max", "--role", "manager", "--team", "North", "--extension", "201")
    team = session.scalars(select(Team)).one()
    assert team.head.login == "roman"
    assert {member.login for member in team.members} == {"roman", "boris", "max"}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("max", "--name", "Max", "--role", "manager"), "The login max is taken"),
        (("eve", "--name", "Eve", "--role", "manager", "--extension", "201"), "belongs to Max Manager"),
        (("eve", "--name", "Eve", "--role", "queen"), "is not one of"),
        (("eve", "--role", "qc"), "Missing option '--name'"),
    ],
)
def test_a_refusal_is_a_sentence_and_changes_nothing(qcapp, session, people, arguments, sentence):
    result = qcapp("user", "add", *arguments)
    assert result.exit_code != 0
    assert sentence in result.output
    assert session.scalars(select(User).where(User.login == "eve")).all() == []


def test_it_lists_everybody(qcapp, session, people):
    people.sveta.active = False
    session.commit()
    text = qcapp("user", "list").output
    assert len(text.splitlines()) == 10
    assert "deactivated" in next(line for line in text.splitlines() if line.startswith("sveta"))
    rows = {row["login"]: row for row in json.loads(qcapp("user", "list", "--json").output)}
    assert rows["max"] == {
        "login": "max",
        "name": "Max Manager",
        "role": "manager",
        "team": "North",
        "extensions": ["201"],
        "active": True,
    }


def test_a_new_password_signs_out_everywhere(qcapp, session, people, login):
    login(people.max)
    result = qcapp("user", "password", "MAX")
    password = result.output.split("Password: ")[1].strip()
    assert passwords.matches(user_of(session, "max").password_hash, password)
    assert session.scalars(select(Login)).all() == []
    assert qcapp("user", "password", "max", "--password-stdin", typed="совсем другая\n").exit_code == 0
    assert passwords.matches(user_of(session, "max").password_hash, "совсем другая")


def test_a_new_password_for_nobody_is_refused(qcapp, people):
    result = qcapp("user", "password", "ghost")
    assert result.exit_code == 1
    assert "nobody with the login ghost" in result.output


def test_what_is_made_on_the_server_needs_no_confirmation(qcapp, session, people):
    qcapp("user", "add", "vera", "--name", "Vera", "--role", "owner")
    assert holds(user_of(session, "vera"), Permission.CLEAR)


def test_the_server_confirms_an_account_where_nobody_else_can(qcapp, session, people):
    people.olga.confirmed_at = None
    session.commit()
    assert not holds(people.olga, Permission.CLEAR)
    assert qcapp("user", "confirm", "Olga").output == "The account of Olga Owner is confirmed.\n"
    assert holds(user_of(session, "olga"), Permission.CLEAR)
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.by_id) == ("account_confirmed", None)
    again = qcapp("user", "confirm", "olga")
    assert again.exit_code == 1
    assert "nothing to confirm" in again.output


def test_the_server_reaches_the_last_owner(qcapp, session, people):
    assert qcapp("user", "password", "olga").exit_code == 0
    assert holds(user_of(session, "olga"), Permission.CLEAR)
    assert qcapp("user", "deactivate", "olga").exit_code == 0
    assert not user_of(session, "olga").active
    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(entry.action, entry.by_id) for entry in entries] == [
        ("password_reset", None),
        ("user_deactivated", None),
    ]
