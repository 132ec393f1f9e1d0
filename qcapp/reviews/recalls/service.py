"""Opening and closing tasks to call a lost client again."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.calls.start_words import noted_start
from qcapp.core import audit, clock
from qcapp.core.errors import Refused
from qcapp.core.i18n import _
from qcapp.core.web import settings
from qcapp.people.models import User
from qcapp.people.notices import notify_each
from qcapp.people.permissions import Permission, demand
from qcapp.people.teams import head_of
from qcapp.reviews.audited import ReviewAction
from qcapp.reviews.models import Purpose, Review
from qcapp.reviews.recalls.models import Recall, RecallState
from qcapp.terms import CallOutcome, Role


def open_if_lost(session: Session, review_id: int) -> Recall | None:
    """A published review says that the client was lost by the manager's fault: somebody is to call again."""
    review = session.get(Review, review_id)
    if (
        review is None
        or review.outcome is not CallOutcome.MANAGERS_FAULT
        or review.purpose is not Purpose.COUNTED
    ):
        return None
    if session.scalar(select(Recall.id).where(Recall.review_id == review_id)):
        return None
    now = clock.now()
    due_at = now + timedelta(days=settings().recall_days)
    recall = Recall(review=review, call=review.call, state=RecallState.OPEN, due_at=due_at, created_at=now)
    session.add(recall)
    session.flush()
    audit.record(
        session,
        ReviewAction.RECALL_OPENED,
        _thing(recall),
        by_id=None,
        review=review.id,
        call=review.call_id,
        manager=review.call.manager_id,
    )
    notify_each(
        session,
        _responsible(session, review),
        "recall_opened",
        f"/recalls/{recall.id}",
        manager=review.call.manager.name if review.call.manager else "–",
        call=noted_start(review.call),
        due=due_at.isoformat(),
    )
    return recall


def close_recall(session: Session, recall: Recall, state: RecallState, note: str, *, by: User) -> Recall:
    """Say what came of the second call, or why there is none."""
    demand(by, Permission.RECALL, session=session, manager_id=recall.call.manager_id)
    if state is RecallState.OPEN:
        raise Refused(_("Say whether the client was called again."))
    session.refresh(recall, with_for_update=True)
    if recall.state is not RecallState.OPEN:
        raise Refused(_("This task has been closed already."))
    if not note.strip():
        raise Refused(_("Say in a few words what came of it, or why the client is not called."))
    recall.state, recall.note = state, note.strip()
    recall.closed_by, recall.closed_at = by, clock.now()
    session.flush()
    audit.record(
        session, ReviewAction.RECALL_CLOSED, _thing(recall), by_id=by.id, state=state, call=recall.call_id
    )
    return recall


def _responsible(session: Session, review: Review) -> list[User]:
    """The head of the manager's team; where there is none, the owners."""
    if review.call.manager and (head := head_of(review.call.manager)) is not None:
        return [head]
    owners = select(User).where(User.role == Role.OWNER, User.active.is_(True)).order_by(User.id)
    return list(session.scalars(owners))


def _thing(recall: Recall) -> str:
    return f"recall:{recall.id}"
