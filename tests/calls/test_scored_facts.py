"""What a published score counts by stays as it was, unless those who judge correct it with a reason."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from qcapp.calls.facts import Changes, correct_facts, correct_several, facts_of
from qcapp.calls.import_service import import_cdr_row, start_of
from qcapp.calls.importers.facts import ImportedFacts
from qcapp.calls.managers import find_managers
from qcapp.calls.models import CallCorrection
from qcapp.checklists.service import load_card
from qcapp.core import clock
from qcapp.core.audit import AuditEntry
from qcapp.core.errors import Forbidden, Refused
from qcapp.people import notice_words
from qcapp.people.models import Notice
from qcapp.reviews.disputes.models import Dispute
from qcapp.reviews.models import Review
from qcapp.terms import Direction, LeadSource
from tests.calls.test_call_api import TOKEN, token_of
from tests.checklists.cards import card, item, section
from tests.factories.calls import FIRST, make_call
from tests.reports.published import publish, words

OTHER: dict[str, Any] = {
    "start": FIRST - timedelta(days=30),
    "direction": Direction.IN,
    "lead_source": LeadSource.COLD,
    "contact_no": 2,
}
NEVER = [
    {"manager": None},
    {"start": None},
    {"start": OTHER["start"]},
    *({name: OTHER[name]} for name in OTHER),
]


@pytest.fixture
def scored(session, people):
    """A call of Max's that Kira has scored."""
    version = load_card(session, card(section("greeting", item("hello"))), by=None).version
    review = publish(session, people.max, version, people.kira, {"hello": "yes"})
    review.call.scored_at = clock.now()
    session.commit()
    return review.call


@pytest.mark.parametrize("who", ["anna", "kira", "roman", "tanya", "max", "hanna"])
def test_only_those_who_judge_correct_what_a_score_counts_by(session, people, scored, who):
    by, known = getattr(people, who), facts_of(scored)
    for change in NEVER:
        with pytest.raises(Forbidden):
            correct_facts(session, scored, replace(known, **change), by=by, why="A slip")
        session.rollback()
        assert facts_of(scored) == known
    assert session.scalars(select(CallCorrection)).all() == []


@pytest.mark.parametrize("who", ["olga", "lidia"])
def test_owner_and_lead_correct_it_with_a_reason_and_the_first_values_are_kept(session, people, scored, who):
    by, known = getattr(people, who), facts_of(scored)
    with pytest.raises(Refused, match="with a reason"):
        correct_facts(session, scored, replace(known, **OTHER), by=by)
    session.rollback()
    correct_facts(session, scored, replace(known, **OTHER), by=by, why="The base was cold")
    kept = session.scalars(select(CallCorrection)).one()
    assert kept.changed["lead_source"] == {"before": "hot", "after": "cold"}
    assert kept.changed.keys() == OTHER.keys()
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "scored_call_corrected")).one()
    assert (entry.by_id, entry.diff["reason"]) == (by.id, "The base was cold")
    assert entry.diff["started_at"]["before"] == known.start.isoformat()
    told = session.scalars(select(Notice).where(Notice.kind == "scored_call_corrected")).all()
    assert {notice.user for notice in told} == {people.max, people.kira}
    said = notice_words.sentence(told[0])
    assert all(name in said for name in ("start of", "direction", "source of", "contact"))


def test_nobody_corrects_what_the_scores_of_his_own_team_count_by(session, people, scored):
    people.north.head = people.lidia
    session.commit()
    with pytest.raises(Forbidden, match="own team"):
        correct_facts(session, scored, replace(facts_of(scored), **OTHER), by=people.lidia, why="A slip")


def test_the_score_goes_with_the_call_to_the_manager_it_is_given_to(session, people, scored, login):
    review = session.scalars(select(Review)).one()
    review.acknowledged_at = clock.now()
    session.commit()
    address = f"/reviews/{review.id}"
    assert login(people.max).get(address).status_code == 200
    given = replace(facts_of(scored), manager=people.sveta)
    correct_facts(session, scored, given, by=people.lidia, why="A wrong extension")
    session.commit()
    session.expire_all()
    assert (scored.manager, review.manager, review.acknowledged_at) == (people.sveta, people.sveta, None)
    assert login(people.max).get(address).status_code in {403, 404}
    told = words(login(people.sveta).get(address).text)
    assert "manager of the call Max Manager → Sveta South" in told
    kinds = {(notice.user, notice.kind) for notice in session.scalars(select(Notice))}
    assert kinds == {
        (people.max, "score_moved"),
        (people.sveta, "scored_call_corrected"),
        (people.kira, "scored_call_corrected"),
    }


def test_a_disputed_score_and_one_of_the_reviewers_own_team_stay_where_they_are(session, people, scored):
    review = session.scalars(select(Review)).one()
    given = replace(facts_of(scored), manager=people.sveta)
    people.kira.team = people.south
    session.commit()
    with pytest.raises(Refused, match="own team"):
        correct_facts(session, scored, given, by=people.lidia, why="A wrong extension")
    session.rollback()
    people.kira.team = None
    session.add(Dispute(review=review, opened_by=people.max, opened_at=clock.now()))
    session.commit()
    with pytest.raises(Refused, match="disputed"):
        correct_facts(session, scored, given, by=people.lidia, why="A wrong extension")


def test_everything_else_of_a_scored_call_is_corrected_as_before(session, people, scored):
    correct_facts(
        session, scored, replace(facts_of(scored), outcome="Отказ", tags=("тендер",)), by=people.anna
    )
    assert session.scalars(select(CallCorrection)).all() == []


def test_of_several_calls_those_that_are_scored_are_left(session, people, scored):
    other = make_call(session, people.max)
    done, left = correct_several(
        session, [scored, other], Changes(lead_source=LeadSource.COLD), by=people.lidia
    )
    assert (done, [*left.values()]) == ([other], [[scored]])
    assert scored.lead_source is LeadSource.HOT


def test_no_import_fills_in_what_a_published_score_counts_by(session, people, scored):
    scored.start_known, scored.direction, scored.manager = False, Direction.UNKNOWN, None
    scored.manager_extension = "201"
    session.commit()
    before = facts_of(scored)
    facts = ImportedFacts(
        external_id=scored.external_id,
        direction=Direction.OUT,
        extension="201",
        local_start=(FIRST + timedelta(days=3)).replace(tzinfo=None),
        talk_s=60,
        raw={"row": 1},
    )
    start = start_of(facts, ZoneInfo("Europe/Moscow"))
    assert import_cdr_row(session, scored.source, facts, start) is scored
    assert find_managers(session, by=people.lidia) == 0
    session.expire_all()
    assert facts_of(scored) == replace(before, phone="+74970140231")
    assert scored.cdr == {"row": 1}


def test_a_call_has_not_begun_after_it_came_in(session, people):
    call = make_call(session, people.max)
    call.created_at = clock.now() - timedelta(days=1)
    with pytest.raises(Refused, match="came in on"):
        correct_facts(
            session, call, replace(facts_of(call), start=clock.now() - timedelta(hours=2)), by=people.kira
        )


def test_a_program_is_told_where_it_is_corrected(session, people, scored, client):
    session.add(token_of(people.lidia))
    session.commit()
    address = f"/api/v1/calls/{scored.id}/facts"
    headers = {"Authorization": f"Bearer {TOKEN}"}
    refused = client.post(address, json={"lead_source": "cold"}, headers=headers)
    assert refused.status_code == 409
    assert "on the page of the call" in refused.json["error"]
    assert client.post(address, json={"outcome": "Отказ"}, headers=headers).status_code == 200


def test_the_page_offers_it_to_those_who_judge_and_shows_what_was_before(session, people, scored, login):
    page = f"/calls/{scored.id}"
    own = login(people.anna).get(page + "/facts").text
    assert 'name="lead_source"' not in own
    assert "the owner corrects them" in own
    olga = login(people.olga)
    sent = {"start": "2026-10-06T10:13", "direction": "in", "manager": str(people.max.id)}
    sent |= {"lead_source": "cold", "contact_no": "", "outcome": "Спасибо, нет"}
    asked = olga.post(page + "/facts", data=sent)
    assert asked.status_code == 422
    assert "Say why" in asked.text
    assert "Спасибо, нет" in asked.text
    assert olga.post(page + "/facts", data=sent | {"why": "The base was cold"}).status_code == 303
    review = session.scalars(select(Notice.path).where(Notice.user == people.max)).one()
    for reader, address in ((people.olga, page), (people.max, review)):
        told = words(login(reader).get(address).text)
        assert "source of the lead hot lead → cold lead" in told
        assert "Olga Owner" in told
        assert "The base was cold" in told
