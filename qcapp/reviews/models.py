"""A review of one call by one reviewer on one version of a checklist, with its answers and marks."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qcapp.calls.models import Call
from qcapp.callscripts.blocks import Block
from qcapp.callscripts.models import ScriptDraft
from qcapp.checklists.models import Checklist, ChecklistVersion, Item
from qcapp.core.db import Base, Id
from qcapp.people.models import User
from qcapp.terms import CallOutcome


class ReviewState(StrEnum):
    DRAFT = "draft"
    SCHEDULED = "scheduled"
    """Finished by the reviewer; published by itself at ``publish_at``."""
    PUBLISHED = "published"


class Purpose(StrEnum):
    """What a review is for. Only what is counted is ever seen by those it is about."""

    COUNTED = "counted"
    SHADOW = "shadow"
    """On a version that is being tried beside the one in force."""
    CALIBRATION = "calibration"
    """Blind, to compare reviewers."""


def _one(name: str, purpose: "Purpose", *columns: str) -> Index:
    """A unique index over the reviews of one purpose."""
    condition = text(f"purpose = '{purpose.value}'")
    return Index(name, *columns, unique=True, sqlite_where=condition, postgresql_where=condition)


class Review(Base):
    """One reviewer × checklist × call. Scores are per cent; the first published one is kept."""

    __tablename__ = "review"
    __table_args__ = (
        _one("uq_review_counted", Purpose.COUNTED, "call_id", "reviewer_id", "checklist_id"),
        _one("uq_review_shadow", Purpose.SHADOW, "call_id", "reviewer_id", "version_id"),
        _one("uq_review_calibration", Purpose.CALIBRATION, "calibration_id", "call_id", "reviewer_id"),
        Index("ix_review_state_published_at", "state", "published_at"),
        # the newest score of a call, in a list of calls: by its call, whatever order is asked for
        Index("ix_review_call_id_published_at", "call_id", "published_at", "id"),
        Index("ix_review_manager_id_published_at", "manager_id", "published_at", "id"),
        Index("ix_review_unread", "acknowledged_at", "state", "published_at"),
        Index("ix_review_reviewer_id_state_updated_at", "reviewer_id", "state", "updated_at"),
    )

    id: Mapped[Id]
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"))
    manager_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id"), doc="who is judged: the call's manager, kept once the review is published"
    )
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    checklist_id: Mapped[int] = mapped_column(ForeignKey("checklist.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("checklist_version.id"), index=True)
    state: Mapped[ReviewState] = mapped_column(default=ReviewState.DRAFT)
    purpose: Mapped[Purpose] = mapped_column(default=Purpose.COUNTED)
    calibration_id: Mapped[int | None] = mapped_column(ForeignKey("calibration.id"), index=True)
    revision: Mapped[int] = mapped_column(
        default=0, doc="counts saves: two windows never overwrite each other"
    )
    window: Mapped[str] = mapped_column(String(36), default="", doc="which browser window saved last")
    turn: Mapped[int] = mapped_column(default=0, doc="the how-many-eth save of that window it was")
    score: Mapped[float | None] = mapped_column(
        doc="per cent; None: nothing was applicable, or nothing answered yet"
    )
    first_score: Mapped[float | None] = mapped_column(doc="per cent, as first published")
    sections: Mapped[dict[str, Any]] = mapped_column(doc="{section key: per cent or None}")
    summary: Mapped[str] = mapped_column(Text, default="", doc="what to improve")
    outcome: Mapped[CallOutcome | None] = mapped_column(
        doc="the reviewer's verdict, beside the CRM's on the call"
    )
    spent_s: Mapped[int] = mapped_column(default=0, doc="seconds the workspace was open and in use")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    publish_at: Mapped[datetime | None] = mapped_column(doc="of a scheduled review")
    published_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]

    call: Mapped[Call] = relationship()
    manager: Mapped[User | None] = relationship(foreign_keys=[manager_id])
    reviewer: Mapped[User] = relationship(foreign_keys=[reviewer_id])
    checklist: Mapped[Checklist] = relationship()
    version: Mapped[ChecklistVersion] = relationship()
    answers: Mapped[list["Answer"]] = relationship(back_populates="review", cascade="all, delete-orphan")
    marks: Mapped[list["Mark"]] = relationship(
        back_populates="review", order_by="Mark.start_s", cascade="all, delete-orphan"
    )


class Answer(Base):
    """The answer to one item: ``value`` as the scoring rule reads it, None while unanswered."""

    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("review_id", "item_id"),)

    id: Mapped[Id]
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    value: Mapped[str | None] = mapped_column(Text)
    comment: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str | None] = mapped_column(String(64))

    review: Mapped[Review] = relationship(back_populates="answers")
    item: Mapped[Item] = relationship()
    changes: Mapped[list["AnswerChange"]] = relationship(
        back_populates="answer", order_by="AnswerChange.id", cascade="all, delete-orphan"
    )


class AnswerChange(Base):
    """An answer that was changed after publishing: both values, who, when and why."""

    __tablename__ = "answer_change"

    id: Mapped[Id]
    answer_id: Mapped[int] = mapped_column(ForeignKey("answer.id"), index=True)
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str | None] = mapped_column(Text)
    score_before: Mapped[float | None] = mapped_column(doc="per cent")
    score_after: Mapped[float | None] = mapped_column(doc="per cent")
    why: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime]

    answer: Mapped[Answer] = relationship(back_populates="changes")
    by: Mapped[User] = relationship()


class Mark(Base):
    """A remark at a moment of the recording, perhaps about one item."""

    __tablename__ = "mark"

    id: Mapped[Id]
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"), index=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"))
    start_s: Mapped[float]
    end_s: Mapped[float | None]
    text: Mapped[str] = mapped_column(Text)
    draft_id: Mapped[int | None] = mapped_column(
        ForeignKey("script_draft.id"), index=True, doc="the manager's script to whose block it is pinned"
    )
    block: Mapped[Block | None]

    review: Mapped[Review] = relationship(back_populates="marks")
    draft: Mapped[ScriptDraft | None] = relationship()
    item: Mapped[Item | None] = relationship()
