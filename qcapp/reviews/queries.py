"""Which reviews a person may see: one rule as SQL for lists, the same for a single one.

A draft is its reviewer's alone, and so is a review that waits to be published. Whoever has either of a call is blind
to what others published of it.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, tuple_
from sqlalchemy.orm import Session, aliased, defer, joinedload, selectinload

from qcapp.calls.models import Call, Recording
from qcapp.checklists import queries as checklists
from qcapp.checklists.card import Card
from qcapp.checklists.models import Checklist, ChecklistVersion
from qcapp.core.dates import read_moment
from qcapp.core.errors import Forbidden, Missing, Refused
from qcapp.core.i18n import _
from qcapp.people.models import Team, User
from qcapp.people.permissions import Permission, holds, within
from qcapp.reviews import cards
from qcapp.reviews.calibration.models import (
    Calibration,
    CalibrationCall,
    CalibrationReviewer,
    CalibrationState,
)
from qcapp.reviews.models import Answer, AnswerChange, Purpose, Review, ReviewState

PAGE = 50
WAITING = 20
_Own = aliased(Review)  # made once: making it takes longer than asking
_BRIEFLY = (
    defer(Review.sections),
    defer(Review.summary),
    selectinload(Review.version).load_only(ChecklistVersion.title),
)


def readable(user: User) -> ColumnElement[bool]:
    """The condition on Review that keeps the published ones this person may read."""
    scope = or_(
        within(user, Permission.READ_REVIEWS, Review.manager_id),
        within(user, Permission.READ_PUBLISHED, Review.manager_id),
    )
    open_ = and_(Review.state == ReviewState.PUBLISHED, Review.purpose == Purpose.COUNTED, scope)
    return and_(open_, _not_blind(user)) if holds(user, Permission.REVIEW) else open_


def _not_blind(user: User) -> ColumnElement[bool]:
    """The condition on Review that hides from a reviewer what others think of a call he is still scoring."""
    unfinished = exists().where(
        _Own.call_id == Review.call_id,
        _Own.reviewer_id == user.id,
        _Own.state != ReviewState.PUBLISHED,
        Review.reviewer_id != user.id,
    )
    calibrated = Review.call_id.in_(calibrated_blind(user))
    return and_(~unfinished, or_(Review.reviewer_id == user.id, ~calibrated))


def calibrated_blind(user: User | None = None) -> Select[int]:
    """The calls this person, or anybody, scores in a calibration whose blind phase goes on."""
    calls = select(CalibrationCall.call_id).join(CalibrationCall.calibration)
    calls = calls.where(Calibration.state == CalibrationState.BLIND)
    return (
        calls.join(Calibration.reviewers).where(CalibrationReviewer.reviewer_id == user.id) if user else calls
    )


def get_review(session: Session, review_id: int, user: User) -> Review:
    """An own review, or a counted and published one within the person's reach; ``Missing`` if there is none."""
    review = session.get(
        Review,
        review_id,
        options=[
            joinedload(Review.call).options(*map(joinedload, (Call.manager, Call.client, Call.recording))),
            joinedload(Review.reviewer),
            joinedload(Review.version).options(
                joinedload(ChecklistVersion.checklist), selectinload(ChecklistVersion.sections)
            ),
            # What is asked comes with the version's sections.
            selectinload(Review.answers).joinedload(Answer.changes).joinedload(AnswerChange.by),
            selectinload(Review.marks),
        ],
    )
    if review is None:
        raise Missing(_("There is no such review."))
    if review.reviewer_id == user.id and not _published_to_all(review):
        return review
    if not session.scalar(select(Review.id).where(Review.id == review_id, readable(user))):
        if review.state is ReviewState.PUBLISHED and _draft_of_call(session, review.call_id, user):
            raise Forbidden(_("You are scoring this call. Other reviews of it open when yours is published."))
        raise Forbidden(_("This review is not for you to read. The attempt has been recorded."))
    return review


def _published_to_all(review: Review) -> bool:
    return review.state is ReviewState.PUBLISHED and review.purpose is Purpose.COUNTED


def _draft_of_call(session: Session, call_id: int, user: User) -> int | None:
    return session.scalar(
        select(Review.id).where(
            Review.call_id == call_id, Review.reviewer_id == user.id, Review.state != ReviewState.PUBLISHED
        )
    )


def drafts_of(session: Session, user: User) -> list[Review]:
    """The person's own drafts, the latest touched first."""
    found = select(Review).where(Review.reviewer_id == user.id, Review.state == ReviewState.DRAFT)
    return list(session.scalars(_with_call(found).order_by(Review.updated_at.desc(), Review.id.desc())))


def scheduled_of(session: Session, user: User) -> list[Review]:
    """The person's own reviews that wait to be published, the next one first."""
    found = select(Review).where(Review.reviewer_id == user.id, Review.state == ReviewState.SCHEDULED)
    return list(session.scalars(_with_call(found).order_by(Review.publish_at, Review.id)))


@dataclass(frozen=True, slots=True)
class ReviewsPage:
    """Reviews with the place where the next page begins; None: this is the last."""

    reviews: list[Review]
    older: str | None


def published(
    session: Session,
    user: User,
    *,
    manager_id: int | None = None,
    before: str | None = None,
    size: int = PAGE,
) -> ReviewsPage:
    """The published reviews the person may read, newest first; ``before``: ``older`` of the page above."""
    newest = (Review.published_at.desc(), Review.id.desc())
    found = select(Review.id).where(readable(user))
    if manager_id is not None:
        found = found.where(Review.manager_id == manager_id)
    if place := _place(before):
        found = found.where(tuple_(Review.published_at, Review.id) < tuple_(*place))
    # Wide rows are read for one page alone, after the sorting.
    ids = session.scalars(found.order_by(*newest).limit(size + 1)).all()
    rows = list(session.scalars(_with_call(select(Review).where(Review.id.in_(ids))).order_by(*newest)))
    last = rows[size - 1] if len(rows) > size else None
    older = f"{last.published_at.isoformat()}~{last.id}" if last and last.published_at else None
    return ReviewsPage(rows[:size], older)


def _place(before: str | None) -> tuple[datetime, int] | None:
    if not before:
        return None
    moment, _sign, key = before.partition("~")
    try:
        place = read_moment(moment), int(key)
    except ValueError:
        raise Missing(_("There is no such page.")) from None
    if place[0].tzinfo is None:
        raise Missing(_("There is no such page."))
    return place


def unread(session: Session, manager: User) -> list[Review]:
    """What a manager has not acknowledged yet, the oldest first."""
    found = select(Review).where(
        readable(manager), Review.manager_id == manager.id, Review.acknowledged_at.is_(None)
    )
    return list(session.scalars(_with_call(found).order_by(Review.published_at, Review.id)))


def reviews_of_call(session: Session, call: Call, user: User) -> list[Review]:
    """What the person may see of a call's reviews: the published ones within reach, and own unpublished ones."""
    mine = and_(
        Review.state != ReviewState.PUBLISHED,
        Review.reviewer_id == user.id,
        Review.purpose == Purpose.COUNTED,
    )
    found = select(Review).where(Review.call_id == call.id, or_(readable(user), mine))
    newest = (Review.published_at.desc(), Review.id.desc())
    return list(session.scalars(found.options(*_BRIEFLY).order_by(*newest)))


def waiting_calls(session: Session, user: User, limit: int = WAITING) -> list[Call]:
    """Transcribed calls nobody has scored, which this reviewer may score; latest first."""
    begun = exists().where(
        Review.call_id == Call.id,
        or_(Review.reviewer_id == user.id, Review.state == ReviewState.SCHEDULED),
    )
    found = (
        select(Call)
        .join(Recording, Recording.call_id == Call.id)
        .where(
            may_score(user),
            Call.transcribed_at.is_not(None),
            Call.scored_at.is_(None),
            Call.manager_id.is_not(None),
            Call.role_play.is_(False),
            ~begun,
        )
    )
    found = found.options(joinedload(Call.manager), joinedload(Call.client))
    return list(session.scalars(found.order_by(Call.started_at.desc(), Call.id.desc()).limit(limit)))


def may_score(user: User) -> ColumnElement[bool]:
    """The condition on Call that keeps those which are neither the person's own nor of his team."""
    teams = select(Team.id).where(or_(Team.head_id == user.id, Team.id == user.team_id))
    related = select(User.id).where(or_(User.id == user.id, User.team_id.in_(teams)))
    return and_(
        within(user, Permission.REVIEW, Call.manager_id),
        or_(Call.manager_id.is_(None), Call.manager_id.not_in(related)),
    )


def usable_cards(session: Session, call: Call) -> list[Card]:
    """The cards in force that apply to the call, the closest fit first."""
    return checklists.cards_for_call(session, cards.facts_of(call))


def checklist_for(session: Session, call: Call, key: str | None = None) -> Checklist:
    """The checklist of this key if it applies to the call; without one, the closest fit."""
    usable = [card.key for card in usable_cards(session, call)]
    if not usable:
        raise Refused(_("No checklist in force applies to this call. Ask the QC lead to publish one."))
    if key and key not in usable:
        raise Refused(_("This checklist is not in force or does not apply to this call."))
    return checklists.checklist_by_key(session, key or usable[0])


def shadow_pairs(session: Session, version: ChecklistVersion) -> list[tuple[float | None, float | None, int]]:
    """Counted score, shadow score (per cent) and call id of every call that one reviewer scored on both."""
    counted = aliased(Review)
    pairs = (
        select(counted.score, Review.score, Review.call_id)
        .join(
            counted,
            (counted.call_id == Review.call_id)
            & (counted.reviewer_id == Review.reviewer_id)
            & (counted.checklist_id == Review.checklist_id),
        )
        .where(
            Review.version_id == version.id,
            Review.purpose == Purpose.SHADOW,
            Review.state == ReviewState.PUBLISHED,
            counted.purpose == Purpose.COUNTED,
            counted.state == ReviewState.PUBLISHED,
        )
        .order_by(Review.published_at, Review.id)
    )
    return [(old, new, call) for old, new, call in session.execute(pairs)]


def _with_call(found: Select[Review]) -> Select[Review]:
    """Load at once what a line of a list shows, and no more of it."""
    name = (User.name,)
    call = joinedload(Review.call).load_only(Call.started_at, Call.start_known, Call.manager_id)
    return found.options(
        *_BRIEFLY,
        call.joinedload(Call.manager).load_only(*name),
        joinedload(Review.reviewer).load_only(*name),
    )
