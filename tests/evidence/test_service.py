"""The list of forbidden phrases: who keeps it, what it refuses, what stays of it."""

from types import SimpleNamespace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.core.audit import AuditEntry
from qcapp.core.errors import Forbidden, Refused
from qcapp.evidence import queries
from qcapp.evidence.service import add_phrase, retire_phrase


def listed(session: Session) -> list[str]:
    return [phrase.text for phrase in queries.phrases(session)]


@pytest.mark.parametrize("keeper", ["olga", "lidia", "tanya"])
def test_owner_head_of_qc_and_coach_keep_the_list(
    session: Session, people: SimpleNamespace, keeper: str
) -> None:
    by = getattr(people, keeper)
    phrase = add_phrase(session, "много лет на рынке", "Назови случай с цифрой.", by=by)
    assert (phrase.by, phrase.instead) == (by, "Назови случай с цифрой.")
    assert listed(session) == ["много лет на рынке"]
    retire_phrase(session, phrase, by=by)
    assert listed(session) == []
    entries = session.scalars(select(AuditEntry).where(AuditEntry.thing == f"phrase:{phrase.id}")).all()
    assert [(entry.action, entry.diff) for entry in entries] == [
        ("phrase_added", {"phrase": "много лет на рынке"}),
        ("phrase_retired", {"phrase": "много лет на рынке"}),
    ]


@pytest.mark.parametrize("other", ["kira", "roman", "hanna", "max", "anna"])
def test_nobody_else_does(session: Session, people: SimpleNamespace, other: str) -> None:
    phrase = add_phrase(session, "буквально минутка", "Спроси, удобно ли.", by=people.lidia)
    with pytest.raises(Forbidden):
        add_phrase(session, "большой опыт", "Назови случай.", by=getattr(people, other))
    with pytest.raises(Forbidden):
        retire_phrase(session, phrase, by=getattr(people, other))
    assert listed(session) == ["буквально минутка"]


def test_a_phrase_is_listed_once_in_whatever_form_and_can_come_back(
    session: Session, people: SimpleNamespace
) -> None:
    phrase = add_phrase(session, "Перезвоните нам", "Назначь время.", by=people.lidia)
    with pytest.raises(Refused, match="already"):
        add_phrase(session, "перезвоним", "Назначь время.", by=people.olga)
    with pytest.raises(Refused, match="no word"):
        add_phrase(session, "?!", "Ничего.", by=people.olga)
    retire_phrase(session, phrase, by=people.lidia)
    retire_phrase(session, phrase, by=people.olga)
    add_phrase(session, "перезвоним", "Назначь время.", by=people.olga)
    assert listed(session) == ["перезвоним"]
    retired = select(AuditEntry.by_id).where(AuditEntry.action == "phrase_retired")
    assert session.scalars(retired).all() == [people.lidia.id]
