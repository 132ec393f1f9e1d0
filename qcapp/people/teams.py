"""Teams: who heads one now; and what administrators do to them: add, rename, choose the head and the members."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from qcapp.core import audit
from qcapp.core.errors import Refused
from qcapp.core.i18n import _
from qcapp.people.audited import PeopleAction
from qcapp.people.models import Team, User
from qcapp.people.permissions import Permission, demand
from qcapp.terms import Role


def head_of(person: User) -> User | None:
    """Who heads this person's team now: still has the role, and works here."""
    head = person.team.head if person.team else None
    return head if head is not None and head.role is Role.HEAD and head.active else None


def add_team(session: Session, *, by: User | None, name: str, head: User | None = None) -> Team:
    """A new team; ``by=None`` is the command line."""
    if by is not None:
        demand(by, Permission.MANAGE_PEOPLE)
    team = Team(name="")
    _set(session, team, name, head)
    session.add(team)
    _save(session, team)
    facts = {field: fact for field, fact in _facts(team).items() if fact}
    audit.record(session, PeopleAction.TEAM_ADDED, f"team:{team.id}", by_id=by and by.id, **facts)
    return team


def change_team(
    session: Session, team: Team, *, by: User, name: str, head: User | None, members: Iterable[User]
) -> None:
    """Rename a team and say who heads it and who is in it. A member of another team leaves that one."""
    demand(by, Permission.MANAGE_PEOPLE)
    before = _facts(team)
    _set(session, team, name, head)
    team.members = list(members)
    _save(session, team)
    if diff := audit.changes(before, _facts(team)):
        audit.record(session, PeopleAction.TEAM_CHANGED, f"team:{team.id}", by_id=by.id, **diff)


def choose_head(session: Session, team: Team, head: User, *, by: User | None) -> None:
    """Let somebody head a team."""
    if by is not None:
        demand(by, Permission.MANAGE_PEOPLE)
    before = team.head
    _set(session, team, team.name, head)
    _save(session, team)
    audit.record(
        session,
        PeopleAction.TEAM_CHANGED,
        f"team:{team.id}",
        by_id=by and by.id,
        head=audit.change(before and before.id, head.id),
    )


def stop_heading(session: Session, head: User, *, by: User) -> None:
    """Whoever is no head of sales any more heads no team either."""
    for team in session.scalars(select(Team).where(Team.head_id == head.id).order_by(Team.id)).all():
        team.head = None
        session.flush()
        change = audit.change(head.id, None)
        audit.record(session, PeopleAction.TEAM_CHANGED, f"team:{team.id}", by_id=by.id, head=change)


def _set(session: Session, team: Team, name: str, head: User | None) -> None:
    cleaned = " ".join(name.split())
    if not cleaned or len(cleaned) > 200:
        raise Refused(_("Give a name of up to 200 characters."))
    if head is not None and (head.role is not Role.HEAD or not head.active):
        raise Refused(_("%(name)s cannot head a team: their role is not head of sales.", name=head.name))
    same = select(Team.id).where(Team.name == cleaned)
    if team.id is not None:
        same = same.where(Team.id != team.id)
    if session.scalar(same):
        raise Refused(_("There is a team “%(name)s” already.", name=cleaned))
    team.name, team.head = cleaned, head


def _save(session: Session, team: Team) -> None:
    taken = _("There is a team “%(name)s” already.", name=team.name)  # now: a failed flush forgets both
    try:
        session.flush()
    except IntegrityError as error:  # made by somebody else in this very moment
        raise Refused(taken) from error


def _facts(team: Team) -> dict[str, object]:
    return {
        "name": team.name,
        "head": team.head.id if team.head else None,
        "members": sorted(member.id for member in team.members),
    }
