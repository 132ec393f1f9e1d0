"""What is done to accounts that judge or decide, told to the owners at once; and the last owner kept out of reach.

``by=None`` is the command line: whoever may run it owns the machine, so what it does is told, but not asked about.
"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.core.errors import Refused
from qcapp.core.i18n import _
from qcapp.people.models import User
from qcapp.people.notices import notify, notify_each
from qcapp.people.permissions import CONFIRMED_BY, unconfirmed
from qcapp.terms import Role

CONFIRMATIONS = "/confirmations"


def entitled(session: Session, role: Role) -> Sequence[User]:
    """Who may confirm an account of this role, by name."""
    able = select(User).where(
        User.active, User.confirmed_at.is_not(None), User.role.in_(CONFIRMED_BY.get(role, ()))
    )
    return session.scalars(able.order_by(User.name, User.id)).all()


def ask_or_tell(session: Session, user: User, what: str, *, by: User | None) -> None:
    """Owners hear what was done, and so does the person; where the account is to be confirmed now, all entitled do."""
    to_confirm = user.active and unconfirmed(user)
    facts = {"name": user.name, "role": user.role, "by": by and by.name}
    path = CONFIRMATIONS if to_confirm else "/audit"
    able = entitled(session, user.role if to_confirm else Role.OWNER)
    told = [person for person in able if person not in (user, by)]
    notify_each(session, told, f"account_{what}", path, **facts, to_confirm=to_confirm)
    if user.active and what != "added":
        notify(session, user, f"account_{what}", "/", **facts)


def password_chosen(session: Session, user: User) -> None:
    """The person has a password that nobody else knows: now the account can be confirmed."""
    if unconfirmed(user):
        able = entitled(session, user.role)
        notify_each(session, able, "account_ready", CONFIRMATIONS, name=user.name, role=user.role)


def demand_another_owner(session: Session, user: User) -> None:
    """The last owner who can confirm is out of an administrator's reach. Call it with the owners' rows locked."""
    if last_owner(session, user):
        raise Refused(
            _(
                "%(name)s is the last owner: an administrator alone can neither close the account nor give it another"
                " role or password. Let another owner be made and confirmed first, or use “qcapp user” on the server.",
                name=user.name,
            )
        )


def last_owner(session: Session, user: User) -> bool:
    """Whether nobody else could confirm what is asked of an owner."""
    counts = user.role is Role.OWNER and user.active and user.confirmed_at is not None
    return counts and not [owner for owner in entitled(session, Role.OWNER) if owner.id != user.id]
