"""The trainees side by side: where each stands, what is met and what is missing; and how cohorts did."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from qcapp.core import local
from qcapp.core.periods import Unit, run_of
from qcapp.onboarding import rules
from qcapp.onboarding.board import cohorts
from qcapp.onboarding.board.deciders import Deciders
from qcapp.onboarding.board.rules import BoardPlace, asked_by, order, place_of, time_left
from qcapp.onboarding.board.waiting import Waits, waits_for
from qcapp.onboarding.clearance.notices import READY
from qcapp.onboarding.countdown import Countdown, days_spent
from qcapp.onboarding.current import is_current, spans_of
from qcapp.onboarding.history import Record, stretches
from qcapp.onboarding.models import ClearanceDecision, StageRecord, Trainee
from qcapp.onboarding.program.plan import Program
from qcapp.onboarding.record import program_of, records_of
from qcapp.onboarding.rules import State
from qcapp.onboarding.sales.models import Sale
from qcapp.onboarding.states import SaleState
from qcapp.people.at_work import at_work, works_here
from qcapp.people.models import Notice, Team, User
from qcapp.people.permissions import Permission, within
from qcapp.terms import ClearanceVerdict, Stage

SHOWN = {Unit.WEEK: 26, Unit.MONTH: 12}
"""How many weeks or months of hiring are shown."""


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One trainee. The day of the first sale counts confirmed ones alone; ``cleared_on``: the first grant.

    ``days``: in the stage of today, the first counted; None: on no way any more. ``waited``: days for somebody else,
    ``deciders``: who that may be.
    """

    trainee: Trainee
    record: Record
    states: tuple[State, ...]
    time: Countdown | None
    place: BoardPlace
    days: int | None
    waits: Waits | None
    waited: int
    deciders: Sequence[User]

    @property
    def stage(self) -> Stage:
        return self.record.now.stage

    @property
    def missing(self) -> tuple[State, ...]:
        return tuple(state for state in self.states if not state.met)

    @property
    def missing_now(self) -> tuple[State, ...]:
        """What is asked for by today's stage and those before it; in the last one, all that clearance asks for."""
        return asked_by(self.stage, self.missing)

    @property
    def missing_later(self) -> tuple[State, ...]:
        now = self.missing_now
        return tuple(state for state in self.missing if state not in now)

    @property
    def met(self) -> tuple[State, ...]:
        return tuple(state for state in self.states if state.met)

    @property
    def first_sale(self) -> date | None:
        since = self.trainee.started_on
        made = (sale.sold_on for sale in self.record.sales if sale.confirmed and sale.sold_on >= since)
        return next(made, None)

    @property
    def first_sale_day(self) -> int | None:
        """Which day it was, counted from the first one."""
        sold = self.first_sale
        return None if sold is None else cohorts.days_between(self.trainee.started_on, sold)

    @property
    def cleared_on(self) -> date | None:
        grants = (each.at for each in self.record.decisions if each.verdict is ClearanceVerdict.GRANTED)
        return next((local.day_of(at) for at in grants), None)


class BoardSort(StrEnum):
    TO_DECIDE = ""
    DAYS = "days"
    """Who has been in his stage longest."""
    WAITING = "waiting"
    """Who has waited longest for somebody else."""


@dataclass(frozen=True, slots=True)
class BoardFilter:
    """Which trainees; without a stage those on the way, ``gone``: with whom the department has parted."""

    team_id: int | None = None
    stage: Stage | None = None
    gone: bool = False
    sort: BoardSort = BoardSort.TO_DECIDE


@dataclass(frozen=True, slots=True)
class Together:
    """Who counts together: those of one week or month, by the first day or by when they first came to the stage."""

    unit: Unit = Unit.WEEK
    stage: Stage | None = None


def board(session: Session, wanted: BoardFilter, today: date, *, by: User) -> list[BoardRow]:
    """The trainees this person may see, in the order of what is to be decided, or as asked for."""
    trainees = session.scalars(_chosen(wanted, by)).all()
    records = records_of(session, trainees)
    programs: dict[int, Program] = {}
    for trainee in trainees:
        if trainee.program_id not in programs:
            programs[trainee.program_id] = program_of(trainee)
    told, deciders = _told(session), Deciders(session)
    rows = [
        _row(each, programs[each.program_id], records[each.id], today, told=told, deciders=deciders)
        for each in trainees
    ]
    rows.sort(key=lambda row: (order(row.place, row.record, row.time), row.trainee.manager.name))
    match wanted.sort:
        case BoardSort.DAYS:
            rows.sort(key=lambda row: -(row.days or 0))
        case BoardSort.WAITING:
            rows.sort(key=lambda row: (row.waits is None, -row.waited))
    return rows


def row_of(session: Session, trainee: Trainee, program: Program, record: Record, today: date) -> BoardRow:
    """One trainee as the board has him."""
    time = time_left(program, record, today)
    asked = (time is not None and time.overdue) or not rules.missing_for_clearance(program, record)
    told = _told(session, trainee.manager_id) if asked else {}
    return _row(trainee, program, record, today, told=told, deciders=Deciders(session))


def teams(session: Session, *, by: User) -> Sequence[Team]:
    """The teams whose trainees this person may see."""
    members = select(User.team_id).where(within(by, Permission.VIEW_ONBOARDING, User.id))
    return session.scalars(select(Team).where(Team.id.in_(members)).order_by(Team.name)).all()


def cohorts_of(session: Session, wanted: Together, today: date, *, by: User) -> list[cohorts.HiringCohort]:
    """Who began, or first came to the stage, in the last half year or year, by week or month."""
    grants = (
        select(ClearanceDecision.trainee_id, func.min(ClearanceDecision.at).label("at"))
        .where(ClearanceDecision.verdict == ClearanceVerdict.GRANTED)
        .group_by(ClearanceDecision.trainee_id)
        .subquery()
    )
    came = (
        select(StageRecord.trainee_id, func.min(StageRecord.entered_at).label("at"))
        .where(StageRecord.stage == wanted.stage)
        .group_by(StageRecord.trainee_id)
        .subquery()
    )
    stays = select(StageRecord.trainee_id).where(StageRecord.left_at.is_(None))
    staff = Trainee.id.in_(stays.where(StageRecord.stage == Stage.STAFF))
    left = or_(Trainee.parted_at.is_not(None), User.active.is_(False))
    found: Select[Trainee, datetime | None, datetime | None, bool, bool, str] = (
        select(Trainee, came.c.at, grants.c.at, staff, left, User.name)
        .join(Trainee.manager)
        .outerjoin(came, came.c.trainee_id == Trainee.id)
        .outerjoin(grants, grants.c.trainee_id == Trainee.id)
        .where(within(by, Permission.RUN_ONBOARDING, Trainee.manager_id))
        .order_by(User.name, Trainee.id)
    )
    begun = session.execute(found).all()
    sold = _first_sales(session, [trainee for trainee, *_rest in begun])
    where_now = {
        trainee.manager_id: (is_staff, has_left) for trainee, *_times, is_staff, has_left, _name in begun
    }
    hires = [
        cohorts.Hire(
            since,
            _day(cleared_at),
            sold.get(trainee.id),
            *where_now[trainee.manager_id],  # of the newest onboarding
            trainee.manager_id,
            name,
        )
        for trainee, came_at, cleared_at, _staff, _left, name in begun
        if (since := _day(came_at) if wanted.stage else trainee.started_on)
    ]
    first_day = run_of(wanted.unit, today, SHOWN[wanted.unit])[0].first
    people = cohorts.of_people(hires, wanted.unit)
    return cohorts.by_unit((hire for hire in people if hire.since >= first_day), wanted.unit)


def _first_sales(session: Session, trainees: Sequence[Trainee]) -> dict[int, date]:
    """The day of the first confirmed sale that belongs to each of these onboardings, by its id."""
    spans = spans_of(session, trainees)
    made = select(Sale.manager_id, Sale.sold_on).where(
        Sale.manager_id.in_(spans), Sale.state == SaleState.CONFIRMED
    )
    return {
        span.trainee.id: sold_on
        for manager_id, sold_on in session.execute(made.order_by(Sale.sold_on.desc()))
        for span in spans[manager_id]
        if span.holds_day(sold_on)
    }


def _chosen(wanted: BoardFilter, by: User) -> Select[Trainee]:
    stays = select(StageRecord.trainee_id).where(StageRecord.left_at.is_(None))
    gone = or_(Trainee.parted_at.is_not(None), ~at_work())
    found = (
        select(Trainee)
        .join(Trainee.manager)
        .where(
            within(by, Permission.VIEW_ONBOARDING, Trainee.manager_id),
            is_current(),
            gone if wanted.gone else ~gone,
        )
        .options(
            joinedload(Trainee.manager).joinedload(User.team),
            joinedload(Trainee.coach),
            selectinload(Trainee.program),
        )
        .order_by(Trainee.id)
    )
    if wanted.team_id is not None:
        found = found.where(User.team_id == wanted.team_id)
    if wanted.stage is not None:
        return found.where(Trainee.id.in_(stays.where(StageRecord.stage == wanted.stage)))
    if not wanted.gone:
        return found.where(Trainee.id.in_(stays.where(StageRecord.stage != Stage.STAFF)))
    return found


def _told(session: Session, manager_id: int | None = None) -> dict[str, datetime]:
    """When those who decide were last told of a trainee, or of this one, by the page on which they do."""
    told = select(Notice.path, func.max(Notice.created_at)).where(Notice.kind.in_((*READY, "stage_overdue")))
    if manager_id is not None:
        told = told.where(Notice.path.in_(_pages(manager_id).values()))
    return dict(session.execute(told.group_by(Notice.path)).all())


def _pages(manager_id: int) -> dict[BoardPlace, str]:
    """Where it is decided about who stands there."""
    return {
        BoardPlace.READY: f"/clearance/{manager_id}",
        BoardPlace.OVERDUE: f"/onboarding/{manager_id}/overdue",
    }


def _row(
    trainee: Trainee,
    program: Program,
    record: Record,
    today: date,
    *,
    told: dict[str, datetime],
    deciders: Deciders,
) -> BoardRow:
    states = rules.all_conditions(program, record)
    time = time_left(program, record, today)
    missing = sum(not state.met for state in states)
    place = place_of(record, time, missing=missing, active=works_here(trainee.manager))
    at = told.get(_pages(trainee.manager_id).get(place, ""))
    told_on = local.day_of(at) if at and at >= record.now.entered_at else None
    if place is BoardPlace.OVERDUE and told_on is None:
        told_on = today  # written down afterwards: nobody has been asked yet
    waits = waits_for(place, program, record, states, time=time, told_on=told_on)
    under_way = place not in (BoardPlace.CLEARED, BoardPlace.GONE)
    days = days_spent(stretches(record.stays), today) if under_way else None
    waited = waits.days(today) if waits else 0
    who = deciders.of(trainee, waits) if waits else ()
    return BoardRow(trainee, record, states, time if under_way else None, place, days, waits, waited, who)


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else local.day_of(moment)
