"""Tells the people a review concerns."""

from sqlalchemy.orm import Session

from qcapp.people.notices import notify
from qcapp.reviews.models import Review


def tell_manager(session: Session, review_id: int) -> None:
    """The manager of the call learns that its score is there to be read."""
    review = session.get_one(Review, review_id)
    if review.call.manager is None:
        return
    notify(
        session,
        review.call.manager,
        "review_published",
        f"/reviews/{review.id}",
        call=review.call.started_at.isoformat(),
        score=None if review.score is None else round(review.score),
    )
