"""Each erasure that took place, and the rules by which age erases."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qcapp.core.db import Base, Id
from qcapp.people.models import User
from qcapp.terms import LeadSource


class Erasure(Base):
    """What was erased at once: nothing in it says whose data it was."""

    __tablename__ = "erasure"

    id: Mapped[Id]
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), doc="None: by age, or on the host")
    by_age: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text, default="", doc="why, where something spoke against it")
    counts: Mapped[dict[str, Any]] = mapped_column(doc="{calls, recordings, texts}: how many were erased")

    by: Mapped[User | None] = relationship()


class RetentionRule(Base):
    """After how many days sound and texts of calls go. The rule that says most of a call counts."""

    __tablename__ = "retention_rule"
    __table_args__ = (UniqueConstraint("lead_source", "outcome"),)

    id: Mapped[Id]
    lead_source: Mapped[LeadSource | None] = mapped_column(doc="None: any")
    outcome: Mapped[str | None] = mapped_column(String(64), doc="as the CRM calls it; None: any")
    sound_days: Mapped[int | None] = mapped_column(doc="None: kept")
    text_days: Mapped[int | None] = mapped_column(doc="None: kept")
    changed_at: Mapped[datetime] = mapped_column(doc="nothing goes by it in the week after")
