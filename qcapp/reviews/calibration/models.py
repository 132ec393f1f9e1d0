"""A calibration: calls, reviewers who score them blind, and the agreed reference."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qcapp.calls.models import Call
from qcapp.checklists.models import ChecklistVersion, Item
from qcapp.core.db import Base, Id
from qcapp.people.models import User
from qcapp.reviews.models import Review


class CalibrationState(StrEnum):
    BLIND = "blind"
    """Reviewers score; nobody sees another's answers."""
    REFERENCE = "reference"
    """All have submitted, or the facilitator has closed the scoring; the reference is being set."""
    CLOSED = "closed"
    """The report is open to all who took part."""
    CANCELLED = "cancelled"
    """Given up before its end, with a reason; nothing becomes of it."""


class Calibration(Base):
    __tablename__ = "calibration"

    id: Mapped[Id]
    title: Mapped[str] = mapped_column(String(200))
    version_id: Mapped[int] = mapped_column(ForeignKey("checklist_version.id"))
    facilitator_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    state: Mapped[CalibrationState] = mapped_column(default=CalibrationState.BLIND)
    due_at: Mapped[datetime]
    created_at: Mapped[datetime]
    blind_until: Mapped[datetime | None] = mapped_column(doc="when the scoring ended")
    closed_at: Mapped[datetime | None] = mapped_column(doc="when it was closed or cancelled")

    version: Mapped[ChecklistVersion] = relationship()
    facilitator: Mapped[User] = relationship()
    calls: Mapped[list["CalibrationCall"]] = relationship(
        back_populates="calibration", order_by="CalibrationCall.position", cascade="all, delete-orphan"
    )
    reviewers: Mapped[list["CalibrationReviewer"]] = relationship(
        back_populates="calibration", order_by="CalibrationReviewer.id", cascade="all, delete-orphan"
    )
    reviews: Mapped[list[Review]] = relationship(order_by="Review.id")


class CalibrationCall(Base):
    """One of the calls, with what the agreed discussion of it came to."""

    __tablename__ = "calibration_call"
    __table_args__ = (UniqueConstraint("calibration_id", "call_id"),)

    id: Mapped[Id]
    calibration_id: Mapped[int] = mapped_column(ForeignKey("calibration.id"))
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    position: Mapped[int]
    note: Mapped[str] = mapped_column(Text, default="", doc="what was agreed on about this call")

    calibration: Mapped[Calibration] = relationship(back_populates="calls")
    call: Mapped[Call] = relationship()
    reference: Mapped[list["ReferenceAnswer"]] = relationship(
        back_populates="call", cascade="all, delete-orphan"
    )


class CalibrationReviewer(Base):
    __tablename__ = "calibration_reviewer"
    __table_args__ = (UniqueConstraint("calibration_id", "reviewer_id"),)

    id: Mapped[Id]
    calibration_id: Mapped[int] = mapped_column(ForeignKey("calibration.id"))
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    submitted_at: Mapped[datetime | None] = mapped_column(doc="when the last of the calls was submitted")
    left_at: Mapped[datetime | None] = mapped_column(
        doc="since when nobody waits: the person can score no more"
    )

    calibration: Mapped[Calibration] = relationship(back_populates="reviewers")
    reviewer: Mapped[User] = relationship()


class ReferenceAnswer(Base):
    """The agreed answer to one item for one call."""

    __tablename__ = "reference_answer"
    __table_args__ = (UniqueConstraint("calibration_call_id", "item_id"),)

    id: Mapped[Id]
    calibration_call_id: Mapped[int] = mapped_column(ForeignKey("calibration_call.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    value: Mapped[str] = mapped_column(Text)
    comment: Mapped[str] = mapped_column(Text, default="")

    call: Mapped[CalibrationCall] = relationship(back_populates="reference")
    item: Mapped[Item] = relationship()
