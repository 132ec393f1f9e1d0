"""What was corrected before or written after an erasure: found, erased, and not taken in again."""

from dataclasses import replace
from itertools import product
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qcapp.calls.facts import correct_facts, facts_of
from qcapp.calls.models import Call, Client
from qcapp.core import audit, clock
from qcapp.core.audit import FACTS_ERASED, AuditEntry, LogAction
from qcapp.core.db import Database
from qcapp.core.errors import Refused
from qcapp.people.audit_entries import told
from qcapp.people.models import User
from qcapp.people.notices import notify
from qcapp.privacy.removing import remove_leftovers
from qcapp.privacy.service import erase_client, find_client
from qcapp.privacy.subjects import calls_naming, find, subject_by_phone
from qcapp.terms import Direction
from qcapp.transcripts.models import Transcription
from qcapp.transcripts.service import rename_speakers
from tests.calls.importing import CDR
from tests.factories.calls import make_call
from tests.privacy.filled import PHONE, found_in

RIGHT = "+74970155841"
A, B = "+79161234567", "+79257654321"


def correct_number(session: Session, filled: SimpleNamespace, number: str) -> None:
    """The exchange had told the wrong number of all calls of the client."""
    kira = session.get_one(User, filled.people.kira.id)
    of_client = select(Call).join(Call.client).where(Client.phone == PHONE)
    for call in session.scalars(of_client).all():
        correct_facts(session, call, replace(facts_of(call), phone=number), by=kira)


def digits_found(database: Database) -> set[str]:
    return {table for table, word in found_in(database) if word.startswith(("9460", "011"))}


def test_a_number_that_was_corrected_is_found_and_erased(
    filled: SimpleNamespace, committed: Database
) -> None:
    with committed.transaction() as session:
        correct_number(session, filled, RIGHT)
    with committed.transaction() as session:
        olga = session.get_one(User, filled.people.olga.id)
        assert find_client(session, PHONE, by=olga).clients
        subject = subject_by_phone(session, PHONE)
        assert filled.call in {call.id for call in calls_naming(session, subject)}
        erase_client(session, subject, by=None)
    assert digits_found(committed) == set()
    with committed.reading() as session:
        assert session.get_one(Call, filled.call).text_erased_at is None
        with pytest.raises(Refused, match="Nothing is kept"):
            subject_by_phone(session, PHONE)


def test_a_number_or_name_in_texts_alone_is_found_and_erased(
    session: Session, people: SimpleNamespace
) -> None:
    note = "Ждёт звонка Фёдор Мироненко, 8 925 765-43-21"
    notify(session, people.max, "coaching_held", "/coaching/1", coach="Таня", topic=note)
    audit.record(session, LogAction.REFUSED, "endpoint:x", by_id=people.max.id, path=f"/calls/?phone={B}")
    session.flush()
    by_name = find_client(session, "Мироненко Федор", by=people.olga)
    assert (by_name.clients, by_name.calls) == ([], [])
    assert by_name.in_texts is not None
    erase_client(session, by_name.in_texts, by=people.olga)
    assert find_client(session, "Фёдор Мироненко", by=people.olga).in_texts is None
    erase_client(session, subject_by_phone(session, B), by=people.olga)
    assert find_client(session, B, by=people.olga).in_texts is None


def test_what_was_corrected_is_not_taken_for_new_before_and_after_it_is_erased(
    filled: SimpleNamespace, committed: Database, installed: Flask
) -> None:
    with committed.transaction() as session:
        correct_number(session, filled, RIGHT)
        before = session.scalar(select(func.count()).select_from(Call))
    exchange = filled.exchange
    without_ids = CDR.replace('"1791270724.126"', '""').replace('"1791268870.118"', '""')
    otherwise_spelled = without_ids.replace("79460114420", "89460114420")
    for erased in (False, True):
        if erased:
            with committed.transaction() as session:
                erase_client(session, subject_by_phone(session, RIGHT), by=None, reason="asked")
            remove_leftovers(committed, installed.extensions["qcapp_storage"])
        for cdr in (without_ids, otherwise_spelled):
            exchange.take(cdrs=(exchange.cdr(cdr),))
        with committed.reading() as session:
            assert session.scalar(select(func.count()).select_from(Call)) == before
            assert session.scalar(select(Client).where(Client.phone == PHONE)) is None or not erased


@pytest.mark.parametrize("written", [{"outcome": "Ромашкина, перезвонить"}, {"tags": ("ромашкина",)}])
def test_an_erased_call_takes_no_words_any_more(
    session: Session, people: SimpleNamespace, written: dict[str, object]
) -> None:
    call = make_call(session, people.max, text_erased_at=clock.now(), outcome="отказ")
    with pytest.raises(Refused, match="erased"):
        correct_facts(session, call, replace(facts_of(call), **written), by=people.kira)
    transcription = session.scalars(select(Transcription).where(Transcription.call_id == call.id)).one()
    with pytest.raises(Refused, match="erased"):
        rename_speakers(session, transcription, "", "Ксения Ромашкина", by=people.kira)
    correct_facts(session, call, replace(facts_of(call), contact_no=2), by=people.kira)
    assert (call.outcome, call.contact_no) == ("отказ", 2)


STEPS: tuple[dict[str, object], ...] = (
    {"direction": Direction.INTERNAL},
    {"direction": Direction.IN},
    {"phone": B},
)


@pytest.mark.parametrize("known", [True, False])
def test_whatever_is_corrected_can_be_taken_back(
    session: Session, people: SimpleNamespace, known: bool
) -> None:
    """Direction and number, in any order, in a call that is its client's only one."""
    if known:
        other = Client(phone=B, company="Другая")
        session.add(other)
        session.flush()
        make_call(session, people.max, client_id=other.id)
    for number, steps in enumerate(product(STEPS, repeat=2)):
        phone = f"+7916123{number:04}"
        client = Client(phone=phone, name="Анна Ким", company="Ромашка", category="B")
        session.add(client)
        session.flush()
        call = make_call(session, people.max, client_id=client.id, cdr={"src": phone})
        call.client_number = phone
        was = facts_of(call)
        for step in steps:
            correct_facts(session, call, replace(facts_of(call), **step), by=people.kira)
        back = {"direction": was.direction, "phone": was.phone}
        correct_facts(session, call, replace(facts_of(call), **back), by=people.kira)
        assert facts_of(call) == was, steps
        assert call.client is not None
        assert call.client.name == "Анна Ким", steps
        session.delete(call.recording)
        session.flush()


def test_the_log_says_of_how_many_entries_facts_were_erased(
    filled: SimpleNamespace, committed: Database
) -> None:
    with committed.transaction() as session:
        erase_client(session, subject_by_phone(session, PHONE), by=None, reason="asked")
    with committed.reading() as session:
        said = session.scalars(select(AuditEntry).where(AuditEntry.action == FACTS_ERASED)).all()
        shown = [change.after for entry in told(session, said) for change in entry.changes]
        changed = select(func.count()).where(AuditEntry.erasure.is_not(None))
        assert sum(map(int, shown)) == session.scalar(changed)


@pytest.mark.parametrize("asked", ["011-44-20", "тел. 011-44-20", "12345678", "+7", "ан"])
def test_too_little_to_find_somebody_by_is_refused(session: Session, asked: str) -> None:
    with pytest.raises(Refused, match="whole number"):
        find(session, asked)


@pytest.mark.parametrize(
    ("asked", "whom"),
    [("Анна Щукина", [A]), ("щукиной", [A, B]), ("Щукин Федор", [B]), ("ромаш", [B]), ("Фёдор Ким", [])],
)
def test_a_name_is_found_in_any_order_case_and_spelling(
    session: Session, asked: str, whom: list[str]
) -> None:
    anna, fedor = Client(phone=A, name="Щукина Анна"), Client(phone=B, name="Фёдор Щукин", company="Ромашка")
    session.add_all([anna, fedor])
    session.flush()
    clients, calls = find(session, asked)
    found = session.scalars(select(Client.phone).where(Client.id.in_(clients)).order_by(Client.id)).all()
    assert (found, calls) == (whom, [])
