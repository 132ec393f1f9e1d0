"""Managers on the way: begun, moved on by what they make, sent back, and with what history."""

from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.calls.events import CallNoted
from qcapp.calls.facts import correct_facts, facts_of
from qcapp.callscripts.blocks import DraftState
from qcapp.callscripts.events import DraftDecided
from qcapp.callscripts.models import CallScript, ScriptDraft
from qcapp.checklists.service import load_card
from qcapp.core import clock, events, formats, local
from qcapp.core.audit import AuditEntry
from qcapp.core.errors import Forbidden, Refused
from qcapp.onboarding import stages
from qcapp.onboarding.events import TraineeProgressed
from qcapp.onboarding.models import StageRecord, Trainee
from qcapp.onboarding.record import record_of, records_of
from qcapp.onboarding.rules import Happening
from qcapp.onboarding.sales.models import Sale
from qcapp.onboarding.states import DeliverableKind, Result, SaleState, WorkState
from qcapp.onboarding.work.models import Deliverable, LessonDone
from qcapp.people.models import Notice
from qcapp.terms import LeadSource, Stage
from tests.checklists.cards import card, item, section
from tests.factories.calls import make_call
from tests.onboarding.on_the_way import PROGRAM, make_trainee, program_version
from tests.onboarding.working import row
from tests.reports.published import publish


def document(**conditions: list[dict[str, Any]]) -> dict[str, Any]:
    """A program that asks for this in these stages, and for nothing elsewhere."""
    plans = [plan | {"conditions": conditions.get(plan["stage"], [])} for plan in PROGRAM["stages"]]
    return PROGRAM | {"key": "asked", "stages": plans}


def notices(session: Session, user: Any) -> list[str]:
    return list(session.scalars(select(Notice.kind).where(Notice.user_id == user.id).order_by(Notice.id)))


def begin(session: Session, people: SimpleNamespace, **conditions: list[dict[str, Any]]) -> Trainee:
    version = program_version(session, document(**conditions))
    return stages.begin_onboarding(session, people.max, by=people.hanna, program=version, coach=people.tanya)


def test_onboarding_begins_with_the_first_stage(session: Session, people: SimpleNamespace) -> None:
    trainee = begin(session, people, product=[{"kind": "reasons", "count": 2}])
    assert [(each.stage, each.attempt) for each in trainee.stages] == [(Stage.PRODUCT, 1)]
    assert trainee.started_on == local.today()
    assert notices(session, people.max) == ["onboarding_begun"]
    assert notices(session, people.tanya) == ["coach_chosen"]
    with pytest.raises(Refused, match="begun already"):
        begin(session, people)


def test_stages_that_ask_for_nothing_are_passed_at_once(session: Session, people: SimpleNamespace) -> None:
    trainee = begin(session, people, technique=[{"kind": "script"}])
    assert [each.stage for each in trainee.stages] == [Stage.PRODUCT, Stage.TECHNIQUE]
    stages.move(session, trainee, Happening.REPEAT, why="Всё забыл", by=people.lidia)
    assert [(each.stage, each.attempt) for each in trainee.stages[2:]] == [
        (Stage.PRODUCT, 2),
        (Stage.TECHNIQUE, 2),
    ]


def test_a_scored_call_of_an_unknown_day_counts_once_its_start_is_corrected(
    session: Session, people: SimpleNamespace
) -> None:
    trainee = begin(session, people, cold_practice=[{"kind": "scored_calls", "count": 1}])
    version = load_card(session, card(section("greeting", item("hello"))), by=None).version
    call = publish(session, people.max, version, people.kira, {"hello": "yes"}, lead=LeadSource.COLD).call
    call.start_known, call.scored_at = False, clock.now()
    stages.progress(session, trainee.id)
    assert trainee.stages[-1].stage is Stage.COLD_PRACTICE
    now = trainee.stages[-1].entered_at + timedelta(microseconds=1)
    with pytest.raises(Forbidden):
        correct_facts(session, call, replace(facts_of(call), start=now), by=people.anna, why="The clock")
    correct_facts(session, call, replace(facts_of(call), start=now), by=people.lidia, why="The clock")
    assert trainee.stages[-1].stage is not Stage.COLD_PRACTICE


def test_a_published_score_counts_for_the_stage_of_then_until_those_who_judge_say_when_it_was(
    session: Session, people: SimpleNamespace
) -> None:
    version = load_card(session, card(section("greeting", item("hello"))), by=None).version
    call = publish(session, people.max, version, people.kira, {"hello": "yes"}, stage=Stage.STAFF).call
    call.scored_at = clock.now()
    make_trainee(session, people.max, Stage.COLD_PRACTICE, entered_at=call.started_at - timedelta(days=1))
    events.emit(session, CallNoted(call.id))
    assert call.stage is Stage.STAFF
    moved = replace(facts_of(call), start=call.started_at + timedelta(hours=1))
    correct_facts(session, call, moved, by=people.olga, why="The clock of the exchange was slow")
    assert call.stage is Stage.COLD_PRACTICE


def test_who_may_begin_what(session: Session, people: SimpleNamespace) -> None:
    version = program_version(session)
    with pytest.raises(Forbidden):
        stages.begin_onboarding(session, people.max, by=people.roman, program=version)
    with pytest.raises(Refused, match="Only an active manager"):
        stages.begin_onboarding(session, people.roman, by=people.hanna, program=version)
    with pytest.raises(Refused, match="does not train"):
        stages.begin_onboarding(session, people.sveta, by=people.hanna, program=version, coach=people.roman)
    tomorrow = local.today() + timedelta(days=1)
    with pytest.raises(Refused, match="future"):
        stages.begin_onboarding(session, people.sveta, by=people.hanna, program=version, started_on=tomorrow)
    year_ago = local.day_of(people.sveta.created_at) - stages.EARLIER
    for day in (date(1999, 1, 1), year_ago - timedelta(days=1)):
        with pytest.raises(Refused, match=f"cannot lie before {formats.day(year_ago)}"):
            stages.begin_onboarding(session, people.sveta, by=people.hanna, program=version, started_on=day)
    began = stages.begin_onboarding(
        session, people.sveta, by=people.hanna, program=version, started_on=year_ago
    )
    assert began.started_on == year_ago


def test_calls_of_the_first_days_belong_to_a_stage_that_was_written_down_later(
    session: Session, people: SimpleNamespace
) -> None:
    call, before = (make_call(session, people.max) for _number in range(2))
    call.started_at, before.started_at = (clock.now() - timedelta(days=days) for days in (1, 9))
    call.stage = before.stage = Stage.STAFF
    day = local.today() - timedelta(days=3)
    stages.begin_onboarding(
        session,
        people.max,
        by=people.hanna,
        program=program_version(session, document(product=[{"kind": "script"}])),
        started_on=day,
    )
    assert (call.stage, before.stage) == (Stage.PRODUCT, Stage.STAFF)


def test_a_stage_is_left_when_everything_is_met(session: Session, people: SimpleNamespace) -> None:
    trainee = begin(
        session,
        people,
        product=[{"kind": "reasons", "count": 2}],
        technique=[{"kind": "script"}],
        exam=[{"kind": "script"}],
    )
    work = Deliverable(
        trainee=trainee,
        kind=DeliverableKind.REASONS,
        attempt=1,
        state=WorkState.SUBMITTED,
        rows=[row("Тихо"), row("Тепло")],
        updated_at=clock.now(),
    )
    session.add(work)
    session.flush()
    events.emit(session, TraineeProgressed(trainee.id))
    assert trainee.stages[-1].stage is Stage.PRODUCT
    work.state = WorkState.ACCEPTED
    events.emit(session, TraineeProgressed(trainee.id))
    assert [(each.stage, each.result) for each in trainee.stages] == [
        (Stage.PRODUCT, Result.PASSED),
        (Stage.TECHNIQUE, None),
    ]
    assert notices(session, people.max)[-1] == "stage_passed"
    assert notices(session, people.tanya)[-1] == "trainee_stage_passed"


def test_an_approved_draft_leads_on_through_every_stage_that_asks_for_nothing_more(
    session: Session, people: SimpleNamespace
) -> None:
    trainee = begin(session, people, product=[{"kind": "script"}])
    now = clock.now()
    draft = ScriptDraft(
        script=CallScript(manager=people.max, created_at=now),
        number=1,
        state=DraftState.APPROVED,
        blocks={},
        author=people.max,
        submitted_at=now,
        decided_at=now,
        decided_by=people.tanya,
        updated_at=now,
    )
    session.add(draft)
    session.flush()
    events.emit(session, DraftDecided(draft.id))
    assert trainee.stages[-1].stage is Stage.INTERNSHIP
    assert len(trainee.stages) == 5


def test_after_a_failed_exam_everything_begins_again_and_history_stays(
    session: Session, people: SimpleNamespace
) -> None:
    trainee = make_trainee(session, people.max, Stage.EXAM)
    trainee.program = program_version(session, exam_document())
    session.flush()
    stay = stages.move(session, trainee, Happening.EXAM_FAILED, why="Средняя 2,6", by=people.tanya)
    assert stay is not None
    assert (stay.stage, stay.attempt) == (Stage.PRODUCT, 2)
    first = session.scalars(select(StageRecord).order_by(StageRecord.id)).first()
    assert first is not None
    assert (first.result, first.why) == (Result.FAILED, "Средняя 2,6")
    assert first.left_at is not None
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "stage_left")).one()
    assert (entry.by_id, entry.diff["attempt"]) == (people.tanya.id, {"before": 1, "after": 2})
    stages.enter_stage(session, trainee, Stage.TECHNIQUE, result=Result.PASSED, attempt=2)
    newest = select(AuditEntry).where(AuditEntry.action == "stage_left").order_by(AuditEntry.id.desc())
    assert "attempt" not in session.scalars(newest).first().diff  # it is the same one
    assert "stage_again" in notices(session, people.max)


def exam_document() -> dict[str, Any]:
    changed = document(product=[{"kind": "script"}], exam=[{"kind": "exam", "mark": 3}])
    changed["stages"][2] |= {"exam_card": "exam"}
    return changed | {"key": "with_exam"}


def test_parting_ends_the_way(session: Session, people: SimpleNamespace) -> None:
    trainee = make_trainee(session, people.max)
    stages.move(session, trainee, Happening.PART, why="Не хочет звонить", by=people.lidia)
    assert trainee.parted_at is not None
    assert [(each.stage, each.result) for each in trainee.stages] == [(Stage.INTERNSHIP, Result.PARTED)]
    assert stages.move(session, trainee, Happening.REPEAT, why="Передумали", by=people.lidia) is None


def test_only_a_grant_leads_to_staff_and_without_a_reason_only_when_nothing_is_missing(
    session: Session, people: SimpleNamespace
) -> None:
    trainee = make_trainee(session, people.max)
    assert stages.move(session, trainee, Happening.GRANTED, by=people.lidia) is None
    stay = stages.move(session, trainee, Happening.GRANTED, why="Опытный продавец", by=people.lidia)
    assert stay is not None
    assert stay.stage is Stage.STAFF
    assert notices(session, people.max) == []  # of clearance others tell
    back = stages.move(session, trainee, Happening.REVOKED, why="Грубил клиентам", by=people.lidia)
    assert back is not None
    assert (back.stage, back.attempt) == (Stage.INTERNSHIP, 1)


def test_the_record_says_everything_that_is_known(session: Session, people: SimpleNamespace) -> None:
    trainee = make_trainee(session, people.max, entered_at=clock.now() - timedelta(days=2))
    other = make_trainee(session, people.sveta, Stage.PRODUCT)
    now, today = clock.now(), local.today()
    session.add_all(
        [
            Deliverable(
                trainee=trainee,
                kind=DeliverableKind.SPVE,
                attempt=1,
                state=WorkState.RETURNED,
                rows=[row(["а", "б", "в", "г"]), row(["а", "", "", ""])],
                updated_at=now,
            ),
            LessonDone(trainee_id=trainee.id, attempt=1, lesson="goal", at=now),
            *(_sale(people.max, today - timedelta(days=n), state) for n, state in enumerate(SaleState)),
        ]
    )
    session.flush()
    record = record_of(session, trainee)
    assert [(each.stage, each.attempt) for each in record.stays] == [(Stage.INTERNSHIP, 1)]
    assert [(each.kind, each.state, each.rows) for each in record.works] == [
        (DeliverableKind.SPVE, WorkState.RETURNED, 1)
    ]
    assert [each.key for each in record.lessons] == ["goal"]
    assert [each.confirmed for each in record.sales] == [True, False]
    assert (record.exams, record.calls, record.decisions, record.parted) == ((), (), (), False)
    both = records_of(session, [trainee, other])
    assert both[trainee.id] == record
    assert both[other.id].sales == ()


def _sale(manager: Any, sold_on: date, state: SaleState) -> Sale:
    return Sale(manager=manager, sold_on=sold_on, state=state, entered_by=manager, entered_at=clock.now())
