"""Tells the people a review concerns."""

from sqlalchemy.orm import Session

from qcapp.calls.models import Call, CallCorrection
from qcapp.calls.start_words import noted_start
from qcapp.people.models import User
from qcapp.people.notices import notify, notify_each
from qcapp.people.permissions import Permission
from qcapp.people.queries import holders_of
from qcapp.reviews import service
from qcapp.reviews.changes import counted_reviews, former_manager
from qcapp.reviews.disputes.models import Dispute
from qcapp.reviews.models import Review


def tell_manager(session: Session, review_id: int) -> None:
    """The manager of the call learns that its score is there to be read."""
    review = session.get_one(Review, review_id)
    if review.call.manager is not None:
        _tell(session, review, review.call.manager, "review_published", f"/reviews/{review.id}")


def tell_of_dispute(session: Session, dispute_id: int) -> None:
    """The reviewer learns that he is contradicted, and whoever may decide that there is something to decide."""
    dispute = session.get_one(Dispute, dispute_id)
    review, path = dispute.review, f"/disputes/{dispute.id}"
    facts = {"manager": dispute.opened_by.name, "num": len(dispute.answers)}
    notify(session, review.reviewer, "dispute_opened", path, call=noted_start(review.call), **facts)
    deciders = _deciders(session, review)
    notify_each(session, deciders, "dispute_to_decide", path, reviewer=review.reviewer.name, **facts)


def tell_of_decision(session: Session, dispute_id: int) -> None:
    """Manager and reviewer learn how the dispute ended."""
    dispute = session.get_one(Dispute, dispute_id)
    for person in (dispute.opened_by, dispute.review.reviewer):
        _tell(session, dispute.review, person, f"dispute_{dispute.decision}", f"/disputes/{dispute.id}")


def tell_of_correction(session: Session, review_id: int) -> None:
    """Manager and reviewer learn that the score is another one now."""
    review = session.get_one(Review, review_id)
    for person in (review.call.manager, review.reviewer):
        if person is not None:
            _tell(session, review, person, "answers_corrected", f"/reviews/{review.id}")


def tell_of_corrected_call(session: Session, correction_id: int) -> None:
    """Managers and reviewers of a scored call learn that its scores count by something else now."""
    correction = session.get_one(CallCorrection, correction_id)
    call = session.get_one(Call, correction.call_id)
    facts = {"call": noted_start(call), "by": correction.by.name, "corrected": [*correction.changed]}
    told = {correction.by_id}
    if (former := former_manager(session, correction)) is not None:
        told.add(former.id)
        notify(session, former, "score_moved", "/reviews/", call=noted_start(call), by=correction.by.name)
    for review in counted_reviews(session, call):
        for person in (call.manager, review.reviewer):
            if person is not None and person.id not in told:
                told.add(person.id)
                notify(session, person, "scored_call_corrected", f"/reviews/{review.id}", **facts)


def _deciders(session: Session, review: Review) -> list[User]:
    return [
        person
        for person in holders_of(session, Permission.DECIDE_DISPUTES)
        if person.id != review.reviewer_id and service.relation_to(session, review.call, person) is None
    ]


def _tell(session: Session, review: Review, person: User, kind: str, path: str) -> None:
    score = None if review.score is None else round(review.score, 1)
    notify(session, person, kind, path, call=noted_start(review.call), score=score)
