"""What goes by age: which rule counts, nothing without a week's warning, and what a dispute or a clearance holds."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.calls.facts import correct_facts, facts_of
from qcapp.calls.models import Call, Client, ImportBatch, ImportRow
from qcapp.calls.states import BatchOrigin, BatchState, RowKind
from qcapp.checklists.service import load_card
from qcapp.coaching.agreements import AgreedTask, agree_task
from qcapp.coaching.models import CoachingTask
from qcapp.coaching.service import hold_session
from qcapp.core import clock, local
from qcapp.core.audit import AuditEntry
from qcapp.core.errors import Forbidden, Refused
from qcapp.people.models import Notice
from qcapp.privacy import retention
from qcapp.privacy.covering import COVER
from qcapp.privacy.models import Erasure
from qcapp.privacy.retention import RetentionTerms
from qcapp.privacy.retention_rules import WARNING, Rule, nothing_kept_before
from qcapp.reviews.models import Purpose, Review, ReviewState
from qcapp.terms import LeadSource, Stage
from qcapp.transcripts.models import Segment
from tests.checklists.cards import card, item, section
from tests.factories.calls import make_call
from tests.factories.transcripts import make_transcript
from tests.onboarding.on_the_way import make_trainee, move

LONG_AGO = timedelta(days=400)
_leads = st.sampled_from([None, *LeadSource])
_outcomes = st.sampled_from([None, "продажа", "отказ"])
_days = st.sampled_from([None, 1, 30, 365])


def rule(
    lead: str | None = None, outcome: str | None = None, sound: int | None = 30, text: int | None = 90
) -> Rule:
    return Rule(lead, outcome, sound, text, datetime(2026, 1, 1, tzinfo=clock.now().tzinfo))


def rule_for(rules: Iterable[Rule], lead_source: str | None, outcome: str | None) -> Rule | None:
    """The rule that counts for a call: of those that fit, the one that says most."""
    fitting = [
        rule for rule in rules if rule.lead_source in (None, lead_source) and rule.outcome in (None, outcome)
    ]
    return max(fitting, key=lambda rule: rule.weight, default=None)


def goes_at(
    rule: Rule | None, days: int | None, started_at: datetime, sorted_at: datetime
) -> datetime | None:
    """When a part of a call goes; None: it is kept.

    ``sorted_at``: when the call came here, or its lead source or outcome were set since.
    """
    if rule is None or days is None:
        return None
    return max(started_at + timedelta(days=days), *(each + WARNING for each in (rule.changed_at, sorted_at)))


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
    retention.set_rule(session, RetentionTerms(None, None, 60, 300), by=people.olga)
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
        RetentionTerms(None, None, 50, None),
        RetentionTerms(LeadSource.COLD, None, 200, None),
        RetentionTerms(None, "отказ", None, None),
        RetentionTerms(LeadSource.COLD, "отказ", 10, None),
        RetentionTerms(LeadSource.HOT, "продажа", 99, 99),
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


def test_notes_about_several_calls_lose_what_their_own_clients_said_alone(
    session: Session, people: SimpleNamespace
) -> None:
    """A slice takes many calls at once: what was said in one of them is nobody's secret in notes about another."""
    heard, other = (aged(session, people, days, transcribed=False) for days in (400, 401))
    asked, told, elsewhere = "чем могу вам помочь", "переезжаю в Тверь весной", "как вас зовут"
    make_transcript(session, heard, (0, 0.1, 0.5, asked), (1, 0.5, 0.9, told))
    make_transcript(session, other, (1, 0.1, 0.5, elsewhere))
    notes = f"Начинать с «{asked}», потом «{elsewhere}». Клиент: «%s»"
    talk = hold_session(
        session,
        people.max,
        by=people.tanya,
        held_at=clock.now(),
        topic="Приветствие",
        notes=notes % told,
        calls=[(heard, None)],
    )
    due = local.today() + timedelta(days=7)
    agree_task(session, talk, AgreedTask(f"Не забывать «{told}»", due), by=people.tanya)
    retention.set_rule(session, RetentionTerms(None, None, 60, 60), by=people.olga)
    with after_a_week():
        assert taken(session)[1] == {heard.id, other.id}
    assert talk.notes == notes % COVER
    tasks = session.scalars(select(CoachingTask.text)).all()
    notices = session.scalars(select(Notice).where(Notice.kind == "coaching_task_agreed")).all()
    assert [*tasks, *(notice.facts["task"] for notice in notices)] == [f"Не забывать «{COVER}»"] * 2


def test_what_comes_or_is_sorted_into_a_shorter_rule_is_shown_for_a_week_first(
    session: Session, people: SimpleNamespace
) -> None:
    """Else whoever corrects a lead source, or a CRM that tells an outcome, would erase at once and unseen."""
    corrected, told = (aged(session, people, 400, lead_source=LeadSource.HOT) for _ in range(2))
    retention.set_rule(session, RetentionTerms(LeadSource.COLD, None, 30, 30), by=people.olga)
    retention.set_rule(session, RetentionTerms(None, "отказ", 30, 30), by=people.olga)
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
    drafted, fresh, practised = (aged(session, people, 100) for _ in range(3))
    scored = aged(session, people, 300)  # before the onboarding
    reviewed(session, people, drafted, state=ReviewState.DRAFT, published_at=None)
    reviewed(session, people, scored)
    trainee = make_trainee(session, people.max, entered_at=clock.now() - timedelta(days=200))
    practised.stage = Stage.COLD_PRACTICE
    reviewed(session, people, practised)
    retention.set_rule(session, RetentionTerms(None, None, 60, 60), by=people.olga)
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
    retention.set_rule(session, RetentionTerms(None, None, 60, 60), by=people.olga)
    with after_a_week():
        assert taken(session)[0] == {before.id, staff.id}


def test_a_recording_does_not_outlive_its_text(session: Session, people: SimpleNamespace) -> None:
    with pytest.raises(Refused, match="longer than its text"):
        retention.set_rule(session, RetentionTerms(None, None, 100, 50), by=people.olga)
    with pytest.raises(Forbidden):
        retention.set_rule(session, RetentionTerms(None, None, 50, 100), by=people.roman)


def test_a_rule_taken_back_gives_a_week_before_the_others_count(
    session: Session, people: SimpleNamespace
) -> None:
    call = aged(session, people, 100, lead_source=LeadSource.HOT)
    retention.set_rule(session, RetentionTerms(None, None, 30, None), by=people.olga)
    hot = retention.set_rule(session, RetentionTerms(LeadSource.HOT, None, None, None), by=people.olga)
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


def test_an_outcome_stays_only_where_it_is_a_word_of_a_list(
    session: Session, people: SimpleNamespace
) -> None:
    for outcome in ("отказ", "отказ", "отказ", "в правиле", "Перезвонить на 8 946 010-22-16"):
        aged(session, people, 400, outcome=outcome)
    retention.set_rule(session, RetentionTerms(None, None, 60, 300), by=people.olga)
    retention.set_rule(session, RetentionTerms(None, "в правиле", 60, 300), by=people.olga)
    with after_a_week():
        taken(session)
    outcomes = session.scalars(select(Call.outcome).order_by(Call.id)).all()
    assert outcomes == ["отказ", "отказ", "отказ", "в правиле", None]
