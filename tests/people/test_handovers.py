"""Calls and clients looked after by another manager: what he sees, what he never sees, and until when."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from qcapp.calls import listing
from qcapp.calls import queries as calls
from qcapp.calls.models import Call
from qcapp.core import clock
from qcapp.core.audit import AuditEntry
from qcapp.core.errors import Forbidden, Refused
from qcapp.people import handovers, service
from qcapp.people.models import Notice
from qcapp.people.permissions import GRANTS, LOOKED_AFTER, Permission, Scope, allowed, demand, within
from qcapp.terms import Role
from tests.factories.calls import make_call
from tests.factories.everything import make_everything
from tests.factories.people import make_user

P = Permission


@pytest.fixture
def nina(session, people):
    return make_user(session, "Nina North", Role.MANAGER, people.north, "202")


def give(session, giver, taker, *, by, **more):
    return handovers.hand_over(session, giver, taker, reason="Vacation", by=by, **more)


def test_the_taker_sees_calls_and_clients_and_nothing_else_of_the_giver(session, people, nina):
    give(session, people.max, nina, by=people.roman)
    own = {permission for permission, scope in GRANTS[Role.MANAGER].items() if scope is Scope.OWN}
    assert own > LOOKED_AFTER
    for permission in own:
        expected = permission in {P.VIEW_CALLS, P.LISTEN, P.SEE_PHONES}
        assert allowed(session, nina, permission, people.max.id) == expected, permission
        assert not allowed(session, people.max, permission, nina.id), permission


def test_the_list_of_calls_shows_both_by_one_condition(session, people, nina):
    found = [make_call(session, manager, transcribed=False) for manager in (people.max, nina, people.sveta)]
    give(session, people.max, nina, by=people.roman)
    listed = listing.call_page(session, calls.CallFilter(), by=nina).calls
    assert {call.id for call in listed} == {found[0].id, found[1].id}
    assert [each.name for each in calls.managers(session, by=nina)] == ["Max Manager", "Nina North"]
    condition = str(within(nina, P.VIEW_CALLS, Call.manager_id))
    assert condition.startswith("call.manager_id IN")
    assert " OR " not in condition


def test_whose_a_call_was_stays(session, people, nina):
    call = make_call(session, people.max)
    give(session, people.max, nina, by=people.roman)
    assert call.manager_id == people.max.id
    with pytest.raises(Forbidden):
        demand(nina, P.READ_PUBLISHED, session=session, manager_id=call.manager_id)


def test_the_page_of_the_givers_call_opens_and_his_reviews_do_not(session, people, login, nina, app):
    things = make_everything(session, app.extensions["qcapp_storage"], people, people.max)
    give(session, people.max, nina, until=clock.now() + timedelta(days=5), by=people.roman)
    session.commit()
    client = login(nina)
    page = client.get(f"/calls/{things['call_id']}")
    assert page.status_code == 200
    assert "100\u00a0%" not in page.text
    for path in ("reviews/{review_id}", "disputes/{dispute_id}", "results/managers/{manager_id}"):
        assert client.get("/" + path.format(**things)).status_code in (403, 404), path
    assert "/reviews/" not in client.get("/reviews").text.split("<main")[1]
    assert login(people.sveta).get(f"/calls/{things['call_id']}").status_code == 403


def test_it_begins_and_returns_at_its_moments(session, people, nina):
    with time_machine.travel(clock.now(), tick=False) as traveller:
        now = clock.now()
        give(
            session,
            people.max,
            nina,
            since=now + timedelta(days=1),
            until=now + timedelta(days=3),
            by=people.roman,
        )
        seen = []
        for _day in range(4):
            seen.append(allowed(session, nina, P.LISTEN, people.max.id))
            traveller.shift(timedelta(days=1))
        assert seen == [False, True, True, False]


def test_returned_it_is_over_at_once(session, people, nina):
    handover = give(session, people.max, nina, by=people.roman)
    with pytest.raises(Forbidden):
        handovers.return_handover(session, handover, by=people.oleg)
    handovers.return_handover(session, handover, by=people.anna)
    assert not allowed(session, nina, P.VIEW_CALLS, people.max.id)
    with pytest.raises(Refused, match="over already"):
        handovers.return_handover(session, handover, by=people.roman)


def test_one_takes_from_several_and_nothing_is_passed_on(session, people, nina):
    petr = make_user(session, "Petr North", Role.MANAGER, people.north)
    give(session, people.max, nina, by=people.roman)
    give(session, petr, nina, by=people.roman)
    give(session, nina, people.max, by=people.roman)
    assert allowed(session, nina, P.LISTEN, petr.id)
    assert allowed(session, people.max, P.LISTEN, nina.id)
    assert not allowed(session, people.max, P.LISTEN, petr.id)


def test_the_clients_of_one_are_with_one(session, people, nina):
    petr = make_user(session, "Petr North", Role.MANAGER, people.north)
    now = clock.now()
    give(session, people.max, nina, until=now + timedelta(days=5), by=people.roman)
    with pytest.raises(Refused, match="Return them first"):
        give(session, people.max, petr, by=people.roman)
    assert give(session, people.max, petr, since=now + timedelta(days=5), by=people.roman)


def test_a_head_hands_over_within_his_team_alone(session, people, nina):
    for giver, taker, by in (
        (people.max, people.sveta, people.roman),
        (people.sveta, people.max, people.roman),
        (people.max, nina, people.oleg),
        (people.max, nina, people.max),
        (people.max, nina, people.tanya),
    ):
        with pytest.raises(Forbidden):
            give(session, giver, taker, by=by)
    assert give(session, people.max, people.sveta, by=people.olga)


def test_what_is_wrong_is_told(session, people, nina):
    now = clock.now()
    with pytest.raises(Refused, match="choose another manager"):
        give(session, people.max, people.max, by=people.olga)
    with pytest.raises(Refused, match="must be later"):
        give(session, people.max, nina, until=now - timedelta(days=1), by=people.olga)
    with pytest.raises(Refused, match="no clients"):
        give(session, people.roman, nina, by=people.olga)
    nina.active = False
    with pytest.raises(Refused, match="choose another manager"):
        give(session, people.max, nina, by=people.olga)
    with pytest.raises(Refused, match="Say why"):
        handovers.hand_over(session, people.max, people.sveta, reason=" ", by=people.olga)


def test_who_has_left_leaves_calls_and_clients_behind(session, people, nina):
    call = make_call(session, people.max)
    service.deactivate_user(session, people.max, by=people.anna)
    assert call.manager_id == people.max.id
    give(session, people.max, nina, by=people.roman)
    assert allowed(session, nina, P.LISTEN, people.max.id)
    told = session.scalars(select(Notice).order_by(Notice.id)).all()
    assert [(each.user_id, each.kind) for each in told] == [(nina.id, "handed_over_to_you")]


def test_when_the_taker_leaves_the_clients_go_back(session, people, nina):
    handover = give(session, people.max, nina, by=people.roman)
    service.deactivate_user(session, nina, by=people.anna)
    assert handover.ended_at is not None
    kinds = session.scalars(select(Notice.kind).where(Notice.user_id == people.max.id).order_by(Notice.id))
    assert kinds.all() == ["handed_over", "handover_returned"]


def test_the_log_of_transfers_is_kept(session, people, nina):
    handover = give(session, people.max, nina, by=people.roman)
    assert [list(rows) for rows in handovers.handovers(session, people.roman)] == [[handover], []]
    assert [list(rows) for rows in handovers.handovers(session, people.oleg)] == [[], []]
    handovers.return_handover(session, handover, by=people.roman)
    assert [list(rows) for rows in handovers.handovers(session, people.olga)] == [[], [handover]]
    entries = session.scalars(
        select(AuditEntry.action).where(AuditEntry.thing == f"handover:{handover.id}").order_by(AuditEntry.id)
    )
    assert entries.all() == ["handed_over", "handover_returned"]


def test_the_pages_hand_over_and_return(session, people, login, nina):
    session.commit()
    client = login(people.roman)
    form = client.get(f"/handovers/new?giver={people.max.id}").text
    assert "Sveta South" not in form
    sent = {"giver": people.max.id, "taker": nina.id, "since": "2026-01-01", "until": ""}
    assert client.post("/handovers/new", data=sent).status_code == 422
    same = client.post("/handovers/new", data=sent | {"taker": people.max.id, "reason": "Ill"})
    assert same.status_code == 422
    assert "choose another manager" in same.text
    assert client.post("/handovers/new", data=sent | {"reason": "Ill"}).status_code == 303
    page = client.get("/handovers").text
    assert "for good" in page
    handover = handovers.handover_of(session, people.max)
    calls_page = login(nina).get("/calls/").text
    assert 'name="manager"' in calls_page
    assert login(people.oleg).post(f"/handovers/{handover.id}/return").status_code == 403
    assert login(people.roman).post(f"/handovers/{handover.id}/return").status_code == 303
    assert 'name="manager"' not in login(nina).get("/calls/").text


def test_deactivating_a_manager_leads_to_handing_over(people, login):
    client = login(people.anna)
    assert "Hand over clients" in client.get(f"/users/{people.max.id}").text
    answer = client.post(f"/users/{people.max.id}/deactivate")
    assert answer.location == f"/handovers/new?giver={people.max.id}"
    assert "Max Manager (has left)" in client.get(answer.location).text
    assert client.post(f"/users/{people.tanya.id}/deactivate").location == "/users"
