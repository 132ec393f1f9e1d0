"""Calls on certain days, plans, and assignments."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.calls.models import Call, CallTag
from qcapp.checklists.models import Checklist
from qcapp.core import clock
from qcapp.people.models import User
from qcapp.reviews.queue import assignments, plans
from qcapp.reviews.queue.conditions import Conditions
from qcapp.reviews.queue.models import Assignment, PlanRun, SamplingPlan
from qcapp.reviews.queue.states import Period, PlanKind
from tests.factories.calls import make_call

MONDAY = date(2026, 11, 16)
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)  # Friday noon in Moscow


@pytest.fixture
def call_on(session: Session) -> Callable[..., Call]:
    """``call_on(manager, day)``: a transcribed call at noon of the day-th day of the week (0: Monday)."""

    def make(manager: User | None, day: int = 0, *, tags: Sequence[str] = (), **fields: object) -> Call:
        made = {name: fields.pop(name) for name in ("recorded", "transcribed") if name in fields}
        call = make_call(session, manager, **made)  # type: ignore[arg-type]
        call.started_at = datetime.combine(MONDAY, time(9), UTC) + timedelta(days=day)
        for name, value in fields.items():
            setattr(call, name, value)
        call.tags = [CallTag(tag=tag) for tag in tags]
        session.flush()
        return call

    return make


@pytest.fixture
def plan_of(session: Session, people: SimpleNamespace) -> Callable[..., SamplingPlan]:
    """``plan_of(n, **conditions)``: n calls of every manager a week; ``terms`` replaces other terms."""

    def make(number: int, terms: dict[str, object] | None = None, **conditions: object) -> SamplingPlan:
        plain: dict[str, object] = {
            "name": "Weekly",
            "kind": PlanKind.CALLS,
            "period": Period.WEEK,
            "per_manager": number,
            "conditions": Conditions(**conditions),  # type: ignore[arg-type]
        }
        return plans.create_plan(session, plans.PlanTerms(**(plain | (terms or {}))), by=people.lidia)  # type: ignore[arg-type]

    return make


@pytest.fixture
def more_calls(session: Session, people: SimpleNamespace, checklist: Checklist) -> list[Call]:
    return [make_call(session, people.max) for _number in range(5)]


@pytest.fixture
def queued(session: Session, people: SimpleNamespace) -> Callable[..., Assignment]:
    """``queued(call, reviewer=None, priority=0)``: the call in the queue, due in three days."""

    def put(call: Call, reviewer: User | None = None, **more: object) -> Assignment:
        fields: dict[str, object] = {"due_at": clock.now() + timedelta(days=3)} | more
        return assignments.assign(session, [call], reviewer=reviewer, by=people.lidia, **fields)[0]  # type: ignore[arg-type]

    return put


def drawn(session: Session, run: PlanRun) -> list[Assignment]:
    """The assignments of a draw by id."""
    return list(
        session.scalars(select(Assignment).where(Assignment.run_id == run.id).order_by(Assignment.id))
    )
