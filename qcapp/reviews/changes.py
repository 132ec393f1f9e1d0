"""What is changed after publishing: the first value and score stay, and every change says who and why."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from qcapp.calls.models import Call, CallCorrection
from qcapp.core import clock
from qcapp.core.errors import Forbidden
from qcapp.core.i18n import _
from qcapp.people.models import User
from qcapp.reviews import cards, service
from qcapp.reviews.disputes import rules
from qcapp.reviews.models import AnswerChange, Review


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


def demand_other_team(session: Session, correction_id: int) -> None:
    """Raise Forbidden where somebody has corrected what a score of his own team counts by."""
    correction = session.get_one(CallCorrection, correction_id)
    if service.relation_to(session, session.get_one(Call, correction.call_id), correction.by) is not None:
        raise Forbidden(_("Nobody decides about his own team. The attempt has been recorded."))
