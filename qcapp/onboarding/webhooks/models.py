"""What a CRM is told of decisions about hot leads."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from qcapp.core.db import Base, Id


class WebhookDelivery(Base):
    """A message to the CRM that distributes leads: kept until it was taken, and afterwards."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (Index("ix_webhook_delivery_waiting", "delivered_at", "next_at"),)

    id: Mapped[Id]
    event: Mapped[str] = mapped_column(String(64))
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime | None] = mapped_column(doc="None: delivered, or given up")
    delivered_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(Text, default="")
