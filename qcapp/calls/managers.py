"""Finds the managers of calls that came in before somebody was given their extension."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from qcapp.calls.audited import CallAction
from qcapp.calls.events import CallNoted
from qcapp.calls.models import Call
from qcapp.core import audit, events
from qcapp.people.models import Extension, User
from qcapp.people.permissions import Permission, demand


def find_managers(session: Session, *, by: User) -> int:
    """Give every call without a manager to whom its extension belongs now; how many found theirs. A score that is
    published already stays nobody's."""
    demand(by, Permission.IMPORT_CALLS)
    owner = select(Extension.user_id).where(Extension.number == Call.manager_extension).scalar_subquery()
    found = session.scalars(
        update(Call)
        .where(
            Call.manager_id.is_(None),
            Call.scored_at.is_(None),
            Call.manager_extension.in_(select(Extension.number)),
        )
        .values(manager_id=owner)
        .returning(Call.id)
        .execution_options(synchronize_session="fetch")
    ).all()
    if found:
        audit.record(session, CallAction.MANAGERS_FOUND, "import:managers", by_id=by.id, calls=len(found))
    session.flush()
    for call_id in sorted(found):
        events.emit(session, CallNoted(call_id))
    return len(found)
