"""The script of a manager with its drafts, and what was said about their blocks."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qcapp.callscripts.blocks import Block, DraftState
from qcapp.core.autosave import Autosaved
from qcapp.core.db import Base, Id
from qcapp.people.models import User


class CallScript(Base):
    """One manager's own words for the telephone, through all their drafts."""

    __tablename__ = "call_script"

    id: Mapped[Id]
    manager_id: Mapped[int] = mapped_column(ForeignKey("user.id"), unique=True)
    created_at: Mapped[datetime]

    manager: Mapped[User] = relationship()
    drafts: Mapped[list["ScriptDraft"]] = relationship(back_populates="script", order_by="ScriptDraft.number")


class ScriptDraft(Base, Autosaved):
    """One wording. Once handed in it never changes; the approved one is in force until the next is approved."""

    __tablename__ = "script_draft"
    __table_args__ = (
        UniqueConstraint("script_id", "number"),
        Index("ix_script_draft_state_submitted_at", "state", "submitted_at"),
    )

    id: Mapped[Id]
    script_id: Mapped[int] = mapped_column(ForeignKey("call_script.id"))
    number: Mapped[int]
    state: Mapped[DraftState] = mapped_column(default=DraftState.WRITING)
    blocks: Mapped[dict[str, Any]] = mapped_column(
        doc="{block: text}; of objections [{objection, answer}, …]"
    )
    starter: Mapped[str | None] = mapped_column(String(64), doc="the file of scripts/ it began from")
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    submitted_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decision: Mapped[str] = mapped_column(
        Text, default="", doc="what was said when it was returned or approved"
    )

    script: Mapped[CallScript] = relationship(back_populates="drafts")
    author: Mapped[User] = relationship(foreign_keys=[author_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])
    comments: Mapped[list["BlockComment"]] = relationship(back_populates="draft", order_by="BlockComment.id")


class BlockComment(Base):
    """What a coach or QC says about a block of a draft."""

    __tablename__ = "block_comment"

    id: Mapped[Id]
    draft_id: Mapped[int] = mapped_column(ForeignKey("script_draft.id"), index=True)
    block: Mapped[Block]
    text: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime]

    draft: Mapped[ScriptDraft] = relationship(back_populates="comments")
    by: Mapped[User] = relationship()
