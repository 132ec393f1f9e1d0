"""Opening and deciding disputes, and correcting a reviewer's slip. Whoever is judged never decides."""

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from qcapp.checklists.scoring import is_valid
from qcapp.core import audit, clock, events
from qcapp.core.errors import Forbidden, Refused
from qcapp.core.i18n import _
from qcapp.people.models import User
from qcapp.people.permissions import Permission, demand
from qcapp.reviews import cards, changes, service
from qcapp.reviews.audited import ReviewAction
from qcapp.reviews.disputes import queries, rules
from qcapp.reviews.disputes.models import Dispute, DisputedAnswer
from qcapp.reviews.disputes.rules import ContestedAnswer, Obstacle, Ruling
from qcapp.reviews.events import AnswersCorrected, DisputeDecided, DisputeOpened
from qcapp.reviews.models import Purpose, Review, ReviewState
from qcapp.reviews.rules import Relation


def demand_disputable(session: Session, review: Review, hours: int, *, by: User) -> None:
    """Raise unless this manager may dispute this review now."""
    demand(by, Permission.DISPUTE, session=session, manager_id=review.call.manager_id)
    if review.purpose is not Purpose.COUNTED or review.state is not ReviewState.PUBLISHED:
        raise Forbidden(_("This review has not been published."))
    disputed = queries.dispute_of(session, review.id) is not None
    match rules.may_open(clock.now(), review.published_at, hours, disputed=disputed):
        case Obstacle.ALREADY:
            raise Refused(_("This review has been disputed already; that is possible once."))
        case Obstacle.NEVER:
            raise Refused(_("Reviews cannot be disputed in this installation."))
        case Obstacle.TOO_LATE:
            raise Refused(_("The time in which this review could be disputed is over."))


def open_dispute(
    session: Session, review: Review, asked: Sequence[ContestedAnswer], hours: int, *, by: User
) -> Dispute:
    """The manager contests single answers, each with what he proposes instead and why."""
    service.lock(session, review)
    demand_disputable(session, review, hours, by=by)
    if not asked:
        raise Refused(_("Choose at least one answer that you do not agree with."))
    items = {item.key: item for item in cards.card_of(review).items()}
    rows = {answer.item.key: answer for answer in review.answers}
    dispute = Dispute(review=review, opened_by=by, opened_at=clock.now())
    for each in asked:
        if each.item not in items or each.item in {known.answer.item.key for known in dispute.answers}:
            raise Refused(_("This checklist has no item “%(item)s”. Reload the page.", item=each.item))
        row = rows[each.item]
        if each.proposed not in rules.proposable(items[each.item], row.value or ""):
            raise Refused(_("Propose another answer than the one that was given."))
        if not each.comment.strip():
            raise Refused(_("Say why you do not agree."))
        dispute.answers.append(
            DisputedAnswer(answer=row, given=row.value, proposed=each.proposed, comment=each.comment.strip())
        )
    session.add(dispute)
    session.flush()
    audit.record(
        session,
        ReviewAction.DISPUTE_OPENED,
        _thing(dispute),
        by_id=by.id,
        review=review.id,
        items=[each.item for each in asked],
    )
    events.emit(session, DisputeOpened(dispute_id=dispute.id, review_id=review.id))
    return dispute


def decide_dispute(session: Session, dispute: Dispute, rulings: Mapping[int, Ruling], *, by: User) -> Dispute:
    """Decide every disputed answer, by its id; the score is made anew and stays as it is from now on.

    What would lower it is told and not counted: the answer then stays as given, beside what was decided about it.
    """
    review = dispute.review
    service.lock(session, review)
    session.refresh(dispute)
    demand_impartial(session, review, by=by)
    if dispute.decided_at is not None:
        raise Refused(_("This dispute has been decided already."))
    items = {item.key: item for item in cards.card_of(review).items()}
    for disputed in dispute.answers:
        ruling = rulings.get(disputed.id)
        if ruling is None or not ruling.reason.strip():
            raise Refused(_("Decide every answer, and say why."))
        item = items[disputed.answer.item.key]
        value = rules.becomes(ruling.decision, item, disputed.given or "", disputed.proposed, ruling.value)
        if value is None:
            raise Refused(
                _("To accept in part, choose an answer that is neither the given nor the proposed one.")
            )
        disputed.decision, disputed.value, disputed.reason = ruling.decision, value, ruling.reason.strip()
    before = review.score
    found = {each.answer.item.key: each.value or "" for each in dispute.answers}
    counted = rules.counted(cards.card_of(review), cards.answers_of(review), found)
    reasons = {each.answer.item.key: each.reason for each in dispute.answers}
    changes.change_answers(session, review, counted, reasons, by=by)
    told_only = sorted(found.keys() - counted.keys())
    dispute.decision = rules.decision_of(each.decision for each in dispute.answers if each.decision)
    dispute.decided_by, dispute.decided_at = by, clock.now()
    session.flush()
    audit.record(
        session,
        ReviewAction.DISPUTE_DECIDED,
        _thing(dispute),
        by_id=by.id,
        review=review.id,
        decision=dispute.decision,
        score=audit.change(before, review.score),
        **({"not_counted": told_only} if told_only else {}),
    )
    events.emit(session, DisputeDecided(dispute_id=dispute.id, review_id=review.id))
    return dispute


def correct_answers(
    session: Session, review: Review, values: Mapping[str, str], why: str, *, by: User
) -> Review:
    """Put right what the reviewer got wrong, without a dispute; the first values and score are kept."""
    service.lock(session, review)
    demand_correctable(session, review, by=by)
    if not why.strip():
        raise Refused(_("Say why the answers are corrected."))
    items = {item.key: item for item in cards.card_of(review).items()}
    for key, value in values.items():
        if key not in items or not value or not is_valid(items[key], value):
            raise Refused(_("The checklist does not know one of these answers. Reload the page."))
    before = review.score
    if not changes.change_answers(session, review, values, dict.fromkeys(values, why.strip()), by=by):
        raise Refused(_("Nothing has been changed."))
    audit.record(
        session,
        ReviewAction.ANSWERS_CORRECTED,
        service.thing(review),
        by_id=by.id,
        items=sorted(values),
        score=audit.change(before, review.score),
    )
    events.emit(session, AnswersCorrected(review_id=review.id))
    return review


def demand_correctable(session: Session, review: Review, *, by: User) -> None:
    """Raise unless this person may correct this review now."""
    demand_impartial(session, review, by=by)
    if review.purpose is not Purpose.COUNTED or review.state is not ReviewState.PUBLISHED:
        raise Forbidden(_("This review has not been published."))
    dispute = queries.dispute_of(session, review.id)
    if dispute is not None:
        raise Refused(
            _("A dispute over this review has been decided: its score is frozen.")
            if dispute.decided_at
            else _("This review is disputed: decide the dispute instead.")
        )


def demand_impartial(session: Session, review: Review, *, by: User) -> None:
    """Raise Forbidden unless the person decides disputes, and has no part in this one."""
    demand(by, Permission.DECIDE_DISPUTES, session=session, manager_id=review.call.manager_id)
    if review.reviewer_id == by.id:
        raise Forbidden(_("Nobody decides about his own review. The attempt has been recorded."))
    if service.relation_to(session, review.call, by) in (Relation.HIMSELF, Relation.OWN_TEAM):
        raise Forbidden(_("Nobody decides about his own team. The attempt has been recorded."))


def _thing(dispute: Dispute) -> str:
    return f"dispute:{dispute.id}"
