"""Answers that are changed after publishing: the first value and score stay, and every change says who and why."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from qcapp.core import clock
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
