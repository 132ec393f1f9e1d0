"""The answers about managers as they were noted, and calls from leads that were not allowed."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qcapp.calls.models import Call
from qcapp.core.db import Base, Id
from qcapp.people.models import User
from qcapp.terms import LeadSource, Stage


class LeadFlag(Base):
    """A call from a lead that its manager was not cleared for."""

    __tablename__ = "lead_flag"

    id: Mapped[Id]
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), unique=True)
    manager_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    stage: Mapped[Stage | None] = mapped_column(doc="None: neither trained nor declared staff")
    lead_source: Mapped[LeadSource]
    at: Mapped[datetime] = mapped_column(index=True)

    call: Mapped[Call] = relationship()
    manager: Mapped[User] = relationship()


class ManagerAnswer(Base):
    """What is answered to programs about a manager, with the moment it came to be so. It stays when he goes."""

    __tablename__ = "manager_answer"

    manager_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    answer: Mapped[dict[str, Any]]
    sequence: Mapped[int] = mapped_column(BigInteger, doc="greater with every change")
    changed_at: Mapped[datetime]

    manager: Mapped[User] = relationship()
