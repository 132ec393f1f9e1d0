"""How far a plan is in one period: by manager, by reviewer, and what could not be filled."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session, joinedload

from qcapp.calls.models import Call
from qcapp.core import clock
from qcapp.core.periods import Days
from qcapp.core.web import settings
from qcapp.people.models import User
from qcapp.reviews.queue import candidates
from qcapp.reviews.queue.conditions import Conditions
from qcapp.reviews.queue.models import Assignment, PlanRun, SamplingPlan
from qcapp.reviews.queue.states import OPEN, AssignmentState, PlanKind, Shortage


@dataclass(slots=True)
class QueueTally:
    """Calls of one manager or one reviewer in a draw. ``open`` are waiting or taken; ``overdue`` is part of them."""

    open: int = 0
    taken: int = 0
    overdue: int = 0
    done: int = 0
    removed: int = 0

    @property
    def drawn(self) -> int:
        """What is in the queue or done."""
        return self.open + self.done

    def add(self, state: AssignmentState, late: bool, number: int) -> None:
        if state in OPEN:
            self.open += number
            self.overdue += number if late else 0
            self.taken += number if state is AssignmentState.TAKEN else 0
        elif state is AssignmentState.DONE:
            self.done += number
        else:
            self.removed += number


@dataclass(frozen=True, slots=True)
class ManagerLine:
    """``planned`` and ``clients`` are clients in a plan of contacts; ``by_hand``: calls scored without a plan."""

    manager: User
    planned: int
    tally: QueueTally
    by_hand: int = 0
    clients: int = 0
    short: Shortage | None = None
    lacking: int = 0


@dataclass(frozen=True, slots=True)
class PlanProgress:
    run: PlanRun | None
    managers: list[ManagerLine]
    reviewers: list[tuple[User | None, QueueTally]]
    total: QueueTally = field(default_factory=QueueTally)

    @property
    def planned(self) -> int:
        return sum(line.planned for line in self.managers)

    @property
    def by_hand(self) -> int:
        """Calls scored or queued without a plan, which fill it as well."""
        return sum(line.by_hand for line in self.managers)

    @property
    def short(self) -> list[ManagerLine]:
        """Those for whom not enough could be drawn."""
        return [line for line in self.managers if line.short]


def progress(session: Session, plan: SamplingPlan, span: Days) -> PlanProgress:
    """The plan in the period of these days."""
    zone, conditions = settings().zone, Conditions.read(plan.conditions)
    run = run_of(session, plan, span)
    by_manager, by_reviewer, total = _tallies(session, run)
    managers = candidates.managers_of(session, conditions, span, zone)
    known = {each.id for each in managers}
    managers += session.scalars(select(User).where(User.id.in_(by_manager.keys() - known)))
    by_hand, clients = _beside(session, plan, run, span, [each.id for each in managers])
    short = {each["manager_id"]: each for each in (run.shortfalls if run else [])}
    lines = [
        ManagerLine(
            manager=each,
            planned=plan.per_manager if each.id in known else 0,
            tally=by_manager.get(each.id, QueueTally()),
            by_hand=by_hand.get(each.id, 0),
            clients=clients.get(each.id, 0),
            short=Shortage(short[each.id]["why"]) if each.id in short else None,
            lacking=short[each.id]["wanted"] - short[each.id]["found"] if each.id in short else 0,
        )
        for each in sorted(managers, key=lambda user: (user.name, user.id))
    ]
    return PlanProgress(run, lines, _named(session, by_reviewer), total)


def _named(session: Session, tallies: dict[int, QueueTally]) -> list[tuple[User | None, QueueTally]]:
    """By name, the common queue last."""
    found = select(User).where(User.id.in_(tallies.keys())).order_by(User.name, User.id)
    named: list[tuple[User | None, QueueTally]] = [
        (user, tallies[user.id]) for user in session.scalars(found)
    ]
    if 0 in tallies:
        named.append((None, tallies[0]))
    return named


def run_of(session: Session, plan: SamplingPlan, span: Days) -> PlanRun | None:
    return session.scalar(select(PlanRun).where(PlanRun.plan_id == plan.id, PlanRun.first_day == span.first))


def runs_in(session: Session, spans: Mapping[int, Days]) -> dict[int, PlanRun]:
    """Plan id → its draw of the span named for it, where there is one."""
    wanted = [(plan_id, span.first) for plan_id, span in spans.items()]
    found = select(PlanRun).where(tuple_(PlanRun.plan_id, PlanRun.first_day).in_(wanted))
    return {run.plan_id: run for run in session.scalars(found)}


def runs_of(session: Session, plan: SamplingPlan, limit: int = 24) -> Sequence[PlanRun]:
    """The draws of a plan, the latest first."""
    found = select(PlanRun).where(PlanRun.plan_id == plan.id).order_by(PlanRun.first_day.desc())
    return session.scalars(found.limit(limit)).all()


def all_plans(session: Session) -> list[SamplingPlan]:
    """Every plan, those that draw first, by name."""
    found = select(SamplingPlan).options(joinedload(SamplingPlan.checklist))
    return list(
        session.scalars(found.order_by(SamplingPlan.active.desc(), SamplingPlan.name, SamplingPlan.id))
    )


def totals(session: Session, runs: Sequence[int]) -> dict[int, QueueTally]:
    """Run → its tally over all managers."""
    late = Assignment.due_at < clock.now()
    found = (
        select(Assignment.run_id, Assignment.state, late, func.count())
        .where(Assignment.run_id.in_(runs))
        .group_by(Assignment.run_id, Assignment.state, late)
    )
    tallies: dict[int, QueueTally] = defaultdict(QueueTally)
    for run_id, state, is_late, number in session.execute(found):
        tallies[run_id or 0].add(state, bool(is_late), number)
    return dict(tallies)


def calls_of(session: Session, run: PlanRun, manager_id: int | None = None) -> list[Assignment]:
    """The calls of a draw, also the removed ones, by manager and time."""
    found = (
        select(Assignment)
        .join(Call, Assignment.call_id == Call.id)
        .where(Assignment.run_id == run.id)
        .options(
            joinedload(Assignment.call).joinedload(Call.manager),
            joinedload(Assignment.call).joinedload(Call.client),
            joinedload(Assignment.reviewer),
            joinedload(Assignment.review),
            joinedload(Assignment.replaces),
        )
    )
    if manager_id is not None:
        found = found.where(Call.manager_id == manager_id)
    return list(session.scalars(found.order_by(Call.manager_id, Call.started_at, Assignment.id)))


def _tallies(
    session: Session, run: PlanRun | None
) -> tuple[dict[int, QueueTally], dict[int, QueueTally], QueueTally]:
    """By manager, by reviewer (0: nobody's yet), and over all."""
    managers: dict[int, QueueTally] = defaultdict(QueueTally)
    reviewers: dict[int, QueueTally] = defaultdict(QueueTally)
    total = QueueTally()
    if run is None:
        return managers, reviewers, total
    late = Assignment.due_at < clock.now()
    columns = (Call.manager_id, Assignment.reviewer_id, Assignment.state, late)
    found = (
        select(*columns, func.count())
        .join(Call, Assignment.call_id == Call.id)
        .where(Assignment.run_id == run.id)
        .group_by(*columns)
    )
    for manager_id, reviewer_id, state, is_late, number in session.execute(found):
        for tally in (managers[manager_id or 0], total):
            tally.add(state, bool(is_late), number)
        if state is not AssignmentState.REMOVED:
            reviewers[reviewer_id or 0].add(state, bool(is_late), number)
    managers.pop(0, None)
    return managers, reviewers, total


def _beside(
    session: Session,
    plan: SamplingPlan,
    run: PlanRun | None,
    span: Days,
    managers: Sequence[int],
) -> tuple[dict[int, int], dict[int, int]]:
    """What was done by hand, and how many clients were drawn."""
    if plan.kind is PlanKind.CALLS:
        conditions = Conditions.read(plan.conditions)
        days = candidates.by_hand_days(session, conditions, span, settings().zone, managers)
        return {manager_id: sum(each.values()) for manager_id, each in days.items()}, {}
    clients: dict[int, int] = defaultdict(int)
    for manager_id, _client in candidates.drawn_clients(session, run)[0] if run else ():
        clients[manager_id] += 1
    return {}, clients
