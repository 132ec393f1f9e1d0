"""Whose results a person may read, and what there is to narrow them to."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from qcapp.checklists.models import Checklist, ChecklistVersion
from qcapp.people.models import Team, User
from qcapp.people.permissions import Permission, Scope, scope_of, within
from qcapp.reviews.models import Review
from qcapp.terms import Role


@dataclass(frozen=True, slots=True)
class ReportedManager:
    """A manager as reports name him."""

    name: str
    role: Role
    team: str | None
    active: bool


def people(session: Session, *, by: User) -> dict[int, ReportedManager]:
    """Everybody whose results the person may read, by id, in the order of names."""
    query = select(User.id, User.name, User.role, Team.name, User.active).outerjoin(User.team)
    found = session.execute(
        query.where(within(by, Permission.READ_RESULTS, User.id)).order_by(User.name, User.id)
    )
    return {user_id: ReportedManager(name, role, team, active) for user_id, name, role, team, active in found}


def teams(session: Session, *, by: User) -> list[Team]:
    """The teams of those managers, for a filter."""
    members = select(User.team_id).where(
        User.role == Role.MANAGER, within(by, Permission.READ_RESULTS, User.id), User.team_id.is_not(None)
    )
    return list(session.scalars(select(Team).where(Team.id.in_(members)).order_by(Team.name)))


def checklists(session: Session) -> list[tuple[int, dict[str, str]]]:
    """Every checklist that calls have been scored with: id and the title of its newest used version."""
    query = (
        select(ChecklistVersion.checklist_id, ChecklistVersion.title)
        .join(Checklist)
        .where(
            ChecklistVersion.used_at.is_not(None), exists().where(Review.version_id == ChecklistVersion.id)
        )
        .order_by(Checklist.key, ChecklistVersion.number)
    )
    found: Iterable[Any] = session.execute(query)
    return list({row.checklist_id: row.title for row in found}.items())


def sees_many(by: User) -> bool:
    """Whether the person may read the results of others than himself."""
    return scope_of(by, Permission.READ_RESULTS) in {Scope.ALL, Scope.TEAM}
