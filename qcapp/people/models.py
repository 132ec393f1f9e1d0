"""Who works here: people, their teams, telephone extensions, logins, API tokens and notices."""

from datetime import datetime
from typing import Any

from flask_login import UserMixin
from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qcapp.core.db import Base, Code, Id
from qcapp.terms import N_, Role, Term


class Team(Base):
    """A sales team; its head reads the published results of its managers."""

    __tablename__ = "team"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(200), unique=True)
    head_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", use_alter=True), index=True)

    # A head may be a member of his team: the two columns point at each other, so this one is set afterwards.
    head: Mapped["User | None"] = relationship(foreign_keys=[head_id], post_update=True)
    members: Mapped[list["User"]] = relationship(back_populates="team", foreign_keys="User.team_id")


class User(Base, UserMixin):  # type: ignore[misc]  # Flask-Login is untyped
    """A person. Never deleted: deactivated, so that scores and scripts keep their author."""

    __tablename__ = "user"
    __table_args__ = (Index("uq_user_login_lower", text("lower(login)"), unique=True),)

    id: Mapped[Id]
    login: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(320))
    password_hash: Mapped[str | None] = mapped_column(String(255))
    password_temporary: Mapped[bool] = mapped_column(default=False, doc="chosen by somebody else")
    role: Mapped[Role] = mapped_column(index=True)
    confirmed_at: Mapped[datetime | None] = mapped_column(
        doc="somebody entitled stands behind the account as it is; asked of the roles in CONFIRMED_BY"
    )
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"), index=True)
    coach_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id"), index=True, doc="who trains the manager now; kept by onboarding, ends with it"
    )
    locale: Mapped[str | None] = mapped_column(String(5))
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]

    team: Mapped[Team | None] = relationship(back_populates="members", foreign_keys=[team_id])
    extensions: Mapped[list["Extension"]] = relationship(back_populates="user", order_by="Extension.number")
    borrowed: Mapped[list["Delegation"]] = relationship(
        back_populates="holder", foreign_keys="Delegation.to_id", order_by="Delegation.id"
    )
    taken_over: Mapped[list["Handover"]] = relationship(
        back_populates="taker", foreign_keys="Handover.to_id", order_by="Handover.id"
    )

    @property
    def is_active(self) -> bool:
        return self.active


class Extension(Base):
    """A telephone extension and the manager who calls from it."""

    __tablename__ = "extension"

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(String(32), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)

    user: Mapped[User] = relationship(back_populates="extensions")


class Login(Base):
    """One signed-in browser. The cookie holds a random token, this row its hash; each login makes its own."""

    __tablename__ = "login"

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    token_hash: Mapped[str] = mapped_column(Code(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)

    user: Mapped[User] = relationship()


class Delegation(Base):
    """A role lent to somebody for a time: while it lasts the person may do what the lender may."""

    __tablename__ = "delegation"

    id: Mapped[Id]
    from_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    to_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    role: Mapped[Role]
    since: Mapped[datetime]
    until: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(500))
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(doc="None: grants nothing yet")
    ended_at: Mapped[datetime | None] = mapped_column(doc="taken back before its end")

    lender: Mapped[User] = relationship(foreign_keys=[from_id])
    holder: Mapped[User] = relationship(back_populates="borrowed", foreign_keys=[to_id])
    by: Mapped[User] = relationship(foreign_keys=[by_id])


class Handover(Base):
    """The calls and clients of one manager looked after by another. Whose a call was never changes by it."""

    __tablename__ = "handover"

    id: Mapped[Id]
    from_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    to_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    since: Mapped[datetime]
    until: Mapped[datetime | None] = mapped_column(doc="None: for good")
    reason: Mapped[str] = mapped_column(String(500))
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    ended_at: Mapped[datetime | None] = mapped_column(doc="returned before its end")

    giver: Mapped[User] = relationship(foreign_keys=[from_id])
    taker: Mapped[User] = relationship(back_populates="taken_over", foreign_keys=[to_id])
    by: Mapped[User] = relationship(foreign_keys=[by_id])


class TokenScope(Term):
    IMPORT_CALLS = "import_calls", N_("Import calls")
    READ_CLEARANCE = "read_clearance", N_("Read who is cleared for hot leads")
    READ_METRICS = "read_metrics", N_("Read metrics")


class ApiToken(Base):
    """A key for a program. It acts as its user, within its scope alone; only the hash is kept."""

    __tablename__ = "api_token"

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    scope: Mapped[TokenScope]
    token_hash: Mapped[str] = mapped_column(Code(64), unique=True)
    created_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(doc="opens nothing from then on")
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()


class Notice(Base):
    """Something a person should know: shown in the product, and sent by e-mail where that is set up."""

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_user_id_read_at", "user_id", "read_at", "id"),
        Index("ix_notice_unsent", "mailed_at", "id"),
        Index("ix_notice_path", "path"),
    )

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    kind: Mapped[str] = mapped_column(Code(64), doc="key of its sentence in a feature's notice_sentences.py")
    facts: Mapped[dict[str, Any]] = mapped_column(doc="what the sentence is filled with")
    path: Mapped[str] = mapped_column(String(500), doc="the page it leads to, from the root of the product")
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    mail_claimed_until: Mapped[datetime | None] = mapped_column(doc="until then a worker is sending it")
    mailed_at: Mapped[datetime | None] = mapped_column(doc="also when there was no address to send it to")

    user: Mapped[User] = relationship()
