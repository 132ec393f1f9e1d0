"""A trainee on a version of the program: stages with their attempts, and what was decided."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qcapp.core.db import Base, Id
from qcapp.onboarding.program.models import ProgramVersion
from qcapp.onboarding.states import Overdue, Result
from qcapp.people.models import User
from qcapp.terms import ClearanceVerdict, ConditionKind, Stage

_OPEN = text("parted_at IS NULL")


class Trainee(Base):
    """One onboarding of a manager. There may be several one after another; ``current.py`` says which is meant."""

    __tablename__ = "trainee"
    __table_args__ = (
        Index("uq_trainee_open", "manager_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: Mapped[Id]
    manager_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    program_id: Mapped[int] = mapped_column(ForeignKey("program_version.id"), index=True)
    coach_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    started_on: Mapped[date]
    interrupted_at: Mapped[datetime | None] = mapped_column(
        doc="when he came back, last: the account had been closed or had another role"
    )
    parted_at: Mapped[datetime | None] = mapped_column(
        doc="the department has parted with the trainee, or a new onboarding was begun instead"
    )

    manager: Mapped[User] = relationship(foreign_keys=[manager_id])
    coach: Mapped[User | None] = relationship(foreign_keys=[coach_id])
    program: Mapped[ProgramVersion] = relationship()
    stages: Mapped[list["StageRecord"]] = relationship(back_populates="trainee", order_by="StageRecord.id")
    decisions: Mapped[list["ClearanceDecision"]] = relationship(
        back_populates="trainee", order_by="ClearanceDecision.id"
    )


class Absence(Base):
    """A time in which somebody was no manager at work here: the account was closed or had another role."""

    __tablename__ = "absence"

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    since: Mapped[datetime]
    until: Mapped[datetime | None] = mapped_column(doc="None: not back yet")


class StageRecord(Base):
    """One stay in a stage; attempts count how often everything was learnt from the beginning."""

    __tablename__ = "stage_record"
    __table_args__ = (Index("ix_stage_record_trainee_id_entered_at", "trainee_id", "entered_at"),)

    id: Mapped[Id]
    trainee_id: Mapped[int] = mapped_column(ForeignKey("trainee.id"))
    stage: Mapped[Stage]
    attempt: Mapped[int]
    entered_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    result: Mapped[Result | None]
    why: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id"), doc="who has decided how it was left; None: nobody, or not known"
    )
    unmet: Mapped[list[Any] | None] = mapped_column(
        doc="left by hand: the kinds of conditions that were not met then"
    )

    by: Mapped[User | None] = relationship()
    trainee: Mapped[Trainee] = relationship(back_populates="stages")

    @property
    def unmet_kinds(self) -> list[ConditionKind]:
        return [ConditionKind(kind) for kind in self.unmet or ()]

    overdue: Mapped[list["OverdueDecision"]] = relationship(
        back_populates="record", order_by="OverdueDecision.id"
    )


class OverdueDecision(Base):
    """What was decided when the time of a stage was over."""

    __tablename__ = "overdue_decision"

    id: Mapped[Id]
    record_id: Mapped[int] = mapped_column(ForeignKey("stage_record.id"), index=True)
    decision: Mapped[Overdue]
    until: Mapped[date | None] = mapped_column(doc="the new last day, if prolonged")
    reason: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime]

    record: Mapped[StageRecord] = relationship(back_populates="overdue")
    by: Mapped[User] = relationship()


class ClearanceDecision(Base):
    """Hot leads granted, refused or taken away; with what was computed at that moment.

    It is about a manager. Without an onboarding there is no trainee and nothing to compute.
    """

    __tablename__ = "clearance_decision"

    id: Mapped[Id]
    manager_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    trainee_id: Mapped[int | None] = mapped_column(ForeignKey("trainee.id"), index=True)
    verdict: Mapped[ClearanceVerdict]
    computed: Mapped[bool] = mapped_column(doc="whether there were conditions, and every one was met")
    conditions: Mapped[list[Any]] = mapped_column(
        doc="each condition as it stood: key, met, sentence, evidence"
    )
    reason: Mapped[str] = mapped_column(
        Text, default="", doc="in the words of who decided; a code where nobody did"
    )
    by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id"), doc="None: nobody, but an upgrade of the product or a break"
    )
    at: Mapped[datetime]

    manager: Mapped[User] = relationship(foreign_keys=[manager_id])
    trainee: Mapped[Trainee | None] = relationship(back_populates="decisions")
    by: Mapped[User | None] = relationship(foreign_keys=[by_id])
