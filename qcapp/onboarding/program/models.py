"""A version of the program: a draft, in force, or kept for those who began by it."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qcapp.core.autosave import Autosaved
from qcapp.core.db import Base, Id
from qcapp.onboarding.states import ProgramState
from qcapp.people.models import User


class ProgramVersion(Base, Autosaved):
    """The program of onboarding in one wording. A trainee keeps the one started with."""

    __tablename__ = "program_version"
    __table_args__ = (UniqueConstraint("key", "number"),)

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(64))
    number: Mapped[int]
    state: Mapped[ProgramState] = mapped_column(default=ProgramState.DRAFT)
    document: Mapped[dict[str, Any]] = mapped_column(doc="as program.py reads it")
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), doc="None: shipped with the product")

    by: Mapped[User | None] = relationship()
