"""The score of a call in the list of calls: the newest published one, for those who may read it."""

from sqlalchemy import ColumnElement, select

from qcapp.calls.models import Call
from qcapp.people.models import User
from qcapp.people.permissions import Permission, holds
from qcapp.reviews.models import Review
from qcapp.reviews.queries import readable


def score(by: User) -> ColumnElement[float | None] | None:
    """Per cent; None where the call has no score this person may read."""
    if not (holds(by, Permission.READ_REVIEWS) or holds(by, Permission.READ_PUBLISHED)):
        return None
    newest = select(Review.score).where(Review.call_id == Call.id, readable(by))
    return (
        newest.order_by(Review.published_at.desc(), Review.id.desc())
        .limit(1)
        .correlate(Call)
        .scalar_subquery()
    )
