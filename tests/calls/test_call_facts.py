"""Whose call it was, and what the CRM knows of it: corrected by QC or told by a program, always on record."""

import html
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from qcapp.calls.facts import Facts, correct_facts, facts_of
from qcapp.calls.listing import call_page
from qcapp.calls.models import Client
from qcapp.calls.queries import CallFilter
from qcapp.calls.tags import LONGEST, MOST, demand_tags, read_tags, write_tags
from qcapp.core.audit import AuditEntry
from qcapp.core.errors import Forbidden, Refused
from qcapp.core.numbers import without_numbers
from qcapp.terms import LeadSource
from tests.factories.calls import make_call


@given(st.text())
def test_tags_are_read_again_as_they_were_written(text):
    tags = read_tags(text)
    assert read_tags(write_tags(tags)) == tags
    assert all(tags)


@pytest.mark.parametrize(
    ("text", "reason"),
    [("a" * (LONGEST + 1), "at most 64 characters"), (",".join(map(str, range(MOST + 1))), "these are 21")],
)
def test_tags_that_a_call_cannot_bear_are_refused_and_not_cut(app, text, reason):
    with app.test_request_context(), pytest.raises(Refused, match=reason):
        demand_tags(text)


def test_the_facts_are_written_down_and_every_change_is_on_record(session, people):
    call = make_call(session, None)
    call.client = Client(phone="+74970140231")
    facts = replace(
        facts_of(call),
        manager=people.max,
        lead_source=LeadSource.HOT,
        contact_no=2,
        outcome="Отказ",
        tags=("срочно", "тендер"),
        company="Ромашка",
        category="B",
    )
    correct_facts(session, call, facts, by=people.kira)
    session.expire_all()
    assert facts_of(call) == facts
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (entry.action, entry.by_id) == ("call_corrected", people.kira.id)
    assert entry.diff["manager"] == {"before": None, "after": people.max.id}
    assert entry.diff["tags"] == {"before": "", "after": "срочно, тендер"}
    correct_facts(session, call, facts, by=people.kira)
    assert session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first() is entry


@pytest.mark.parametrize(
    ("facts", "reason"), [({"manager": "roman"}, "not a manager"), ({"category": "B"}, "number is not known")]
)
def test_what_cannot_be_is_refused(session, people, facts, reason):
    if "manager" in facts:
        facts = {"manager": people.roman}
    call = make_call(session, None)
    call.client_number = None
    with pytest.raises(Refused, match=reason):
        correct_facts(session, call, replace(facts_of(call), **facts), by=people.kira)


@pytest.mark.parametrize("who", ["roman", "max", "tanya"])
def test_those_who_are_judged_do_not_say_whose_call_it_was(session, people, who):
    with pytest.raises(Forbidden):
        correct_facts(session, make_call(session, people.max), Facts(), by=getattr(people, who))


def test_calls_are_found_by_their_tag(session, people):
    tagged, _other = make_call(session, people.max), make_call(session, people.max)
    correct_facts(session, tagged, replace(facts_of(tagged), tags=("тендер",)), by=people.kira)
    found = call_page(session, CallFilter(tag="тендер"), by=people.kira).calls
    assert [call.id for call in found] == [tagged.id]
    assert call_page(session, CallFilter(tag="иное"), by=people.kira).calls == []


def test_the_page_offers_the_form_to_qc_alone_and_saves_it(session, people, login):
    call = make_call(session, people.max)
    session.commit()
    own = login(people.max)
    assert "Facts of the call" not in own.get(f"/calls/{call.id}").text
    assert own.get(f"/calls/{call.id}/facts").status_code == 403
    page = login(people.kira)
    assert "Facts of the call" in page.get(f"/calls/{call.id}").text
    form = page.get(f"/calls/{call.id}/facts").text
    assert people.sveta.name in form
    assert "Lead source" in form
    chosen = {
        "manager": str(people.sveta.id),
        "lead_source": "warm",
        "contact_no": "",
        "tags": "Тендер, срочно",
        "direction": "out",
    }
    assert page.post(f"/calls/{call.id}/facts", data=chosen).status_code == 303
    session.refresh(call)
    assert (call.manager, call.lead_source) == (people.sveta, LeadSource.WARM)
    assert [each.tag for each in call.tags] == ["срочно", "тендер"]
    stale = page.post(f"/calls/{call.id}/facts", data=chosen | {"manager": "999999"})
    assert stale.status_code == 422
    assert "Not a valid choice" in stale.text


def test_what_was_typed_wrong_comes_back_in_the_form_with_the_reason_at_its_field(
    session, people, login, make_wrong
):
    call = make_call(session, people.max)
    session.commit()
    page = login(people.kira)
    form = {"manager": str(people.max.id), "direction": "out", "lead_source": "", "contact_no": ""}
    typed, reason = make_wrong
    answer = page.post(f"/calls/{call.id}/facts", data=form | {"outcome": "Подумает"} | typed)
    assert answer.status_code == 422
    assert 'value="Подумает"' in answer.text
    assert re.search(rf'id="{next(iter(typed))}-error">[^<]*{reason}', answer.text)
    assert page.post(f"/calls/{call.id}/facts", data=form | {"outcome": "Подумает"}).status_code == 303


@pytest.fixture(
    params=[
        ({"phone": "123"}, "no telephone number"),
        ({"start": "2030-01-01T00:00"}, "still to come"),
        ({"start": "1900-01-01T00:00"}, "Check the year"),
        ({"start": "soon"}, "Not a valid datetime"),
        ({"tags": "т" * 65}, "at most 64 characters"),
    ]
)
def make_wrong(request):
    return request.param


SPOKEN_OF = {
    "outcome": "call back 79164500701",
    "tags": "tender, 8 916 450-07-01, 8 916 450-08-01",
    "company": "ООО +375 29 123-45-67",
    "category": "vip 123-45-67",
}

OTHERS = {"start": "2026-10-06T10:12", "direction": "out", "lead_source": "", "contact_no": ""}


@pytest.fixture
def with_numbers(session, people):
    """A call of which the CRM's own words hold numbers."""
    call = make_call(session, people.max, client=Client(phone="+79164500701"))
    words = {name: word for name, word in SPOKEN_OF.items() if name != "tags"}
    facts = replace(facts_of(call), tags=read_tags(SPOKEN_OF["tags"]), **words)
    correct_facts(session, call, facts, by=people.kira)
    session.commit()
    return call


def words_of(session, call):
    session.expire_all()
    facts = facts_of(call)
    return {name: getattr(facts, name) for name in SPOKEN_OF} | {"tags": write_tags(facts.tags)}


def shown_in_form(page):
    fields = re.findall(r'<input[^>]* name="(\w+)"[^>]* value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in fields if name in {*SPOKEN_OF, "phone"}}


def test_the_form_shows_masked_numbers_and_leaves_the_real_ones(session, people, login, with_numbers):
    call, address = with_numbers, f"/calls/{with_numbers.id}/facts"
    before = words_of(session, call)
    page = login(people.anna)
    form = page.get(address).text
    shown = shown_in_form(form)
    assert set(shown) == set(SPOKEN_OF)
    assert all(without_numbers(word) == word for word in shown.values())
    assert not re.search("450-?0[78]", form)
    sent = shown | OTHERS | {"manager": str(people.max.id)}
    assert page.post(address, data=sent | {"lead_source": "warm"}).status_code == 303
    assert (words_of(session, call), call.lead_source) == (before, LeadSource.WARM)
    for name in SPOKEN_OF:
        refused = page.post(
            address,
            data=sent | {name: re.sub("([1-9])\\b", r"\g<1>0", shown[name], count=1)},
            follow_redirects=True,
        )
        assert "masked number" in refused.text
        assert words_of(session, call) == before
    new = {"outcome": "", "company": "ООО Ромашка", "tags": shown["tags"] + ", new"}
    assert page.post(address, data=sent | new).status_code == 303
    changed = {
        "outcome": None,
        "company": "ООО Ромашка",
        "tags": write_tags(read_tags(before["tags"] + ", new")),
    }
    assert words_of(session, call) == before | changed


def test_who_sees_the_numbers_corrects_them(session, people, login, with_numbers):
    address = f"/calls/{with_numbers.id}/facts"
    page = login(people.kira)
    shown = shown_in_form(page.get(address).text)
    assert shown == words_of(session, with_numbers) | {"phone": "+7 916 450-07-01"}
    sent = shown | OTHERS | {"manager": str(people.max.id)}
    sent["company"] = "ООО •67"
    assert page.post(address, data=sent).status_code == 303
    assert words_of(session, with_numbers)["company"] == "ООО •67"


def test_a_fourth_contact_stays_one_when_something_else_is_corrected(session, people, login):
    call = make_call(session, people.max, contact_no=4)
    session.commit()
    chosen = {"manager": str(people.max.id), "lead_source": "cold", "contact_no": "3", "direction": "out"}
    assert login(people.kira).post(f"/calls/{call.id}/facts", data=chosen).status_code == 303
    session.refresh(call)
    assert (call.contact_no, call.lead_source) == (4, LeadSource.COLD)
