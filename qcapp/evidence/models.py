"""The list of phrases that nobody here is to say."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qcapp.core.db import Base, Id
from qcapp.people.models import User


class ForbiddenPhrase(Base):
    """A phrase that newcomers bring from other companies; looked for in calls until it is retired."""

    __tablename__ = "forbidden_phrase"

    id: Mapped[Id]
    text: Mapped[str] = mapped_column(String(200))
    instead: Mapped[str] = mapped_column(Text, doc="why not, and what to say instead")
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime]
    retired_at: Mapped[datetime | None]

    by: Mapped[User] = relationship()
