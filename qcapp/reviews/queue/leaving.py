"""Calls in the queue of somebody who cannot score any more."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.core import audit
from qcapp.people.models import User
from qcapp.people.notices import notify_each
from qcapp.people.permissions import Permission
from qcapp.people.queries import holders_of
from qcapp.reviews.audited import ReviewAction
from qcapp.reviews.queue import assignments
from qcapp.reviews.queue.models import Assignment
from qcapp.reviews.queue.states import OPEN, AssignmentState


def free_calls(session: Session, user: User) -> None:
    """What the person had taken or was assigned waits for everybody again, and who plans is told.

    What the person has written stays a draft of the person's own, as when a call is handed on.
    """
    his = select(Assignment.id).where(Assignment.reviewer_id == user.id, Assignment.state.in_(OPEN))
    freed = assignments.open_among(session, session.scalars(his).all())
    for each in freed:
        each.state, each.reviewer, each.taken_at = AssignmentState.WAITING, None, None
    session.flush()
    for each in freed:
        change = audit.change(user.id, None)
        assignments.record(
            session, ReviewAction.CALL_REASSIGNED, each, by=None, reviewer=change, reason="reviewer_left"
        )
    if freed:
        leads = holders_of(session, Permission.PLAN)
        notify_each(session, leads, "calls_freed", "/queue/all", reviewer=user.name, num=len(freed))
