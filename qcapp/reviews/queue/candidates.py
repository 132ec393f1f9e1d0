"""Which calls a plan may draw, which count already, and why there are not more: conditions as SQL.

Every query is bound to the days of one period, so the index of the list of calls answers it at any size.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Exists,
    Float,
    Row,
    and_,
    case,
    cast,
    exists,
    func,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session

from qcapp.calls.models import Call, CallTag, Client, Recording
from qcapp.calls.queries import role_plays
from qcapp.core.periods import Days
from qcapp.core.web import settings
from qcapp.people.models import User
from qcapp.reviews.models import Review, ReviewState
from qcapp.reviews.queries import calibrated_blind
from qcapp.reviews.queue.conditions import Conditions
from qcapp.reviews.queue.models import Assignment, PlanRun
from qcapp.reviews.queue.sampling import Candidate
from qcapp.reviews.queue.states import OPEN, AssignmentState, Shortage
from qcapp.terms import Role

EARLIER = timedelta(days=90)
"""How far back the earlier reviews lie whose average a plan asks for."""
# Written out, since the database uses a partial index only where it can read the value.
COUNTED = Review.purpose == literal_column("'counted'")


def managers_of(session: Session, conditions: Conditions, span: Days, zone: ZoneInfo) -> list[User]:
    """The active managers whom the plan is about, by name."""
    found = select(User).where(User.role == Role.MANAGER, User.active)
    if conditions.teams:
        found = found.where(User.team_id.in_(conditions.teams))
    managers = list(session.scalars(found.order_by(User.name, User.id)))
    if conditions.score_from is None and conditions.score_below is None:
        return managers
    averages = _earlier_averages(session, span, zone)
    return [each for each in managers if _within_band(averages.get(each.id), conditions)]


def free_calls(
    session: Session, conditions: Conditions, span: Days, zone: ZoneInfo, managers: Collection[int]
) -> list[Candidate]:
    """Transcribed calls that meet the conditions and that nobody has scored, begun, put into the queue or scores blind
    in a calibration."""
    found = select(Call.id, Call.manager_id, Call.started_at, Call.client_id).where(
        *_period(span, zone),
        Call.manager_id.in_(managers),
        *meeting(conditions),
        *_free(),
    )
    return [
        Candidate(call_id, manager_id, started_at.astimezone(zone).date(), client_id)
        for call_id, manager_id, started_at, client_id in session.execute(found)
        if manager_id is not None
    ]


@dataclass(frozen=True, slots=True)
class Fit:
    """How much a plan could draw from now."""

    calls: int
    managers: int
    clients: int


def fit(session: Session, conditions: Conditions, span: Days, zone: ZoneInfo) -> Fit:
    """What ``free_calls`` would find, counted."""
    managers = [user.id for user in managers_of(session, conditions, span, zone)]
    counts = session.execute(
        select(
            func.count(), func.count(Call.manager_id.distinct()), func.count(Call.client_id.distinct())
        ).where(*_period(span, zone), Call.manager_id.in_(managers), *meeting(conditions), *_free())
    ).one()
    return Fit(*counts)


def drawn_days(session: Session, run: PlanRun, zone: ZoneInfo) -> dict[int, dict[date, int]]:
    """Manager → day → calls of this draw that are waiting, taken or done."""
    found = (
        select(Call.manager_id, Call.started_at)
        .join(Assignment, Assignment.call_id == Call.id)
        .where(Assignment.run_id == run.id, Assignment.state != AssignmentState.REMOVED)
    )
    return _by_day(session.execute(found), zone)


def by_hand_days(
    session: Session, conditions: Conditions, span: Days, zone: ZoneInfo, managers: Collection[int]
) -> dict[int, dict[date, int]]:
    """Manager → day → calls meeting the conditions that people have scored or queued without any plan."""
    queued = _assignment_of_call().where(Assignment.run_id.is_(None), Assignment.state.in_(OPEN))
    planned = _assignment_of_call().where(
        Assignment.run_id.is_not(None), Assignment.state != AssignmentState.REMOVED
    )
    found = select(Call.manager_id, Call.started_at).where(
        *_period(span, zone),
        Call.manager_id.in_(managers),
        *meeting(conditions),
        or_(Call.scored_at.is_not(None), queued),
        ~planned,
    )
    return _by_day(session.execute(found), zone)


def drawn_clients(session: Session, run: PlanRun) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
    """Pairs of manager and client this draw has picked, and those all of whose calls were removed again."""
    found = (
        select(Call.manager_id, Assignment.client_id, Assignment.state != AssignmentState.REMOVED)
        .join(Call, Assignment.call_id == Call.id)
        .where(Assignment.run_id == run.id, Assignment.client_id.is_not(None))
        .distinct()
    )
    kept: set[tuple[int, int]] = set()
    ever: set[tuple[int, int]] = set()
    for manager_id, client_id, stays in session.execute(found):
        if manager_id is None or client_id is None:
            continue
        ever.add((manager_id, client_id))
        if stays:
            kept.add((manager_id, client_id))
    return kept, ever - kept


def shortages(
    session: Session, conditions: Conditions, span: Days, zone: ZoneInfo, managers: Collection[int]
) -> dict[int, Shortage]:
    """Why these managers have not more calls that could be drawn."""
    meets = and_(true(), *meeting(conditions))
    recorded = exists().where(Recording.call_id == Call.id)
    found = (
        select(
            Call.manager_id,
            func.sum(case((meets, 1), else_=0)),
            func.sum(case((and_(meets, Call.transcribed_at.is_(None), recorded), 1), else_=0)),
        )
        .where(*_period(span, zone), Call.manager_id.in_(managers))
        .group_by(Call.manager_id)
    )
    known = {
        manager_id: Shortage.NOT_TRANSCRIBED
        if untranscribed
        else Shortage.USED_UP
        if fitting
        else Shortage.NONE_FIT
        for manager_id, fitting, untranscribed in session.execute(found)
    }
    return {each: known.get(each, Shortage.NO_CALLS) for each in managers}


def meeting(conditions: Conditions) -> Iterator[ColumnElement[bool]]:
    """What the conditions say of the call itself."""
    if conditions.shortest_s is not None:
        yield Call.talk_s >= conditions.shortest_s
    if conditions.longest_s is not None:
        yield Call.talk_s < conditions.longest_s
    if conditions.direction is not None:
        yield Call.direction == conditions.direction
    if conditions.lead_source is not None:
        yield Call.lead_source == conditions.lead_source
    if conditions.stages:
        yield Call.stage.in_(conditions.stages)
    if conditions.category is not None:
        yield Call.client_id.in_(select(Client.id).where(Client.category == conditions.category))
    if conditions.outcome is not None:
        yield Call.outcome == conditions.outcome
    if conditions.tag is not None:
        yield Call.id.in_(select(CallTag.call_id).where(CallTag.tag == conditions.tag))


def _period(span: Days, zone: ZoneInfo) -> tuple[ColumnElement[bool], ...]:
    since, until = span.moments(zone)
    return Call.started_at >= since, Call.started_at < until, Call.id.not_in(role_plays())


def _free() -> tuple[ColumnElement[bool], ...]:
    """A call that was in the queue once is not drawn again: if it was removed, there was a reason."""
    begun = exists().where(Review.call_id == Call.id, COUNTED)
    return (
        Call.transcribed_at.is_not(None),
        Call.scored_at.is_(None),
        ~begun,
        ~_assignment_of_call(),
        Call.id.not_in(calibrated_blind()),
    )


def _assignment_of_call() -> Exists:
    return exists().where(Assignment.call_id == Call.id)


def _by_day(rows: Iterable[Row[int | None, datetime]], zone: ZoneInfo) -> dict[int, dict[date, int]]:
    found: dict[int, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for manager_id, started_at in rows:
        assert manager_id is not None
        found[manager_id][started_at.astimezone(zone).date()] += 1
    return {manager_id: dict(days) for manager_id, days in found.items()}


def _earlier_averages(session: Session, span: Days, zone: ZoneInfo) -> dict[int, float]:
    until, _end = span.moments(zone)
    found = (
        select(Call.manager_id, cast(func.avg(Review.score), Float))
        .join(Review, Review.call_id == Call.id)
        .where(
            Review.state == ReviewState.PUBLISHED,
            Review.published_at >= until - EARLIER,
            Review.published_at < until,
            COUNTED,
            Review.score.is_not(None),
            Call.manager_id.is_not(None),
        )
        .group_by(Call.manager_id)
        .having(func.count() >= settings().enough_reviews)
    )
    return {manager_id: average for manager_id, average in session.execute(found) if manager_id is not None}


def _within_band(average: float | None, conditions: Conditions) -> bool:
    if average is None:
        return False
    low, high = conditions.score_from, conditions.score_below
    return (low is None or average >= low) and (high is None or average < high)
