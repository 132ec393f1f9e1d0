"""A sale: proof that needs somebody else's word."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, Numeric, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qcapp.core.db import Base, Id
from qcapp.onboarding.states import SaleState
from qcapp.people.models import User


class Sale(Base):
    """A sale that a manager reports and somebody else confirms."""

    __tablename__ = "sale"
    __table_args__ = (Index("ix_sale_manager_id_sold_on", "manager_id", "sold_on"),)

    id: Mapped[Id]
    manager_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    sold_on: Mapped[date]
    amount: Mapped[Decimal | None] = mapped_column(Numeric(14, 2), doc="in the currency of the department")
    crm_ref: Mapped[str] = mapped_column(String(200), default="")
    comment: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[SaleState] = mapped_column(default=SaleState.ENTERED, index=True)
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    entered_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(Text, default="", doc="why it was refused")

    manager: Mapped[User] = relationship(foreign_keys=[manager_id])
    entered_by: Mapped[User] = relationship(foreign_keys=[entered_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])
