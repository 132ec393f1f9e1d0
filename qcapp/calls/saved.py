"""Filters of the list of calls that somebody has given a name; everybody's own."""

from collections.abc import Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qcapp.calls.models import SavedView
from qcapp.core.errors import Missing, Refused
from qcapp.core.i18n import _
from qcapp.people.models import User

MOST = 20
LEFT_OUT = "phone"
"""A client's number is not kept: it would stay here when the client is forgotten."""


def views_of(session: Session, user: User) -> Sequence[SavedView]:
    """The person's views by name."""
    return session.scalars(
        select(SavedView).where(SavedView.user_id == user.id).order_by(SavedView.name)
    ).all()


def save_view(session: Session, name: str, args: Mapping[str, str], *, by: User) -> SavedView:
    """Keep what narrows and sorts the list under a name; the same name again replaces what it stood for."""
    args = {key: value for key, value in args.items() if key != LEFT_OUT}
    if not args:
        raise Refused(_("Nothing narrows the list, so there is nothing to save. Filter or sort it first."))
    view = session.scalar(select(SavedView).where(SavedView.user_id == by.id, SavedView.name == name))
    if view is None:
        many = session.scalar(select(func.count()).where(SavedView.user_id == by.id)) or 0
        if many >= MOST:
            raise Refused(_("You have %(n)d saved views. Remove one first.", n=many))
        view = SavedView(user_id=by.id, name=name)
        session.add(view)
    view.args = args
    session.flush()
    return view


def forget_view(session: Session, view_id: int, *, by: User) -> None:
    """Remove an own view."""
    view = session.scalar(select(SavedView).where(SavedView.id == view_id, SavedView.user_id == by.id))
    if view is None:
        raise Missing(_("There is no such view."))
    session.delete(view)
    session.flush()
