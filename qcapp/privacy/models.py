"""Each erasure that took place."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qcapp.core.db import Base, Id
from qcapp.people.models import User


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
