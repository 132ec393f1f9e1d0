"""What reviews keep of a client beside the scores: everything written about his calls."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Select, and_, exists, select, update
from sqlalchemy.orm import Session

from qcapp.checklists.card import ItemKind
from qcapp.checklists.models import Item
from qcapp.core import audit, clock
from qcapp.core.i18n import lazy
from qcapp.core.jobs import wake
from qcapp.core.personal import ErasureFate, Hold, Holding
from qcapp.core.web import settings
from qcapp.reviews.audited import ReviewAction
from qcapp.reviews.calibration.models import CalibrationCall, ReferenceAnswer
from qcapp.reviews.disputes.models import Dispute, DisputedAnswer
from qcapp.reviews.models import Answer, AnswerChange, Mark, Review, ReviewState
from qcapp.reviews.queue.assignments import REFILL
from qcapp.reviews.queue.models import Assignment, ContactTalk
from qcapp.reviews.queue.states import OPEN, AssignmentState
from qcapp.reviews.recalls.models import Recall
from qcapp.reviews.service import thing


def _reviews(calls: Sequence[int]) -> Select[int]:
    return select(Review.id).where(Review.call_id.in_(calls))


def _in_words() -> Select[int]:
    """Items that are answered by a text."""
    return select(Item.id).where(Item.kind == ItemKind.TEXT)


HOLDINGS = (
    Holding(
        lazy("Summaries of reviews"),
        Review,
        (Review.summary,),
        Review.call_id.in_,
        ErasureFate.EMPTIED,
        kind="review",
    ),
    Holding(
        lazy("Comments on answers"),
        Answer,
        (Answer.comment,),
        lambda calls: Answer.review_id.in_(_reviews(calls)),
        ErasureFate.EMPTIED,
    ),
    Holding(
        lazy("Answers in words"),
        Answer,
        (Answer.value,),
        lambda calls: and_(Answer.review_id.in_(_reviews(calls)), Answer.item_id.in_(_in_words())),
        ErasureFate.EMPTIED,
    ),
    Holding(
        lazy("Changed answers in words"),
        AnswerChange,
        (AnswerChange.before, AnswerChange.after),
        lambda calls: AnswerChange.answer_id.in_(
            select(Answer.id).where(Answer.review_id.in_(_reviews(calls)), Answer.item_id.in_(_in_words()))
        ),
        ErasureFate.EMPTIED,
    ),
    Holding(
        lazy("Disputed answers in words"),
        DisputedAnswer,
        (DisputedAnswer.given, DisputedAnswer.proposed, DisputedAnswer.value),
        lambda calls: DisputedAnswer.answer_id.in_(
            select(Answer.id).where(Answer.review_id.in_(_reviews(calls)), Answer.item_id.in_(_in_words()))
        ),
        ErasureFate.EMPTIED,
    ),
    Holding(
        lazy("Reference answers in words"),
        ReferenceAnswer,
        (ReferenceAnswer.value,),
        lambda calls: and_(
            ReferenceAnswer.calibration_call_id.in_(
                select(CalibrationCall.id).where(CalibrationCall.call_id.in_(calls))
            ),
            ReferenceAnswer.item_id.in_(_in_words()),
        ),
        ErasureFate.EMPTIED,
    ),
    Holding(
        lazy("Reasons of changed answers"),
        AnswerChange,
        (AnswerChange.why,),
        lambda calls: AnswerChange.answer_id.in_(
            select(Answer.id).where(Answer.review_id.in_(_reviews(calls)))
        ),
        ErasureFate.EMPTIED,
    ),
    Holding(
        lazy("Remarks at moments of the recording"),
        Mark,
        (Mark.text,),
        lambda calls: Mark.review_id.in_(_reviews(calls)),
        ErasureFate.EMPTIED,
    ),
    Holding(
        lazy("Disputes"),
        Dispute,
        (),
        lambda calls: Dispute.review_id.in_(_reviews(calls)),
        ErasureFate.EMPTIED,
        kind="dispute",
    ),
    Holding(
        lazy("Comments in disputes"),
        DisputedAnswer,
        (DisputedAnswer.comment, DisputedAnswer.reason),
        lambda calls: DisputedAnswer.dispute_id.in_(
            select(Dispute.id).where(Dispute.review_id.in_(_reviews(calls)))
        ),
        ErasureFate.EMPTIED,
    ),
    Holding(
        lazy("Notes on re-calls"),
        Recall,
        (Recall.note,),
        Recall.call_id.in_,
        ErasureFate.EMPTIED,
        kind="recall",
    ),
    Holding(
        lazy("Notes of calibrations"),
        CalibrationCall,
        (CalibrationCall.note,),
        CalibrationCall.call_id.in_,
        ErasureFate.EMPTIED,
    ),
    Holding(
        lazy("Comments on reference answers"),
        ReferenceAnswer,
        (ReferenceAnswer.comment,),
        lambda calls: ReferenceAnswer.calibration_call_id.in_(
            select(CalibrationCall.id).where(CalibrationCall.call_id.in_(calls))
        ),
        ErasureFate.EMPTIED,
    ),
    Holding(
        lazy("Reasons in the queue"),
        Assignment,
        (Assignment.why,),
        Assignment.call_id.in_,
        ErasureFate.COVERED,
        kind="assignment",
    ),
    Holding(
        lazy("Reports of talks about contacts"),
        ContactTalk,
        (ContactTalk.report, ContactTalk.agreed),
        lambda calls: ContactTalk.run_id.in_(select(Assignment.run_id).where(Assignment.call_id.in_(calls))),
        ErasureFate.COVERED,
    ),
)


def _disputed() -> Select[int]:
    return select(Review.call_id).join(Dispute).where(Dispute.decided_at.is_(None))


def _may_be_disputed() -> Select[int]:
    since = clock.now() - timedelta(hours=settings().dispute_hours)
    open_to_it = Review.state == ReviewState.PUBLISHED, Review.published_at > since
    return select(Review.call_id).where(*open_to_it, ~exists().where(Dispute.review_id == Review.id))


def _being_scored() -> Select[int]:
    waiting = select(Assignment.call_id).where(Assignment.state == AssignmentState.TAKEN)
    begun = select(Review.call_id).where(Review.state != ReviewState.PUBLISHED)
    return begun.union(waiting).subquery().select()


HOLDS = (
    Hold("disputed", lazy("a dispute over it is open"), _disputed),
    Hold("may_be_disputed", lazy("its score can still be disputed"), _may_be_disputed),
    Hold("being_scored", lazy("a review of it is not published yet"), _being_scored),
)


def give_up(session: Session, calls: Sequence[int]) -> None:
    """Nobody can score these calls any more: out of the queue with them, and with the drafts begun on them."""
    unpublished = select(Review).where(Review.call_id.in_(calls), Review.state != ReviewState.PUBLISHED)
    begun = session.scalars(
        unpublished.order_by(Review.id).with_for_update(of=Review).execution_options(populate_existing=True)
    ).all()  # before the queue, like whoever publishes
    waiting = select(Assignment).where(Assignment.call_id.in_(calls), Assignment.state.in_(OPEN))
    for assignment in session.scalars(waiting.with_for_update(of=Assignment)).all():
        assignment.state = AssignmentState.REMOVED
        if assignment.run_id is not None:
            wake(session, REFILL, assignment.run_id)
    for draft in (each for each in begun if each.state is ReviewState.DRAFT):
        audit.record(session, ReviewAction.REVIEW_DISCARDED, thing(draft), by_id=None, call=draft.call_id)
        session.delete(draft)
    session.flush()


def forget_clients(session: Session, clients: Sequence[int]) -> None:
    """Which calls were heard together no longer says whose they were."""
    of_clients = update(Assignment).where(Assignment.client_id.in_(clients))
    session.execute(of_clients.values(client_id=None).execution_options(synchronize_session=False))
