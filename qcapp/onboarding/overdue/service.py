"""A stage whose time is over: who decides is told once, and decides with a reason."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from qcapp.core import audit, clock, local
from qcapp.core.errors import Refused
from qcapp.core.i18n import _
from qcapp.onboarding import rules
from qcapp.onboarding.audited import OnboardingAction
from qcapp.onboarding.countdown import Countdown, countdown
from qcapp.onboarding.history import stretches
from qcapp.onboarding.models import OverdueDecision, StageRecord, Trainee
from qcapp.onboarding.record import program_of, stay_of
from qcapp.onboarding.stages import demand_shown, lock, move
from qcapp.onboarding.states import Overdue
from qcapp.people.holding import hold
from qcapp.people.models import Notice, User
from qcapp.people.notices import mark_read_about, notify, notify_each
from qcapp.people.permissions import Permission, demand
from qcapp.people.queries import holders_of
from qcapp.terms import Stage

DECISIONS: dict[Overdue, audit.Action] = {
    Overdue.PROLONG: OnboardingAction.OVERDUE_PROLONG,
    Overdue.REPEAT: OnboardingAction.OVERDUE_REPEAT,
    Overdue.PART: OnboardingAction.OVERDUE_PART,
}


@dataclass(frozen=True, slots=True)
class Late:
    """A stay in a stage whose last day has passed."""

    record: StageRecord
    time: Countdown


def time_of(record: StageRecord) -> Countdown | None:
    """How far the time of a stay has run; None: it has been left, or has no limit, or the person has gone."""
    if record.left_at is not None or record.stage is Stage.STAFF or not record.trainee.manager.active:
        return None
    program = program_of(record.trainee)
    spent = stretches([stay_of(each) for each in record.trainee.stages])
    return countdown(program.plan(record.stage), spent, local.today(), program.holidays)


def overdue_today(session: Session) -> list[Late]:
    """Whoever should have left his stage by now, the longest overdue first."""
    stays = (
        select(StageRecord)
        .join(StageRecord.trainee)
        .where(StageRecord.left_at.is_(None), StageRecord.stage != Stage.STAFF, Trainee.parted_at.is_(None))
        .options(
            joinedload(StageRecord.trainee).joinedload(Trainee.program),
            joinedload(StageRecord.trainee).joinedload(Trainee.manager),
            joinedload(StageRecord.trainee).selectinload(Trainee.stages).selectinload(StageRecord.overdue),
        )
        .order_by(StageRecord.id)
    )
    timed = ((record, time_of(record)) for record in session.scalars(stays))
    late = [Late(record, time) for record, time in timed if time is not None and time.overdue]
    return sorted(late, key=lambda each: each.time.last_day)


def decide_overdue(
    session: Session,
    record: StageRecord,
    decision: Overdue,
    *,
    by: User,
    reason: str,
    until: date | None = None,
    seen: int | None = None,
) -> OverdueDecision:
    """Give more time until a day, have everything repeated, or part; a reason is needed in any case.

    ``seen``: what the page has shown, of ``stages.shown_of``.
    """
    trainee = record.trainee
    demand(by, Permission.DECIDE_OVERDUE, session=session, manager_id=trainee.manager_id)
    hold(session, User.id == trainee.manager_id)
    lock(session, trainee.id)
    session.refresh(record)
    demand_shown(trainee, seen)
    time = time_of(record)
    if time is None or not time.overdue:
        raise Refused(_("There is nothing to decide: this stage is not overdue."))
    if not reason.strip():
        raise Refused(_("Say why you decide so."))
    if decision is not Overdue.PROLONG:
        until = None
    elif until is None or until <= local.today():
        raise Refused(_("Choose a day after today until which there is time."))
    decided = OverdueDecision(
        record=record, decision=decision, until=until, reason=reason.strip(), by=by, at=clock.now()
    )
    session.add(decided)
    session.flush()
    facts = {"until": str(until)} if until else {}
    audit.record(
        session,
        DECISIONS[decision],
        f"trainee:{trainee.id}",
        by_id=by.id,
        manager=trainee.manager_id,
        stage=record.stage,
        reason=decided.reason,
        **facts,
    )
    mark_read_about(session, by, _path(trainee))
    if until is None:
        move(session, trainee, rules.OVERDUE[decision], why=decided.reason, by=by)
    else:
        _tell_of_more_time(session, record, until, decided.reason)
    return decided


def tell_deciders(session: Session, record_id: int) -> bool:
    """Tell owner and head of QC that a stage is overdue, once until one of them has decided; whether anybody was."""
    record = session.get_one(StageRecord, record_id)
    trainee = lock(session, record.trainee_id)
    session.refresh(record)
    time = time_of(record)
    if time is None or not time.overdue or _told(session, record):
        return False
    people = holders_of(session, Permission.DECIDE_OVERDUE)
    notify_each(
        session,
        people,
        "stage_overdue",
        _path(trainee),
        manager=trainee.manager.name,
        stage=record.stage,
        day=time.last_day.isoformat(),
    )
    return bool(people)


def _told(session: Session, record: StageRecord) -> bool:
    """Whether a notice of it has been left since the stage was entered, or last prolonged."""
    since = record.overdue[-1].at if record.overdue else record.entered_at
    left = select(Notice.id).where(
        Notice.kind == "stage_overdue", Notice.path == _path(record.trainee), Notice.created_at >= since
    )
    return session.scalar(left.limit(1)) is not None


def _tell_of_more_time(session: Session, record: StageRecord, until: date, why: str) -> None:
    manager = record.trainee.manager
    facts = {"stage": record.stage, "day": until.isoformat(), "why": why}
    notify(session, manager, "stage_prolonged", f"/onboarding/{manager.id}", **facts)


def _path(trainee: Trainee) -> str:
    return f"/onboarding/{trainee.manager_id}/overdue"
