"""Articles in a tree, every wording they had, and who has read which."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qcapp.core.db import Base, Id
from qcapp.people.models import User


class ArticleState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class Article(Base):
    """One instruction. A question that has no article yet is a draft with the question alone."""

    __tablename__ = "article"

    id: Mapped[Id]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("article.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    key: Mapped[str] = mapped_column(
        String(200), unique=True, doc="by which lessons name it; of an item of a checklist: see item_key"
    )
    title: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text, default="", doc="Markdown")
    state: Mapped[ArticleState] = mapped_column(default=ArticleState.DRAFT, index=True)
    number: Mapped[int] = mapped_column(default=0, doc="of the wording that is published; 0: none yet")
    question: Mapped[str] = mapped_column(Text, default="", doc="what was asked, if it began so")
    origin: Mapped[str | None] = mapped_column(String(500), doc="the page it was asked on, from the root")
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id"), doc="None: shipped with the product"
    )
    updated_at: Mapped[datetime]

    parent: Mapped["Article | None"] = relationship(remote_side="Article.id")
    created_by: Mapped[User | None] = relationship()
    wordings: Mapped[list["Wording"]] = relationship(back_populates="article", order_by="Wording.number")


class Wording(Base):
    """An article as it was published."""

    __tablename__ = "article_wording"
    __table_args__ = (UniqueConstraint("article_id", "number"),)

    id: Mapped[Id]
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime]

    article: Mapped[Article] = relationship(back_populates="wordings")
    by: Mapped[User | None] = relationship()


class ReadReceipt(Base):
    """Somebody says that he has read a wording."""

    __tablename__ = "read_receipt"
    __table_args__ = (UniqueConstraint("article_id", "number", "user_id"),)

    id: Mapped[Id]
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"))
    number: Mapped[int]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    at: Mapped[datetime]

    article: Mapped[Article] = relationship()
    user: Mapped[User] = relationship()
