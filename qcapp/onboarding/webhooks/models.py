"""What a CRM is told about managers and leads."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qcapp.core.db import Base, Code, Id
from qcapp.people.models import User


class WebhookDelivery(Base):
    """The answer about a manager as a message to the CRM: kept until it was taken, and afterwards."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        Index("ix_webhook_delivery_due", "next_at", "id"),
        Index("ix_webhook_delivery_manager_id", "manager_id", "id"),
    )

    id: Mapped[Id]
    manager_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    sequence: Mapped[int] = mapped_column(BigInteger, doc="that of the answer")
    address: Mapped[str] = mapped_column(String(64), doc="fingerprint of the address that was set then")
    event: Mapped[str] = mapped_column(Code(64))
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    sending: Mapped[bool] = mapped_column(default=False, doc="by some worker, until next_at at the latest")
    next_at: Mapped[datetime | None] = mapped_column(doc="None: delivered, or overtaken by a later one")
    delivered_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(Text, default="")

    manager: Mapped[User] = relationship()
