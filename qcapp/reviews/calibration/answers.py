"""The answers of a calibration as values: what was asked about a call, who answered what, what was agreed."""

from collections.abc import Sequence, Set
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from qcapp.checklists import queries as checklists
from qcapp.checklists import scoring
from qcapp.checklists.card import Card, ItemKind
from qcapp.reviews import cards
from qcapp.reviews.calibration import rules
from qcapp.reviews.calibration.models import Calibration, CalibrationCall
from qcapp.reviews.models import Answer, Review, ReviewState


def submitted(session: Session, calibration_id: int, call_id: int | None = None) -> Sequence[Review]:
    """The reviews handed in, with their answers; of one call, or of all."""
    found = select(Review).where(
        Review.calibration_id == calibration_id, Review.state == ReviewState.PUBLISHED
    )
    if call_id is not None:
        found = found.where(Review.call_id == call_id)
    options = (joinedload(Review.reviewer), selectinload(Review.answers).joinedload(Answer.item))
    return session.scalars(found.options(*options).order_by(Review.reviewer_id, Review.id)).all()


def asked(session: Session, part: CalibrationCall) -> Card:
    """The part of the card that anybody was asked about this call; empty if nobody has scored it."""
    reviews = submitted(session, part.calibration_id, part.call_id)
    return only(
        checklists.card_of(part.calibration.version),
        {answer.item.key for review in reviews for answer in review.answers},
    )


def undecided(session: Session, part: CalibrationCall) -> list[str]:
    """The items of the call that lack a reference answer; texts need none."""
    decided = {each.item.key for each in part.reference}
    items = asked(session, part).items()
    return [item.key for item in items if item.kind is not ItemKind.TEXT and item.key not in decided]


def reference_of(whole: Card, part: CalibrationCall) -> rules.Reference:
    """What was agreed about a call, with the score it makes."""
    agreed = {each.item.key: each.value for each in part.reference}
    card = only(whole, agreed.keys())
    score = scoring.score(card, {key: scoring.Answer(value) for key, value in agreed.items()})
    return rules.Reference(part.call_id, cards.per_cent(score.total), agreed)


def report_of(session: Session, calibration: Calibration, enough: int) -> rules.CalibrationReport:
    """The whole comparison, over the calls for which a reference was set."""
    card = checklists.card_of(calibration.version)
    scored = [
        rules.SubmittedReview(
            review.reviewer_id,
            review.call_id,
            review.score,
            {answer.item.key: answer.value for answer in review.answers if answer.value},
        )
        for review in submitted(session, calibration.id)
    ]
    references = [reference_of(card, part) for part in calibration.calls if part.reference]
    reviewer_ids = [each.reviewer_id for each in calibration.reviewers]
    return rules.compare(card, references, scored, reviewer_ids, enough)


def only(card: Card, keys: Set[str]) -> Card:
    """The card cut to these items."""
    sections = (
        replace(section, items=tuple(item for item in section.items if item.key in keys))
        for section in card.sections
    )
    return replace(card, sections=tuple(section for section in sections if section.items))
