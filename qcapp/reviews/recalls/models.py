"""A task to call a client again."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qcapp.calls.models import Call
from qcapp.core.db import Base, Id
from qcapp.people.models import User
from qcapp.reviews.models import Review


class RecallState(StrEnum):
    OPEN = "open"
    CALLED = "called"
    """Somebody called the client again; ``note`` says what came of it."""
    DROPPED = "dropped"
    """Not worth another call; ``note`` says why."""


class Recall(Base):
    """For the head of the manager at whose fault the client was lost, as a published review says."""

    __tablename__ = "recall"
    __table_args__ = (Index("ix_recall_state_due_at", "state", "due_at"),)

    id: Mapped[Id]
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"), unique=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    state: Mapped[RecallState] = mapped_column(default=RecallState.OPEN)
    due_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    closed_at: Mapped[datetime | None]

    review: Mapped[Review] = relationship()
    call: Mapped[Call] = relationship()
    closed_by: Mapped[User | None] = relationship()
