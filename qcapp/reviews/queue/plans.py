"""What a QC lead does with sampling plans: make, change, stop and resume. The draw itself stands in draws.py."""

import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from qcapp.checklists.models import Checklist
from qcapp.core import audit, clock
from qcapp.core.errors import Refused
from qcapp.core.i18n import _
from qcapp.people.models import User
from qcapp.people.permissions import Permission, demand, holds
from qcapp.reviews.audited import ReviewAction
from qcapp.reviews.queue.conditions import Conditions
from qcapp.reviews.queue.models import PlanRun, SamplingPlan
from qcapp.reviews.queue.states import Period, PlanKind

SEEDS = 2**31


@dataclass(frozen=True, slots=True)
class PlanTerms:
    """What a plan asks for."""

    name: str
    kind: PlanKind
    period: Period
    per_manager: int
    conditions: Conditions
    checklist: Checklist | None = None
    reviewers: tuple[User, ...] = ()
    due_days: int = 3
    priority: int = 0


def create_plan(session: Session, terms: PlanTerms, *, by: User) -> SamplingPlan:
    """A new plan, with a seed of its own. Its first draw is made by a worker, or by hand."""
    demand(by, Permission.PLAN)
    _check(terms)
    plan = SamplingPlan(
        name=terms.name,
        kind=terms.kind,
        period=terms.period,
        seed=secrets.randbelow(SEEDS),
        active=True,
        created_by=by,
        created_at=clock.now(),
    )
    _apply(plan, terms)
    session.add(plan)
    session.flush()
    audit.record(session, ReviewAction.PLAN_MADE, _thing(plan), by_id=by.id, name=plan.name, **_facts(plan))
    return plan


def change_plan(session: Session, plan: SamplingPlan, terms: PlanTerms, *, by: User) -> SamplingPlan:
    """From now on draw on these terms; what was drawn stays."""
    demand(by, Permission.PLAN)
    lock_plan(session, plan)
    _check(terms)
    drawn = session.scalar(select(exists().where(PlanRun.plan_id == plan.id)))
    if drawn and (terms.kind, terms.period) != (plan.kind, plan.period):
        raise Refused(
            _("This plan has drawn already, so its kind and period stay. Make a new plan for others.")
        )
    before = {"name": plan.name} | _facts(plan)
    plan.name, plan.kind, plan.period = terms.name, terms.kind, terms.period
    _apply(plan, terms)
    session.flush()
    if changes := audit.changes(before, {"name": plan.name} | _facts(plan)):
        audit.record(session, ReviewAction.PLAN_CHANGED, _thing(plan), by_id=by.id, **changes)
    return plan


def stop_plan(session: Session, plan: SamplingPlan, *, by: User) -> SamplingPlan:
    """Draw nothing more. What waits in the queue stays there."""
    return _switch(session, plan, active=False, by=by)


def resume_plan(session: Session, plan: SamplingPlan, *, by: User) -> SamplingPlan:
    """Draw again from the present period on."""
    return _switch(session, plan, active=True, by=by)


def lock_plan(session: Session, plan: SamplingPlan) -> None:
    """Two draws of one plan, or a draw and a change, take turns. Taken before the audit log's lock, always."""
    wanted = select(SamplingPlan).where(SamplingPlan.id == plan.id).with_for_update()
    session.scalars(wanted.execution_options(populate_existing=True)).one()


def _switch(session: Session, plan: SamplingPlan, *, active: bool, by: User) -> SamplingPlan:
    demand(by, Permission.PLAN)
    lock_plan(session, plan)
    if plan.active is not active:
        plan.active = active
        session.flush()
        audit.record(
            session,
            ReviewAction.PLAN_RESUMED if active else ReviewAction.PLAN_STOPPED,
            _thing(plan),
            by_id=by.id,
        )
    return plan


def _check(terms: PlanTerms) -> None:
    asked = terms.conditions
    reasons = []
    if terms.per_manager < 1:
        reasons.append(_("A plan draws at least one of every manager."))
    if asked.longest_s is not None and asked.longest_s <= (asked.shortest_s or 0):
        reasons.append(_("The longest call must be longer than the shortest."))
    if asked.score_below is not None and asked.score_below <= (asked.score_from or 0):
        reasons.append(_("The upper score must be above the lower one."))
    reasons += [
        _("%(name)s cannot score calls.", name=each.name)
        for each in terms.reviewers
        if not holds(each, Permission.REVIEW)
    ]
    if reasons:
        raise Refused(*reasons)


def _apply(plan: SamplingPlan, terms: PlanTerms) -> None:
    plan.per_manager, plan.conditions = terms.per_manager, terms.conditions.stored()
    plan.checklist, plan.reviewers = terms.checklist, [each.id for each in terms.reviewers]
    plan.due_days, plan.priority = terms.due_days, terms.priority


def _facts(plan: SamplingPlan) -> dict[str, Any]:
    return {
        "kind": plan.kind,
        "period": plan.period,
        "per_manager": plan.per_manager,
        "conditions": ", ".join(f"{key} {value}" for key, value in sorted(plan.conditions.items())),
        "checklist": plan.checklist.key if plan.checklist else None,
        "reviewers": list(plan.reviewers),
        "due_days": plan.due_days,
        "priority": plan.priority,
    }


def _thing(plan: SamplingPlan) -> str:
    return f"plan:{plan.id}"
