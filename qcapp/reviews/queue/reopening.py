"""A call that comes back: its finished review was made a draft again before it was published."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.reviews.audited import ReviewAction
from qcapp.reviews.queue import assignments
from qcapp.reviews.queue.models import Assignment
from qcapp.reviews.queue.states import AssignmentState


def reopen(session: Session, review_id: int) -> None:
    """The reviewer is at the call again, unless somebody has put it into the queue anew."""
    wanted = select(Assignment).where(
        Assignment.review_id == review_id, Assignment.state == AssignmentState.DONE
    )
    found = session.scalars(wanted.order_by(Assignment.id.desc()).with_for_update(of=Assignment)).first()
    if found is None or assignments.open_of_call(session, found.call_id) is not None:
        return
    found.state, found.done_at, found.review = AssignmentState.TAKEN, None, None
    session.flush()
    assert found.reviewer is not None
    assignments.record(session, ReviewAction.CALL_REOPENED, found, by=found.reviewer)
