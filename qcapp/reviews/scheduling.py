"""Publishing at a set time: a finished review waits, visible to its reviewer alone, until its moment has come."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.calls.start_words import noted_start
from qcapp.core import audit, clock, events
from qcapp.core.errors import Forbidden, Refused
from qcapp.core.i18n import _, ngettext
from qcapp.people.models import User
from qcapp.people.notices import notify
from qcapp.people.permissions import Permission, demand
from qcapp.reviews import service
from qcapp.reviews.audited import ReviewAction
from qcapp.reviews.events import ReviewScheduled, ReviewWithdrawn
from qcapp.reviews.models import Purpose, Review, ReviewState

LATEST = timedelta(days=31)  # later than that is a slip of the finger in the year


def schedule_review(session: Session, review: Review, at: datetime, *, by: User) -> Review:
    """Finish the review now and have it published at a moment to come."""
    service.lock(session, review)
    service.demand_own_draft(review, by)
    service.demand_unrelated(session, review.call, by)
    service.demand_not_blind(session, review.call, by)
    if review.purpose is not Purpose.COUNTED:
        raise Refused(_("This review is not counted: hand it in at once."))
    if at <= clock.now():
        raise Refused(_("This moment has passed. Choose a later one."))
    if at > clock.now() + LATEST:
        raise Refused(
            ngettext(
                "This is more than %(num)d day away. Choose an earlier moment.",
                "This is more than %(num)d days away. Choose an earlier moment.",
                LATEST.days,
            )
        )
    service.finish(review)
    review.state, review.publish_at = ReviewState.SCHEDULED, at
    session.flush()
    audit.record(
        session,
        ReviewAction.REVIEW_SCHEDULED,
        service.thing(review),
        by_id=by.id,
        call=review.call_id,
        publish_at=at.isoformat(),
    )
    events.emit(session, ReviewScheduled(review_id=review.id, call_id=review.call_id))
    return review


def withdraw(session: Session, review: Review, *, by: User) -> Review:
    """Make a waiting review a draft again."""
    service.lock(session, review)
    demand(by, Permission.REVIEW)
    if review.reviewer_id != by.id:
        raise Forbidden(_("Only its reviewer can change a review. The attempt has been recorded."))
    if review.state is ReviewState.PUBLISHED:
        raise Refused(_("This review has been published and is not changed any more."))
    if review.state is ReviewState.SCHEDULED:
        _to_draft(session, review, by_id=by.id)
    return review


def due(session: Session) -> list[int]:
    """The ids of the reviews whose moment has come."""
    waiting = select(Review.id).where(Review.state == ReviewState.SCHEDULED, Review.publish_at <= clock.now())
    return list(session.scalars(waiting.order_by(Review.publish_at, Review.id)))


def publish_due(session: Session, review_id: int) -> None:
    """Publish one review whose moment has come. Of several workers the first one does it, the others nothing.

    If its reviewer has come too close to the manager since, it goes back to him as a draft.
    """
    review = session.get(Review, review_id)
    if review is None:
        return
    service.lock_for_publishing(session, review)
    now = clock.now()
    if review.state is not ReviewState.SCHEDULED or review.publish_at is None or review.publish_at > now:
        return
    if service.relation_to(session, review.call, review.reviewer) is None:
        service.make_public(session, review, by=review.reviewer)
        return
    _to_draft(session, review, by_id=None)
    notify(
        session,
        review.reviewer,
        "review_not_published",
        f"/reviews/{review.id}",
        call=noted_start(review.call),
    )


def _to_draft(session: Session, review: Review, *, by_id: int | None) -> None:
    review.state, review.publish_at = ReviewState.DRAFT, None
    session.flush()
    audit.record(
        session, ReviewAction.REVIEW_WITHDRAWN, service.thing(review), by_id=by_id, call=review.call_id
    )
    events.emit(session, ReviewWithdrawn(review_id=review.id, call_id=review.call_id))
