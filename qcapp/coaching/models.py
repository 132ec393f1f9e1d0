"""A coaching session with the calls it was about, and the tasks agreed."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qcapp.calls.models import Call
from qcapp.core.db import Base, Id
from qcapp.people.models import User
from qcapp.reviews.models import Mark


class TaskState(StrEnum):
    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


class CoachingSession(Base):
    """A talk of a coach with a manager; the manager says that he has read what was written down."""

    __tablename__ = "coaching_session"
    __table_args__ = (Index("ix_coaching_session_manager_id_held_at", "manager_id", "held_at"),)

    id: Mapped[Id]
    manager_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    coach_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    held_at: Mapped[datetime]
    topic: Mapped[str] = mapped_column(String(200))
    notes: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    acknowledged_at: Mapped[datetime | None]

    manager: Mapped[User] = relationship(foreign_keys=[manager_id])
    coach: Mapped[User] = relationship(foreign_keys=[coach_id])
    calls: Mapped[list["SessionCall"]] = relationship(
        back_populates="session", order_by="SessionCall.id", cascade="all, delete-orphan"
    )
    tasks: Mapped[list["CoachingTask"]] = relationship(
        back_populates="session", order_by="CoachingTask.due_on, CoachingTask.id"
    )


class SessionCall(Base):
    """A call that was talked over, perhaps at a reviewer's mark."""

    __tablename__ = "coaching_call"
    __table_args__ = (UniqueConstraint("session_id", "call_id", "mark_id"),)

    id: Mapped[Id]
    session_id: Mapped[int] = mapped_column(ForeignKey("coaching_session.id"))
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    mark_id: Mapped[int | None] = mapped_column(ForeignKey("mark.id"), index=True)

    session: Mapped[CoachingSession] = relationship(back_populates="calls")
    call: Mapped[Call] = relationship()
    mark: Mapped[Mark | None] = relationship()


class CoachingTask(Base):
    """What the manager has agreed to do, about which item of a checklist, and the call it is checked on."""

    __tablename__ = "coaching_task"
    __table_args__ = (
        Index("ix_coaching_task_manager_id_state_due_on", "manager_id", "state", "due_on"),
        Index("ix_coaching_task_state_due_on", "state", "due_on"),
    )

    id: Mapped[Id]
    session_id: Mapped[int] = mapped_column(ForeignKey("coaching_session.id"), index=True)
    manager_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    text: Mapped[str] = mapped_column(Text)
    checklist_id: Mapped[int | None] = mapped_column(ForeignKey("checklist.id"), index=True)
    item_key: Mapped[str | None] = mapped_column(
        String(64), doc="of that checklist, whatever its version; None: about no single item"
    )
    due_on: Mapped[date]
    state: Mapped[TaskState] = mapped_column(default=TaskState.OPEN)
    recheck_call_id: Mapped[int | None] = mapped_column(ForeignKey("call.id"), index=True)
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    closing: Mapped[str] = mapped_column(Text, default="", doc="what came of it")

    session: Mapped[CoachingSession] = relationship(back_populates="tasks")
    manager: Mapped[User] = relationship(foreign_keys=[manager_id])
    recheck_call: Mapped[Call | None] = relationship()
    closed_by: Mapped[User | None] = relationship(foreign_keys=[closed_by_id])
