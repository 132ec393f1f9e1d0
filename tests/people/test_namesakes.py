"""Accounts that may belong to the same person."""

from types import SimpleNamespace

import pytest
from sqlalchemy.orm import Session

from qcapp.people import service as accounts
from qcapp.people.models import User
from qcapp.people.namesakes import Same, namesakes
from qcapp.terms import Role


def add(session: Session, people: SimpleNamespace, name: str, **more: object) -> User:
    given = {"login": "new", "role": Role.MANAGER, "name": name} | more
    user, _password = accounts.add_user(session, by=people.anna, **given)  # type: ignore[arg-type]
    return user


@pytest.mark.parametrize(
    ("before", "now", "same"),
    [
        ("Пётр Новиков", "новиков  петр", True),
        ("Пётр Новиков", "Новиков Пётр Ильич", True),
        ("Пётр Новиков", "Пётр Ильич", False),
        ("Пётр", "Пётр Новиков", False),
    ],
)
def test_a_name_is_the_same_in_any_order_and_with_a_patronymic(
    session: Session, people: SimpleNamespace, before: str, now: str, same: bool
) -> None:
    people.max.name = before
    found = namesakes(session, add(session, people, now))
    assert [(each.user.login, each.same) for each in found] == ([("max", (Same.NAME,))] if same else [])


def test_an_address_and_an_extension_of_before_tell_as_well(
    session: Session, people: SimpleNamespace
) -> None:
    old = add(session, people, "Old Hand", login="old", email="Petr@firm.example", extensions=["401", "402"])
    facts = {"name": old.name, "role": old.role, "team": None, "email": old.email, "locale": None}
    accounts.change_user(session, old, by=people.anna, extensions=["402"], **facts)  # type: ignore[arg-type]
    new = add(session, people, "New Name", email="petr@firm.example", extensions=["401"])
    assert [(each.user, each.same) for each in namesakes(session, new)] == [
        (old, (Same.EMAIL, Same.EXTENSION))
    ]
    assert namesakes(session, add(session, people, "Quite Else", login="else", extensions=["403"])) == []
