"""What people do with reviews: begin, save, publish, acknowledge. Scores are always made by the pure rule."""

from collections.abc import Mapping

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from qcapp.calls.facts import lock_call
from qcapp.calls.models import Call
from qcapp.callscripts.blocks import Block
from qcapp.callscripts.queries import draft_in_force
from qcapp.checklists import scoring
from qcapp.checklists.card import Card
from qcapp.checklists.models import Checklist, ChecklistVersion, Item, VersionState
from qcapp.core import audit, clock, events, row_locks
from qcapp.core.autosave import Seen, demand_seen, is_news, note_save
from qcapp.core.errors import Forbidden, Refused
from qcapp.core.i18n import _
from qcapp.people.models import Team, User
from qcapp.people.notices import mark_read_about
from qcapp.people.permissions import Permission, demand
from qcapp.reviews import cards, rules
from qcapp.reviews.audited import ReviewAction
from qcapp.reviews.calibration.models import CalibrationCall
from qcapp.reviews.events import ReviewPublished, ReviewSubmitted
from qcapp.reviews.models import Answer, Mark, Purpose, Review, ReviewState
from qcapp.reviews.queries import calibrated_blind
from qcapp.reviews.rules import Relation, ReviewDraft
from qcapp.terms import CallOutcome


class Incomplete(Refused):
    """The review cannot be published yet; ``missing`` says which items lack what."""

    def __init__(self, missing: tuple[scoring.Unfinished, ...], *reasons: str) -> None:
        super().__init__(*reasons)
        self.missing = missing


def begin_review(session: Session, call: Call, checklist: Checklist, *, by: User) -> Review:
    """The reviewer's review of the call on this checklist: the one begun before, or a new draft."""
    demand_unrelated(session, call, by)
    if begun := _begun(session, call, checklist, by):
        return begun
    demand_not_blind(session, call, by)
    if call.recording is None:
        raise Refused(_("This call has no recording, so there is nothing to score."))
    version = _locked_version(session, checklist)
    if version is None:
        raise Refused(_("This checklist is not in force. Choose another one."))
    if begun := _begun(session, call, checklist, by):  # a double click: the first one held the lock
        return begun
    return new_draft(session, call, version, by=by)


def new_draft(
    session: Session,
    call: Call,
    version: ChecklistVersion,
    *,
    by: User,
    purpose: Purpose = Purpose.COUNTED,
    calibration_id: int | None = None,
) -> Review:
    """An empty draft on this version, which from now on stays as it is. Who may begin one the caller has asked."""
    if call.role_play:
        raise Refused(_("This is the recording of an exam, which its coach scores."))
    now = clock.now()
    version.used_at = version.used_at or now
    review = Review(
        call=call,
        manager_id=call.manager_id,
        reviewer=by,
        checklist=version.checklist,
        version=version,
        purpose=purpose,
        calibration_id=calibration_id,
        state=ReviewState.DRAFT,
        revision=0,
        window="",
        turn=0,
        sections={},
        summary="",
        spent_s=0,
        created_at=now,
        updated_at=now,
    )
    session.add(review)
    session.flush()
    audit.record(
        session,
        ReviewAction.REVIEW_BEGUN,
        thing(review),
        by_id=by.id,
        call=call.id,
        checklist=version.checklist.key,
        version=version.number,
        purpose=purpose,
    )
    return review


def change_checklist(session: Session, review: Review, checklist: Checklist, *, by: User) -> Review:
    """Go on with another card, which is possible while nothing has been written on the first one."""
    lock(session, review)
    demand_own_draft(review, by)
    if checklist.id == review.checklist_id:
        return review
    if has_content(review):
        raise Refused(_("The checklist can only be changed while nothing has been answered."))
    other = begin_review(session, review.call, checklist, by=by)
    discard_draft(session, review, by=by)
    return other


def discard_draft(session: Session, review: Review, *, by: User, seen: Seen | None = None) -> None:
    """Remove an own draft with everything in it, unless there is more in it than the page has shown."""
    lock(session, review)
    demand_own_draft(review, by)
    demand_seen(review, seen)
    audit.record(session, ReviewAction.REVIEW_DISCARDED, thing(review), by_id=by.id, call=review.call_id)
    session.delete(review)
    session.flush()


def save_draft(session: Session, review: Review, draft: ReviewDraft, *, by: User) -> Review:
    """Store the whole draft. ``Conflict`` if another window has saved since this one loaded the review."""
    lock(session, review)
    demand_own_draft(review, by)
    if not is_news(review, draft, differs=not _says_the_same(review, draft)):
        return review
    now = clock.now()
    _write(session, review, draft)
    review.spent_s = rules.honest_seconds(
        review.spent_s, draft.spent_s, (now - review.created_at).total_seconds()
    )
    review.updated_at = now
    note_save(review, draft)
    rescore(review)
    session.flush()
    return review


def publish_review(session: Session, review: Review, *, by: User) -> Review:
    """Make the score visible to the manager; from now on neither score nor answers change by this way.

    A review that is not counted is handed in by the same way, and stays invisible to him.
    """
    lock_for_publishing(session, review)
    demand_own_draft(review, by)
    demand_unrelated(session, review.call, by)
    if review.purpose is not Purpose.CALIBRATION:
        demand_not_blind(session, review.call, by)
    finish(review)
    return make_public(session, review, by=by)


def finish(review: Review) -> None:
    """Settle what was asked and what it scored; ``Incomplete`` says what is still missing."""
    card = cards.card_of(review)
    if missing := scoring.missing(card, cards.answers_of(review)):
        raise Incomplete(missing, _("The review is not complete yet."))
    _keep_asked_items(review, card)
    rescore(review)


def make_public(session: Session, review: Review, *, by: User) -> Review:
    """A finished review becomes what its manager, or its calibration, reads."""
    review.state, review.published_at, review.publish_at = ReviewState.PUBLISHED, clock.now(), None
    review.first_score, review.manager_id = review.score, review.call.manager_id
    session.flush()
    audit.record(
        session,
        ReviewAction.REVIEW_PUBLISHED,
        thing(review),
        by_id=by.id,
        call=review.call_id,
        score=review.score,
        manager=review.manager_id,
        purpose=review.purpose,
    )
    happened = ReviewPublished if review.purpose is Purpose.COUNTED else ReviewSubmitted
    events.emit(session, happened(review_id=review.id, call_id=review.call_id))
    return review


def acknowledge(session: Session, review: Review, *, by: User) -> Review:
    """The manager says that he has read the review; saying it twice changes nothing."""
    demand(by, Permission.ACKNOWLEDGE, session=session, manager_id=review.call.manager_id)
    if review.state is not ReviewState.PUBLISHED or review.purpose is not Purpose.COUNTED:
        raise Forbidden(_("This review has not been published."))
    if review.acknowledged_at is None:
        review.acknowledged_at = clock.now()
        session.flush()
        mark_read_about(session, by, f"/reviews/{review.id}")
        audit.record(session, ReviewAction.REVIEW_ACKNOWLEDGED, thing(review), by_id=by.id)
    return review


def _says_the_same(review: Review, draft: ReviewDraft) -> bool:
    """A closing page may have saved after all what the next visit found in the browser and sends again."""
    stored = (cards.answers_of(review), cards.marks_of(review), review.summary, review.outcome)
    return stored == (draft.answers, draft.marks, draft.summary, draft.outcome)


def has_content(review: Review) -> bool:
    """Whether the reviewer has written anything that would be lost."""
    answered = any(answer.value or answer.comment or answer.reason for answer in review.answers)
    return answered or bool(review.marks) or bool(review.summary.strip()) or review.outcome is not None


def demand_unrelated(session: Session, call: Call, by: User) -> None:
    """Raise Forbidden unless the person may score calls, and this one is neither his own nor his team's."""
    demand(by, Permission.REVIEW, session=session, manager_id=call.manager_id)
    match relation_to(session, call, by):
        case Relation.HIMSELF:
            raise Forbidden(_("Nobody scores his own calls. The attempt has been recorded."))
        case Relation.OWN_TEAM:
            raise Forbidden(_("Nobody scores the calls of his own team. The attempt has been recorded."))


def demand_not_blind(session: Session, call: Call, by: User) -> None:
    """Raise Refused while the person is to score the call blind in a calibration: one opinion is not given twice."""
    if session.scalar(calibrated_blind(by).where(CalibrationCall.call_id == call.id)) is not None:
        raise Refused(
            _(
                "You score this call blind in a calibration that is still going on. Score it there; as usual, "
                "after it has ended."
            )
        )


def relation_to(session: Session, call: Call, person: User) -> Relation | None:
    """Why this person is too close to the manager of the call to judge it; None: nothing speaks against it."""
    return relation_to_manager(session, call.manager, person)


def relation_to_manager(session: Session, manager: User | None, person: User) -> Relation | None:
    """The same of whoever's calls are to be judged."""
    headed = select(Team.id).where(or_(Team.head_id == person.id, Team.id == person.team_id))
    whose, team = (manager.id, manager.team_id) if manager else (None, None)
    return rules.relation(person.id, session.scalars(headed), whose, team)


def lock(session: Session, review: Review) -> None:
    """Two saves that arrive at once take turns; the later one sees what the earlier one wrote."""
    row_locks.lock(session, review, _("There is no such review."))


def lock_for_publishing(session: Session, review: Review) -> None:
    """The call as well: whose it is may not change while its score is published."""
    lock(session, review)
    lock_call(session, review.call)


def demand_own_draft(review: Review, by: User) -> None:
    """Raise unless this is the person's own review and can still be changed."""
    demand(by, Permission.REVIEW)
    if review.reviewer_id != by.id:
        raise Forbidden(_("Only its reviewer can change a review. The attempt has been recorded."))
    if review.state is ReviewState.SCHEDULED:
        raise Refused(_("This review waits to be published. Take it back to change it."))
    if review.state is not ReviewState.DRAFT:
        raise Refused(_("This review has been published and is not changed any more."))


def _begun(session: Session, call: Call, checklist: Checklist, by: User) -> Review | None:
    mine = select(Review).where(Review.call_id == call.id, Review.checklist_id == checklist.id)
    return session.scalar(mine.where(Review.reviewer_id == by.id, Review.purpose == Purpose.COUNTED))


def _locked_version(session: Session, checklist: Checklist) -> ChecklistVersion | None:
    """The version in force, locked against being replaced in place while the first review begins on it."""
    return session.scalar(
        select(ChecklistVersion)
        .where(
            ChecklistVersion.checklist_id == checklist.id, ChecklistVersion.state == VersionState.PUBLISHED
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _write(session: Session, review: Review, draft: ReviewDraft) -> None:
    items = cards.item_rows(review)
    unknown = {*draft.answers, *(mark.item for mark in draft.marks if mark.item)} - items.keys()
    if unknown:
        raise Refused(_("This checklist has no item “%(item)s”. Reload the page.", item=min(unknown)))
    rows = {answer.item_id: answer for answer in review.answers}
    for key, given in draft.answers.items():
        row = rows.get(items[key].id)
        if row is None:
            row = Answer(item=items[key])
            review.answers.append(row)
        row.value, row.comment, row.reason = given.value or None, given.comment, given.reason or None
    for key, item in items.items():
        if key not in draft.answers and item.id in rows:
            review.answers.remove(rows[item.id])
    if cards.marks_of(review) != draft.marks:
        review.marks = _marks(session, review, draft, items)
    review.summary = draft.summary
    review.outcome = CallOutcome(draft.outcome) if draft.outcome else None


def _marks(session: Session, review: Review, draft: ReviewDraft, items: Mapping[str, Item]) -> list[Mark]:
    """The marks as rows; pinned to the script the manager was to speak by, if there was one."""
    script = draft_in_force(session, review.call.manager_id, review.call.started_at)
    return [
        Mark(
            start_s=mark.start_s,
            end_s=mark.end_s,
            text=mark.text,
            item=items[mark.item] if mark.item else None,
            draft=script if mark.block else None,
            block=Block(mark.block) if mark.block and script else None,
        )
        for mark in draft.marks
    ]


def rescore(review: Review) -> None:
    """Score and sections anew from the answers, by the rule."""
    score = scoring.score(cards.card_of(review), cards.answers_of(review))
    review.score = cards.per_cent(score.total)
    review.sections = {section.key: cards.per_cent(section.share) for section in score.sections}


def _keep_asked_items(review: Review, card: Card) -> None:
    """A row for every item that was asked, so that what is learnt of the call later changes nothing."""
    items = cards.item_rows(review)
    asked = {item.key for item in card.items()}
    review.answers = [answer for answer in review.answers if answer.item.key in asked]
    present = {answer.item.key for answer in review.answers}
    review.answers.extend(Answer(item=items[key], comment="") for key in asked - present)


def thing(review: Review) -> str:
    """The review's name in the audit log."""
    return f"review:{review.id}"
