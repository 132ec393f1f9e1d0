"""An exam: a role-play scored live on the exam card."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qcapp.calls.models import Call
from qcapp.checklists.models import ChecklistVersion
from qcapp.core.autosave import Autosaved
from qcapp.core.db import Base, Id
from qcapp.onboarding.models import Trainee
from qcapp.people.models import User


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
