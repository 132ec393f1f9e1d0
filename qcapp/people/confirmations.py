"""Accounts that hear, judge or decide, made or changed by an administrator: confirmed or refused by somebody entitled.

Until then they open nothing. ``by=None`` is the command line.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from qcapp.core import audit, clock
from qcapp.core.audit import AuditEntry
from qcapp.core.errors import Forbidden, Refused
from qcapp.core.i18n import _
from qcapp.people.account_news import entitled
from qcapp.people.audited import PeopleAction
from qcapp.people.closing import close_account
from qcapp.people.holding import hold
from qcapp.people.models import User
from qcapp.people.notices import notify, notify_each
from qcapp.people.permissions import CONFIRMED_BY, Permission, demand, unconfirmed
from qcapp.terms import Role

ACTS = (
    PeopleAction.USER_ADDED,
    PeopleAction.USER_CHANGED,
    PeopleAction.USER_REACTIVATED,
    PeopleAction.PASSWORD_RESET,
    PeopleAction.PASSWORD_CHANGED,
    PeopleAction.ACCOUNT_CONFIRMED,
)
SHOWN = 5


@dataclass(frozen=True)
class AccountToConfirm:
    """An account to confirm, and what was done to it last, the newest first."""

    user: User
    acts: Sequence[AuditEntry]

    @property
    def seen(self) -> int:
        """The newest act that its page shows."""
        return self.acts[0].id if self.acts else 0


def waiting(session: Session, by: User) -> list[AccountToConfirm]:
    """The accounts that the person may confirm, by name."""
    roles = [role for role, entitled in CONFIRMED_BY.items() if by.role in entitled]
    found = select(User).where(User.active, User.role.in_(roles), User.confirmed_at.is_(None))
    users = session.scalars(found.options(joinedload(User.team)).order_by(User.name, User.id)).all()
    return [AccountToConfirm(user, _acts(session, user)) for user in users]


def confirm_account(session: Session, user: User, *, by: User | None, seen: int | None = None) -> None:
    """From now on the account may do what its role allows. ``seen``: the newest act upon it that was looked at."""
    _begin(session, user, by)
    if user.password_temporary and by is not None:
        raise Refused(
            _(
                "%(name)s still has a password that somebody else knows."
                " Confirm the account when the person has chosen another one.",
                name=user.name,
            )
        )
    if seen is not None and AccountToConfirm(user, _acts(session, user)).seen != seen:
        raise Refused(_("Something has just been done to this account. Look at it once more."))
    user.confirmed_at = clock.now()
    audit.record(
        session, PeopleAction.ACCOUNT_CONFIRMED, f"user:{user.id}", by_id=by and by.id, role=user.role
    )
    notify(session, user, "account_confirmed", "/", by=by and by.name)
    if by is None:
        owners = [owner for owner in entitled(session, Role.OWNER) if owner is not user]
        notify_each(
            session, owners, "account_confirmed_on_server", "/audit", name=user.name, role=user.role, by=None
        )


def refuse_account(session: Session, user: User, *, by: User) -> None:
    """Close the account. Administrators are told."""
    _begin(session, user, by)
    audit.record(session, PeopleAction.ACCOUNT_REFUSED, f"user:{user.id}", by_id=by.id, role=user.role)
    close_account(session, user, by=by)
    admins = select(User).where(User.active, User.role == Role.ADMIN).order_by(User.id)
    facts = {"by": by.name, "name": user.name, "role": user.role}
    notify_each(session, session.scalars(admins), "account_refused", f"/users/{user.id}", **facts)


def _begin(session: Session, user: User, by: User | None) -> None:
    """Hold both rows as the database has them now, and demand that there is something to decide for this person."""
    hold(session, User.id.in_([each.id for each in (user, by) if each is not None]))
    if by is not None:
        demand(by, Permission.CONFIRM_ACCOUNTS)
        if by.role not in CONFIRMED_BY.get(user.role, ()):
            raise Forbidden(_("Your role does not allow this. The attempt has been recorded."))
    if not user.active or not unconfirmed(user):
        raise Refused(_("There is nothing to confirm about %(name)s any more.", name=user.name))


def _acts(session: Session, user: User) -> Sequence[AuditEntry]:
    about = select(AuditEntry).where(AuditEntry.thing == f"user:{user.id}", AuditEntry.action.in_(ACTS))
    return session.scalars(about.order_by(AuditEntry.id.desc()).limit(SHOWN)).all()
