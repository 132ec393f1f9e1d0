"""Calls from leads that a trainee is not cleared for are flagged the moment they are known."""

import io
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.calls.events import CallNoted
from qcapp.calls.facts import correct_facts, facts_of
from qcapp.calls.managers import find_managers
from qcapp.calls.models import Call
from qcapp.core import clock, events
from qcapp.core.audit import AuditEntry
from qcapp.onboarding.clearance import leads
from qcapp.onboarding.clearance import service as clearance
from qcapp.onboarding.clearance.models import LeadFlag
from qcapp.people import notice_words, tokens
from qcapp.people.models import Notice, TokenScope, User
from qcapp.terms import LeadSource, Stage
from tests.calls.importing import FIRST, Exchange
from tests.factories import odd_audio
from tests.factories.calls import make_call
from tests.onboarding.on_the_way import declare, make_trainee, move

START = clock.now().replace(year=2026, month=10, day=1)


def noted(session: Session, manager: User | None, lead: LeadSource | None, **fields: object) -> Call:
    call = make_call(session, manager, lead_source=lead, **fields)
    events.emit(session, CallNoted(call.id))
    return call


def flagged(session: Session) -> list[LeadFlag]:
    return list(session.scalars(select(LeadFlag).order_by(LeadFlag.id)))


def told(session: Session) -> list[Notice]:
    return list(session.scalars(select(Notice).where(Notice.kind == "lead_flagged").order_by(Notice.id)))


def done(session: Session) -> list[str]:
    flags = AuditEntry.action.like("lead_flag%")
    return list(session.scalars(select(AuditEntry.action).where(flags).order_by(AuditEntry.id)))


@pytest.mark.parametrize(
    ("stage", "lead", "allowed"),
    [
        (Stage.PRODUCT, LeadSource.COLD, False),
        (Stage.COLD_PRACTICE, LeadSource.COLD, True),
        (Stage.COLD_PRACTICE, LeadSource.HOT, False),
        (Stage.COLD_PRACTICE, LeadSource.EXISTING, False),
        (Stage.INTERNSHIP, LeadSource.WARM, True),
        (Stage.INTERNSHIP, LeadSource.HOT, False),
        (Stage.INTERNSHIP, None, True),
        (Stage.STAFF, LeadSource.HOT, True),
    ],
)
def test_the_program_says_which_leads_a_stage_allows(
    session: Session, people: SimpleNamespace, stage: Stage, lead: LeadSource | None, allowed: bool
) -> None:
    make_trainee(session, people.max, stage, entered_at=START)
    call = noted(session, people.max, lead)
    assert [flag.call_id for flag in flagged(session)] == ([] if allowed else [call.id])


def test_who_was_declared_staff_may_call_anybody(session: Session, people: SimpleNamespace) -> None:
    """Before the account was added, too: who made the calls of then was on the staff already."""
    before = noted(session, people.max, LeadSource.HOT)
    declare(session, people.max, people.olga)
    after = noted(session, people.max, LeadSource.HOT, started_at=clock.now())
    events.emit(session, CallNoted(before.id))
    assert (before.stage, after.stage, flagged(session)) == (Stage.STAFF, Stage.STAFF, [])


def test_whoever_is_new_may_call_nobody_and_of_before_nothing_is_known(
    session: Session, people: SimpleNamespace
) -> None:
    noted(session, people.max, LeadSource.COLD, started_at=people.max.created_at - timedelta(seconds=1))
    first = noted(session, people.max, LeadSource.COLD, started_at=people.max.created_at)
    assert [(flag.call_id, flag.stage) for flag in flagged(session)] == [(first.id, None)]
    clearance.declare_staff(session, people.max, by=people.olga, reason="An old hand")
    events.emit(session, CallNoted(first.id))
    assert [flag.call_id for flag in flagged(session)] == [first.id]  # on that day nobody had said so


def test_the_day_of_the_call_decides_and_not_today(session: Session, people: SimpleNamespace) -> None:
    trainee = make_trainee(session, people.max, entered_at=START)
    before = noted(session, people.max, LeadSource.HOT)
    move(session, trainee, Stage.STAFF, before.started_at + timedelta(seconds=1))
    events.emit(session, CallNoted(before.id))
    noted(session, people.max, LeadSource.HOT)
    assert [flag.call_id for flag in flagged(session)] == [before.id]


def test_an_exam_is_no_call_of_a_client(session: Session, people: SimpleNamespace) -> None:
    make_trainee(session, people.max, entered_at=START)
    noted(session, people.max, LeadSource.HOT, role_play=True)
    assert flagged(session) == []


def test_owner_and_head_are_told_once_a_call(session: Session, people: SimpleNamespace, app: Flask) -> None:
    make_trainee(session, people.max, entered_at=START)
    call = noted(session, people.max, LeadSource.HOT)
    events.emit(session, CallNoted(call.id))
    assert [notice.user.login for notice in told(session)] == ["olga", "roman"]
    assert {notice.path for notice in told(session)} == {f"/board/flags?before={flagged(session)[0].id + 1}"}
    assert notice_words.sentence(told(session)[0]).endswith("without being cleared for it: hot lead.")
    assert done(session) == ["lead_flagged"]


def test_corrected_facts_take_the_flag_back_and_the_past_is_kept(
    session: Session, people: SimpleNamespace
) -> None:
    make_trainee(session, people.max, entered_at=START)
    call = noted(session, people.max, LeadSource.HOT)
    known = facts_of(call)
    cold = SimpleNamespace(**{name: getattr(known, name) for name in known.__slots__})
    cold.lead_source = LeadSource.COLD
    correct_facts(session, call, type(known)(**vars(cold)), by=people.lidia)
    assert flagged(session) == []
    correct_facts(session, call, known, by=people.lidia)
    assert [flag.lead_source for flag in flagged(session)] == [LeadSource.HOT]
    assert done(session) == ["lead_flagged", "lead_flag_taken_back", "lead_flagged"]


def test_of_an_unknown_day_nobody_says_that_a_lead_was_wrong_and_a_corrected_one_decides(
    session: Session, people: SimpleNamespace
) -> None:
    make_trainee(session, people.max, Stage.COLD_PRACTICE, entered_at=START)
    call = noted(session, people.max, LeadSource.HOT, start_known=False)
    assert (call.stage, flagged(session)) == (None, [])
    correct_facts(session, call, replace(facts_of(call), start=START + timedelta(days=1)), by=people.kira)
    assert call.stage is Stage.COLD_PRACTICE
    assert [flag.call for flag in flagged(session)] == [call]
    correct_facts(session, call, replace(facts_of(call), start=None), by=people.kira)
    assert (call.stage, flagged(session)) == (None, [])


def test_another_managers_call_is_flagged_as_his(session: Session, people: SimpleNamespace) -> None:
    for manager in (people.max, people.sveta):
        make_trainee(session, manager, entered_at=START)
    call = noted(session, people.max, LeadSource.HOT)
    call.manager = people.sveta
    session.flush()
    events.emit(session, CallNoted(call.id))
    assert [flag.manager_id for flag in flagged(session)] == [people.sveta.id]
    assert [notice.user.login for notice in told(session)] == ["olga", "oleg"]


def test_a_head_sees_the_flags_of_the_own_team(session: Session, people: SimpleNamespace) -> None:
    for manager in (people.max, people.sveta):
        make_trainee(session, manager, entered_at=START)
        noted(session, manager, LeadSource.HOT)
    found, older = leads.flags(session, people.roman)
    assert ([flag.manager.login for flag in found], older) == (["max"], None)
    assert len(leads.flags(session, people.olga)[0]) == 2
    assert leads.flags(session, people.max)[0] == []


def test_a_recording_with_its_lead_is_flagged_when_it_comes_in(
    session: Session, people: SimpleNamespace, client: FlaskClient
) -> None:
    make_trainee(session, people.max, entered_at=START)
    _token, text = tokens.issue_token(
        session, by=people.anna, user=people.anna, name="exchange", scope=TokenScope.IMPORT_CALLS
    )
    session.commit()
    answer = client.post(
        "/api/v1/calls",
        headers={"Authorization": f"Bearer {text}"},
        data={
            "external_id": "crm-1",
            "extension": "201",
            "started_at": "2026-10-06T10:12:04+03:00",
            "lead_source": "hot",
            "file": (io.BytesIO(odd_audio.wav(1.0, 2)), "call.wav"),
        },
    )
    assert answer.status_code == 202, answer.text
    assert [flag.call_id for flag in flagged(session)] == [answer.json["id"]]
    assert [notice.user.login for notice in told(session)] == ["olga", "roman"]


def test_a_call_whose_lead_is_not_known_is_flagged_when_it_becomes_so(
    session: Session, people: SimpleNamespace, app: Flask, tmp_path: Path
) -> None:
    make_trainee(session, people.max, entered_at=START)
    session.commit()
    exchange = Exchange(app, tmp_path)
    exchange.take(exchange.file(FIRST), cdrs=(exchange.cdr(),), by=people.anna)
    assert flagged(session) == []
    call = session.scalars(select(Call).join(Call.recording)).one()
    call.lead_source = LeadSource.HOT
    session.flush()
    events.emit(session, CallNoted(call.id))
    assert [flag.call_id for flag in flagged(session)] == [call.id]


def test_a_call_that_finds_its_manager_later_is_flagged_then(
    session: Session, people: SimpleNamespace
) -> None:
    make_trainee(session, people.max, entered_at=START)
    call = noted(session, None, LeadSource.HOT, manager_extension="201")
    assert flagged(session) == []
    assert find_managers(session, by=people.anna) == 1
    assert [(flag.call_id, flag.manager_id) for flag in flagged(session)] == [(call.id, people.max.id)]
