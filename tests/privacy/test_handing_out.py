"""What a client is given holds nothing about another one."""

import json
import re
from types import SimpleNamespace

from sqlalchemy.orm import Session

from qcapp.calls.models import CallTag, Client
from qcapp.onboarding.models import ClearanceDecision
from qcapp.privacy.handing_out import everything
from qcapp.privacy.subjects import subject
from tests.factories.calls import make_call
from tests.onboarding.on_the_way import declare


def test_other_clients_are_covered_and_the_own_name_and_number_stay(
    session: Session, people: SimpleNamespace
) -> None:
    ivan = Client(phone="+79161234567", name="Ivan Petrov")
    session.add_all([ivan, Client(phone="+79257654321", name="Maria Sidorova")])
    session.flush()
    make_call(session, people.max, client_id=ivan.id)
    note = "Ivan Petrov, 8 916 123-45-67; Sidorova Maria, +7 925 765\u201143\u201121; ask Max Manager"
    declare(session, people.max, people.olga)
    session.query(ClearanceDecision).one().reason = note
    session.flush()
    told = everything(session, subject(session, ivan.id))["elsewhere"]
    (text,) = [each for each in told if "8 916" in each]
    assert text.startswith("Ivan Petrov, 8 916 123-45-67; […], +")
    assert "765" not in text
    assert people.max.name not in text


def test_the_fields_of_the_exchange_name_no_other_client(session: Session, people: SimpleNamespace) -> None:
    ivan = Client(phone="+79161234567", name="Ivan Petrov")
    session.add_all([ivan, Client(phone="+79257654321", name="Мария Сидорова")])
    session.flush()
    row = {
        "src": "79161234567",
        "transfer": "79257654321",
        "note": "Марии Сидоровой",
        "uniqueid": "1795520000.7",
    }
    make_call(session, people.max, client_id=ivan.id, cdr=row)
    (call,) = everything(session, subject(session, ivan.id))["calls"]
    assert call["exchange"] == {**row, "transfer": "•••••••••21", "note": "[…]"}


def test_nothing_but_the_call_itself_names_another_client(session: Session, people: SimpleNamespace) -> None:
    ivan = Client(phone="+79161234567", name="Ivan Petrov", company="ООО «Живаго Юрий»")
    session.add_all([ivan, Client(phone="+79257654321", name="Юрий Живаго")])
    session.flush()
    call = make_call(
        session,
        people.max,
        client_id=ivan.id,
        crm_ref="+7 925 765-43-21",
        outcome="см. 8 925 765 43 21 Живаго Ю.",
    )
    call.tags = [CallTag(tag="от 8 925 765 43 21"), CallTag(tag="ivan petrov, 8 916 123-45-67")]
    call.recording.filename = "79257654321.wav"
    session.flush()
    told = everything(session, subject(session, ivan.id))
    written = json.dumps(told, ensure_ascii=False, default=str)
    assert not re.search(r"Живаго|765.?43|9257654321", written)
    assert "ivan petrov, 8 916 123-45-67" in told["calls"][0]["tags"]
    assert ivan.phone in told["numbers"]
    assert any("веб-студия" in said["text"] for said in told["calls"][0]["transcript"])
