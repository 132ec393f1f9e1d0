"""Lists of people, teams and tokens, who has a permission, and the pages of the audit log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from qcapp.core import clock
from qcapp.core.audit import AuditEntry
from qcapp.people.models import ApiToken, Delegation, Team, User
from qcapp.people.permissions import GRANTS, Permission, allowed, holds
from qcapp.terms import Role

PAGE = 50


def find_users(
    session: Session,
    *,
    text: str = "",
    role: Role | None = None,
    team_id: int | None = None,
    active: bool | None = True,
) -> list[User]:
    """People by name. The text is looked for in name, login, e-mail and extensions, in any case.

    Looked for here and not in SQL, since SQLite's lower() knows Latin letters only; a company has few people.
    """
    query = (
        select(User)
        .options(joinedload(User.team), selectinload(User.extensions), selectinload(User.borrowed))
        .order_by(User.name, User.id)
    )
    if role is not None:
        query = query.where(User.role == role)
    if team_id is not None:
        query = query.where(User.team_id == team_id)
    if active is not None:
        query = query.where(User.active == active)
    wanted = text.casefold().split()
    return [user for user in session.scalars(query) if all(word in _searchable(user) for word in wanted)]


def holders_of(session: Session, permission: Permission, *, over: int | None = None) -> list[User]:
    """Everybody who has the permission, by the own role or by a lent one, by name: over anything, or this manager."""
    roles = [role for role, grants in GRANTS.items() if permission in grants]
    borrowers = select(Delegation.to_id).where(Delegation.role.in_(roles), Delegation.ended_at.is_(None))
    able = select(User).where(User.active, or_(User.role.in_(roles), User.id.in_(borrowers)))
    able = able.options(joinedload(User.team), selectinload(User.borrowed))
    found = session.scalars(able.order_by(User.name, User.id))
    return [
        user
        for user in found
        if (holds(user, permission) if over is None else allowed(session, user, permission, over))
    ]


def all_teams(session: Session) -> Sequence[Team]:
    query = select(Team).options(joinedload(Team.head), selectinload(Team.members)).order_by(Team.name)
    return session.scalars(query).all()


def all_tokens(session: Session) -> Sequence[ApiToken]:
    """The tokens in use first, then those that ended or were revoked; newest first."""
    query = select(ApiToken).options(joinedload(ApiToken.user))
    over = or_(ApiToken.revoked_at.is_not(None), ApiToken.ends_at <= clock.now())
    return session.scalars(query.order_by(over, ApiToken.id.desc())).all()


@dataclass(frozen=True)
class AuditFilter:
    """Which entries; moments are aware, ``until`` is excluded."""

    by_id: int | None = None
    action: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class AuditPage:
    """Entries, newest first, and the ids from which the neighbouring pages go on (None: there is none)."""

    entries: list[AuditEntry]
    newer_than: int | None
    older_than: int | None


def audit_page(
    session: Session, which: AuditFilter, *, before: int | None = None, after: int | None = None
) -> AuditPage:
    """The page of entries older than ``before``, or newer than ``after``, or the newest."""
    query = _filtered(select(AuditEntry), which)
    if after is not None:
        found = session.scalars(
            query.where(AuditEntry.id > after).order_by(AuditEntry.id).limit(PAGE + 1)
        ).all()
        entries = list(reversed(found[:PAGE]))
        more_newer, more_older = len(found) > PAGE, bool(entries)
    else:
        if before is not None:
            query = query.where(AuditEntry.id < before)
        found = session.scalars(query.order_by(AuditEntry.id.desc()).limit(PAGE + 1)).all()
        entries = list(found[:PAGE])
        more_newer, more_older = before is not None and bool(entries), len(found) > PAGE
    return AuditPage(
        entries,
        newer_than=entries[0].id if more_newer else None,
        older_than=entries[-1].id if more_older else None,
    )


def names_of(session: Session, ids: set[int]) -> dict[int, str]:
    return {user.id: user.name for user in session.scalars(select(User).where(User.id.in_(ids)))}


def _filtered(query: Select[AuditEntry], which: AuditFilter) -> Select[AuditEntry]:
    if which.by_id is not None:
        query = query.where(AuditEntry.by_id == which.by_id)
    if which.action:
        query = query.where(AuditEntry.action == which.action)
    if which.since is not None:
        query = query.where(AuditEntry.at >= which.since)
    if which.until is not None:
        query = query.where(AuditEntry.at < which.until)
    return query


def _searchable(user: User) -> str:
    numbers = [extension.number for extension in user.extensions]
    return " ".join([user.name, user.login, user.email or "", *numbers]).casefold()
