"""A stage whose time is over: who decides is told once, and decides with a reason."""

from collections.abc import Iterator
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qcapp.core.audit import AuditEntry
from qcapp.core.clock import now
from qcapp.core.errors import Forbidden, Refused
from qcapp.onboarding.board.queries import BoardFilter, board
from qcapp.onboarding.board.rules import BoardPlace
from qcapp.onboarding.clearance import service as clearance
from qcapp.onboarding.models import StageRecord, Trainee
from qcapp.onboarding.overdue import service as overdue
from qcapp.onboarding.states import Overdue, Result
from qcapp.people.models import Notice
from qcapp.terms import Stage
from tests.onboarding.on_the_way import make_trainee

DAYS = timedelta(days=1)


@pytest.fixture(autouse=True)
def on_that_day() -> Iterator[None]:
    with time_machine.travel("2026-11-20T09:00:00Z", tick=True):
        yield


@pytest.fixture
def trainee(session: Session, people: SimpleNamespace) -> Trainee:
    """Max, whose seven days of internship were over yesterday."""
    return make_trainee(session, people.max, entered_at=now() - 7 * DAYS)


@pytest.fixture
def record(trainee: Trainee) -> StageRecord:
    return trainee.stages[-1]


def told(session: Session) -> list[str]:
    found = session.scalars(select(Notice).where(Notice.kind == "stage_overdue").order_by(Notice.id))
    return [notice.user.login for notice in found]


def test_a_stage_is_overdue_on_the_day_after_its_last(
    session: Session, record: StageRecord, people: SimpleNamespace
) -> None:
    make_trainee(session, people.sveta, entered_at=now() - 6 * DAYS)
    assert [late.record for late in overdue.overdue_today(session)] == [record]
    with time_machine.travel(now() - DAYS):
        assert overdue.overdue_today(session) == []


def test_who_has_gone_further_or_away_is_not_overdue(
    session: Session, trainee: Trainee, record: StageRecord
) -> None:
    trainee.parted_at = now()
    session.flush()
    assert overdue.overdue_today(session) == []
    trainee.parted_at, record.stage = None, Stage.STAFF
    session.flush()
    assert overdue.overdue_today(session) == []
    record.stage, record.left_at = Stage.INTERNSHIP, now()
    assert overdue.time_of(record) is None


def test_a_clearance_granted_and_taken_away_wipes_out_no_delay(
    session: Session, trainee: Trainee, record: StageRecord, people: SimpleNamespace
) -> None:
    before = overdue.time_of(record)
    clearance.grant_clearance(session, people.max, by=people.olga, reason="An old hand")
    clearance.revoke_clearance(session, people.max, by=people.olga, reason="Sold air")
    [late] = overdue.overdue_today(session)
    assert late.record is trainee.stages[-1]
    assert late.time == before
    [row] = board(session, BoardFilter(), date(2026, 11, 20), by=people.olga)
    assert (row.time, row.place) == (before, BoardPlace.OVERDUE)
    assert before is not None
    assert row.days == before.day


def test_owner_and_lead_are_told_once_until_somebody_has_decided(
    session: Session, record: StageRecord, people: SimpleNamespace
) -> None:
    assert overdue.tell_deciders(session, record.id)
    assert not overdue.tell_deciders(session, record.id)
    assert told(session) == ["lidia", "olga"]
    until = date(2026, 11, 23)
    overdue.decide_overdue(session, record, Overdue.PROLONG, by=people.lidia, reason="Болел", until=until)
    with time_machine.travel("2026-11-23T09:00:00Z"):
        assert not overdue.tell_deciders(session, record.id)
    with time_machine.travel("2026-11-24T09:00:00Z"):
        assert overdue.tell_deciders(session, record.id)
        assert not overdue.tell_deciders(session, record.id)
    assert told(session) == ["lidia", "olga"] * 2


def test_more_time_is_given_until_a_day_to_come(
    session: Session, trainee: Trainee, record: StageRecord, people: SimpleNamespace
) -> None:
    for wrong in (None, date(2026, 11, 20), date(2026, 11, 1)):
        with pytest.raises(Refused, match="day after today"):
            overdue.decide_overdue(session, record, Overdue.PROLONG, by=people.olga, reason="x", until=wrong)
    until = date(2026, 11, 27)
    decided = overdue.decide_overdue(
        session, record, Overdue.PROLONG, by=people.olga, reason=" Болел ", until=until
    )
    assert (decided.reason, decided.until, trainee.stages) == ("Болел", until, [record])
    time = overdue.time_of(record)
    assert time is not None
    assert (time.last_day, time.overdue) == (until, False)
    notice = session.scalars(select(Notice).where(Notice.kind == "stage_prolonged")).one()
    assert notice.user is people.max
    with pytest.raises(Refused, match="not overdue"):
        overdue.decide_overdue(session, record, Overdue.PART, by=people.lidia, reason="x")


def test_everything_is_repeated_from_the_first_stage(
    session: Session, trainee: Trainee, record: StageRecord, people: SimpleNamespace
) -> None:
    overdue.decide_overdue(session, record, Overdue.REPEAT, by=people.lidia, reason="Ни одной продажи")
    assert (record.result, record.why) == (Result.REPEATED, "Ни одной продажи")
    again = trainee.stages[1]
    assert (again.stage, again.attempt) == (Stage.PRODUCT, 2)
    assert record.overdue[-1].until is None


def test_parting_ends_the_way(
    session: Session, trainee: Trainee, record: StageRecord, people: SimpleNamespace
) -> None:
    overdue.decide_overdue(session, record, Overdue.PART, by=people.olga, reason="Не звонит")
    assert trainee.parted_at is not None
    assert (record.result, trainee.stages) == (Result.PARTED, [record])
    assert overdue.overdue_today(session) == []
    told_of_it = session.scalars(select(Notice).where(Notice.kind == "parted")).one()
    assert (told_of_it.user, told_of_it.facts["why"]) == (people.max, "Не звонит")
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "overdue_part")).one()
    assert (entry.by_id, entry.diff["reason"]) == (people.olga.id, "Не звонит")


def test_only_owner_and_lead_decide_and_never_without_a_reason(
    session: Session, record: StageRecord, people: SimpleNamespace
) -> None:
    for wrong in (people.roman, people.tanya, people.hanna, people.kira, people.max, people.anna):
        with pytest.raises(Forbidden):
            overdue.decide_overdue(session, record, Overdue.PART, by=wrong, reason="x")
    with pytest.raises(Refused, match="Say why"):
        overdue.decide_overdue(session, record, Overdue.PART, by=people.lidia, reason=" ")
    assert session.scalar(select(func.count()).select_from(AuditEntry)) == 0


def test_nobody_decides_about_a_deactivated_trainee(
    session: Session, people: SimpleNamespace, record: StageRecord
) -> None:
    people.max.active = False
    session.flush()
    assert overdue.overdue_today(session) == []
    with pytest.raises(Refused, match="nothing to decide"):
        overdue.decide_overdue(session, record, Overdue.REPEAT, by=people.olga, reason="Болел")
