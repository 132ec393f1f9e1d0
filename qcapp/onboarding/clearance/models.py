"""Calls from leads that their managers were not cleared for."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qcapp.calls.models import Call
from qcapp.calls.states import LeadSource
from qcapp.core.db import Base, Id
from qcapp.people.models import User
from qcapp.people.stages import Stage


class LeadFlag(Base):
    """A call from a lead that its manager was not cleared for."""

    __tablename__ = "lead_flag"

    id: Mapped[Id]
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), unique=True)
    manager_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    stage: Mapped[Stage]
    lead_source: Mapped[LeadSource]
    at: Mapped[datetime] = mapped_column(index=True)

    call: Mapped[Call] = relationship()
    manager: Mapped[User] = relationship()
