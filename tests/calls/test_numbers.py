"""Clients' numbers: whole for whom the right reaches that call's manager, masked on every page for everybody else."""

import ast
import re
from datetime import timedelta
from pathlib import Path

import pytest
from jinja2 import nodes
from sqlalchemy import select

import qcapp
from qcapp.calls import import_service as service
from qcapp.calls import listing, queries
from qcapp.calls.models import Call, CallTag, Client, ImportBatch
from qcapp.calls.numbers import Numbers, numbers_for
from qcapp.calls.states import RowKind
from qcapp.coaching.models import CoachingSession
from qcapp.core import clock
from qcapp.core.errors import Refused
from qcapp.onboarding.sales.models import Sale
from qcapp.people import permissions
from qcapp.people.delegations import delegate
from qcapp.people.handovers import hand_over
from qcapp.people.models import Notice
from qcapp.people.permissions import Permission
from tests.factories.calls import make_call
from tests.factories.everything import make_everything
from tests.statements import statements
from tests.test_every_endpoint import address, belonging, rules

NUMBERS = {"max": "+79164500701", "sveta": "+79164500802", "nobody": "+79164500903"}
PACKAGE = Path(qcapp.__file__).parent
WORDS = {"company", "category", "name", "outcome", "tag"}  # of the CRM, which may hold a number
RAW = {"phone", "client_number", "filename", "external_id", "cdr"}


@pytest.fixture
def things(session, app, people):
    """Everything of Max (North) and of Sveta (South), and a call of nobody, each with one client's number all over."""
    made = {
        name: make_everything(session, app.extensions["qcapp_storage"], people, getattr(people, name))
        for name in ("max", "sveta")
    }
    make_call(session, None)
    clients = {
        name: Client(phone=number, name=f"Anna {number}", company=f"ООО {number}", category=f"VIP {number}")
        for name, number in NUMBERS.items()
    }
    batch = session.get(ImportBatch, made["max"]["batch_id"])
    for call in session.scalars(select(Call)):
        whose = next((name for name in made if call.manager is getattr(people, name)), "nobody")
        digits = NUMBERS[whose][1:]
        call.client, call.client_number = clients[whose], "8" + digits[1:]
        call.tags, call.outcome = [CallTag(tag=digits)], f"call back {digits}"
        call.external_id = f"{call.started_at:%Y%m%d-%H%M%S}-201-{digits}-{call.id}"
        if call.recording:
            call.recording.filename = f"out-{digits}-201-{call.id}.wav"
            reason = (
                f"The same recording was imported before as {call.recording.filename} ({call.external_id})."
            )
            for kind in (RowKind.IMPORTED, RowKind.DUPLICATE, RowKind.WITHOUT_MANAGER):
                service.note(session, batch, kind, call.recording.filename, reasons=[reason], call=call)
    for name, ids in made.items():
        _write_beside(session, ids, NUMBERS[name])
    service.note(
        session, batch, RowKind.REFUSED, f"out-{NUMBERS['nobody'][1:]}-201.wav", reasons=["Not audio."]
    )
    session.commit()
    return made


def _write_beside(session, made, number):
    """What people write of a client where no call is meant."""
    sale = session.get(Sale, made["sale_id"])
    sale.crm_ref, sale.comment = number, f"Ждёт звонка, {number}"
    talk = session.get(CoachingSession, made["talk_id"])
    talk.topic, talk.notes = f"Разбор {number}", f"Клиент {number}"
    for task in talk.tasks:
        task.text, task.closing = f"Позвонить {number}", f"Позвонил {number}"
    notice = session.get(Notice, made["notice_id"])
    notice.kind, notice.facts = "coaching_held", {"coach": "Таня", "topic": f"Разбор {number}"}


def coach_standing_in(session, people):
    """Tanya coaches North and stands in for the head of South."""
    end = clock.now() + timedelta(days=3)
    delegate(session, lender=people.oleg, holder=people.tanya, until=end, reason="Ill", by=people.oleg)
    return people.tanya


def looking_after(session, people):
    end = clock.now() + timedelta(days=3)
    hand_over(session, people.sveta, people.max, until=end, reason="Vacation", by=people.olga)
    return people.max


READERS = {
    "roman": lambda _session, people: people.roman,
    "tanya for oleg": coach_standing_in,
    "hanna": lambda _session, people: people.hanna,
    "anna": lambda _session, people: people.anna,
    "max for sveta": looking_after,
}


@pytest.mark.parametrize("who", READERS)
def test_no_page_and_no_search_tells_a_number_of_a_call_that_is_masked_for_the_reader(
    app, session, people, login, things, who
):
    reader = READERS[who](session, people)
    session.commit()
    whole = {
        name: permissions.allowed(session, reader, Permission.SEE_PHONES, getattr(people, name).id)
        for name in ("max", "sveta")
    } | {"nobody": permissions.allowed(session, reader, Permission.SEE_PHONES, None)}
    client, shown, wrong = login(reader), set(), []
    for rule in rules(app, "GET"):
        for _whose, values in belonging(rule, things):
            page = client.get(address(app, rule, values))
            text = re.sub(r"<[^>]*>|[\s\u00a0()+-]", "", page.get_data(as_text=True))
            found = {name for name, number in NUMBERS.items() if number[2:] in text}
            shown |= found
            wrong += [(rule.endpoint, name) for name in found if not whole[name]]
    assert wrong == []
    assert shown == {name for name, seen in whole.items() if seen}
    for name, number in NUMBERS.items():  # else the digits could be tried one after the other
        for asked in (queries.Phone(number, None), queries.Phone(None, number[-4:])):
            found = listing.call_page(session, queries.CallFilter(phone=asked), by=reader).calls
            assert bool(found) == whole[name], (name, asked)
        tagged = queries.CallFilter(tag=number[1:])
        assert bool(listing.call_page(session, tagged, by=reader).calls) == whole[name], name


def test_what_was_shown_masked_beside_calls_comes_back_as_it_was():
    stands = "Позвонить 8 916 450-07-01, • срочно"
    coach = Numbers(())
    shown = coach.beside(stands, 5)
    assert "450" not in shown
    assert coach.meant_beside(shown, stands, 5) == stands
    assert coach.meant_beside("Не звонить", stands, 5) == "Не звонить"
    with pytest.raises(Refused, match="masked"):
        coach.meant_beside(f"{shown}!", stands, 5)
    assert coach.meant_beside("• без номера", "Без номера", 5) == "• без номера"
    assert Numbers([5]).beside(stands, 5) == stands


def test_the_file_of_a_call_is_handed_out_under_a_masked_name_and_so_is_a_report(
    session, people, login, things
):
    call = session.get(Call, things["sveta"]["call_id"])
    assert numbers_for(session, people.lidia).text(call.recording.filename, call) == call.recording.filename
    assert (
        Numbers([people.max.id]).text(call.recording.filename, call) == f"out-•••••••••02-201-{call.id}.wav"
    )
    report = login(people.lidia).post(f"/imports/{things['max']['batch_id']}/report.csv")
    assert NUMBERS["sveta"][2:] in report.text


def test_lists_ask_once_for_all_rows_whose_numbers_are_seen(session, people, login):
    """However many rows there are."""

    def questions(client):
        with statements(session) as asked:
            client.get("/calls/")
        return len(asked)

    client = login(people.roman)
    make_call(session, people.max, client=Client(phone=NUMBERS["max"]))
    session.commit()
    one = questions(client)
    for last in range(10, 40):
        make_call(session, people.max, client=Client(phone=f"+791645007{last}"))
    session.commit()
    assert questions(client) == one


def test_nothing_but_the_policy_and_its_two_readers_asks_for_the_right_to_see_numbers():
    """Whether a person sees numbers at all is no question: it is asked for each call's manager."""
    asking = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.Attribute) and node.attr == "SEE_PHONES")
        or (isinstance(node, ast.Constant) and node.value == "see_phones")
    }
    assert asking == {"people/permissions.py", "calls/numbers.py", "calls/queries.py"}


def test_templates_read_no_number_themselves(app):
    raw = []
    for name in app.jinja_env.list_templates(extensions=["html"]):
        tree = app.jinja_env.parse((PACKAGE / "templates" / name).read_text(encoding="utf-8"))
        raw += [
            (name, node.attr)
            for node in tree.find_all(nodes.Getattr)
            if node.attr in RAW and not _of_a_form(node)
        ]
        raw += [
            (name, node.value) for node in tree.find_all(nodes.Const) if node.value in RAW | {"see_phones"}
        ]
        if not name.startswith("privacy/"):  # whoever opens those pages sees all numbers
            raw += [(name, node.attr) for node in _words_put_out(tree)]
    assert raw == []


def _words_put_out(tree):
    """Where words of the CRM are put out without being asked for of the numbers."""
    for output in tree.find_all(nodes.Output):
        passed = {
            id(node) for call in output.find_all(nodes.Call) if _of_numbers(call) for node in _in(call.args)
        }
        passed |= {id(node) for choice in output.find_all(nodes.CondExpr) for node in _in([choice.test])}
        for node in output.find_all(nodes.Getattr):
            owner = node.node.attr if isinstance(node.node, nodes.Getattr) else getattr(node.node, "name", "")
            known = node.attr in WORDS and (
                owner in {"call", "client"} or (owner, node.attr) == ("each", "tag")
            )
            if known and id(node) not in passed:
                yield node


def _of_numbers(call):
    """``numbers().text(…)``"""
    asked = call.node
    return (
        isinstance(asked, nodes.Getattr)
        and isinstance(asked.node, nodes.Call)
        and getattr(asked.node.node, "name", "") == "numbers"
    )


def _in(trees):
    return [node for tree in trees for node in (tree, *tree.find_all(nodes.Getattr))]


def _of_a_form(node: nodes.Getattr) -> bool:
    return isinstance(node.node, nodes.Name) and node.node.name == "form"
