"""Sampling plans, what each made of a period, and calls waiting to be scored."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qcapp.calls.models import Call, Client
from qcapp.checklists.models import Checklist
from qcapp.core.db import Base, Id
from qcapp.people.models import User
from qcapp.reviews.models import Review
from qcapp.reviews.queue.states import AssignmentState, Period, PlanKind


class SamplingPlan(Base):
    """What the QC lead wants scored in every period."""

    __tablename__ = "sampling_plan"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[PlanKind] = mapped_column(default=PlanKind.CALLS)
    period: Mapped[Period] = mapped_column(default=Period.WEEK)
    per_manager: Mapped[int] = mapped_column(doc="calls or clients of each manager in a period")
    conditions: Mapped[dict[str, Any]] = mapped_column(
        doc="Conditions of conditions.py, as they store themselves"
    )
    checklist_id: Mapped[int | None] = mapped_column(
        ForeignKey("checklist.id"), doc="None: the best fit for each call"
    )
    reviewers: Mapped[list[Any]] = mapped_column(default=list, doc="user ids; empty: anybody's queue")
    seed: Mapped[int] = mapped_column(doc="with a period's first day it makes that period's draw repeatable")
    due_days: Mapped[int] = mapped_column(default=3, doc="days after the end of the period")
    priority: Mapped[int] = mapped_column(default=0, doc="higher comes first")
    active: Mapped[bool] = mapped_column(default=True)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime]

    checklist: Mapped[Checklist | None] = relationship()
    created_by: Mapped[User] = relationship()
    runs: Mapped[list["PlanRun"]] = relationship(back_populates="plan", order_by="PlanRun.first_day.desc()")


class PlanRun(Base):
    """The draw of one period."""

    __tablename__ = "plan_run"
    __table_args__ = (UniqueConstraint("plan_id", "first_day"),)

    id: Mapped[Id]
    plan_id: Mapped[int] = mapped_column(ForeignKey("sampling_plan.id"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    shortfalls: Mapped[list[Any]] = mapped_column(doc="[{manager_id, wanted, found, why}, …]")
    made_at: Mapped[datetime]

    plan: Mapped[SamplingPlan] = relationship(back_populates="runs")
    assignments: Mapped[list["Assignment"]] = relationship(back_populates="run")


_OPEN = text("state IN ('waiting', 'taken')")


class Assignment(Base):
    """One call to be scored. A call is open in the queue once at most."""

    __tablename__ = "assignment"
    __table_args__ = (
        Index("uq_assignment_open", "call_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_assignment_queue", "state", "reviewer_id", "priority", "due_at"),
        Index("ix_assignment_run_id_state", "run_id", "state"),
        Index("ix_assignment_reviewer_id_done_at", "reviewer_id", "done_at"),
    )

    id: Mapped[Id]
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    checklist_id: Mapped[int | None] = mapped_column(ForeignKey("checklist.id"))
    run_id: Mapped[int | None] = mapped_column(ForeignKey("plan_run.id"), doc="None: picked by hand")
    client_id: Mapped[int | None] = mapped_column(
        ForeignKey("client.id"), doc="of a contact plan: whose calls are heard together"
    )
    reviewer_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id"), doc="None: anybody who is unrelated"
    )
    released_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id"), doc="who gave it back last: he is offered everything else first"
    )
    review_id: Mapped[int | None] = mapped_column(ForeignKey("review.id"), index=True)
    state: Mapped[AssignmentState] = mapped_column(default=AssignmentState.WAITING)
    priority: Mapped[int] = mapped_column(default=0, doc="higher comes first")
    due_at: Mapped[datetime]
    why: Mapped[str] = mapped_column(
        Text, default="", doc="why it was picked, handed on or removed, in words"
    )
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"))
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), doc="None: drawn by a plan")
    created_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]

    call: Mapped[Call] = relationship()
    client: Mapped[Client | None] = relationship()
    checklist: Mapped[Checklist | None] = relationship()
    run: Mapped[PlanRun | None] = relationship(back_populates="assignments")
    reviewer: Mapped[User | None] = relationship(foreign_keys=[reviewer_id])
    created_by: Mapped[User | None] = relationship(foreign_keys=[created_by_id])
    review: Mapped[Review | None] = relationship()
    replaces: Mapped["Assignment | None"] = relationship(remote_side="Assignment.id")


class ContactTalk(Base):
    """The end of a contact plan's period for one manager: what all the calls together say, and the talk about it."""

    __tablename__ = "contact_talk"
    __table_args__ = (UniqueConstraint("run_id", "manager_id"),)

    id: Mapped[Id]
    run_id: Mapped[int] = mapped_column(ForeignKey("plan_run.id"))
    manager_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    report: Mapped[str] = mapped_column(Text, default="")
    agreed: Mapped[str] = mapped_column(Text, default="", doc="what was agreed in the talk")
    talked_on: Mapped[date | None]
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    updated_at: Mapped[datetime]

    run: Mapped[PlanRun] = relationship()
    manager: Mapped[User] = relationship(foreign_keys=[manager_id])
    by: Mapped[User] = relationship(foreign_keys=[by_id])
