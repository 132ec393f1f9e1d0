"""What is changed after publishing: the first value and score stay, and every change says who and why."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.calls.models import Call, CallCorrection
from qcapp.core import clock
from qcapp.core.errors import Forbidden, Refused
from qcapp.core.i18n import _
from qcapp.people.models import User
from qcapp.reviews import cards, service
from qcapp.reviews.disputes import queries, rules
from qcapp.reviews.models import AnswerChange, Purpose, Review, ReviewState
from qcapp.terms import ScoredFact


def change_answers(
    session: Session, review: Review, values: Mapping[str, str], why: Mapping[str, str], *, by: User
) -> int:
    """Put values in by item key, write down each change, and score anew; the number of answers changed.

    Whether this person may, the caller has asked.
    """
    now = clock.now()
    rows = {answer.item.key: answer for answer in review.answers}
    made = rules.steps(cards.card_of(review), cards.answers_of(review), values)
    for step in made:
        rows[step.item].value = step.after
        rows[step.item].changes.append(
            AnswerChange(
                before=step.before,
                after=step.after,
                score_before=cards.per_cent(step.score_before.total),
                score_after=cards.per_cent(step.score_after.total),
                why=why[step.item],
                by=by,
                at=now,
            )
        )
    service.rescore(review)
    session.flush()
    return len(made)


def follow_correction(session: Session, correction_id: int) -> None:
    """The published scores of a call go with it to the manager it is given to, who reads and acknowledges them anew.

    Forbidden where somebody has corrected what a score of his own team counts by. Refused where a dispute is about a
    score, or its reviewer may not score the calls of the other manager.
    """
    correction = session.get_one(CallCorrection, correction_id)
    call = session.get_one(Call, correction.call_id)
    former = former_manager(session, correction)
    for manager in {call.manager, former} - {None}:
        if service.relation_to_manager(session, manager, correction.by) is not None:
            raise Forbidden(_("Nobody decides about his own team. The attempt has been recorded."))
    if ScoredFact.MANAGER not in correction.changed:
        return
    for review in counted_reviews(session, call):
        service.lock(session, review)
        if queries.dispute_of(session, review.id) is not None:
            raise Refused(
                _(
                    "The score of this call was disputed by its manager: it stays with him, and so does the call."
                )
            )
        if service.relation_to(session, call, review.reviewer) is not None:
            raise Refused(
                _(
                    "%(reviewer)s has scored this call and is of the same team as %(manager)s: nobody scores the "
                    "calls of his own team.",
                    reviewer=review.reviewer.name,
                    manager=call.manager.name if call.manager else "–",
                )
            )
        review.manager_id, review.acknowledged_at = call.manager_id, None
    session.flush()


def former_manager(session: Session, correction: CallCorrection) -> User | None:
    """Whose call it was before."""
    change = correction.changed.get(ScoredFact.MANAGER)
    return session.get(User, int(change["before"])) if change and change["before"] else None


def counted_reviews(session: Session, call: Call) -> Sequence[Review]:
    """The published reviews of the call that are counted."""
    published = Review.state == ReviewState.PUBLISHED, Review.purpose == Purpose.COUNTED
    return session.scalars(
        select(Review).where(Review.call_id == call.id, *published).order_by(Review.id)
    ).all()
