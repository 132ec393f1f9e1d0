"""A scorecard, its versions, sections and items. Titles and guides are texts by language: {"ru", "en"}."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qcapp.checklists.card import Critical, ItemKind
from qcapp.core.db import Base, Id
from qcapp.people.models import User


class VersionState(StrEnum):
    DRAFT = "draft"
    SHADOW = "shadow"
    """Scored beside the version in force, and not counted."""
    PUBLISHED = "published"
    ARCHIVED = "archived"


class Checklist(Base):
    """A card under one key through all its versions."""

    __tablename__ = "checklist"

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(64), unique=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    purpose: Mapped[dict[str, Any]]

    owner: Mapped[User | None] = relationship()
    versions: Mapped[list["ChecklistVersion"]] = relationship(
        back_populates="checklist", order_by="ChecklistVersion.number"
    )


class ChecklistVersion(Base):
    """One wording of a card. A review keeps its version forever; an unused one may be replaced."""

    __tablename__ = "checklist_version"
    __table_args__ = (UniqueConstraint("checklist_id", "number"),)

    id: Mapped[Id]
    checklist_id: Mapped[int] = mapped_column(ForeignKey("checklist.id"))
    number: Mapped[int]
    state: Mapped[VersionState] = mapped_column(default=VersionState.DRAFT)
    title: Mapped[dict[str, Any]]
    applies_to: Mapped[dict[str, Any]] = mapped_column(
        doc="direction, lead_source, contact_no, stage, role: lists of values"
    )
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    archived_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None] = mapped_column(doc="when the first review was begun with it")
    review_on: Mapped[date | None] = mapped_column(doc="end of the trial period")
    document: Mapped[dict[str, Any] | None] = mapped_column(
        doc="a draft as the editor holds it, sound or not, until it becomes rows; None: the rows say it all"
    )
    revision: Mapped[int] = mapped_column(default=0, doc="counts saves of the editor, as of a review's draft")
    window: Mapped[str] = mapped_column(String(36), default="", doc="which browser window saved last")
    turn: Mapped[int] = mapped_column(default=0, doc="the how-many-eth save of that window it was")

    checklist: Mapped[Checklist] = relationship(back_populates="versions")
    sections: Mapped[list["Section"]] = relationship(
        back_populates="version", order_by="Section.position", cascade="all, delete-orphan"
    )


class Section(Base):
    __tablename__ = "section"
    __table_args__ = (UniqueConstraint("version_id", "key"),)

    id: Mapped[Id]
    version_id: Mapped[int] = mapped_column(ForeignKey("checklist_version.id"))
    position: Mapped[int]
    key: Mapped[str] = mapped_column(String(64))
    title: Mapped[dict[str, Any]]
    weight: Mapped[float]

    version: Mapped[ChecklistVersion] = relationship(back_populates="sections")
    items: Mapped[list["Item"]] = relationship(
        back_populates="section", order_by="Item.position", cascade="all, delete-orphan", lazy="selectin"
    )


class Item(Base):
    __tablename__ = "item"
    __table_args__ = (UniqueConstraint("section_id", "key"),)

    id: Mapped[Id]
    section_id: Mapped[int] = mapped_column(ForeignKey("section.id"))
    position: Mapped[int]
    key: Mapped[str] = mapped_column(String(64))
    title: Mapped[dict[str, Any]]
    kind: Mapped[ItemKind]
    weight: Mapped[float]
    critical: Mapped[Critical] = mapped_column(default=Critical.NONE)
    bonus: Mapped[bool] = mapped_column(default=False)
    na_allowed: Mapped[bool] = mapped_column(default=True)
    scale_min: Mapped[int | None]
    scale_max: Mapped[int | None]
    options: Mapped[list[Any]] = mapped_column(doc="of a choice: [{key, title, points}, …]")
    critical_below: Mapped[float | None] = mapped_column(
        doc="an answer below it fails; None: the lowest answer"
    )
    required: Mapped[bool] = mapped_column(default=True, doc="only a text may be left unanswered")
    comment_below: Mapped[float | None] = mapped_column(
        doc="an answer below it needs a comment: no 0, yes 1, a scale value, option points; None: below half"
    )
    reasons: Mapped[list[Any]] = mapped_column(doc="[{key, title}, …] for a bad answer")
    guide: Mapped[dict[str, Any]] = mapped_column(
        doc="{answers: {yes|no|na|value: text}, examples: [{answer, quote}]}"
    )
    hints: Mapped[list[Any]] = mapped_column(doc="phrases to look for in the transcript")
    applies_to: Mapped[dict[str, Any]]

    section: Mapped[Section] = relationship(back_populates="items")
