"""What is handed in, with each time it was handed in, and lessons confirmed."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qcapp.core.autosave import Autosaved
from qcapp.core.db import Base, Id, Json
from qcapp.onboarding.models import Trainee
from qcapp.onboarding.states import DeliverableKind, WorkState
from qcapp.onboarding.work.rules import DeliverableRow
from qcapp.people.models import User


class Deliverable(Base, Autosaved):
    """The SPVE table or the list of reasons, once an attempt."""

    __tablename__ = "deliverable"
    __table_args__ = (UniqueConstraint("trainee_id", "kind", "attempt"),)

    id: Mapped[Id]
    trainee_id: Mapped[int] = mapped_column(ForeignKey("trainee.id"))
    kind: Mapped[DeliverableKind]
    attempt: Mapped[int]
    state: Mapped[WorkState] = mapped_column(default=WorkState.WRITING, index=True)
    rows: Mapped[list[DeliverableRow]] = mapped_column(Json)
    submitted_at: Mapped[datetime | None]

    trainee: Mapped[Trainee] = relationship()
    submissions: Mapped[list["Submission"]] = relationship(
        back_populates="deliverable", order_by="Submission.number"
    )


class Submission(Base, Autosaved):
    """A deliverable as it was handed in, and the coach's answer; the trainee reads it once it is decided."""

    __tablename__ = "submission"
    __table_args__ = (UniqueConstraint("deliverable_id", "number"),)

    id: Mapped[Id]
    deliverable_id: Mapped[int] = mapped_column(ForeignKey("deliverable.id"))
    number: Mapped[int]
    rows: Mapped[list[DeliverableRow]] = mapped_column(Json)
    submitted_at: Mapped[datetime]
    accepted: Mapped[bool | None] = mapped_column(doc="None: nobody has decided yet")
    comment: Mapped[str] = mapped_column(Text, default="")
    row_comments: Mapped[dict[str, Any]] = mapped_column(
        default=dict, doc="{id of a row: what is said of it}"
    )
    by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id"), doc="who has decided, or writes the answer"
    )
    at: Mapped[datetime | None] = mapped_column(doc="when it was decided")

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
