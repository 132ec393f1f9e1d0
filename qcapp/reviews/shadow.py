"""Shadow reviews: the same call scored on a version that is being tried, and not counted."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.checklists import queries as checklists
from qcapp.checklists.models import ChecklistVersion
from qcapp.core.errors import Refused
from qcapp.core.i18n import _
from qcapp.people.models import User
from qcapp.reviews import cards, service
from qcapp.reviews.models import Purpose, Review, ReviewState


def offered(session: Session, review: Review) -> Sequence[ChecklistVersion]:
    """The versions under trial this published review's call can be scored on as well."""
    if review.purpose is not Purpose.COUNTED or review.state is not ReviewState.PUBLISHED:
        return []
    return checklists.shadow_versions_for_call(session, cards.facts_of(review.call))


def shadow_of(session: Session, review: Review, version: ChecklistVersion) -> Review | None:
    """The reviewer's own review of the same call on this version, begun or handed in."""
    return session.scalar(
        select(Review).where(
            Review.call_id == review.call_id,
            Review.reviewer_id == review.reviewer_id,
            Review.version_id == version.id,
            Review.purpose == Purpose.SHADOW,
        )
    )


def begin_shadow(session: Session, review: Review, version: ChecklistVersion, *, by: User) -> Review:
    """A draft on a version under trial, of a call the reviewer has scored on the one in force."""
    service.lock(session, review)
    service.demand_unrelated(session, review.call, by)
    if review.reviewer_id != by.id or version not in offered(session, review):
        raise Refused(_("This call cannot be scored on this checklist beside the one in force."))
    begun = shadow_of(session, review, version)
    return begun or service.new_draft(session, review.call, version, by=by, purpose=Purpose.SHADOW)
