"""Whether somebody works here as a manager now: about others nothing is entered, judged or decided."""

from sqlalchemy import ColumnElement, and_

from qcapp.core.errors import Refused
from qcapp.core.i18n import _
from qcapp.people.models import User
from qcapp.terms import Role


def works_here(user: User) -> bool:
    return user.active and user.role is Role.MANAGER


def at_work() -> ColumnElement[bool]:
    """The same as an SQL condition on ``User``."""
    return and_(User.active, User.role == Role.MANAGER)


def demand_works_here(user: User) -> None:
    """Raise Refused unless he does."""
    if not works_here(user):
        raise Refused(
            _(
                "%(name)s does not work here as a manager now: nothing is entered or decided about him.",
                name=user.name,
            )
        )
