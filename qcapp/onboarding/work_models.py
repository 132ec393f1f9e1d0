"""What a trainee makes on the way: deliverables, confirmed lessons, exams and sales."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qcapp.calls.models import Call
from qcapp.checklists.models import ChecklistVersion
from qcapp.core.autosave import Autosaved
from qcapp.core.db import Base, Id
from qcapp.onboarding.models import Trainee
from qcapp.onboarding.states import Kind, SaleState, WorkState
from qcapp.people.models import User


class Deliverable(Base, Autosaved):
    """The SPVE table or the list of reasons, once an attempt."""

    __tablename__ = "deliverable"
    __table_args__ = (UniqueConstraint("trainee_id", "kind", "attempt"),)

    id: Mapped[Id]
    trainee_id: Mapped[int] = mapped_column(ForeignKey("trainee.id"))
    kind: Mapped[Kind]
    attempt: Mapped[int]
    state: Mapped[WorkState] = mapped_column(default=WorkState.WRITING, index=True)
    rows: Mapped[list[Any]] = mapped_column(
        doc="of SPVE [[property, benefit, gain, emotion], …]; of reasons [text, …]"
    )
    submitted_at: Mapped[datetime | None]

    trainee: Mapped[Trainee] = relationship()
    submissions: Mapped[list["Submission"]] = relationship(
        back_populates="deliverable", order_by="Submission.number"
    )


class Submission(Base):
    """A deliverable as it was handed in, and what the coach said."""

    __tablename__ = "submission"
    __table_args__ = (UniqueConstraint("deliverable_id", "number"),)

    id: Mapped[Id]
    deliverable_id: Mapped[int] = mapped_column(ForeignKey("deliverable.id"))
    number: Mapped[int]
    rows: Mapped[list[Any]]
    submitted_at: Mapped[datetime]
    accepted: Mapped[bool | None] = mapped_column(doc="None: nobody has decided yet")
    comment: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime | None]

    deliverable: Mapped[Deliverable] = relationship(back_populates="submissions")
    by: Mapped[User | None] = relationship()


class LessonDone(Base):
    """A trainee says that a lesson has been learnt; once an attempt."""

    __tablename__ = "lesson_done"
    __table_args__ = (UniqueConstraint("trainee_id", "attempt", "lesson"),)

    id: Mapped[Id]
    trainee_id: Mapped[int] = mapped_column(ForeignKey("trainee.id"))
    attempt: Mapped[int]
    lesson: Mapped[str] = mapped_column(String(64), doc="its key in the program")
    at: Mapped[datetime]


class Exam(Base, Autosaved):
    """A role-play: the coach plays the client and scores on the exam card."""

    __tablename__ = "exam"
    __table_args__ = (UniqueConstraint("trainee_id", "number"),)

    id: Mapped[Id]
    trainee_id: Mapped[int] = mapped_column(ForeignKey("trainee.id"))
    number: Mapped[int] = mapped_column(doc="of all exams of the trainee")
    attempt: Mapped[int] = mapped_column(doc="of the program, in which it was held")
    version_id: Mapped[int] = mapped_column(ForeignKey("checklist_version.id"), index=True)
    coach_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    call_id: Mapped[int | None] = mapped_column(
        ForeignKey("call.id"), index=True, doc="the recording, if any"
    )
    answers: Mapped[dict[str, Any]] = mapped_column(doc="{item key: {value, comment, reason}}")
    comment: Mapped[str] = mapped_column(Text, default="")
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    mark: Mapped[float | None] = mapped_column(doc="2 to 5, the average; None: nothing was applicable")
    failed_items: Mapped[list[Any]] = mapped_column(doc="keys of critical items that were failed")
    passed: Mapped[bool | None]

    trainee: Mapped[Trainee] = relationship()
    version: Mapped[ChecklistVersion] = relationship()
    coach: Mapped[User] = relationship()
    call: Mapped[Call | None] = relationship()


class Sale(Base):
    """A sale that a manager reports and somebody else confirms."""

    __tablename__ = "sale"
    __table_args__ = (Index("ix_sale_manager_id_sold_on", "manager_id", "sold_on"),)

    id: Mapped[Id]
    manager_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    sold_on: Mapped[date]
    amount: Mapped[Decimal | None] = mapped_column(Numeric(14, 2), doc="in the currency of the department")
    crm_ref: Mapped[str] = mapped_column(String(200), default="")
    comment: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[SaleState] = mapped_column(default=SaleState.ENTERED, index=True)
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    entered_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(Text, default="", doc="why it was refused")

    manager: Mapped[User] = relationship(foreign_keys=[manager_id])
    entered_by: Mapped[User] = relationship(foreign_keys=[entered_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])
