"""Whose call it was, from what lead and which contact: corrected by QC, never after a score, always on record."""

import pytest

from qcapp.calls.facts import Facts, correct_facts
from qcapp.calls.states import LeadSource
from qcapp.core import clock
from qcapp.core.audit import AuditEntry
from qcapp.core.errors import Forbidden, Refused
from tests.factories.calls import make_call


def test_the_facts_are_written_down_and_every_change_is_on_record(session, people):
    call = make_call(session, None)
    correct_facts(session, call, Facts(people.max, LeadSource.HOT, 2), by=people.kira)
    assert (call.manager, call.lead_source, call.contact_no) == (people.max, LeadSource.HOT, 2)
    entry = session.query(AuditEntry).order_by(AuditEntry.id.desc()).first()
    assert (entry.action, entry.by_id) == ("call_corrected", people.kira.id)
    assert entry.diff["manager"] == [None, people.max.id]


def test_a_scored_call_keeps_its_manager_but_not_a_wrong_lead_source(session, people):
    call = make_call(session, people.max, scored_at=clock.now())
    with pytest.raises(Refused, match="scored"):
        correct_facts(session, call, Facts(people.sveta, None, None), by=people.kira)
    correct_facts(session, call, Facts(people.max, LeadSource.COLD, 1), by=people.kira)
    assert call.lead_source is LeadSource.COLD


def test_only_a_manager_can_have_had_the_call(session, people):
    with pytest.raises(Refused, match="not a manager"):
        correct_facts(session, make_call(session, None), Facts(people.roman, None, None), by=people.kira)


@pytest.mark.parametrize("who", ["roman", "max", "tanya"])
def test_those_who_are_judged_do_not_say_whose_call_it_was(session, people, who):
    with pytest.raises(Forbidden):
        correct_facts(
            session, make_call(session, people.max), Facts(None, None, None), by=getattr(people, who)
        )


def test_the_page_offers_the_form_to_qc_alone_and_saves_it(session, people, login):
    call = make_call(session, people.max)
    session.commit()
    assert "Facts of the call" not in login(people.max).get(f"/calls/{call.id}").text
    page = login(people.kira)
    assert "Facts of the call" in page.get(f"/calls/{call.id}").text
    chosen = {"manager": str(people.sveta.id), "lead_source": "warm", "contact_no": ""}
    assert page.post(f"/calls/{call.id}/facts", data=chosen).status_code == 303
    session.refresh(call)
    assert (call.manager, call.lead_source) == (people.sveta, LeadSource.WARM)
    stale = page.post(f"/calls/{call.id}/facts", data=chosen | {"manager": "999999"})
    assert stale.status_code == 409
