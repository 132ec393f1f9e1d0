"""A dispute over a published review, with the answers it is about."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qcapp.core.db import Base, Id
from qcapp.people.models import User
from qcapp.reviews.disputes.rules import Decision
from qcapp.reviews.models import Answer, Review


class Dispute(Base):
    """One a review; once decided, the review's score is frozen."""

    __tablename__ = "dispute"
    __table_args__ = (Index("ix_dispute_open", "decided_at", "opened_at"),)

    id: Mapped[Id]
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"), unique=True)
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    opened_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime | None]
    decision: Mapped[Decision | None] = mapped_column(doc="of all its answers together")

    review: Mapped[Review] = relationship()
    opened_by: Mapped[User] = relationship(foreign_keys=[opened_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])
    answers: Mapped[list["DisputedAnswer"]] = relationship(
        back_populates="dispute", order_by="DisputedAnswer.id", cascade="all, delete-orphan"
    )


class DisputedAnswer(Base):
    """``given`` is what the reviewer had answered, ``proposed`` what the manager asks for, ``value`` what is right.

    The answer itself stays as given where the value found would have lowered the score.
    """

    __tablename__ = "disputed_answer"
    __table_args__ = (UniqueConstraint("dispute_id", "answer_id"),)

    id: Mapped[Id]
    dispute_id: Mapped[int] = mapped_column(ForeignKey("dispute.id"))
    answer_id: Mapped[int] = mapped_column(ForeignKey("answer.id"), index=True)
    given: Mapped[str | None] = mapped_column(Text)
    proposed: Mapped[str] = mapped_column(Text)
    comment: Mapped[str] = mapped_column(Text)
    decision: Mapped[Decision | None]
    value: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text, default="")

    @property
    def counted(self) -> bool:
        """Whether what was decided stands in the review; decided answers are not changed any more."""
        return self.value == self.answer.value

    dispute: Mapped[Dispute] = relationship(back_populates="answers")
    answer: Mapped[Answer] = relationship()
