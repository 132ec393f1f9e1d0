"""What goes by age: which rule counts, nothing without a week's warning, and what a dispute or a clearance holds."""

from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.calls.facts import correct_facts, facts_of
from qcapp.calls.models import Call, Client, ImportBatch, ImportRow
from qcapp.calls.states import BatchOrigin, BatchState, LeadSource, RowKind
from qcapp.checklists.service import load_card
from qcapp.core import clock
from qcapp.core.audit import AuditEntry
from qcapp.core.errors import Forbidden, Refused
from qcapp.people.stages import Stage
from qcapp.privacy import retention
from qcapp.privacy.models import Erasure
from qcapp.privacy.retention import Terms
from qcapp.privacy.retention_rules import WARNING, Rule, goes_at, nothing_kept_before, rule_for
from qcapp.reviews.models import Purpose, Review, ReviewState
from qcapp.transcripts.models import Segment
from tests.checklists.cards import card, item, section
from tests.factories.calls import make_call
from tests.onboarding.on_the_way import make_trainee, move

LONG_AGO = timedelta(days=400)
_leads = st.sampled_from([None, *LeadSource])
_outcomes = st.sampled_from([None, "продажа", "отказ"])
_days = st.sampled_from([None, 1, 30, 365])


def rule(
    lead: str | None = None, outcome: str | None = None, sound: int | None = 30, text: int | None = 90
) -> Rule:
    return Rule(lead, outcome, sound, text, datetime(2026, 1, 1, tzinfo=clock.now().tzinfo))


def test_the_rule_that_says_most_counts() -> None:
    every, cold, refused = rule(), rule("cold"), rule(None, "отказ")
    both = rule("cold", "отказ")
    assert rule_for([every, cold, refused, both], "cold", "отказ") is both
    assert rule_for([every, cold, refused], "cold", "отказ") is refused
    assert rule_for([every, cold, refused], "cold", None) is cold
    assert rule_for([cold], "hot", None) is None


@given(st.integers(1, 1000), st.integers(-1000, 0), st.integers(-1000, 1000))
def test_nothing_goes_within_a_week_after_its_rule_was_made_or_it_was_sorted(
    days: int, age: int, sorted_after: int
) -> None:
    made = rule()
    started = made.changed_at + timedelta(days=age)
    sorted_at = made.changed_at + timedelta(days=sorted_after)
    at = goes_at(made, days, started, sorted_at)
    assert at is not None
    assert at >= made.changed_at + WARNING
    assert at >= sorted_at + WARNING
    assert at >= started + timedelta(days=days)


def test_lines_of_reports_without_a_call_go_when_no_rule_keeps_texts_longer() -> None:
    now = rule().changed_at + 2 * WARNING
    assert nothing_kept_before([rule(text=90), rule("cold", text=30)], now) == now - timedelta(days=90)
    assert nothing_kept_before([rule("cold", text=30)], now) is None
    assert nothing_kept_before([rule(text=90), rule("cold", text=None)], now) is None
    assert nothing_kept_before([rule(text=90)], rule().changed_at) is None


def aged(session: Session, people: SimpleNamespace, days: int, **fields: object) -> Call:
    client = Client(phone=f"+7999{session.query(Client).count():07}")
    session.add(client)
    session.flush()
    call = make_call(session, people.max, client_id=client.id, **fields)
    call.started_at = clock.now() - timedelta(days=days)
    session.flush()
    return call


def after_a_week() -> time_machine.travel:
    return time_machine.travel(clock.now() + WARNING + timedelta(minutes=1), tick=False)


def taken(session: Session) -> tuple[set[int], set[int]]:
    """Ids of the calls whose sound, and whose texts, are gone after all that is due was taken."""
    while retention.take_some(session) is not None:
        pass
    session.expire_all()
    calls = session.scalars(select(Call)).all()
    return {c.id for c in calls if c.sound_erased_at}, {c.id for c in calls if c.text_erased_at}


def test_sound_goes_before_text_and_only_after_a_week(session: Session, people: SimpleNamespace) -> None:
    old, middle, new = (aged(session, people, days) for days in (400, 100, 5))
    assert taken(session) == (set(), set())  # without a rule everything is kept
    retention.set_rule(session, Terms(None, None, 60, 300), by=people.olga)
    assert taken(session) == (set(), set())
    coming = retention.coming(session, clock.now() + WARNING, limit=10)
    assert ({c.id for c in coming.sound}, {c.id for c in coming.texts}) == ({old.id, middle.id}, {old.id})
    number = old.client.phone
    batch = ImportBatch(
        source=old.source, origin=BatchOrigin.UPLOAD, state=BatchState.DONE, started_at=old.started_at
    )
    session.add_all([batch, ImportRow(batch=batch, kind=RowKind.REFUSED, file=f"{number}.wav", reason="bad")])
    with after_a_week():
        assert taken(session) == ({old.id, middle.id}, {old.id})
    assert session.scalar(select(Client).where(Client.phone == number)) is None
    assert session.scalars(select(ImportRow.file)).all() == [""]
    assert session.scalars(
        select(Segment.text).join(Segment.transcription).where(Segment.transcription.has(call_id=middle.id))
    ).all()
    erasures = session.scalars(select(Erasure)).all()
    assert [each.by_age for each in erasures] == [True]
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "client_data_aged")).one()
    assert entry.diff["recordings"] == 2
    assert new.recording is not None


def test_the_database_chooses_the_same_calls_as_the_rule(session: Session, people: SimpleNamespace) -> None:
    calls = [
        aged(session, people, 100, lead_source=lead, outcome=outcome)
        for lead in (None, LeadSource.COLD, LeadSource.HOT)
        for outcome in (None, "отказ", "продажа")
    ]
    for terms in (
        Terms(None, None, 50, None),
        Terms(LeadSource.COLD, None, 200, None),
        Terms(None, "отказ", None, None),
        Terms(LeadSource.COLD, "отказ", 10, None),
        Terms(LeadSource.HOT, "продажа", 99, 99),
    ):
        retention.set_rule(session, terms, by=people.olga)
    rules = [
        Rule(r.lead_source, r.outcome, r.sound_days, r.text_days, r.changed_at)
        for r in retention.rules_of(session)
    ]
    with after_a_week():
        sound, texts = set(), set()
        for call in calls:
            found = rule_for(rules, call.lead_source, call.outcome)
            for days, gone in ((found.sound_days, sound), (found.text_days, texts)):
                at = goes_at(found, days, call.started_at, call.sorted_at or call.created_at)
                if at is not None and at <= clock.now():
                    gone.add(call.id)
        assert taken(session) == (sound, texts)
    assert 0 < len(sound) < len(calls)


def test_what_comes_or_is_sorted_into_a_shorter_rule_is_shown_for_a_week_first(
    session: Session, people: SimpleNamespace
) -> None:
    """Else whoever corrects a lead source, or a CRM that tells an outcome, would erase at once and unseen."""
    corrected, told = (aged(session, people, 400, lead_source=LeadSource.HOT) for _ in range(2))
    retention.set_rule(session, Terms(LeadSource.COLD, None, 30, 30), by=people.olga)
    retention.set_rule(session, Terms(None, "отказ", 30, 30), by=people.olga)
    with after_a_week():
        correct_facts(
            session, corrected, replace(facts_of(corrected), lead_source=LeadSource.COLD), by=people.anna
        )
        correct_facts(session, told, replace(facts_of(told), outcome="отказ"), by=people.anna)
        new = aged(session, people, 400, lead_source=LeadSource.COLD)
        assert taken(session) == (set(), set())
        coming = retention.coming(session, clock.now() + WARNING, limit=10)
        assert {c.id for c in coming.sound} == {corrected.id, told.id, new.id}
        with after_a_week():
            assert taken(session)[0] == {corrected.id, told.id, new.id}


def reviewed(session: Session, people: SimpleNamespace, call: Call, **fields: object) -> Review:
    version = load_card(session, card(section("greeting", item("hello"))), by=None).version
    review = Review(
        call=call,
        manager_id=call.manager_id,
        reviewer=people.kira,
        checklist=version.checklist,
        version=version,
        purpose=Purpose.COUNTED,
        sections={},
        created_at=clock.now(),
        updated_at=clock.now(),
        score=80.0,
        **({"state": ReviewState.PUBLISHED, "published_at": clock.now() - LONG_AGO} | fields),
    )
    session.add(review)
    session.flush()
    return review


def test_what_rests_on_a_call_keeps_it(session: Session, people: SimpleNamespace) -> None:
    drafted, fresh, practised, scored = (aged(session, people, 100) for _ in range(4))
    reviewed(session, people, drafted, state=ReviewState.DRAFT, published_at=None)
    reviewed(session, people, scored)
    trainee = make_trainee(session, people.max)
    practised.stage = Stage.COLD_PRACTICE
    reviewed(session, people, practised)
    retention.set_rule(session, Terms(None, None, 60, 60), by=people.olga)
    with after_a_week():
        reviewed(session, people, fresh, published_at=clock.now() - timedelta(hours=1))
        assert taken(session)[0] == {scored.id}
        assert len(retention.coming(session, clock.now(), limit=10).held) == 3
        trainee.parted_at = clock.now()
        session.flush()
        assert taken(session)[0] == {scored.id, practised.id}


def test_calls_of_every_stage_are_kept_until_their_manager_is_staff(
    session: Session, people: SimpleNamespace
) -> None:
    before, intern, staff = (aged(session, people, days) for days in (200, 150, 100))
    trainee = make_trainee(session, people.max, entered_at=clock.now() - timedelta(days=180))
    for call, stage in ((before, None), (intern, Stage.INTERNSHIP), (staff, Stage.STAFF)):
        reviewed(session, people, call)
        call.stage = stage
    move(session, trainee, Stage.STAFF, clock.now() - timedelta(days=120))
    retention.set_rule(session, Terms(None, None, 60, 60), by=people.olga)
    with after_a_week():
        assert taken(session)[0] == {before.id, staff.id}


def test_a_recording_does_not_outlive_its_text(session: Session, people: SimpleNamespace) -> None:
    with pytest.raises(Refused, match="longer than its text"):
        retention.set_rule(session, Terms(None, None, 100, 50), by=people.olga)
    with pytest.raises(Forbidden):
        retention.set_rule(session, Terms(None, None, 50, 100), by=people.roman)


def test_a_rule_taken_back_gives_a_week_before_the_others_count(
    session: Session, people: SimpleNamespace
) -> None:
    call = aged(session, people, 100, lead_source=LeadSource.HOT)
    retention.set_rule(session, Terms(None, None, 30, None), by=people.olga)
    hot = retention.set_rule(session, Terms(LeadSource.HOT, None, None, None), by=people.olga)
    with after_a_week():
        retention.remove_rule(session, hot, by=people.olga)
        assert taken(session) == (set(), set())
        with after_a_week():
            assert taken(session) == ({call.id}, set())


def test_the_owner_sets_rules_on_the_page(
    session: Session, app: Flask, people: SimpleNamespace, login
) -> None:
    aged(session, people, 100)
    session.commit()
    client: FlaskClient = login(people.olga)
    assert "everything is kept" in client.get("/client-data/retention").text
    sent = {"lead_source": "", "outcome": "", "sound_days": "60", "text_days": ""}
    assert client.post("/client-data/retention", data=sent).status_code == 303
    page = client.get("/client-data/retention").text
    assert "60 days" in page
    assert "Recordings that go: 1" in " ".join(page.split())
    assert client.post("/client-data/retention", data=sent | {"sound_days": "0"}).status_code == 422
    rule_id = session.scalars(select(retention.RetentionRule.id)).one()
    assert client.post(f"/client-data/retention/{rule_id}/remove").status_code == 303
    assert "everything is kept" in client.get("/client-data/retention").text
