"""A plan's draw for one period: made once, and filled up as calls come, are scored by hand, or are removed.

Drawn by a worker, an open period gives its share of the days that are over, so that a sample spreads over them.
A person who draws by hand gets all that is wanted from what is there.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from qcapp.calls.models import Call, Recording
from qcapp.calls.states import RecordingState
from qcapp.core import audit, clock, local
from qcapp.core.errors import Refused
from qcapp.core.i18n import _
from qcapp.core.periods import Days
from qcapp.core.web import settings
from qcapp.people.models import Team, User
from qcapp.people.permissions import Permission, demand, gone_from
from qcapp.reviews.audited import ReviewAction
from qcapp.reviews.queue import candidates, periods, sampling
from qcapp.reviews.queue.conditions import Conditions
from qcapp.reviews.queue.models import Assignment, PlanRun, SamplingPlan
from qcapp.reviews.queue.plans import lock_plan
from qcapp.reviews.queue.sampling import Candidate, Draw, Lot
from qcapp.reviews.queue.states import AssignmentState, PlanKind
from qcapp.reviews.rules import relation

ROUNDS = 3
"""Calls that somebody else queued in the same moment are drawn for again, so often at most."""


def draw(session: Session, plan: SamplingPlan, first_day: date, *, by: User | None = None) -> PlanRun:
    """The draw of the period this day lies in: made, or filled up. ``by`` is None for a worker."""
    if by is not None:
        demand(by, Permission.PLAN)
    lock_plan(session, plan)
    if not plan.active:
        raise Refused(_("This plan has been stopped. Resume it first."))
    span = periods.span_of(plan.period, first_day)
    today = local.today()
    if span.first > today:
        raise Refused(_("This period has not begun yet."))
    run = _run_of(session, plan, span)
    dropped = _drop_unusable(session, run)
    added = _fill(session, run, span, whole=by is not None or span.last < today)
    if by is not None or dropped or added:
        by_id = by.id if by else None
        audit.record(
            session,
            ReviewAction.PLAN_DRAWN,
            f"plan:{plan.id}",
            by_id=by_id,
            first_day=span.first.isoformat(),
            calls=added,
        )
    return run


def due_periods(plan: SamplingPlan, today: date, zone: ZoneInfo) -> list[Days]:
    """The open period, and the one before it while its sample may still be scored in time."""
    now = clock.now()
    present = periods.span_of(plan.period, today)
    earlier = periods.previous(plan.period, present)
    begun = plan.created_at.astimezone(zone).date()
    if earlier.last >= begun and now < periods.due_at(earlier, plan.due_days, zone, drawn=earlier.last):
        return [earlier, present]
    return [present]


def _run_of(session: Session, plan: SamplingPlan, span: Days) -> PlanRun:
    run = session.scalar(select(PlanRun).where(PlanRun.plan_id == plan.id, PlanRun.first_day == span.first))
    if run is None:
        run = PlanRun(plan=plan, first_day=span.first, last_day=span.last, shortfalls=[], made_at=clock.now())
        session.add(run)
        session.flush()
    return run


def _drop_unusable(session: Session, run: PlanRun) -> int:
    """Take out of the queue what turned out not to be scorable; its manager gets another call."""
    broken = (
        select(Assignment)
        .join(Call, Assignment.call_id == Call.id)
        .outerjoin(Recording, Recording.call_id == Call.id)
        .where(
            Assignment.run_id == run.id,
            Assignment.state == AssignmentState.WAITING,
            or_(
                Recording.id.is_(None),
                Recording.state == RecordingState.FAILED,
                Call.transcribed_at.is_(None),
                Call.manager_id.is_(None),
            ),
        )
    )
    found = session.scalars(broken.with_for_update(of=Assignment)).all()
    for each in found:
        each.state = AssignmentState.REMOVED
        each.why = _("The recording, its transcript or the manager is missing.")
    session.flush()
    return len(found)


@dataclass(frozen=True, slots=True)
class _Scope:
    """What a draw may take: calls of these managers until a day, ``paced`` of each by now."""

    conditions: Conditions
    span: Days
    until: Days
    managers: Sequence[int]
    paced: int


def _fill(session: Session, run: PlanRun, span: Days, *, whole: bool) -> int:
    scope = _scope(session, run.plan, span, whole=whole)
    make = _draw_calls if run.plan.kind is PlanKind.CALLS else _draw_contacts
    added = 0
    for _round in range(ROUNDS):
        drawn = make(session, run, scope)
        lost = _put_into_queue(session, run, span, drawn.picks)
        added += len(drawn.picks) - lost
        if not lost:
            break
    zone = settings().zone
    why = candidates.shortages(session, scope.conditions, scope.until, zone, drawn.short.keys())
    run.shortfalls = [
        {"manager_id": each, "wanted": scope.paced, "found": max(scope.paced - lacking, 0), "why": why[each]}
        for each, lacking in sorted(drawn.short.items())
    ]
    session.flush()
    return added


def _scope(session: Session, plan: SamplingPlan, span: Days, *, whole: bool) -> _Scope:
    zone = settings().zone
    today = local.today()
    conditions = Conditions.read(plan.conditions)
    return _Scope(
        conditions,
        span,
        until=span if whole else Days(span.first, min(span.last, today - timedelta(days=1))),
        managers=[user.id for user in candidates.managers_of(session, conditions, span, zone)],
        paced=plan.per_manager if whole else periods.target(plan.per_manager, span, today),
    )


def _draw_calls(session: Session, run: PlanRun, scope: _Scope) -> Draw:
    zone = settings().zone
    drawn = candidates.drawn_days(session, run, zone)
    by_hand = candidates.by_hand_days(session, scope.conditions, scope.span, zone, scope.managers)
    removed = _unreplaced(session, run)
    have = {each: Counter(drawn.get(each, {})) + Counter(by_hand.get(each, {})) for each in scope.managers}
    lacking = {}
    for each in scope.managers:
        promised = sum(drawn.get(each, {}).values()) + len(removed.get(each, ()))
        wanted = min(max(scope.paced, promised), run.plan.per_manager)
        lacking[each] = wanted - have[each].total()
    short = [each for each in scope.managers if lacking[each] > 0]
    free = candidates.free_calls(session, scope.conditions, scope.until, zone, short)
    return sampling.draw_calls(free, lacking, have, _lot(run))


def _draw_contacts(session: Session, run: PlanRun, scope: _Scope) -> Draw:
    kept, gone = candidates.drawn_clients(session, run)
    have, lost = Counter(pair[0] for pair in kept), Counter(pair[0] for pair in gone)
    lacking = {
        each: min(max(scope.paced, have[each] + lost[each]), run.plan.per_manager) - have[each]
        for each in scope.managers
    }
    free = candidates.free_calls(session, scope.conditions, scope.until, settings().zone, scope.managers)
    eligible = [each for each in free if (each.manager_id, each.client_id) not in gone]
    return sampling.draw_contacts(eligible, lacking, kept, _lot(run))


def _lot(run: PlanRun) -> Lot:
    return Lot(run.plan.seed, run.first_day.isoformat())


def _put_into_queue(session: Session, run: PlanRun, span: Days, picks: Sequence[Candidate]) -> int:
    """Make assignments of the picks; how many others had queued in the meantime."""
    plan, now = run.plan, clock.now()
    due = periods.due_at(span, plan.due_days, settings().zone, drawn=local.today())
    reviewers = _shared_out(session, run, picks)
    removed = _unreplaced(session, run)
    lost = 0
    for pick in sorted(
        picks, key=lambda each: each.call_id
    ):  # in one order, so that two draws never wait in a ring
        waiting = removed.get(pick.manager_id, [])
        assignment = Assignment(
            call_id=pick.call_id,
            checklist_id=plan.checklist_id,
            run_id=run.id,
            client_id=pick.client_id if plan.kind is PlanKind.CONTACTS else None,
            reviewer_id=reviewers[pick.call_id],
            state=AssignmentState.WAITING,
            priority=plan.priority,
            due_at=due,
            why="",
            replaces_id=waiting[0] if waiting else None,
            created_at=now,
        )
        try:
            with session.begin_nested():
                session.add(assignment)
        except IntegrityError:  # the index of open calls: somebody put it into the queue this moment
            lost += 1
            continue
        if waiting:
            waiting.pop(0)
    return lost


def _shared_out(session: Session, run: PlanRun, picks: Sequence[Candidate]) -> Mapping[int, int | None]:
    plan = run.plan
    if not plan.reviewers:
        return dict.fromkeys((pick.call_id for pick in picks), None)
    named = session.scalars(select(User).where(User.id.in_(plan.reviewers)).order_by(User.id))
    reviewers = [each for each in named if not gone_from(each, Permission.REVIEW)]
    related = _related(session, reviewers, {pick.manager_id for pick in picks})
    given = select(Assignment.reviewer_id, func.count()).where(
        Assignment.run_id == run.id, Assignment.state != AssignmentState.REMOVED
    )
    load = {each: number for each, number in session.execute(given.group_by(Assignment.reviewer_id)) if each}
    calls = picks if plan.kind is PlanKind.CONTACTS else [_alone(pick) for pick in picks]
    return sampling.share_out(calls, [each.id for each in reviewers], related, load)


def _alone(pick: Candidate) -> Candidate:
    """Without its client: calls of a plan of calls may go to different reviewers."""
    return Candidate(pick.call_id, pick.manager_id, pick.day)


def _related(session: Session, reviewers: Sequence[User], managers: Collection[int]) -> set[tuple[int, int]]:
    """Pairs of reviewer and manager that must not meet, by the rule of rules.py."""
    heads = session.execute(select(Team.id, Team.head_id).where(Team.head_id.is_not(None))).all()
    teams = {
        each.id: {team_id for team_id, head_id in heads if head_id == each.id}
        | ({each.team_id} if each.team_id else set())
        for each in reviewers
    }
    found = select(User.id, User.team_id).where(User.id.in_(managers))
    return {
        (reviewer_id, manager_id)
        for manager_id, team_id in session.execute(found)
        for reviewer_id, mine in teams.items()
        if relation(reviewer_id, mine, manager_id, team_id) is not None
    }


def _unreplaced(session: Session, run: PlanRun) -> dict[int, list[int]]:
    """Manager → removed assignments of this draw that nothing has replaced yet, the oldest first."""
    replaced = select(Assignment.replaces_id).where(
        Assignment.run_id == run.id, Assignment.replaces_id.is_not(None)
    )
    found = (
        select(Call.manager_id, Assignment.id)
        .join(Call, Assignment.call_id == Call.id)
        .where(
            Assignment.run_id == run.id,
            Assignment.state == AssignmentState.REMOVED,
            Assignment.id.not_in(replaced),
            Call.manager_id.is_not(None),
        )
        .order_by(Assignment.id)
    )
    waiting: dict[int, list[int]] = defaultdict(list)
    for manager_id, assignment_id in session.execute(found):
        assert manager_id is not None
        waiting[manager_id].append(assignment_id)
    return waiting


def open_plans(session: Session) -> list[SamplingPlan]:
    return list(session.scalars(select(SamplingPlan).where(SamplingPlan.active).order_by(SamplingPlan.id)))
